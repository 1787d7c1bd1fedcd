//! The answer: what it tells of a decision, and what it does not tell of a hidden one.

use serde_json::{Value, json};
use shipgate::Exposure;
use shipgate::json::{Answer, Outcome};
use shipgate::policy::ReasonCode;

use crate::wire::readers;

/// Two clusters of which carol may not deploy to the second and walt to neither, and a vault that only the team sees.
const ACME: &str = r#"{
    "organizations": [{
        "id": "acme-corp",
        "members": [
            { "account": "olivia", "role": "owner" },
            { "account": "carol", "role": "admin" },
            { "account": "rita", "role": "release-manager" },
            { "account": "alice", "role": "developer" },
            { "account": "walt", "role": "admin" },
            { "account": "vera", "role": "admin", "expires_at": "2027-01-01T00:00:00Z" }
        ],
        "roles": [{ "id": "release-manager", "rank": "admin", "permissions": ["view", "deploy", "approve", "manage_members"] }],
        "teams": [{ "id": "on-call", "members": ["rita"] }],
        "clusters": [
            { "id": "a-staging", "access": [{ "account": "walt", "level": "view" }] },
            { "id": "b-production", "access": [{ "account": "carol", "level": "view" }, { "account": "walt", "level": "view" }] },
            { "id": "vault", "visibility": "members", "access": [{ "team": "on-call", "level": "view" }] }
        ],
        "projects": [
            { "id": "shop", "environments": [
                { "id": "shop-dev", "cluster": "a-staging" },
                { "id": "shop-locked", "cluster": "a-staging", "protection": { "level": "locked", "approval": { "from": "owner", "bypass": "owner", "count": 2 } } },
                { "id": "shop-reviewed", "cluster": "a-staging", "protection": "reviewed" },
                { "id": "shop-production", "cluster": "b-production" },
                { "id": "shop-vault", "cluster": "vault" }
            ] },
            { "id": "secret", "visibility": "members" }
        ]
    }, { "id": "globex", "members": [{ "account": "gina", "role": "owner" }],
         "roles": [{ "id": "guest", "rank": "developer", "permissions": [] }] }]
}"#;

/// What the answer says in its context.
fn context(account: &str, action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    let (action, resource): (Value, Value) = (action.into(), resource.into());
    let request = json!({
        "subject": { "type": "user", "id": account }, "action": action, "resource": resource,
        "context": { "time": "2026-11-21T12:00:00Z" }
    });
    let directory = readers::document(ACME).unwrap();
    let answer = Answer::new(&directory, &readers::question(&request.to_string()).unwrap());
    let mut written = serde_json::to_value(&answer).unwrap();
    let allowed = written["context"]["outcome"] == "allow";
    assert_eq!(written["decision"], allowed);
    assert_eq!(answer.is_allowed(), allowed);
    assert_eq!(readers::answer(&written.to_string()).unwrap(), answer);
    assert_eq!(written.as_object().unwrap().len(), 2);
    written["context"].take()
}

fn named(name: &str) -> Value {
    json!({ "name": name })
}

fn of(kind: &str, id: &str) -> Value {
    json!({ "type": kind, "id": id })
}

fn deployment(environment: &str) -> Value {
    json!({ "type": "deployment", "id": "1", "properties": { "environment": environment, "requested_by": "alice" } })
}

#[test]
fn what_is_allowed_says_no_more() {
    assert_eq!(context("alice", named("deploy"), of("environment", "shop-dev")), json!({ "outcome": "allow" }));
}

#[test]
fn what_waits_for_approval_says_from_whom_and_how_many_are_missing() {
    assert_eq!(
        context("alice", named("deploy"), deployment("shop-reviewed")),
        json!({ "outcome": "require_approval", "from": "admin", "missing": 1 })
    );
    assert_eq!(
        context("olivia", named("deploy"), deployment("shop-locked")),
        json!({ "outcome": "require_approval", "from": "owner", "missing": 2 })
    );
}

