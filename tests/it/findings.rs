//! Findings: each in a world where it is and in one where it just is not.

use proptest::prelude::*;
use shipgate::directory::DirectoryBuilder;
use shipgate::model::ApprovalId;
use shipgate::model::{ApprovalFrom, ApprovalRule, ProtectionLevel};
use shipgate::query::{FindingCode, FindingPlace};
use shipgate::{
    AccountKind, Action, ClusterAccess, Decision, Directory, Grant, ProjectRole, Protection, ResourceId, Role,
    SubjectId, Time, Visibility,
};

use crate::strategies::{time, world};
use crate::world::held::Held;

const NOW: Time = Time::from_millis(1_000);
const SOON: Time = Time::from_millis(1_001);

/// acme-corp with its Owners olivia and oscar, with one cluster and one project: nothing to find.
fn acme() -> DirectoryBuilder<String> {
    let mut rows = Directory::builder();
    rows.organization("acme-corp".into()).unwrap();
    rows.account("ci-bot".into(), AccountKind::Service).unwrap();
    for (account, role) in [("olivia", Role::Owner), ("oscar", Role::Owner), ("alice", Role::Developer)] {
        rows.member("acme-corp", account.into(), role, None).unwrap();
    }
    rows.cluster("us-east".into(), "acme-corp").unwrap();
    rows.project("shop".into(), "acme-corp", Visibility::Organization).unwrap();
    rows
}

/// What is found, each with its place in words.
fn found(rows: DirectoryBuilder<String>) -> Vec<(FindingCode, String)> {
    let directory = rows.build();
    directory.findings("acme-corp", NOW).map(|finding| (finding.code(), finding.place().to_string())).collect()
}

#[test]
fn where_nothing_is_wrong_nothing_is_found() {
    assert_eq!(found(acme()), []);
    assert_eq!(acme().build().findings("globex", NOW).count(), 0);
}

#[test]
fn one_owner_is_found_and_none_is() {
    for (owners, expected) in [
        (vec![], Some(FindingCode::NoOwner)),
        (vec![("olivia", None)], Some(FindingCode::OneOwner)),
        (vec![("olivia", None), ("oscar", Some(SOON))], Some(FindingCode::OneOwner)),
        (vec![("olivia", None), ("oscar", None)], None),
    ] {
        let mut rows = Directory::<String>::builder();
        rows.organization("acme-corp".into()).unwrap();
        for (owner, expiry) in owners {
            rows.member("acme-corp", owner.into(), Role::Owner, expiry).unwrap();
        }
        let expected: Vec<_> = expected.into_iter().map(|code| (code, "organization `acme-corp`".into())).collect();
        assert_eq!(found(rows), expected);
    }
}

#[test]
fn an_expired_membership_is_found() {
    for (expiry, expected) in [(SOON, vec![]), (NOW, vec![FindingCode::ExpiredMembership])] {
        let mut rows = acme();
        rows.member("acme-corp", "victor".into(), Role::Viewer, Some(expiry)).unwrap();
        let place = "member `victor` of `acme-corp`".to_string();
        assert_eq!(found(rows), expected.into_iter().map(|code| (code, place.clone())).collect::<Vec<_>>());
    }
}

#[test]
fn an_override_is_found_that_is_over_above_the_ceiling_or_the_default() {
    for (role, grant, expected) in [
        (Role::Viewer, Grant::new(ClusterAccess::Deploy), Some(FindingCode::OverrideAboveCeiling)),
        (Role::Viewer, Grant::new(ClusterAccess::View), Some(FindingCode::OverrideEqualsDefault)),
        (Role::Viewer, Grant::new(ClusterAccess::None), None),
        (Role::Billing, Grant::new(ClusterAccess::View), Some(FindingCode::OverrideAboveCeiling)),
        (Role::Developer, Grant::new(ClusterAccess::Manage), None),
        (Role::Developer, Grant::new(ClusterAccess::Deploy), Some(FindingCode::OverrideEqualsDefault)),
        (Role::Developer, Grant::new(ClusterAccess::View).until(SOON), None),
        (Role::Developer, Grant::new(ClusterAccess::View).until(NOW), Some(FindingCode::ExpiredOverride)),
    ] {
        let mut rows = acme();
        rows.member("acme-corp", "victor".into(), role, None).unwrap();
        rows.cluster_access("us-east", "victor", grant).unwrap();
        let place = "member `victor` on cluster `us-east`".to_string();
        let expected: Vec<_> = expected.into_iter().map(|code| (code, place.clone())).collect();
        assert_eq!(found(rows), expected, "{role}, {grant:?}");
    }
}

