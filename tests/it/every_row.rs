//! Every row of the action table in small worlds, each just reached and just missed; and a few questions about each for Miri.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::model::{
    ApprovalFrom, ApprovalRule, Bypass, Parameter, ParameterKind, Permission, ResourceKind, SelfApproval,
};
use shipgate::policy::RoleRequirement;
use shipgate::{
    AccountKind, Action, ActionKind, AnyRole, ClusterAccess, Decision, Grant, ProjectRole, Protection, Reason, Role,
    RoleDefinition, RolePermissions, Time, Visibility,
};

use crate::oracle::{
    Account, Approval, Cluster, CustomRole, Environment, Given, Id, Membership, Project, Question, Resource, Team,
    World, row,
};
use crate::world::doors::Doors;

const ACME: Id = 0;
const OLIVIA: Id = 0;
const CAROL: Id = 1;
const ALICE: Id = 2;
const CI_BOT: Id = 3;
const RITA: Id = 4;
const STRANGER: Id = 9;
const EXPIRY: Time = Time::from_millis(10);
/// The custom role of Rita.
const MANAGER: Id = 0;
/// A custom role that no member has.
const AUDITOR: Id = 1;

fn definition(rank: Role, permissions: &[Permission]) -> RoleDefinition {
    let permissions = RolePermissions::new(permissions.iter().copied()).expect("permissions of a custom role");
    RoleDefinition::new(rank, permissions).expect("permissions of the rank")
}

fn for_good<T>(what: T) -> Given<T> {
    Given { what, until: None }
}

fn member(kind: AccountKind, role: Given<AnyRole<Id>>) -> Account {
    Account { kind, memberships: BTreeMap::from([(ACME, Membership::with_role(role))]) }
}

fn user(role: impl Into<AnyRole<Id>>) -> Account {
    member(AccountKind::User, for_good(role.into()))
}

/// acme-corp. The project 0 has an environment on the cluster 0; the project 1, the cluster 1 and the team 1 are empty.
fn world(protection: Protection, visibility: Visibility, second_owner: Option<Id>) -> World {
    let mut alice = Membership::with_role(for_good(Role::Developer.into()));
    alice.overrides.insert(0, Given { what: ClusterAccess::View, until: Some(EXPIRY) });
    alice.project_roles.insert(0, for_good(ProjectRole::Admin));
    let mut rita = Membership::with_role(for_good(AnyRole::Custom(MANAGER)));
    rita.teams.insert(0);
    let of_acme = |membership| Account { kind: AccountKind::User, memberships: BTreeMap::from([(ACME, membership)]) };
    let role_of = |account, role| if second_owner == Some(account) { Role::Owner } else { role };
    let until_expiry = Given { what: Role::Developer.into(), until: Some(EXPIRY) };

    let mut team = Team::of_organization(ACME);
    team.overrides.insert(0, for_good(ClusterAccess::Deploy));
    team.project_roles.insert(0, Given { what: ProjectRole::Developer, until: Some(EXPIRY) });
    let role =
        |rank, permissions: &[Permission]| CustomRole { organization: ACME, definition: definition(rank, permissions) };
    let manager = [Permission::View, Permission::ViewLogs, Permission::Deploy, Permission::Approve];
    World {
        organizations: BTreeSet::from([ACME]),
        roles: BTreeMap::from([
            (MANAGER, role(Role::Admin, &manager)),
            (AUDITOR, role(Role::Viewer, &[Permission::View, Permission::ViewAuditLog])),
        ]),
        accounts: BTreeMap::from([
            (OLIVIA, user(Role::Owner)),
            (CAROL, user(role_of(CAROL, Role::Admin))),
            (ALICE, of_acme(alice)),
            (CI_BOT, member(AccountKind::Service, until_expiry)),
            (RITA, of_acme(rita)),
        ]),
        teams: BTreeMap::from([(0, team), (1, Team::of_organization(ACME))]),
        projects: BTreeMap::from([
            (0, Project { organization: ACME, visibility }),
            (1, Project { organization: ACME, visibility: Visibility::Organization }),
        ]),
        clusters: BTreeMap::from([
            (0, Cluster { organization: ACME, visibility }),
            (1, Cluster { organization: ACME, visibility: Visibility::Organization }),
        ]),
        environments: BTreeMap::from([(0, Environment { project: 0, cluster: 0, protection })]),
        ..World::default()
    }
}

