//! Findings: each in a world where it is and in one where it just is not.

use proptest::prelude::*;
use shipgate::directory::DirectoryBuilder;
use shipgate::model::ApprovalId;
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Permission, ProtectionLevel, SelfApproval};
use shipgate::query::{FindingCode, FindingPlace};
use shipgate::{
    AccountKind, Action, AnyRole, ClusterAccess, Decision, Directory, Grant, Holder, ProjectRole, Protection,
    ResourceId, Role, RoleDefinition, RolePermissions, SubjectId, Time, Visibility,
};

use crate::strategies::{time, world};
use crate::world::held::Held;

const NOW: Time = Time::from_millis(1_000);
const SOON: Time = Time::from_millis(1_001);

/// acme-corp with its Owners olivia and oscar, with one cluster and one project: nothing to find.
fn acme() -> DirectoryBuilder<String> {
    let mut rows = Directory::builder();
    rows.organization("acme-corp".into()).unwrap();
    for (account, role) in [("olivia", Role::Owner), ("oscar", Role::Owner), ("alice", Role::Developer)] {
        rows.member("acme-corp", account.into(), AccountKind::User, role, None).unwrap();
    }
    rows.cluster("us-east".into(), "acme-corp", Visibility::Organization).unwrap();
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
        (vec![], vec![(FindingCode::NoOwner, "organization `acme-corp`")]),
        (vec![("olivia", None)], vec![(FindingCode::OneOwner, "organization `acme-corp`")]),
        (
            vec![("olivia", None), ("oscar", Some(SOON))],
            vec![
                (FindingCode::OneOwner, "organization `acme-corp`"),
                (FindingCode::TemporaryAdmin, "member `oscar` of `acme-corp`"),
            ],
        ),
        (vec![("olivia", None), ("oscar", None)], vec![]),
    ] {
        let mut rows = Directory::<String>::builder();
        rows.organization("acme-corp".into()).unwrap();
        for (owner, expiry) in owners {
            rows.member("acme-corp", owner.into(), AccountKind::User, Role::Owner, expiry).unwrap();
        }
        let expected: Vec<_> = expected.into_iter().map(|(code, place)| (code, place.to_string())).collect();
        assert_eq!(found(rows), expected);
    }
}

#[test]
fn an_expired_membership_is_found() {
    for (expiry, expected) in [(SOON, vec![]), (NOW, vec![FindingCode::ExpiredMembership])] {
        let mut rows = acme();
        rows.member("acme-corp", "victor".into(), AccountKind::User, Role::Viewer, Some(expiry)).unwrap();
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
        rows.member("acme-corp", "victor".into(), AccountKind::User, role, None).unwrap();
        rows.cluster_access("us-east", Holder::Account("victor"), grant).unwrap();
        let place = "member `victor` on cluster `us-east`".to_string();
        let expected: Vec<_> = expected.into_iter().map(|code| (code, place.clone())).collect();
        assert_eq!(found(rows), expected, "{role}, {grant:?}");
    }
}