#[test]
fn a_visible_denial_has_the_data_of_its_reason() {
    let table = [
        (
            context("alice", named("exec"), of("environment", "shop-reviewed")),
            json!({ "reason": "environment_protected", "have": "developer", "need": "admin" }),
        ),
        (
            context("alice", named("delete"), of("project", "shop")),
            json!({ "reason": "role_insufficient", "have": "developer", "permission": "manage_projects" }),
        ),
        (
            context("carol", named("approve"), deployment("shop-locked")),
            json!({ "reason": "role_insufficient", "have": "admin", "need": "owner" }),
        ),
        (
            context("carol", named("deploy"), of("environment", "shop-production")),
            json!({ "reason": "cluster_level_insufficient", "have": "view", "need": "deploy", "cluster": "b-production" }),
        ),
        (
            context(
                "rita",
                json!({ "name": "invite_member", "properties": { "role": "admin" } }),
                of("organization", "acme-corp"),
            ),
            json!({ "reason": "outranked", "have": "admin", "need": "admin", "permission": "view_logs" }),
        ),
        (
            context(
                "carol",
                json!({ "name": "invite_member", "properties": { "role": "owner" } }),
                of("organization", "acme-corp"),
            ),
            json!({ "reason": "outranked", "have": "admin", "need": "owner" }),
        ),
        (
            context(
                "carol",
                json!({ "name": "invite_member", "properties": { "role": "developer" } }),
                of("organization", "acme-corp"),
            ),
            json!({ "reason": "escalation", "have": "view", "need": "deploy" }),
        ),
        (
            context(
                "vera",
                json!({ "name": "invite_member", "properties": { "role": "viewer" } }),
                of("organization", "acme-corp"),
            ),
            json!({ "reason": "outlasts" }),
        ),
        (
            context("alice", named("break_glass"), of("environment", "shop-reviewed")),
            json!({ "reason": "bypass_forbidden", "have": "developer" }),
        ),
        (
            context("alice", named("break_glass"), of("environment", "shop-dev")),
            json!({ "reason": "approval_not_required" }),
        ),
    ];
    for (context, data) in table {
        let mut expected = json!({ "outcome": "deny", "hidden": false });
        expected.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
        assert_eq!(context, expected);
    }
}

#[test]
fn the_cluster_of_a_project_is_named_by_its_id() {
    // The first of the project's clusters in the order of ids on which the level is too low.
    assert_eq!(
        context("carol", named("read_secrets"), of("project", "shop")),
        json!({
            "outcome": "deny", "reason": "cluster_level_insufficient", "hidden": false,
            "have": "view", "need": "deploy", "cluster": "b-production"
        })
    );
}

#[test]
fn of_a_placement_the_present_cluster_is_judged_first() {
    let retarget = |account: &str| {
        let placement = json!({ "type": "placement", "id": "shop-dev", "properties": { "cluster": "b-production" } });
        context(account, named("retarget"), placement)
    };
    for (account, cluster) in [("carol", "b-production"), ("walt", "a-staging")] {
        assert_eq!(
            retarget(account),
            json!({
                "outcome": "deny", "reason": "cluster_level_insufficient", "hidden": false,
                "have": "view", "need": "deploy", "cluster": cluster
            })
        );
    }
}

