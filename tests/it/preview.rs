//! A preview tells exactly the answers that flip: those of a copy that is changed.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use shipgate::change::{Change, DecisionChange};
use shipgate::{
    AccountKind, Action, ActionKind, Decision, Directory, Grant, Protection, ResourceId, Role, SubjectId, Time,
    Visibility,
};

use crate::exhaustion::facts::parameters;
use crate::strategies::{id, level, protection, role, time, world};
use crate::world::held::Held;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 96,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

fn change() -> impl Strategy<Value = Change<u64>> {
    let organization = || Just(0_u64);
    prop_oneof![
        (organization(), 0..6_u64, role()).prop_map(|(organization, account, role)| Change::InviteMember {
            organization,
            account,
            kind: AccountKind::User,
            role,
        }),
        (organization(), id(), role()).prop_map(|(organization, account, to)| Change::ChangeRole {
            organization,
            account,
            to
        }),
        (organization(), id(), proptest::option::of(time()))
            .prop_map(|(organization, account, to)| Change::SetExpiry { organization, account, to }),
        (organization(), id()).prop_map(|(organization, account)| Change::RemoveMember { organization, account }),
        (organization(), id()).prop_map(|(organization, account)| Change::TransferOwnership { organization, account }),
        (id(), id(), proptest::option::of(level().prop_map(Grant::new)))
            .prop_map(|(cluster, account, to)| Change::SetClusterAccess { cluster, account, to }),
        id().prop_map(|project| Change::UpdateProject { project, visibility: Some(Visibility::Members) }),
        (id(), protection()).prop_map(|(environment, to)| Change::SetProtection { environment, to }),
        (id(), id()).prop_map(|(environment, cluster)| Change::Retarget { environment, cluster, namespace: None }),
        (4..6_u64, id(), id(), protection()).prop_map(|(environment, project, cluster, protection)| {
            Change::CreateEnvironment { environment, project, cluster, namespace: None, protection }
        }),
        id().prop_map(|environment| Change::DeleteEnvironment { environment }),
        id().prop_map(|project| Change::DeleteProject { project }),
        id().prop_map(|cluster| Change::DisconnectCluster { cluster }),
        (organization(), 4..6_u64).prop_map(|(organization, cluster)| Change::ConnectCluster { organization, cluster }),
        organization().prop_map(|organization| Change::DeleteOrganization { organization }),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_preview_tells_exactly_the_answers_that_flip(world in world(), changes in proptest::collection::vec(change(), 8), now in proptest::option::of(time())) {
        let before = Held::<u64>::of(&world);
        let before = before.directory();
        for change in changes {
            for account in 0..4_u64 {
                let mut subject = SubjectId::new(&account);
                if let Some(now) = now {
                    subject = subject.at(now);
                }
                let mut after = before.clone();
                let applied = after.change(&subject, change.clone());
                match before.preview(&subject, change.clone()) {
                    Err(refused) => prop_assert_eq!(Err(refused), applied),
                    Ok(preview) => {
                        let applied = applied.unwrap();
                        prop_assert_eq!(Some(preview.entry()), applied.entries().first());
                        let flips: Vec<_> = preview.diff().map(|flip| told(&flip)).collect();
                        let distinct: BTreeSet<_> = flips.iter().cloned().collect();
                        prop_assert_eq!(distinct.len(), flips.len(), "a flip is told once");
                        prop_assert_eq!(distinct, flipped(before, &after, now), "{:?} by {}", change, account);
                    }
                }
            }
        }
    }
}

fn told(flip: &DecisionChange<'_, u64>) -> String {
    format!("{} {:?} {:?}: {:?}, {:?}", flip.account, flip.action, flip.resource, flip.before, flip.after)
}

/// Every answer that is another in the second directory: all are asked, in every organization.
fn flipped(before: &Directory<u64>, after: &Directory<u64>, now: Option<Time>) -> BTreeSet<String> {
    let ids: Vec<u64> = (0..6).collect();
    let mut resources = Vec::new();
    for id in &ids {
        resources.push(ResourceId::Organization(id));
        resources.extend(ids.iter().map(|account| ResourceId::Member { organization: id, account }));
        resources.extend([ResourceId::Project(id), ResourceId::Cluster(id), ResourceId::Environment(id)]);
    }
    let mut flips = BTreeSet::new();
    for account in &ids {
        let subject = now.map_or(SubjectId::new(account), |now| SubjectId::new(account).at(now));
        for resource in &resources {
            for action in ActionKind::ALL.iter().flat_map(|name| shown(*name)) {
                let answers = [before, after].map(|directory| directory.decide(&subject, action, *resource));
                if outcome(answers[0]) != outcome(answers[1]) {
                    let [before, after] = answers;
                    flips.insert(told(&DecisionChange { account, action, resource: *resource, before, after }));
                }
            }
        }
    }
    flips
}

/// The values of an action's parameter that a preview shows.
fn shown(name: ActionKind) -> Vec<Action> {
    match name {
        ActionKind::SetProtection => {
            let strongest =
                shipgate::model::ApprovalRule::new(shipgate::model::ApprovalFrom::Owner).with_count(255).unwrap();
            [Protection::locked(strongest).unwrap(), Protection::NONE].map(|to| Action::SetProtection { to }).into()
        }
        ActionKind::SetExpiry => [None, Some(Time::MAX)].map(|to| Action::SetExpiry { to }).into(),
        ActionKind::InviteMember | ActionKind::ChangeRole => {
            let values = parameters(name);
            assert_eq!(values.len(), Role::ALL.len());
            values
        }
        other => parameters(other),
    }
}

fn outcome(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allowed",
        Decision::RequireApproval(_) => "waits for approval",
        Decision::Deny(_) => "denied",
    }
}

#[test]
fn a_promotion_shows_what_it_gives_and_a_demotion_what_it_takes() {
    let mut rows = Directory::<String>::builder();
    rows.organization("acme-corp".into()).unwrap();
    rows.member("acme-corp", "olivia".into(), Role::Owner, None).unwrap();
    rows.member("acme-corp", "alice".into(), Role::Developer, None).unwrap();
    rows.cluster("us-east".into(), "acme-corp").unwrap();
    let directory = rows.build();
    let olivia = SubjectId::new("olivia");
    let to = |to| Change::ChangeRole { organization: "acme-corp".to_string(), account: "alice".to_string(), to };

    let preview = directory.preview(&olivia, to(Role::Admin)).unwrap();
    assert!(preview.diff().all(|flip| flip.account == "alice"
        || matches!(flip.resource, ResourceId::Member { account, .. } if account == "alice")));
    let manages = |flip: &DecisionChange<'_, String>| {
        matches!(flip.resource, ResourceId::Cluster(id) if id == "us-east") && flip.action == Action::Manage
    };
    let given = preview.diff().find(manages).expect("an admin manages the cluster");
    assert_eq!((given.account.as_str(), given.after), ("alice", Decision::Allow));

    let preview = directory.preview(&olivia, to(Role::Billing)).unwrap();
    let taken: Vec<_> = preview.diff().filter(|flip| matches!(flip.resource, ResourceId::Cluster(_))).collect();
    assert!(taken.iter().all(|flip| flip.before == Decision::Allow && flip.account == "alice"), "{taken:?}");
    assert_eq!(taken.len(), 2, "to view and to deploy: {taken:?}");
    assert_eq!(directory.account("alice").unwrap().membership("acme-corp").unwrap().role(), Role::Developer);
}
