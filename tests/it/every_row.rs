//! Every row of the action table in four small worlds: few enough questions to run under Miri, too.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::model::{ApprovalFrom, ApprovalRule, Parameter, ParameterKind, ResourceKind, SelfApproval};
use shipgate::{
    AccountKind, Action, ActionKind, ClusterAccess, Decision, Grant, ProjectRole, Protection, Role, Time, Visibility,
};

use crate::oracle::{
    Account, Approval, Cluster, Environment, Given, Id, Membership, Project, Question, Resource, World, row,
};
use crate::world::doors::Doors;

const ACME: Id = 0;
const OLIVIA: Id = 0;
const CAROL: Id = 1;
const ALICE: Id = 2;
const CI_BOT: Id = 3;
const STRANGER: Id = 9;
const EXPIRY: Time = Time::from_millis(10);

/// acme-corp. The project 0 has an environment on the cluster 0; the project 1 and the cluster 1 are empty.
fn world(protection: Protection, visibility: Visibility, second_owner: Option<Id>) -> World {
    let member = |role, until| Membership {
        role: Given { what: role, until },
        overrides: BTreeMap::new(),
        project_roles: BTreeMap::new(),
    };
    let account = |kind, membership| Account { kind, memberships: BTreeMap::from([(ACME, membership)]) };
    let mut alice = member(Role::Developer, None);
    alice.overrides.insert(0, Given { what: ClusterAccess::View, until: Some(EXPIRY) });
    alice.project_roles.insert(0, Given { what: ProjectRole::Admin, until: None });
    let role_of = |account, role| if second_owner == Some(account) { Role::Owner } else { role };
    World {
        organizations: BTreeSet::from([ACME]),
        accounts: BTreeMap::from([
            (OLIVIA, account(AccountKind::User, member(Role::Owner, None))),
            (CAROL, account(AccountKind::User, member(role_of(CAROL, Role::Admin), None))),
            (ALICE, account(AccountKind::User, alice)),
            (CI_BOT, account(AccountKind::Service, member(Role::Developer, Some(EXPIRY)))),
        ]),
        projects: BTreeMap::from([
            (0, Project { organization: ACME, visibility }),
            (1, Project { organization: ACME, visibility: Visibility::Organization }),
        ]),
        clusters: BTreeMap::from([(0, Cluster { organization: ACME }), (1, Cluster { organization: ACME })]),
        environments: BTreeMap::from([(0, Environment { project: 0, cluster: 0, protection })]),
        ..World::default()
    }
}

fn worlds() -> [World; 4] {
    let rule = |from| ApprovalRule::new(from).with_self_approval(SelfApproval::Allowed);
    [
        world(Protection::NONE, Visibility::Organization, None),
        world(Protection::restricted(rule(ApprovalFrom::Admin)), Visibility::Members, None),
        world(Protection::LOCKED, Visibility::Organization, Some(CAROL)),
        world(Protection::RESTRICTED, Visibility::Members, Some(CAROL)),
    ]
}

/// Two resources of each kind; a deployment waits for approval, or has one.
fn resources(kind: ResourceKind, action: ActionKind, subject: Id) -> Vec<Resource> {
    match kind {
        ResourceKind::Organization => vec![Resource::Organization(ACME), Resource::Organization(1)],
        ResourceKind::Member => [CAROL, ALICE].map(|account| Resource::Member { organization: ACME, account }).into(),
        ResourceKind::Project => vec![Resource::Project(0), Resource::Project(1)],
        ResourceKind::ProjectMember => {
            [CAROL, ALICE].map(|account| Resource::ProjectMember { project: 0, account }).into()
        }
        ResourceKind::Environment if action == ActionKind::Create => [0, 1]
            .map(|cluster| Resource::NewEnvironment { id: 7, project: 0, cluster, protection: Protection::NONE })
            .into(),
        ResourceKind::Environment => vec![Resource::Environment(0), Resource::Environment(1)],
        ResourceKind::Placement => [0, 1].map(|to| Resource::Placement { environment: 0, to }).into(),
        ResourceKind::Deployment => [(subject, None), (ALICE, Some(OLIVIA))]
            .map(|(requested_by, by)| Resource::Deployment {
                environment: 0,
                requested_by,
                approvals: by.into_iter().map(|by| Approval::new(by).until(EXPIRY)).collect(),
            })
            .into(),
        ResourceKind::Cluster => vec![Resource::Cluster(0), Resource::Cluster(1)],
        ResourceKind::ClusterMember => {
            [CAROL, ALICE].map(|account| Resource::ClusterMember { cluster: 0, account }).into()
        }
    }
}

/// The action with a low and a high value of its parameter.
fn actions(kind: ActionKind) -> Vec<Action> {
    let parameters = match kind.parameter() {
        ParameterKind::None => vec![Parameter::None],
        ParameterKind::Role => [Role::Viewer, Role::Owner].map(Parameter::Role).into(),
        ParameterKind::Expiry => [None, Some(EXPIRY)].map(Parameter::Expiry).into(),
        ParameterKind::ProjectRole => [None, Some(Grant::new(ProjectRole::Admin))].map(Parameter::ProjectRole).into(),
        ParameterKind::ClusterAccess => {
            [None, Some(Grant::new(ClusterAccess::Manage).until(EXPIRY))].map(Parameter::ClusterAccess).into()
        }
        ParameterKind::Protection => [Protection::NONE, Protection::LOCKED].map(Parameter::Protection).into(),
    };
    parameters.into_iter().map(|parameter| kind.with(parameter).expect("a parameter of this kind")).collect()
}

#[test]
fn every_row_of_the_action_table_is_decided_in_four_small_worlds() {
    let mut allowed = BTreeSet::new();
    let mut denied = BTreeSet::new();
    for world in worlds() {
        let doors = Doors::of(&world);
        for (kind, on) in ActionKind::ALL.into_iter().flat_map(|kind| ResourceKind::ALL.map(|on| (kind, on))) {
            if row(kind, on).is_none() {
                continue;
            }
            for (subject, time) in [
                (OLIVIA, None),
                (CAROL, Some(EXPIRY)),
                (ALICE, Some(Time::from_millis(9))),
                (CI_BOT, Some(Time::from_millis(9))),
                (STRANGER, None),
            ] {
                for (resource, action) in resources(on, kind, subject)
                    .into_iter()
                    .flat_map(|resource| actions(kind).into_iter().map(move |action| (resource.clone(), action)))
                {
                    let question = Question { account: subject, kind: None, token: None, time, action, resource };
                    let expected = world.decide(&question);
                    for decision in doors.decide(&question) {
                        assert_eq!(decision, expected, "{question:?} in {world:?}");
                    }
                    match expected {
                        Decision::Allow => allowed.insert((kind.as_str(), on.as_str())),
                        Decision::RequireApproval(_) | Decision::Deny(_) => denied.insert((kind.as_str(), on.as_str())),
                    };
                }
            }
        }
    }
    let rows = ActionKind::ALL.into_iter().flat_map(|kind| ResourceKind::ALL.map(|on| (kind, on)));
    let rows: BTreeSet<_> =
        rows.filter(|(kind, on)| row(*kind, *on).is_some()).map(|(kind, on)| (kind.as_str(), on.as_str())).collect();
    assert_eq!(allowed, rows, "every row allows a subject something");
    assert_eq!(denied, rows, "every row denies a subject something");
}
