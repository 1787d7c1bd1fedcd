//! Accounts, memberships and teams: each comes back as it went out, and what contradicts itself does not come in.

use shipgate::model::Permission;
use shipgate::{
    Account, Cluster, ClusterAccess, CustomRole, Grant, Membership, Project, ProjectRole, Role, RoleDefinition,
    RolePermissions, Team, Time, Visibility,
};

use super::facts::comes_back;
use super::{read, refusal};

fn cluster(id: &str) -> Cluster<String> {
    Cluster::new(id.to_string(), "acme-corp".to_string())
}

fn shop() -> Project<String> {
    Project::new("shop".to_string(), "acme-corp".to_string()).with_visibility(Visibility::Members)
}

fn on_call() -> Team<String> {
    Team::new("on-call".to_string(), "acme-corp".to_string())
        .with_cluster_access(&cluster("us-east"), ClusterAccess::Deploy)
        .and_then(|team| team.with_project_role(&shop(), Grant::new(ProjectRole::Viewer).until(Time::from_millis(1))))
        .unwrap()
}

#[test]
fn an_account_comes_back_with_all_that_it_has() {
    comes_back(&Account::service("ci-bot".to_string()), r#"{"id":"ci-bot","kind":"service","memberships":[]}"#);
    let hidden = cluster("staging").with_visibility(Visibility::Members);
    let dana = Membership::new("acme-corp".to_string(), Role::Developer)
        .until(Time::from_millis(1_000))
        .with_cluster_access(&cluster("us-east"), ClusterAccess::View)
        .and_then(|dana| dana.with_cluster_access(&hidden, Grant::new(ClusterAccess::None).until(Time::from_millis(1))))
        .and_then(|dana| dana.with_project_role(&shop(), ProjectRole::Admin))
        .and_then(|dana| dana.in_team(&on_call()))
        .unwrap();
    comes_back(
        &Account::user("dana".to_string()).with(dana).unwrap(),
        concat!(
            r#"{"id":"dana","kind":"user","memberships":[{"organization":"acme-corp","role":"developer","#,
            r#""expires_at":"1970-01-01T00:00:01Z","teams":[{"id":"on-call","#,
            r#""overrides":[{"cluster":"us-east","visibility":"organization","level":"deploy"}],"#,
            r#""project_roles":[{"project":"shop","visibility":"members","role":"viewer","expires_at":"1970-01-01T00:00:00.001Z"}]}],"#,
            r#""overrides":[{"cluster":"staging","visibility":"members","level":"none","expires_at":"1970-01-01T00:00:00.001Z"},"#,
            r#"{"cluster":"us-east","visibility":"organization","level":"view"}],"#,
            r#""project_roles":[{"project":"shop","visibility":"members","role":"admin"}]}]}"#,
        ),
    );
}

#[test]
fn a_member_with_a_custom_role_comes_back_with_its_rank_and_permissions() {
    let permissions = RolePermissions::new([Permission::View, Permission::ViewAuditLog]).unwrap();
    let definition = RoleDefinition::new(Role::Viewer, permissions).unwrap();
    let auditor = CustomRole::new("auditor".to_string(), "acme-corp".to_string(), definition);
    comes_back(
        &Membership::custom(&auditor),
        concat!(
            r#"{"organization":"acme-corp","role":{"id":"auditor","rank":"viewer","permissions":["view","view_audit_log"]},"#,
            r#""teams":[],"overrides":[],"project_roles":[]}"#,
        ),
    );
}

#[test]
fn a_team_comes_back() {
    comes_back(
        &on_call().with_members(2),
        concat!(
            r#"{"id":"on-call","organization":"acme-corp","members":2,"#,
            r#""overrides":[{"cluster":"us-east","visibility":"organization","level":"deploy"}],"#,
            r#""project_roles":[{"project":"shop","visibility":"members","role":"viewer","expires_at":"1970-01-01T00:00:00.001Z"}]}"#,
        ),
    );
    assert_eq!(read::<Team<u64>>(r#"{"id":"1","organization":"2","members":0}"#), Team::new(1, 2));
    for (json, message) in [
        (r#"{"id":"1","organization":"2"}"#, "missing field `members`"),
        (
            r#"{"id":"1","organization":"2","members":0,"overrides":[{"cluster":"3","level":"view"}]}"#,
            "missing field `visibility`",
        ),
        (
            r#"{"id":"1","organization":"2","members":0,"overrides":[{"cluster":"3","visibility":"members","level":"view"},{"cluster":"3","visibility":"members","level":"view"}]}"#,
            "a member can have only one override on a cluster: this is their second",
        ),
        ("[1,2,0]", "invalid type: sequence, expected a team: an object with `id`, `organization` and `members`"),
    ] {
        assert_eq!(refusal::<Team<u64>>(json), message, "{json}");
    }
}

#[test]
fn a_membership_may_leave_its_lists_out() {
    assert_eq!(read::<Membership<u64>>(r#"{"organization":"1","role":"viewer"}"#), Membership::new(1, Role::Viewer));
}

#[test]
fn accounts_that_contradict_themselves_are_refused() {
    let membership = |rest: &str| {
        format!(r#"{{"id":"bob","kind":"user","memberships":[{{"organization":"acme-corp","role":"viewer"{rest}}}]}}"#)
    };
    let with_role = |role: &str| {
        format!(r#"{{"id":"bob","kind":"user","memberships":[{{"organization":"acme-corp","role":{role}}}]}}"#)
    };
    let table = [
        (
            r#"{"id":"bob","kind":"user","memberships":[{"organization":"a","role":"viewer"},{"organization":"a","role":"owner"}]}"#
                .to_string(),
            "an account can have only one membership in an organization: this is its second",
        ),
        (
            membership(r#","overrides":[{"cluster":"c","visibility":"members","level":"view"},{"cluster":"c","visibility":"members","level":"none"}]"#),
            "a member can have only one override on a cluster: this is their second",
        ),
        (
            membership(r#","project_roles":[{"project":"p","visibility":"members","role":"admin"},{"project":"p","visibility":"members","role":"admin"}]"#),
            "a member can have only one role in a project: this is their second",
        ),
        (
            membership(r#","teams":[{"id":"t"},{"id":"t"}]"#),
            "a member can have only one place in a team: this is their second",
        ),
        (membership(r#","teams":["t"]"#), r#"invalid type: string "t", expected a place in a team: an object with `id`"#),
        (membership(r#","expires_at":null"#), "invalid type: null, expected a time of RFC 3339, as a string"),
        (membership(r#","overrides":null"#), "invalid type: null, expected a sequence"),
        (
            membership(r#","overrides":[["c","view"]]"#),
            "invalid type: sequence, expected an override: an object with `cluster`, `visibility` and `level`",
        ),
        (membership(r#","role":"owner""#), "duplicate field `role`"),
        (
            membership(r#","roles":[]"#),
            "unknown field `roles`, expected one of `organization`, `role`, `expires_at`, `teams`, `overrides`, `project_roles`",
        ),
        (with_role(r#""auditor""#), "unknown role `auditor`: expected owner, admin, developer, billing or viewer"),
        (with_role("7"), "invalid type: integer `7`, expected the name of a role, or an object with `id`, `rank` and `permissions`"),
        (with_role(r#"{"id":"auditor","rank":"viewer"}"#), "missing field `permissions`"),
        (
            with_role(r#"{"id":"auditor","rank":"owner","permissions":[]}"#),
            "a custom role cannot have the rank owner: choose admin, developer or viewer",
        ),
        (r#"{"id":"bob","kind":"user"}"#.to_string(), "missing field `memberships`"),
        (r#"{"id":"bob","memberships":[]}"#.to_string(), "missing field `kind`"),
        (
            r#"["bob","user",[]]"#.to_string(),
            "invalid type: sequence, expected an account: an object with `id`, `kind` and `memberships`",
        ),
    ];
    for (json, message) in table {
        assert_eq!(refusal::<Account<String>>(&json), message, "{json}");
    }
}