#[test]
fn a_project_role_is_found_that_is_over() {
    for (expiry, expected) in [(SOON, vec![]), (NOW, vec![FindingCode::ExpiredProjectRole])] {
        let mut rows = acme();
        rows.project_role("shop", "alice", Grant::new(ProjectRole::Admin).until(expiry)).unwrap();
        let place = "member `alice` of project `shop`".to_string();
        assert_eq!(found(rows), expected.into_iter().map(|code| (code, place.clone())).collect::<Vec<_>>());
    }
}

#[test]
fn a_private_project_is_found_that_none_but_admins_see() {
    for (members, expected) in [
        (vec![], 1),
        (vec![("alice", Grant::new(ProjectRole::Viewer).until(SOON))], 0),
        // Over, and found as such too.
        (vec![("alice", Grant::new(ProjectRole::Viewer).until(NOW))], 1),
        // An Owner sees the project anyway.
        (vec![("olivia", Grant::new(ProjectRole::Viewer))], 1),
    ] {
        let mut rows = acme();
        rows.project("vault".into(), "acme-corp", Visibility::Members).unwrap();
        for (account, grant) in members {
            rows.project_role("vault", account, grant).unwrap();
        }
        let found = found(rows);
        let private = found.iter().filter(|(code, _)| *code == FindingCode::PrivateProjectWithoutMembers);
        assert_eq!(private.count(), expected, "{found:?}");
    }
}

#[test]
fn a_service_account_is_found_that_acts_as_admin() {
    for (role, project_role, expected) in [
        (Role::Developer, None, None),
        (Role::Developer, Some(ProjectRole::Developer), None),
        (Role::Developer, Some(ProjectRole::Admin), Some("member `ci-bot` of project `shop`")),
        (Role::Admin, None, Some("member `ci-bot` of `acme-corp`")),
        (Role::Owner, Some(ProjectRole::Admin), Some("member `ci-bot` of `acme-corp`")),
        (Role::Billing, Some(ProjectRole::Admin), None),
    ] {
        let mut rows = acme();
        rows.member("acme-corp", "ci-bot".into(), role, None).unwrap();
        if let Some(project_role) = project_role {
            rows.project_role("shop", "ci-bot", Grant::new(project_role)).unwrap();
        }
        let expected: Vec<_> =
            expected.into_iter().map(|place| (FindingCode::ServiceAccountAdmin, place.to_string())).collect();
        assert_eq!(found(rows), expected, "{role}");
    }
}

#[test]
fn an_environment_is_found_that_nobody_could_get_approved() {
    let owners = |count| ApprovalRule::new(ApprovalFrom::Owner).with_count(count).unwrap();
    for (protection, approvable) in [
        (Protection::RESTRICTED, true),
        (Protection::LOCKED, true),
        // There are two Owners, and one of them requests.
        (Protection::restricted(owners(2)), false),
        (Protection::locked(owners(2)).unwrap(), false),
    ] {
        let mut rows = acme();
        rows.environment("shop-production".into(), "shop", "us-east", None, protection).unwrap();
        let expected: Vec<_> = (!approvable)
            .then(|| (FindingCode::UnapprovableEnvironment, "environment `shop-production`".to_string()))
            .into_iter()
            .collect();
        assert_eq!(found(rows), expected, "{protection:?}");
    }
}

proptest! {
    /// Whoever requests, and whoever approves.
    #[test]
    fn an_environment_is_found_exactly_where_nobody_could_deploy_with_everybodys_approval(world in world(), now in time()) {
        let held = Held::<u64>::of(&world);
        let directory = held.directory();
        let approvals: Vec<_> = world.accounts.keys().copied().map(ApprovalId::new).collect();
        for organization in &world.organizations {
            let found: Vec<_> = directory
                .findings(organization, now)
                .filter(|finding| finding.code() == FindingCode::UnapprovableEnvironment)
                .map(|finding| format!("{:?}", finding.place()))
                .collect();
            let protected = directory
                .environments_of(organization)
                .filter(|environment| environment.protection().level() != ProtectionLevel::None);
            let expected: Vec<_> = protected
                .filter(|environment| {
                    world.accounts.keys().all(|requested_by| {
                        let environment = environment.id();
                        let all = ResourceId::Deployment { environment, requested_by, approvals: approvals.as_slice() };
                        directory.decide(&SubjectId::new(requested_by).at(now), Action::Deploy, all) != Decision::Allow
                    })
                })
                .map(|environment| format!("{:?}", FindingPlace::Environment(environment.id())))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn each_finding_says_what_to_do() {
    let mut rows = Directory::<String>::builder();
    rows.organization("acme-corp".into()).unwrap();
    let directory = rows.build();
    let finding = directory.findings("acme-corp", NOW).next().unwrap();
    assert_eq!(
        finding.to_string(),
        "organization `acme-corp`: no member is a permanent owner, and none can appoint one: \
         add an owner to the loaded data"
    );
    assert_eq!(finding.code().to_string(), "no_owner");
}