fn worlds() -> [World; 4] {
    let rule = |from| ApprovalRule::new(from).with_self_approval(SelfApproval::Allowed).with_bypass(Bypass::Admin);
    [
        world(Protection::NONE, Visibility::Organization, None),
        world(Protection::restricted(rule(ApprovalFrom::Admin)), Visibility::Members, None),
        world(Protection::LOCKED, Visibility::Organization, Some(CAROL)),
        world(Protection::REVIEWED, Visibility::Members, Some(CAROL)),
    ]
}

/// Two resources of each kind; a deployment has an approval, or waits for one.
fn resources(kind: ResourceKind, action: ActionKind, subject: Id) -> Vec<Resource> {
    match kind {
        ResourceKind::Organization => vec![Resource::Organization(ACME), Resource::Organization(1)],
        ResourceKind::Member => [CAROL, ALICE].map(|account| Resource::Member { organization: ACME, account }).into(),
        ResourceKind::Role => [MANAGER, AUDITOR].map(Resource::Role).into(),
        ResourceKind::Team => [0, 1].map(Resource::Team).into(),
        ResourceKind::TeamMember => [RITA, ALICE].map(|account| Resource::TeamMember { team: 0, account }).into(),
        ResourceKind::Project => [0, 1].map(Resource::Project).into(),
        ResourceKind::ProjectMember => {
            [CAROL, CI_BOT].map(|account| Resource::ProjectMember { project: 0, account }).into()
        }
        ResourceKind::ProjectTeam => [0, 1].map(|team| Resource::ProjectTeam { project: 0, team }).into(),
        ResourceKind::Environment if action == ActionKind::Create => [0, 1]
            .map(|cluster| Resource::NewEnvironment { id: 7, project: 0, cluster, protection: Protection::NONE })
            .into(),
        ResourceKind::Environment => [0, 1].map(Resource::Environment).into(),
        ResourceKind::Placement => [0, 1].map(|to| Resource::Placement { environment: 0, to }).into(),
        ResourceKind::Deployment => [(ALICE, Some(subject), Some(OLIVIA)), (subject, None, None)]
            .map(|(requested_by, on_behalf_of, by)| Resource::Deployment {
                environment: 0,
                requested_by,
                on_behalf_of: on_behalf_of.filter(|account| *account == CAROL),
                release: Some("v2".into()),
                approvals: by.into_iter().map(|by| Approval::new(by).for_release("v2").until(EXPIRY)).collect(),
            })
            .into(),
        ResourceKind::Cluster => [0, 1].map(Resource::Cluster).into(),
        ResourceKind::ClusterMember => {
            [CAROL, ALICE].map(|account| Resource::ClusterMember { cluster: 0, account }).into()
        }
        ResourceKind::ClusterTeam => [0, 1].map(|cluster| Resource::ClusterTeam { cluster, team: 0 }).into(),
    }
}