#[test]
fn a_project_role_is_found_that_is_over() {
    for (expiry, expected) in [(SOON, vec![]), (NOW, vec![FindingCode::ExpiredProjectRole])] {
        let mut rows = acme();
        rows.project_role("shop", Holder::Account("alice"), Grant::new(ProjectRole::Admin).until(expiry)).unwrap();
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
            rows.project_role("vault", Holder::Account(account), grant).unwrap();
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
        rows.member("acme-corp", "ci-bot".into(), AccountKind::Service, role, None).unwrap();
        if let Some(project_role) = project_role {
            rows.project_role("shop", Holder::Account("ci-bot"), Grant::new(project_role)).unwrap();
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
        rows.environment("shop-production".into(), "shop", "us-east", "shop-production", protection).unwrap();
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
                .filter(|finding| {
                    matches!(finding.code(), FindingCode::UnapprovableEnvironment | FindingCode::UnmeetableRule)
                })
                .map(|finding| format!("{:?}", finding.place()))
                .collect();
            let protected = directory
                .environments_of(organization)
                .filter(|environment| environment.protection().level() != ProtectionLevel::None);
            let expected: Vec<_> = protected
                .filter(|environment| {
                    world.accounts.keys().all(|requested_by| {
                        let environment = environment.id();
                        let all = ResourceId::Deployment {
                            environment,
                            requested_by,
                            on_behalf_of: None,
                            release: None,
                            approvals: approvals.as_slice(),
                        };
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

fn role(rows: &mut DirectoryBuilder<String>, id: &str, rank: Role, permissions: &[Permission]) {
    let permissions = RolePermissions::new(permissions.iter().copied()).unwrap();
    rows.role(id.into(), "acme-corp", RoleDefinition::new(rank, permissions).unwrap()).unwrap();
}

fn member(rows: &mut DirectoryBuilder<String>, id: &str, role: impl Into<AnyRole<String>>, expiry: Option<Time>) {
    rows.member("acme-corp", id.into(), AccountKind::User, role, expiry).unwrap();
}

/// A team with these members.
fn team(rows: &mut DirectoryBuilder<String>, id: &str, members: &[&str]) {
    rows.team(id.into(), "acme-corp").unwrap();
    for account in members {
        rows.team_member(id, account).unwrap();
    }
}

fn only(code: FindingCode, place: &str) -> Vec<(FindingCode, String)> {
    vec![(code, place.to_string())]
}

#[test]
fn a_rule_is_found_that_asks_for_more_approvals_than_there_are_approvers() {
    let rule = |from, count| ApprovalRule::new(from).with_count(count).unwrap();
    let place = "environment `shop-production`";
    for (protection, expected) in [
        (Protection::reviewed(rule(ApprovalFrom::Admin, 2)), vec![]),
        (Protection::reviewed(rule(ApprovalFrom::Admin, 3)), only(FindingCode::UnmeetableRule, place)),
        // Both could approve, but one of them has to deploy.
        (Protection::locked(rule(ApprovalFrom::Owner, 2)).unwrap(), only(FindingCode::UnapprovableEnvironment, place)),
        (Protection::locked(rule(ApprovalFrom::Owner, 3)).unwrap(), only(FindingCode::UnmeetableRule, place)),
        (Protection::locked(rule(ApprovalFrom::Owner, 2).with_self_approval(SelfApproval::Allowed)).unwrap(), vec![]),
    ] {
        let mut rows = acme();
        rows.environment("shop-production".into(), "shop", "us-east", "shop-production", protection).unwrap();
        assert_eq!(found(rows), expected, "{protection:?}");
    }
    // Whoever has the permission approves, whatever the rank.
    let mut rows = acme();
    role(&mut rows, "reviewer", Role::Viewer, &[Permission::View, Permission::Approve]);
    member(&mut rows, "rita", AnyRole::Custom("reviewer".into()), None);
    let three = Protection::reviewed(rule(ApprovalFrom::Admin, 3));
    rows.environment("shop-production".into(), "shop", "us-east", "shop-production", three).unwrap();
    assert_eq!(found(rows), []);
}

/// Environments that are protected alike are told apart by their clusters and projects, where somebody has a grant there.
#[test]
fn an_environment_is_found_though_another_one_is_protected_alike() {
    let three = ApprovalRule::new(ApprovalFrom::Admin).with_count(3).unwrap();
    let mut rows = acme();
    member(&mut rows, "carol", Role::Admin, None);
    rows.cluster("vault".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.cluster_access("vault", Holder::Account("carol"), Grant::new(ClusterAccess::None)).unwrap();
    for (environment, cluster) in
        [("shop-a", "us-east"), ("shop-b", "vault"), ("shop-c", "us-east"), ("shop-d", "vault")]
    {
        rows.environment(environment.into(), "shop", cluster, environment, Protection::reviewed(three)).unwrap();
    }
    let place = |environment| (FindingCode::UnmeetableRule, format!("environment `{environment}`"));
    assert_eq!(found(rows), [place("shop-b"), place("shop-d")], "carol may not view what runs there");
}

#[test]
fn a_bypass_is_found_for_a_rank_that_may_not_deploy() {
    let rule = |from| ApprovalRule::new(from).with_bypass(Bypass::Admin);
    for (protection, useless) in [
        (Protection::reviewed(rule(ApprovalFrom::Admin)), false),
        (Protection::restricted(rule(ApprovalFrom::Owner)), false),
        (Protection::locked(rule(ApprovalFrom::Owner)).unwrap(), true),
        (Protection::locked(ApprovalRule::new(ApprovalFrom::Owner).with_bypass(Bypass::Owner)).unwrap(), false),
    ] {
        let mut rows = acme();
        rows.environment("shop-production".into(), "shop", "us-east", "shop-production", protection).unwrap();
        let expected =
            if useless { only(FindingCode::UselessBypass, "environment `shop-production`") } else { Vec::new() };
        assert_eq!(found(rows), expected, "{protection:?}");
    }
}

#[test]
fn an_admin_for_a_time_is_found() {
    let place = "member `tess` of `acme-corp`";
    for (role, expiry, expected) in [
        (Role::Admin, Some(SOON), only(FindingCode::TemporaryAdmin, place)),
        (Role::Owner, Some(SOON), only(FindingCode::TemporaryAdmin, place)),
        (Role::Admin, None, vec![]),
        (Role::Developer, Some(SOON), vec![]),
        (Role::Admin, Some(NOW), only(FindingCode::ExpiredMembership, place)),
    ] {
        let mut rows = acme();
        member(&mut rows, "tess", role, expiry);
        assert_eq!(found(rows), expected, "{role} until {expiry:?}");
    }
    // Of the rank admin, and nothing to give.
    let mut rows = acme();
    role(&mut rows, "release-manager", Role::Admin, &[Permission::View, Permission::Deploy, Permission::Approve]);
    member(&mut rows, "rita", AnyRole::Custom("release-manager".into()), Some(SOON));
    assert_eq!(found(rows), []);
}

#[test]
fn roles_and_teams_are_found_that_nobody_has_or_is_in() {
    let mut rows = acme();
    role(&mut rows, "auditor", Role::Viewer, &[Permission::View, Permission::ViewAuditLog]);
    team(&mut rows, "on-call", &[]);
    assert_eq!(
        found(rows),
        [
            (FindingCode::UnusedRole, "role `auditor`".to_string()),
            (FindingCode::TeamWithoutMembers, "team `on-call`".to_string()),
        ]
    );
    let mut rows = acme();
    role(&mut rows, "auditor", Role::Viewer, &[Permission::View, Permission::ViewAuditLog]);
    member(&mut rows, "nora", AnyRole::Custom("auditor".into()), None);
    team(&mut rows, "on-call", &["nora"]);
    assert_eq!(found(rows), []);
}

#[test]
fn an_override_is_found_that_cancels_a_teams() {
    let place = "member `alice` on cluster `us-east`";
    let lowers = only(FindingCode::OverrideCancelsTeam, place);
    for (own, of_team, expected) in [
        (Grant::new(ClusterAccess::View), Grant::new(ClusterAccess::Manage), lowers.clone()),
        // It equals the default, and is of use: without it the team's counts.
        (Grant::new(ClusterAccess::Deploy), Grant::new(ClusterAccess::Manage), lowers),
        (Grant::new(ClusterAccess::Manage), Grant::new(ClusterAccess::Deploy), vec![]),
        (Grant::new(ClusterAccess::Deploy), Grant::new(ClusterAccess::View), vec![]),
        (
            Grant::new(ClusterAccess::Deploy),
            Grant::new(ClusterAccess::Manage).until(NOW),
            vec![
                (FindingCode::OverrideEqualsDefault, place.to_string()),
                (FindingCode::ExpiredOverride, "team `on-call` on cluster `us-east`".to_string()),
            ],
        ),
    ] {
        let mut rows = acme();
        team(&mut rows, "on-call", &["alice"]);
        rows.cluster_access("us-east", Holder::Account("alice"), own).unwrap();
        rows.cluster_access("us-east", Holder::Team("on-call"), of_team).unwrap();
        assert_eq!(found(rows), expected, "{own:?} and {of_team:?}");
    }
    // A Viewer's ends at view anyway.
    let mut rows = acme();
    member(&mut rows, "victor", Role::Viewer, None);
    team(&mut rows, "on-call", &["victor"]);
    rows.cluster_access("us-east", Holder::Account("victor"), Grant::new(ClusterAccess::View)).unwrap();
    rows.cluster_access("us-east", Holder::Team("on-call"), Grant::new(ClusterAccess::Manage)).unwrap();
    assert_eq!(found(rows), []);
}

#[test]
fn an_override_equals_the_default_of_what_the_cluster_shows() {
    let mut rows = acme();
    rows.cluster("vault".into(), "acme-corp", Visibility::Members).unwrap();
    rows.cluster_access("vault", Holder::Account("alice"), Grant::new(ClusterAccess::Deploy)).unwrap();
    assert_eq!(found(rows), [], "it lets her in");
    let mut rows = acme();
    rows.cluster("vault".into(), "acme-corp", Visibility::Members).unwrap();
    rows.cluster_access("vault", Holder::Account("alice"), Grant::new(ClusterAccess::None)).unwrap();
    assert_eq!(found(rows), only(FindingCode::OverrideEqualsDefault, "member `alice` on cluster `vault`"));
}

#[test]
fn a_project_role_is_found_that_cancels_a_teams_or_is_over() {
    let place = "member `alice` of project `shop`";
    for (own, of_team, expected) in [
        (ProjectRole::Viewer, Grant::new(ProjectRole::Admin), only(FindingCode::ProjectRoleCancelsTeam, place)),
        (ProjectRole::Admin, Grant::new(ProjectRole::Viewer), vec![]),
        (
            ProjectRole::Viewer,
            Grant::new(ProjectRole::Admin).until(NOW),
            only(FindingCode::ExpiredProjectRole, "team `on-call` of project `shop`"),
        ),
    ] {
        let mut rows = acme();
        team(&mut rows, "on-call", &["alice", "olivia"]);
        rows.project_role("shop", Holder::Account("alice"), Grant::new(own)).unwrap();
        rows.project_role("shop", Holder::Team("on-call"), of_team).unwrap();
        assert_eq!(found(rows), expected, "{own} and {of_team:?}");
    }
}

#[test]
fn a_teams_role_counts_for_its_members() {
    // A private project has a member by a team.
    let mut rows = acme();
    rows.project("vault".into(), "acme-corp", Visibility::Members).unwrap();
    team(&mut rows, "on-call", &["alice"]);
    rows.project_role("vault", Holder::Team("on-call"), Grant::new(ProjectRole::Viewer)).unwrap();
    assert_eq!(found(rows), []);
    // A service account is Admin of a project by two teams.
    let mut rows = acme();
    rows.member("acme-corp", "ci-bot".into(), AccountKind::Service, Role::Developer, None).unwrap();
    for id in ["a-team", "b-team"] {
        team(&mut rows, id, &["ci-bot", "alice"]);
        rows.project_role("shop", Holder::Team(id), Grant::new(ProjectRole::Admin)).unwrap();
    }
    assert_eq!(found(rows), only(FindingCode::ServiceAccountAdmin, "member `ci-bot` of project `shop`"));
}

#[test]
fn ids_are_found_that_look_the_same() {
    let mut rows = acme();
    for account in ["Alice", "alice ", "alicia"] {
        member(&mut rows, account, Role::Viewer, None);
    }
    rows.project("SHOP".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.cluster("caf\u{e9}".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.cluster("cafe\u{301}".into(), "acme-corp", Visibility::Organization).unwrap();
    // Of another kind or organization, it is not taken for the other.
    rows.team("shop".into(), "acme-corp").unwrap();
    rows.organization("globex".into()).unwrap();
    rows.project("Shop".into(), "globex", Visibility::Organization).unwrap();
    let found: Vec<_> = found(rows).into_iter().filter(|(code, _)| *code == FindingCode::SimilarIds).collect();
    let places: Vec<&str> = found.iter().map(|(_, place)| place.as_str()).collect();
    assert_eq!(
        places,
        [
            "account `Alice` and account `alice`",
            "account `Alice` and account `alice `",
            "project `SHOP` and project `shop`",
            "cluster `cafe\\u{301}` and cluster `caf\u{e9}`",
        ]
    );
}
