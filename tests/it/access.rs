//! Lists of access: what each member has, why and until when, who deploys and who approves.

#[cfg(feature = "authzen")]
mod acme;
mod agreement;
mod ends;
mod sources;

use std::fmt::Display;

use shipgate::directory::DirectoryBuilder;
use shipgate::model::{ApprovalFrom, ApprovalRule, Permission};
use shipgate::query::{Access, AccessSource};
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Decision, Directory, Grant, Holder, ProjectRole, Protection, Role,
    RoleDefinition, RolePermissions, Time, Visibility,
};

const NOW: Time = Time::from_millis(1_000);
const SOON: Time = Time::from_millis(2_000);
const LATER: Time = Time::from_millis(3_000);

/// acme-corp with an Owner, an Admin, a Developer, a Viewer and a Billing member; the team on-call, of the Developer and the
/// Viewer; a cluster, a hidden one, a project and a hidden one.
fn acme() -> DirectoryBuilder<String> {
    let mut rows = Directory::builder();
    rows.organization("acme-corp".into()).unwrap();
    for (account, role) in [
        ("olivia", Role::Owner),
        ("carol", Role::Admin),
        ("alice", Role::Developer),
        ("victor", Role::Viewer),
        ("betty", Role::Billing),
    ] {
        rows.member("acme-corp", account.into(), AccountKind::User, role, None).unwrap();
    }
    rows.team("on-call".into(), "acme-corp").unwrap();
    rows.team_member("on-call", "alice").unwrap();
    rows.team_member("on-call", "victor").unwrap();
    rows.cluster("us-east".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.cluster("vault".into(), "acme-corp", Visibility::Members).unwrap();
    rows.project("shop".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.project("ledger".into(), "acme-corp", Visibility::Members).unwrap();
    rows.environment("shop-dev".into(), "shop", "us-east", "shop-dev", Protection::NONE).unwrap();
    rows.environment("ledger-vault".into(), "ledger", "vault", "ledger", Protection::NONE).unwrap();
    rows
}

fn source<Id: Display>(source: AccessSource<'_, Id>) -> String {
    match source {
        AccessSource::Role(AnyRole::BuiltIn(role)) => format!("role {role}"),
        AccessSource::Role(AnyRole::Custom(role)) => format!("role {role}"),
        AccessSource::ProjectRole(Holder::Account(_)) => "own project role".into(),
        AccessSource::ProjectRole(Holder::Team(team)) => format!("project role of {team}"),
        AccessSource::ClusterAccess(Holder::Account(_)) => "own access".into(),
        AccessSource::ClusterAccess(Holder::Team(team)) => format!("access of {team}"),
    }
}

/// An item of a list in words, with the millisecond of its end.
fn words<Id: Display, T: Copy>(value: impl Display, access: Access<'_, Id, T>) -> String {
    let until = access.until().map(|until| format!(", until {}", until.as_millis()));
    format!("{value} by {}{}", source(access.source()), until.unwrap_or_default())
}

fn on(rows: DirectoryBuilder<String>, cluster: &str, at: Option<Time>) -> Vec<String> {
    let directory = rows.build();
    let listed = directory.cluster_access(cluster, at);
    listed.map(|(id, access)| format!("{id}: {}", words(access.value(), access))).collect()
}

fn within(rows: DirectoryBuilder<String>, project: &str, at: Option<Time>) -> Vec<String> {
    let directory = rows.build();
    let listed = directory.project_access(project, at);
    listed.map(|(id, access)| format!("{id}: {}", words(access.value().rank(), access))).collect()
}

/// Each with the role, and with the level.
fn of(rows: DirectoryBuilder<String>, environment: &str, at: Option<Time>) -> Vec<[String; 3]> {
    let directory = rows.build();
    let listed = directory.environment_access(environment, at);
    let words = listed.map(|(id, access)| {
        let role = words(access.role().value().rank(), access.role());
        [id.clone(), role, words(access.level().value(), access.level())]
    });
    words.collect()
}

#[test]
fn a_cluster_lists_the_defaults_of_the_roles() {
    let all = ["alice: deploy by role developer", "carol: manage by role admin", "olivia: manage by role owner"];
    let [alice, carol, olivia] = all;
    assert_eq!(on(acme(), "us-east", None), [alice, carol, olivia, "victor: view by role viewer"]);
    assert_eq!(on(acme(), "vault", None), [carol, olivia]);
    assert_eq!(on(acme(), "nowhere", None), [""; 0]);
}

#[test]
fn a_grant_of_the_members_own_comes_before_that_of_a_team_and_this_before_the_default() {
    let mut rows = acme();
    rows.cluster_access("vault", Holder::Team("on-call"), Grant::new(ClusterAccess::Deploy).until(LATER)).unwrap();
    rows.cluster_access("vault", Holder::Account("alice"), Grant::new(ClusterAccess::View).until(SOON)).unwrap();
    let (alice, victor) = ("alice: view by own access, until 2000", "victor: view by access of on-call, until 3000");
    let (carol, olivia) = ("carol: manage by role admin", "olivia: manage by role owner");
    assert_eq!(on(rows.clone(), "vault", Some(NOW)), [alice, carol, olivia, victor]);
    let alice = "alice: deploy by access of on-call, until 3000";
    assert_eq!(on(rows.clone(), "vault", Some(SOON)), [alice, carol, olivia, victor]);
    assert_eq!(on(rows, "vault", Some(LATER)), [carol, olivia]);
}

#[test]
fn of_several_teams_the_grant_is_named_that_lasts_longest() {
    let mut rows = acme();
    for (team, expiry) in [("a", Some(SOON)), ("b", Some(LATER)), ("c", Some(LATER)), ("d", None)] {
        rows.team(team.into(), "acme-corp").unwrap();
        rows.team_member(team, "alice").unwrap();
        let level = if team == "d" { ClusterAccess::View } else { ClusterAccess::Deploy };
        rows.cluster_access("vault", Holder::Team(team), Grant::expiring(level, expiry)).unwrap();
    }
    let first = |at| on(rows.clone(), "vault", at).into_iter().next().unwrap();
    assert_eq!(first(Some(NOW)), "alice: deploy by access of b, until 3000");
    assert_eq!(first(Some(LATER)), "alice: view by access of d");
    assert_eq!(first(None), "alice: view by access of d");
}

#[test]
fn nothing_ends_where_what_comes_next_gives_the_same() {
    let mut rows = acme();
    rows.cluster_access("us-east", Holder::Account("alice"), Grant::new(ClusterAccess::Deploy).until(SOON)).unwrap();
    assert_eq!(on(rows.clone(), "us-east", Some(NOW))[0], "alice: deploy by own access");
    assert_eq!(on(rows, "us-east", Some(SOON))[0], "alice: deploy by role developer");
}

#[test]
fn a_lowering_ends_too() {
    let mut rows = acme();
    rows.cluster_access("us-east", Holder::Account("carol"), Grant::new(ClusterAccess::View).until(SOON)).unwrap();
    assert_eq!(on(rows.clone(), "us-east", Some(NOW))[1], "carol: view by own access, until 2000");
    // Without a time it may count, so it is named.
    assert_eq!(on(rows, "us-east", None)[1], "carol: view by own access");
}

#[test]
fn the_membership_ends_everything() {
    let mut rows = acme();
    rows.member("acme-corp", "dana".into(), AccountKind::User, Role::Developer, Some(SOON)).unwrap();
    rows.cluster_access("us-east", Holder::Account("dana"), Grant::new(ClusterAccess::Manage).until(LATER)).unwrap();
    rows.project_role("shop", Holder::Account("dana"), Grant::new(ProjectRole::Admin).until(LATER)).unwrap();
    let dana = |listed: Vec<String>| listed.into_iter().find(|item| item.starts_with("dana"));
    let ends = "dana: manage by own access, until 2000";
    assert_eq!(dana(on(rows.clone(), "us-east", Some(NOW))).as_deref(), Some(ends));
    let ends = "dana: admin by own project role, until 2000";
    assert_eq!(dana(within(rows.clone(), "shop", Some(NOW))).as_deref(), Some(ends));
    for at in [Some(SOON), None] {
        assert_eq!(dana(on(rows.clone(), "us-east", at)), None);
        assert_eq!(dana(within(rows.clone(), "shop", at)), None);
    }
}

#[test]
fn no_grant_counts_for_an_owner_and_a_service_account_acts_as_admin() {
    let mut rows = acme();
    rows.member("acme-corp", "robot".into(), AccountKind::Service, Role::Owner, None).unwrap();
    for account in ["olivia", "robot"] {
        rows.cluster_access("vault", Holder::Account(account), ClusterAccess::View).unwrap();
        rows.project_role("shop", Holder::Account(account), ProjectRole::Viewer).unwrap();
    }
    let [_, olivia, robot] = &on(rows.clone(), "vault", None)[..] else { panic!("carol, olivia and robot") };
    assert_eq!((olivia.as_str(), robot.as_str()), ("olivia: manage by role owner", "robot: view by own access"));
    let [.., olivia, robot, _] = &within(rows, "shop", None)[..] else { panic!("olivia, robot and victor") };
    assert_eq!((olivia.as_str(), robot.as_str()), ("olivia: owner by role owner", "robot: admin by role admin"));
}

#[test]
fn a_project_lists_the_roles_that_count() {
    let mut rows = acme();
    rows.project_role("shop", Holder::Account("alice"), Grant::new(ProjectRole::Admin).until(SOON)).unwrap();
    rows.project_role("shop", Holder::Team("on-call"), Grant::new(ProjectRole::Developer).until(LATER)).unwrap();
    rows.project_role("shop", Holder::Account("betty"), ProjectRole::Admin).unwrap();
    let (carol, olivia) = ("carol: admin by role admin", "olivia: owner by role owner");
    let alice = "alice: admin by own project role, until 2000";
    let victor = "victor: developer by project role of on-call, until 3000";
    assert_eq!(within(rows.clone(), "shop", Some(NOW)), [alice, carol, olivia, victor]);
    // A Developer of the organization stays one.
    assert_eq!(within(rows.clone(), "shop", Some(SOON))[0], "alice: developer by project role of on-call");
    let (alice, victor) = ("alice: developer by role developer", "victor: viewer by role viewer");
    for at in [Some(LATER), None] {
        assert_eq!(within(rows.clone(), "shop", at), [alice, carol, olivia, victor]);
    }
    assert_eq!(within(rows.clone(), "ledger", Some(NOW)), [carol, olivia]);
    assert_eq!(within(rows, "nowhere", Some(NOW)), [""; 0]);
}

#[test]
fn a_role_without_the_permission_to_view_is_left_out() {
    let mut rows = acme();
    let permissions = |permissions: &[Permission]| RolePermissions::new(permissions.iter().copied()).unwrap();
    let guest = RoleDefinition::new(Role::Developer, permissions(&[])).unwrap();
    let shipper = RoleDefinition::new(Role::Admin, permissions(&[Permission::View, Permission::Deploy])).unwrap();
    rows.role("guest".into(), "acme-corp", guest).unwrap();
    rows.role("shipper".into(), "acme-corp", shipper).unwrap();
    for (account, role) in [("gus", "guest"), ("rita", "shipper")] {
        let role = AnyRole::Custom(role.to_string());
        rows.member("acme-corp", account.into(), AccountKind::User, role, None).unwrap();
    }
    let their = |listed: Vec<String>| -> Vec<String> {
        listed.into_iter().filter(|item| item.starts_with("gus") || item.starts_with("rita")).collect()
    };
    assert_eq!(their(on(rows.clone(), "us-east", None)), ["rita: deploy by role shipper"]);
    assert_eq!(their(within(rows.clone(), "shop", None)), ["rita: admin by role shipper"]);
    rows.project_role("shop", Holder::Account("gus"), ProjectRole::Viewer).unwrap();
    let listed = their(within(rows, "shop", None));
    assert_eq!(listed, ["gus: viewer by own project role", "rita: admin by role shipper"]);
}

#[test]
fn an_environment_lists_the_role_in_its_project_and_the_level_by_it() {
    let mut rows = acme();
    rows.project_role("ledger", Holder::Team("on-call"), Grant::new(ProjectRole::Developer).until(LATER)).unwrap();
    rows.cluster_access("vault", Holder::Team("on-call"), Grant::new(ClusterAccess::Deploy).until(SOON)).unwrap();
    let role = "developer by project role of on-call, until 3000";
    let level = "deploy by access of on-call, until 2000";
    let members = [
        ["alice", role, level],
        ["carol", "admin by role admin", "manage by role admin"],
        ["olivia", "owner by role owner", "manage by role owner"],
        // A Viewer of the organization, with the default of the project role as the most.
        ["victor", role, level],
    ];
    assert_eq!(of(rows.clone(), "ledger-vault", Some(NOW)), members);
    assert_eq!(of(rows.clone(), "ledger-vault", Some(SOON)), members[1..3]);

    rows.project_role("shop", Holder::Account("victor"), Grant::new(ProjectRole::Developer).until(SOON)).unwrap();
    let directory = rows.build();
    let (victor, access) = directory.environment_access("shop-dev", Some(NOW)).last().unwrap();
    assert_eq!(access.level().value(), ClusterAccess::Deploy, "the default of the project role");
    assert_eq!(access.level().source(), AccessSource::ProjectRole(Holder::Account(victor)));
    assert_eq!((access.role().until(), access.level().until(), access.until()), (Some(SOON), Some(SOON), Some(SOON)));
}

#[test]
fn deployers_deploy_at_once_or_after_approval_and_approvers_are_those_of_the_rule() {
    let mut rows = acme();
    let by_owners = ApprovalRule::new(ApprovalFrom::Owner);
    for (id, protection) in [
        ("reviewed", Protection::reviewed(ApprovalRule::new(ApprovalFrom::Admin))),
        ("restricted", Protection::RESTRICTED),
        ("by-owners", Protection::restricted(by_owners)),
    ] {
        rows.environment(id.into(), "shop", "us-east", id, protection).unwrap();
    }
    rows.cluster_access("us-east", Holder::Account("carol"), Grant::new(ClusterAccess::None).until(SOON)).unwrap();
    rows.member("acme-corp", "robot".into(), AccountKind::Service, Role::Admin, None).unwrap();
    let directory = rows.build();
    let deployers = |environment, at| -> Vec<String> {
        let listed = directory.deployers(environment, at);
        listed
            .map(|(id, decision)| format!("{id}{}", if decision == Decision::Allow { "" } else { ", later" }))
            .collect()
    };
    let approvers =
        |environment, at| -> Vec<&str> { directory.approvers(environment, at).map(String::as_str).collect() };

    assert_eq!(deployers("shop-dev", Some(SOON)), ["alice", "carol", "olivia", "robot"]);
    assert_eq!(approvers("shop-dev", Some(SOON)), [""; 0]);
    let after_approval = ["alice, later", "carol, later", "olivia, later", "robot, later"];
    assert_eq!(deployers("reviewed", Some(SOON)), after_approval);
    assert_eq!(approvers("reviewed", Some(SOON)), ["carol", "olivia"]);
    assert_eq!(deployers("restricted", Some(SOON)), ["carol", "olivia", "robot"]);
    assert_eq!(approvers("restricted", Some(SOON)), [""; 0]);
    assert_eq!(deployers("by-owners", Some(SOON)), ["carol, later", "olivia, later", "robot, later"]);
    assert_eq!(approvers("by-owners", Some(SOON)), ["olivia"]);
    for at in [Some(NOW), None] {
        assert_eq!(deployers("restricted", at), ["olivia", "robot"], "carol is shut out of the cluster");
        assert_eq!(approvers("reviewed", at), ["olivia"]);
    }
    assert_eq!((deployers("nowhere", None).len(), approvers("nowhere", None).len()), (0, 0));
}