/// The action with a low and a high value of its parameter.
fn actions(kind: ActionKind, on: ResourceKind) -> Vec<Action<Id>> {
    let low = || definition(Role::Viewer, &[Permission::View]);
    let high = || definition(Role::Admin, &[Permission::View, Permission::ManageClusters]);
    let parameters = match kind.parameter(on) {
        ParameterKind::None => vec![Parameter::None],
        ParameterKind::Invitation => vec![
            Parameter::Invitation { role: AnyRole::Custom(AUDITOR), expires_at: Some(EXPIRY) },
            Parameter::Invitation { role: Role::Owner.into(), expires_at: None },
        ],
        ParameterKind::Role => vec![Parameter::Role(AnyRole::Custom(AUDITOR)), Parameter::Role(Role::Owner.into())],
        ParameterKind::Definition => [low(), high()].map(Parameter::Definition).into(),
        ParameterKind::Permissions => [low(), high()].map(|role| Parameter::Permissions(role.permissions())).into(),
        ParameterKind::Visibility => [None, Some(Visibility::Organization)].map(Parameter::Visibility).into(),
        ParameterKind::Expiry => [None, Some(EXPIRY)].map(Parameter::Expiry).into(),
        ParameterKind::ProjectRole => [None, Some(Grant::new(ProjectRole::Admin))].map(Parameter::ProjectRole).into(),
        ParameterKind::ClusterAccess => {
            [None, Some(Grant::new(ClusterAccess::Manage).until(EXPIRY))].map(Parameter::ClusterAccess).into()
        }
        ParameterKind::Protection => [Protection::NONE, Protection::LOCKED].map(Parameter::Protection).into(),
    };
    parameters.into_iter().map(|parameter| kind.with(on, parameter).expect("a parameter of this kind")).collect()
}

/// The rows of the action table.
fn rows() -> impl Iterator<Item = (ActionKind, ResourceKind)> {
    let pairs = ActionKind::ALL.into_iter().flat_map(|kind| ResourceKind::ALL.map(|on| (kind, on)));
    pairs.filter(|(kind, on)| row(*kind, *on).is_some())
}

/// What every door answers, which is what the oracle does.
fn answer(world: &World, doors: &Doors, question: &Question) -> Decision {
    let expected = world.decide(question);
    for decision in doors.decide(question) {
        assert_eq!(decision, expected, "{question:?} in {world:?}");
    }
    expected
}

/// Who asks, and when.
const ASKERS: [(Id, Option<Time>); 6] = [
    (OLIVIA, None),
    (CAROL, Some(EXPIRY)),
    (ALICE, Some(Time::from_millis(9))),
    (CI_BOT, Some(Time::from_millis(9))),
    (RITA, Some(Time::from_millis(9))),
    (STRANGER, None),
];

/// What one asks about a row: each of its actions, on each of its resources.
fn questions((kind, on): (ActionKind, ResourceKind), (subject, time): (Id, Option<Time>)) -> Vec<Question> {
    let mut questions = Vec::new();
    for resource in resources(on, kind, subject) {
        for action in actions(kind, on) {
            let mut question = Question::new(subject, action, resource.clone());
            question.time = time;
            questions.push(question);
        }
    }
    questions
}

#[test]
fn every_row_of_the_action_table_is_decided_in_four_small_worlds() {
    let mut allowed = BTreeSet::new();
    let mut denied = BTreeSet::new();
    for world in worlds() {
        let doors = Doors::of(&world);
        for row in rows() {
            let (kind, on) = row;
            for question in ASKERS.into_iter().flat_map(|asker| questions(row, asker)) {
                match answer(&world, &doors, &question) {
                    Decision::Allow => allowed.insert((kind.as_str(), on.as_str())),
                    Decision::RequireApproval(_) | Decision::Deny(_) => denied.insert((kind.as_str(), on.as_str())),
                };
            }
        }
    }
    let rows: BTreeSet<_> = rows().map(|(kind, on)| (kind.as_str(), on.as_str())).collect();
    assert_eq!(allowed, rows, "every row allows a subject something");
    assert_eq!(denied, rows, "every row denies a subject something");
}