#[test]
fn a_hidden_denial_has_its_reason_and_no_other_data() {
    let invite_unknown = json!({ "name": "invite_member", "properties": { "role": "auditor" } });
    let invite_foreign = json!({ "name": "invite_member", "properties": { "role": "guest" } });
    let promote_foreign = json!({ "name": "change_role", "properties": { "to": "guest" } });
    let bob = json!({ "type": "member", "id": "alice", "properties": { "organization": "acme-corp" } });
    for (context, reason) in [
        (context("alice", named("deploy"), of("cluster", "vault")), "cluster_level_insufficient"),
        (context("alice", named("deploy"), of("environment", "shop-vault")), "cluster_level_insufficient"),
        (context("alice", named("view"), of("project", "secret")), "not_in_project"),
        (context("gina", named("deploy"), of("environment", "shop-locked")), "not_a_member"),
        (context("gina", named("deploy"), of("organization", "acme-corp")), "not_applicable"),
        (context("alice", named("view"), of("project", "nothing")), "unknown_resource"),
        (context("alice", named("delete"), of("role", "guest")), "not_a_member"),
        // The organization is visible; but nothing tells an unknown role from another organization's.
        (context("olivia", invite_unknown, of("organization", "acme-corp")), "unknown_resource"),
        (context("olivia", invite_foreign, of("organization", "acme-corp")), "unknown_resource"),
        (context("olivia", promote_foreign, bob), "unknown_resource"),
    ] {
        assert_eq!(context, json!({ "outcome": "deny", "reason": reason, "hidden": true }));
    }
}

#[test]
fn an_answer_knows_its_exposure() {
    let directory = readers::document(ACME).unwrap();
    let ask = |text: &str| Answer::new(&directory, &readers::question(text).unwrap());
    let hidden = ask(
        r#"{ "subject": { "type": "user", "id": "gina" }, "action": { "name": "view" }, "resource": { "type": "project", "id": "shop" } }"#,
    );
    assert_eq!((hidden.reason(), hidden.exposure()), (Some(ReasonCode::NotAMember), Exposure::Hidden));
    let visible = ask(
        r#"{ "subject": { "type": "user", "id": "olivia" }, "action": { "name": "view" }, "resource": { "type": "project", "id": "shop" } }"#,
    );
    assert_eq!((visible.outcome(), visible.exposure()), (Outcome::Allow, Exposure::Visible));
}

#[test]
fn a_subject_of_the_other_kind_and_an_unknown_account_have_no_memberships() {
    let directory = readers::document(ACME).unwrap();
    for subject in [json!({ "type": "service", "id": "olivia" }), json!({ "type": "user", "id": "mallory" })] {
        let request =
            json!({ "subject": subject, "action": named("view"), "resource": of("organization", "acme-corp") });
        let answer = Answer::new(&directory, &readers::question(&request.to_string()).unwrap());
        assert_eq!(answer.reason(), Some(ReasonCode::NotAMember), "{request}");
    }
}

#[test]
fn a_token_that_the_service_gives_narrows_what_the_request_says() {
    use shipgate::{ActionSet, Token};

    let directory = readers::document(ACME).unwrap();
    let request = r#"{ "subject": { "type": "user", "id": "olivia", "properties": { "token": { "actions": ["view", "deploy"] } } },
        "action": { "name": "view" }, "resource": { "type": "project", "id": "shop" } }"#;
    let question = readers::question(request).unwrap();
    assert!(Answer::new(&directory, &question).is_allowed());
    let narrowed = question.with_service_token(Token::new(ActionSet::DEPLOY));
    assert_eq!(Answer::new(&directory, &narrowed).reason(), Some(ReasonCode::OutOfScope));
}

#[test]
fn an_approval_for_another_cluster_does_not_count_known_or_not() {
    let approved = |approval: Value| {
        let mut deployment = deployment("shop-reviewed");
        deployment["properties"]["approvals"] = json!([approval]);
        context("alice", named("deploy"), deployment)["outcome"].take()
    };
    assert_eq!(approved(json!({ "by": "carol" })), "allow");
    assert_eq!(approved(json!({ "by": "carol", "cluster": "a-staging" })), "allow");
    assert_eq!(approved(json!({ "by": "carol", "cluster": "b-production" })), "require_approval");
    assert_eq!(approved(json!({ "by": "carol", "cluster": "nowhere" })), "require_approval");
    assert_eq!(approved(json!({ "by": "carol", "release": "v1" })), "require_approval");
    assert_eq!(approved(json!({ "by": "mallory" })), "require_approval");
}