/// The test for Miri, under which some answers take ten seconds. It asks about each row at least once, through every door, and
/// not much more: Miri is there for the unsafe code of the dependencies, which runs whatever is asked.
///
/// Most questions are an Owner's, since a denial takes longest: its explanation tries each change that could help. Denials come
/// from the few rows that all subjects ask about. The doors' answers are compared with each other and not with the oracle's: it
/// runs none of that code and would double the time.
#[test]
fn every_row_of_the_action_table_goes_through_every_door() {
    const ASKED_BY_ALL: [ResourceKind; 5] = [
        ResourceKind::Organization,
        ResourceKind::Team,
        ResourceKind::Project,
        ResourceKind::Environment,
        ResourceKind::Cluster,
    ];
    let [_, world, ..] = worlds();
    let doors = Doors::of(&world);
    let (mut allowed, mut denied) = (0, 0);
    for row in rows() {
        let by_all = row.0 == ActionKind::View && ASKED_BY_ALL.contains(&row.1);
        for asker in ASKERS.into_iter().filter(|(subject, _)| *subject == OLIVIA || by_all) {
            let asked = questions(row, asker);
            let question = asked.first().expect("a question about each row");
            let answers = doors.decide(question);
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{question:?}: {answers:?}");
            match answers[0] {
                Decision::Allow => allowed += 1,
                Decision::RequireApproval(_) | Decision::Deny(_) => denied += 1,
            }
        }
    }
    assert!(denied > 0 && allowed > denied, "{allowed} answers allow, and {denied} do not");
}

/// A role of an Admin's rank that has what a row asks for and nothing else is allowed it, with a level to manage; without one
/// of the permissions it is not, nor with a level below the least that is allowed.
#[test]
fn every_row_of_the_action_table_is_just_reached_and_just_missed() {
    for (kind, on) in rows() {
        let mut permissions = BTreeSet::new();
        // From nothing, one permission after the other, until the role suffices.
        let reached = loop {
            let answer = ask_with(&permissions, ClusterAccess::Manage, kind, on);
            let Some(need) = lacking(answer) else { break answer };
            if !Role::Admin.permissions().contains(need) {
                break answer;
            }
            assert!(permissions.insert(need.index()), "{kind} on {on}: {need} is there, and lacking");
        };
        let is_for_owners = matches!((kind, on), (ActionKind::Delete, ResourceKind::Organization))
            || kind == ActionKind::TransferOwnership;
        assert_eq!(reached.is_allowed(), !is_for_owners, "{kind} on {on} with {permissions:?} alone: {reached:?}");
        for missed in &permissions {
            let others: BTreeSet<_> = permissions.iter().copied().filter(|other| other != missed).collect();
            let denied = ask_with(&others, ClusterAccess::Manage, kind, on);
            // A permission that is nothing without `view` brings it along.
            let is_brought_along = *missed == Permission::View.index() && !others.is_empty();
            assert!(lacking(denied).is_some() || is_brought_along, "{kind} on {on} without {missed}: {denied:?}");
        }
        let by_level = ClusterAccess::ALL.map(|level| ask_with(&permissions, level, kind, on).is_allowed());
        assert!(by_level.is_sorted(), "{kind} on {on}: a level takes away what a lower one allows: {by_level:?}");
    }
}

/// The permission that the asker's role lacks.
fn lacking(answer: Decision) -> Option<Permission> {
    match answer {
        Decision::Deny(
            Reason::RoleInsufficient { need: RoleRequirement::Permission(permission), .. }
            | Reason::Outranked { permission: Some(permission), .. },
        ) => Some(permission),
        _ => None,
    }
}

/// What an Admin by rank is answered who has these permissions, with `view` where one is nothing without, and this override on
/// the cluster: nothing but permissions and levels is in the way.
fn ask_with(permissions: &BTreeSet<usize>, level: ClusterAccess, kind: ActionKind, on: ResourceKind) -> Decision {
    const ASKER: Id = 5;
    const OTHER: Id = 6;
    let rule = ApprovalRule::new(ApprovalFrom::Admin).with_bypass(Bypass::Admin);
    let protection = match kind {
        ActionKind::Approve | ActionKind::BreakGlass => Protection::reviewed(rule),
        _ => Protection::NONE,
    };
    let mut world = world(protection, Visibility::Organization, None);
    let listed = || Permission::ALL.into_iter().filter(|permission| permissions.contains(&permission.index()));
    let alone = RolePermissions::new(listed());
    let permissions = alone.or_else(|_| RolePermissions::new(listed().chain([Permission::View])));
    let permissions = permissions.expect("an Admin may have them");
    let definition = RoleDefinition::new(Role::Admin, permissions).expect("an Admin's rank suffices");
    let least_role = CustomRole { organization: ACME, definition: least() };
    world.roles.extend([(2, CustomRole { organization: ACME, definition }), (3, least_role), (4, least_role)]);
    let mut asker = user(AnyRole::Custom(2));
    if let Some(membership) = asker.memberships.get_mut(&ACME) {
        membership.overrides = BTreeMap::from([0, 1].map(|cluster| (cluster, for_good(level))));
    }
    world.accounts.extend([(ASKER, asker), (OTHER, user(AnyRole::Custom(3)))]);
    // Whatever is deleted is empty.
    let resource = match on {
        ResourceKind::Organization => Resource::Organization(ACME),
        ResourceKind::Member => Resource::Member { organization: ACME, account: OTHER },
        ResourceKind::Role => Resource::Role(4),
        ResourceKind::Team => Resource::Team(1),
        ResourceKind::TeamMember => Resource::TeamMember { team: 1, account: OTHER },
        ResourceKind::Project if kind == ActionKind::Delete => Resource::Project(1),
        ResourceKind::Project => Resource::Project(0),
        ResourceKind::ProjectMember => Resource::ProjectMember { project: 0, account: OTHER },
        ResourceKind::ProjectTeam => Resource::ProjectTeam { project: 0, team: 1 },
        ResourceKind::Environment if kind == ActionKind::Create => {
            Resource::NewEnvironment { id: 7, project: 0, cluster: 0, protection }
        }
        ResourceKind::Environment => Resource::Environment(0),
        ResourceKind::Placement => Resource::Placement { environment: 0, to: 1 },
        ResourceKind::Deployment => Resource::Deployment {
            environment: 0,
            requested_by: ALICE,
            on_behalf_of: None,
            release: None,
            approvals: vec![],
        },
        ResourceKind::Cluster if kind == ActionKind::Delete => Resource::Cluster(1),
        ResourceKind::Cluster => Resource::Cluster(0),
        ResourceKind::ClusterMember => Resource::ClusterMember { cluster: 0, account: OTHER },
        ResourceKind::ClusterTeam => Resource::ClusterTeam { cluster: 0, team: 1 },
    };
    // The least that can be asked for.
    let parameter = match kind.parameter(on) {
        ParameterKind::None => Parameter::None,
        ParameterKind::Invitation => Parameter::Invitation { role: AnyRole::Custom(3), expires_at: None },
        ParameterKind::Role => Parameter::Role(AnyRole::Custom(3)),
        ParameterKind::Definition => Parameter::Definition(least()),
        ParameterKind::Permissions => Parameter::Permissions(least().permissions()),
        ParameterKind::Visibility => Parameter::Visibility(None),
        ParameterKind::Expiry => Parameter::Expiry(Some(EXPIRY)),
        // Of a team, null may bring back any role.
        ParameterKind::ProjectRole if on == ResourceKind::ProjectTeam => {
            Parameter::ProjectRole(Some(Grant::new(ProjectRole::Viewer)))
        }
        ParameterKind::ProjectRole => Parameter::ProjectRole(None),
        ParameterKind::ClusterAccess => Parameter::ClusterAccess(None),
        ParameterKind::Protection => Parameter::Protection(Protection::RESTRICTED),
    };
    let action = kind.with(on, parameter).expect("a parameter of this kind");
    let mut question = Question::new(ASKER, action, resource);
    question.time = Some(Time::from_millis(9));
    answer(&world, &Doors::of(&world), &question)
}

/// A role that may do nothing.
fn least() -> RoleDefinition {
    definition(Role::Viewer, &[])
}
