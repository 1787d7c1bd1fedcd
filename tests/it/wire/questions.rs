//! The question: what it takes, and the member of what it refuses.

use proptest::prelude::*;
use serde_json::{Value, json};
use shipgate::directory::Question;
use shipgate::model::{ApprovalFrom, ApprovalRule, ResourceKind};
use shipgate::{Action, ActionKind, ClusterAccess, Grant, ProjectRole, Protection, Role, Time};

/// A question of these parts.
fn question(subject: &str, action: &str, resource: &str) -> String {
    format!(r#"{{ "subject": {subject}, "action": {action}, "resource": {resource} }}"#)
}

const ALICE: &str = r#"{ "type": "user", "id": "alice" }"#;
const VIEW: &str = r#"{ "name": "view" }"#;
const SHOP: &str = r#"{ "type": "project", "id": "shop" }"#;

fn by(subject: &str) -> String {
    question(subject, VIEW, SHOP)
}

fn to(action: &str) -> String {
    question(ALICE, action, SHOP)
}

fn about(resource: &str) -> String {
    question(ALICE, VIEW, resource)
}

fn in_context(context: &str) -> String {
    format!(r#"{{ "subject": {ALICE}, "action": {VIEW}, "resource": {SHOP}, "context": {context} }}"#)
}

fn with_token(token: &str) -> String {
    by(&format!(r#"{{ "type": "user", "id": "alice", "properties": {{ "token": {token} }} }}"#))
}

fn deployment(approvals: &str) -> String {
    about(&format!(
        r#"{{ "type": "deployment", "id": "", "properties": {{ "environment": "dev", "requested_by": "bob", "approvals": {approvals} }} }}"#
    ))
}

fn creation(properties: &str) -> String {
    question(
        ALICE,
        r#"{ "name": "create" }"#,
        &format!(r#"{{ "type": "environment", "id": "dev", "properties": {properties} }}"#),
    )
}

fn read(text: &str) -> Question<String> {
    Question::from_json(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn action(json: &str) -> Action {
    read(&to(json)).action
}

#[track_caller]
fn refused(text: &str, message: &str) {
    match Question::from_json(text) {
        Ok(question) => panic!("{text} was taken as {question:?}"),
        Err(error) => assert_eq!(error.to_string(), message, "{text}"),
    }
}

#[test]
fn every_action_is_read_with_what_it_asks_for() {
    let expiry = Time::from_millis(1_798_761_600_000);
    let asking = [
        (r#"{"name":"invite_member","properties":{"role":"billing"}}"#, Action::InviteMember { role: Role::Billing }),
        (r#"{"name":"change_role","properties":{"to":"owner"}}"#, Action::ChangeRole { to: Role::Owner }),
        (r#"{"name":"set_expiry","properties":{"to":null}}"#, Action::SetExpiry { to: None }),
        (r#"{"name":"set_expiry","properties":{"to":"2027-01-01T00:00:00Z"}}"#, Action::SetExpiry { to: Some(expiry) }),
        (r#"{"name":"set_project_role","properties":{"to":null}}"#, Action::SetProjectRole { to: None }),
        (
            r#"{"name":"set_project_role","properties":{"to":"viewer"}}"#,
            Action::SetProjectRole { to: Some(Grant::new(ProjectRole::Viewer)) },
        ),
        (
            r#"{"name":"set_project_role","properties":{"expires_at":"2027-01-01T00:00:00Z","to":"admin"}}"#,
            Action::SetProjectRole { to: Some(Grant::new(ProjectRole::Admin).until(expiry)) },
        ),
        (r#"{"name":"set_cluster_access","properties":{"to":null}}"#, Action::SetClusterAccess { to: None }),
        (
            r#"{"properties":{"to":"none","expires_at":"2027-01-01T00:00:00Z"},"name":"set_cluster_access"}"#,
            Action::SetClusterAccess { to: Some(Grant::new(ClusterAccess::None).until(expiry)) },
        ),
        (r#"{"name":"set_protection","properties":{"to":"locked"}}"#, Action::SetProtection { to: Protection::LOCKED }),
        (
            r#"{"name":"set_protection","properties":{"to":{"level":"restricted","approval":{"from":"admin"}}}}"#,
            Action::SetProtection { to: Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin)) },
        ),
    ];
    for (json, expected) in asking {
        assert_eq!(action(json), expected, "{json}");
    }
    for name in ActionKind::ALL {
        let asks = asking.iter().any(|(_, action)| action.kind() == name);
        let bare = Question::from_json(&to(&format!(r#"{{"name":"{name}"}}"#)));
        assert_eq!(bare.map(|question| question.action.kind()).ok(), (!asks).then_some(name));
    }
}

#[test]
fn every_type_of_resource_is_read() {
    for kind in ResourceKind::ALL {
        let properties = r#"{"organization":"a","project":"b","cluster":"c","environment":"d","requested_by":"e"}"#;
        read(&about(&format!(r#"{{"type":"{kind}","id":"x","properties":{properties}}}"#)));
    }
    read(&deployment("[]"));
    read(&deployment(r#"[{"by":"carol"},{"by":"carol","expires_at":"2027-01-01T00:00:00Z"},{"by":""}]"#));
    read(&creation(r#"{"project":"shop","cluster":"us-east"}"#));
    read(&creation(r#"{"project":"shop","cluster":"us-east","protection":{"level":"locked"}}"#));
}

#[test]
fn members_that_are_not_known_are_ignored_where_the_standard_asks_for_it() {
    let plain = by(ALICE);
    let ignored = r#""extra": {"a": [null, 1.5e3, true, {"b": "c"}]}"#;
    for (part, more) in [
        (r#"{ "subject":"#, format!(r#"{{ {ignored}, "options": null, "evaluations": [], "subject":"#)),
        (
            r#""id": "alice""#,
            format!(r#""id": "alice", {ignored}, "properties": {{ "department": "sales", {ignored} }}"#),
        ),
        (
            r#""name": "view""#,
            format!(r#""name": "view", {ignored}, "properties": {{ "to": 5, "role": null, {ignored} }}"#),
        ),
        (
            r#""id": "shop""#,
            format!(
                r#""id": "shop", {ignored}, "properties": {{ "approvals": 1, "cluster": null, "protection": 3, {ignored} }}"#
            ),
        ),
        (r#""id": "shop" }"#, format!(r#""id": "shop" }}, "context": {{ "ip": "::1", {ignored} }}"#)),
    ] {
        assert!(plain.contains(part), "{part}");
        assert_eq!(read(&plain.replace(part, &more)), read(&plain), "{more}");
    }
    // An environment that is there has no properties of a proposal.
    let there = about(r#"{ "type": "environment", "id": "dev", "properties": { "protection": 1, "project": 2 } }"#);
    assert_eq!(read(&there), read(&about(r#"{ "type": "environment", "id": "dev" }"#)));
    let expiry = r#"{"name":"set_expiry","properties":{"to":null,"expires_at":5}}"#;
    assert_eq!(action(expiry), Action::SetExpiry { to: None });
}

#[test]
fn the_time_is_that_of_the_context() {
    assert_eq!(read(&by(ALICE)).time, None);
    assert_eq!(read(&in_context("{}")).time, None);
    let late = in_context(r#"{ "time": "9999-12-31T23:59:59Z" }"#);
    assert_eq!(read(&late).time, Some(Time::from_millis(253_402_300_799_000)));
}

#[test]
fn the_order_of_members_does_not_matter() {
    let forth = question(
        ALICE,
        r#"{"name":"change_role","properties":{"to":"viewer"}}"#,
        r#"{"type":"member","id":"bob","properties":{"organization":"acme-corp"}}"#,
    );
    let back = r#"{ "resource": {"properties":{"organization":"acme-corp"},"id":"bob","type":"member"},
                    "action": {"properties":{"to":"viewer"},"name":"change_role"},
                    "subject": { "id": "alice", "type": "user" } }"#;
    assert_eq!(read(&forth), read(back));
}

#[test]
fn a_part_that_is_missing_or_wrong_is_named() {
    refused("{}", "missing field `subject`");
    refused("[]", "invalid type: sequence, expected an object");
    refused("null", "invalid type: null, expected an object");
    refused("7", "invalid type: integer `7`, expected an object");
    refused(r#""view""#, r#"invalid type: string "view", expected an object"#);
    refused(&format!(r#"{{ "action": {VIEW}, "resource": {SHOP} }}"#), "missing field `subject`");
    refused(&format!(r#"{{ "subject": {ALICE}, "resource": {SHOP} }}"#), "missing field `action`");
    refused(&format!(r#"{{ "subject": {ALICE}, "action": {VIEW} }}"#), "missing field `resource`");
    refused(&by("null"), "subject: invalid type: null, expected an object");
    refused(&by(r#""alice""#), r#"subject: invalid type: string "alice", expected an object"#);
    refused(&by(r#"["user","alice"]"#), "subject: invalid type: sequence, expected an object");
    refused(&to(r#""view""#), r#"action: invalid type: string "view", expected an object"#);
    refused(&about("1"), "resource: invalid type: integer `1`, expected an object");
    refused(&in_context("null"), "context: invalid type: null, expected an object");
    refused(&in_context("[]"), "context: invalid type: sequence, expected an object");
}

#[test]
fn a_subject_that_is_wrong_is_named() {
    refused(&by("{}"), "subject: missing field `type`");
    refused(&by(r#"{ "id": "alice" }"#), "subject: missing field `type`");
    refused(&by(r#"{ "type": "user" }"#), "subject: missing field `id`");
    refused(
        &by(r#"{ "type": "group", "id": "a" }"#),
        "subject.type: unknown account kind `group`: expected user or service",
    );
    refused(
        &by(r#"{ "type": null, "id": "a" }"#),
        "subject.type: invalid type: null, expected the account kind's name",
    );
    refused(&by(r#"{ "type": "user", "id": 7 }"#), "subject.id: invalid type: integer `7`, expected a string");
    refused(&by(r#"{ "type": "user", "id": null }"#), "subject.id: invalid type: null, expected a string");
    refused(
        &by(r#"{ "type": "user", "id": "a", "properties": null }"#),
        "subject.properties: invalid type: null, expected an object",
    );
    refused(
        &by(r#"{ "type": "user", "id": "a", "properties": [] }"#),
        "subject.properties: invalid type: sequence, expected an object",
    );
}

#[test]
fn a_token_is_read_strictly_wherever_it_is() {
    read(&with_token(r#"{ "actions": [] }"#));
    read(&with_token(r#"{ "actions": ["view"], "clusters": [], "expires_at": "2027-01-01T00:00:00Z" }"#));
    let token = "subject.properties.token";
    for (json, message) in [
        ("null", ": invalid type: null, expected a token: an object with `actions`"),
        (r#""secret""#, r#": invalid type: string "secret", expected a token: an object with `actions`"#),
        (r#"[["view"]]"#, ": invalid type: sequence, expected a token: an object with `actions`"),
        ("{}", ": missing field `actions`"),
        (r#"{ "actions": "view" }"#, r#".actions: invalid type: string "view", expected an array of actions"#),
        (r#"{ "actions": ["view", 1] }"#, ".actions[1]: invalid type: integer `1`, expected the action's name"),
        (r#"{ "actions": ["view", "view"] }"#, ".actions[1]: duplicate action `view`"),
        (r#"{ "actions": null }"#, ".actions: invalid type: null, expected an array of actions"),
        (
            r#"{ "actions": ["view"], "cluster": ["us-east"] }"#,
            ".cluster: unknown field `cluster`, expected one of `actions`, `organizations`, `projects`, `environments`, \
             `clusters`, `expires_at`",
        ),
        (r#"{ "actions": ["view"], "projects": null }"#, ".projects: invalid type: null, expected an array of ids"),
        (r#"{ "actions": ["view"], "projects": [7] }"#, ".projects[0]: invalid type: integer `7`, expected a string"),
        (r#"{ "actions": ["view"], "projects": ["a", "b", "a"] }"#, ".projects[2]: duplicate id"),
        (
            r#"{ "actions": ["view"], "expires_at": 5 }"#,
            ".expires_at: invalid type: integer `5`, expected a time of RFC 3339, as a string",
        ),
        (
            r#"{ "actions": ["view"], "expires_at": null }"#,
            ".expires_at: invalid type: null, expected a time of RFC 3339, as a string",
        ),
    ] {
        refused(&with_token(json), &format!("{token}{message}"));
    }
}

#[test]
fn an_action_that_is_wrong_is_named() {
    refused(&to("{}"), "action: missing field `name`");
    refused(&to(r#"{ "name": null }"#), "action.name: invalid type: null, expected the action's name");
    refused(&to(r#"{ "name": "View" }"#), &format!("action.name: {}", "View".parse::<ActionKind>().unwrap_err()));
    refused(&to(r#"{ "name": "" }"#), &format!("action.name: {}", "".parse::<ActionKind>().unwrap_err()));
    refused(
        &to(r#"{ "name": "view", "properties": 1 }"#),
        "action.properties: invalid type: integer `1`, expected an object",
    );
    refused(
        &to(r#"{ "name": "view", "properties": null }"#),
        "action.properties: invalid type: null, expected an object",
    );
    let roles = "expected owner, admin, developer, billing or viewer";
    let time = "expected a time of RFC 3339, as a string";
    let table = [
        (r#""invite_member", "properties": {}"#, ": missing field `role`".to_string()),
        (r#""invite_member", "properties": { "role": "boss" }"#, format!(".role: unknown role `boss`: {roles}")),
        (
            r#""invite_member", "properties": { "role": null }"#,
            ".role: invalid type: null, expected the role's name".into(),
        ),
        (r#""change_role", "properties": { "role": "viewer" }"#, ": missing field `to`".into()),
        (r#""change_role", "properties": { "to": null }"#, ".to: invalid type: null, expected the role's name".into()),
        (r#""change_role""#, ": missing field `to`".into()),
        (r#""set_expiry", "properties": {}"#, ": missing field `to`".into()),
        (r#""set_expiry", "properties": { "to": 5 }"#, format!(".to: invalid type: integer `5`, {time}")),
        (
            r#""set_expiry", "properties": { "to": "2016-12-31T23:59:60Z" }"#,
            ".to: `2016-12-31T23:59:60Z` is a leap second: name the second before it or after it".into(),
        ),
        (r#""set_project_role", "properties": {}"#, ": missing field `to`".into()),
        (
            r#""set_project_role", "properties": { "expires_at": "2027-01-01T00:00:00Z" }"#,
            ": missing field `to`".into(),
        ),
        (
            r#""set_project_role", "properties": { "to": "owner" }"#,
            ".to: unknown project role `owner`: expected admin, developer or viewer".into(),
        ),
        (
            r#""set_project_role", "properties": { "to": "admin", "expires_at": null }"#,
            format!(".expires_at: invalid type: null, {time}"),
        ),
        (
            r#""set_project_role", "properties": { "to": null, "expires_at": "2027-01-01T00:00:00Z" }"#,
            ".expires_at: nothing is given that could expire: leave it out where `to` is null".into(),
        ),
        (
            r#""set_project_role", "properties": { "to": null, "expires_at": null }"#,
            format!(".expires_at: invalid type: null, {time}"),
        ),
        (r#""set_cluster_access", "properties": {}"#, ": missing field `to`".into()),
        (
            r#""set_cluster_access", "properties": { "to": "admin" }"#,
            ".to: unknown cluster level `admin`: expected none, view, deploy or manage".into(),
        ),
        (
            r#""set_cluster_access", "properties": { "to": null, "expires_at": "2027-01-01T00:00:00Z" }"#,
            ".expires_at: nothing is given that could expire: leave it out where `to` is null".into(),
        ),
        (
            r#""set_cluster_access", "properties": { "to": "view", "expires_at": "2027-01-01" }"#,
            ".expires_at: `2027-01-01` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`".into(),
        ),
        (r#""set_protection", "properties": {}"#, ": missing field `to`".into()),
        (
            r#""set_protection", "properties": { "to": null }"#,
            ".to: invalid type: null, expected a protection level, or an object with a `level`".into(),
        ),
        (
            r#""set_protection", "properties": { "to": { "level": "locked", "count": 1 } }"#,
            ".to.count: unknown field `count`, expected `level` or `approval`".into(),
        ),
        (
            r#""set_protection", "properties": { "to": { "level": "locked", "approval": { "from": "owner", "count": 256 } } }"#,
            ".to.approval.count: invalid value: integer `256`, expected a whole number from 1 to 255".into(),
        ),
        (
            r#""set_protection", "properties": { "to": { "level": "locked", "approval": { "from": "admin" } } }"#,
            ".to: a locked environment needs approval from an owner: set `from` to `owner`, or protect it as `restricted`"
                .into(),
        ),
    ];
    for (json, message) in table {
        refused(&to(&format!(r#"{{ "name": {json} }}"#)), &format!("action.properties{message}"));
    }
}

#[test]
fn a_resource_that_is_wrong_is_named() {
    refused(&about("{}"), "resource: missing field `type`");
    refused(&about(r#"{ "type": "project" }"#), "resource: missing field `id`");
    refused(&about(r#"{ "type": "project", "id": null }"#), "resource.id: invalid type: null, expected a string");
    refused(
        &about(r#"{ "type": "deployment", "id": 42 }"#),
        "resource.id: invalid type: integer `42`, expected a string",
    );
    refused(
        &about(r#"{ "type": "service", "id": "api" }"#),
        &format!("resource.type: {}", "service".parse::<ResourceKind>().unwrap_err()),
    );
    refused(
        &about(r#"{ "type": "project", "id": "shop", "properties": "x" }"#),
        r#"resource.properties: invalid type: string "x", expected an object"#,
    );
    for (kind, property) in [
        ("member", "organization"),
        ("project_member", "project"),
        ("cluster_member", "cluster"),
        ("placement", "cluster"),
        ("deployment", "environment"),
    ] {
        refused(
            &about(&format!(r#"{{"type":"{kind}","id":"x"}}"#)),
            &format!("resource.properties: missing field `{property}`"),
        );
        for (value, what) in [("null", "null"), ("1", "integer `1`"), ("[]", "sequence")] {
            refused(
                &about(&format!(r#"{{"type":"{kind}","id":"x","properties":{{"{property}":{value}}}}}"#)),
                &format!("resource.properties.{property}: invalid type: {what}, expected a string"),
            );
        }
    }
    refused(
        &about(r#"{ "type": "deployment", "id": "x", "properties": { "environment": "dev" } }"#),
        "resource.properties: missing field `requested_by`",
    );
}

#[test]
fn approvals_are_read_strictly() {
    let place = "resource.properties.approvals";
    let approval = "expected an approval: an object with `by`";
    for (json, message) in [
        ("null", ": invalid type: null, expected a sequence".to_string()),
        (r#""carol""#, r#": invalid type: string "carol", expected a sequence"#.into()),
        (r#"["carol"]"#, format!(r#"[0]: invalid type: string "carol", {approval}"#)),
        (r#"[["carol"]]"#, format!("[0]: invalid type: sequence, {approval}")),
        ("[{}]", "[0]: missing field `by`".into()),
        (r#"[{"by":"carol"},{"by":null}]"#, "[1].by: invalid type: null, expected a string".into()),
        (
            r#"[{"by":"carol","expires":"x"}]"#,
            "[0].expires: unknown field `expires`, expected `by` or `expires_at`".into(),
        ),
        (
            r#"[{"by":"carol","expires_at":null}]"#,
            "[0].expires_at: invalid type: null, expected a time of RFC 3339, as a string".into(),
        ),
    ] {
        refused(&deployment(json), &format!("{place}{message}"));
    }
}

#[test]
fn what_is_to_be_created_needs_its_project_and_cluster() {
    refused(
        &question(ALICE, r#"{ "name": "create" }"#, r#"{ "type": "environment", "id": "dev" }"#),
        "resource.properties: missing field `project`",
    );
    refused(&creation(r#"{ "cluster": "us-east" }"#), "resource.properties: missing field `project`");
    refused(&creation(r#"{ "project": "shop" }"#), "resource.properties: missing field `cluster`");
    refused(
        &creation(r#"{ "project": "shop", "cluster": "us-east", "protection": null }"#),
        "resource.properties.protection: invalid type: null, expected a protection level, or an object with a `level`",
    );
    refused(
        &creation(
            r#"{ "project": "shop", "cluster": "us-east", "protection": { "level": "restricted", "approval": { "from": "admin", "self": true } } }"#,
        ),
        "resource.properties.protection.approval.self: \
         unknown field `self`, expected one of `from`, `count`, `self_approval`",
    );
}

#[test]
fn a_time_that_is_wrong_is_named() {
    for (json, message) in [
        (r#"{ "time": null }"#, "invalid type: null, expected a time of RFC 3339, as a string"),
        (
            r#"{ "time": 1795262400000 }"#,
            "invalid type: integer `1795262400000`, expected a time of RFC 3339, as a string",
        ),
        (
            r#"{ "time": "2026-11-21 12:00:00Z" }"#,
            "`2026-11-21 12:00:00Z` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`",
        ),
        (
            r#"{ "time": "2016-12-31T23:59:60Z" }"#,
            "`2016-12-31T23:59:60Z` is a leap second: name the second before it or after it",
        ),
    ] {
        refused(&in_context(json), &format!("context.time: {message}"));
    }
}

#[test]
fn a_member_that_is_there_twice_is_refused_even_where_members_are_ignored() {
    refused(&by(r#"{ "type": "user", "id": "alice", "id": "olivia" }"#), "subject: duplicate field `id`");
    refused(&by(r#"{ "type": "user", "id": "alice", "\u0069d": "olivia" }"#), "subject: duplicate field `id`");
    refused(&in_context(r#"{ "x": [0, { "y": { "z": 1, "z": 1 } }] }"#), "context.x[1].y: duplicate field `z`");
    refused(
        &in_context(r#"{ "time": "2027-01-01T00:00:00Z", "time": "2027-01-01T00:00:00Z" }"#),
        "context: duplicate field `time`",
    );
    refused(
        &with_token(r#"{ "actions": [], "actions": ["view"] }"#),
        "subject.properties.token: duplicate field `actions`",
    );
    let twice = format!(r#"{{ "subject": {ALICE}, "subject": {ALICE}, "action": {VIEW}, "resource": {SHOP} }}"#);
    refused(&twice, "duplicate field `subject`");
    // The same name in two objects is not twice.
    read(&in_context(r#"{ "a": { "x": 1 }, "b": { "x": 1, "a": {} } }"#));
}

#[test]
fn what_is_no_json_is_refused() {
    refused("", "EOF while parsing a value at line 1 column 0");
    refused("view", "expected value at line 1 column 1");
    refused(&format!("{}x", by(ALICE)), &format!("trailing characters at line 1 column {}", by(ALICE).len() + 1));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let error = Question::from_json(&in_context(&format!(r#"{{ "x": {deep} }}"#))).unwrap_err();
    assert!(error.problem().starts_with("recursion limit exceeded"), "{}", error.problem());
}

/// Any JSON, mostly of names that a question has.
fn anything() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "subject",
        "action",
        "resource",
        "context",
        "type",
        "id",
        "name",
        "properties",
        "token",
        "actions",
        "to",
        "role",
        "expires_at",
        "time",
        "project",
        "cluster",
        "environment",
        "organization",
        "requested_by",
        "approvals",
        "by",
        "protection",
        "level",
        "approval",
        "from",
        "count",
    ]);
    let word = prop::sample::select(vec![
        "user",
        "view",
        "deploy",
        "create",
        "project",
        "environment",
        "deployment",
        "placement",
        "set_protection",
        "locked",
        "owner",
        "2027-01-01T00:00:00Z",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner, 0..6).prop_map(|members| Value::Object(
                members.into_iter().map(|(name, value)| (name.into(), value)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,60}") {
        let read = Question::from_json(&text);
        prop_assert!(read.is_err());
    }

    #[test]
    fn whatever_is_refused_is_refused_with_words(part in anything(), properties in anything()) {
        let question = json!({
            "subject": { "type": "user", "id": "alice", "properties": properties },
            "action": { "name": "create", "properties": properties },
            "resource": part,
            "context": properties,
        });
        if let Err(error) = Question::from_json(&question.to_string()) {
            prop_assert!(!error.problem().is_empty());
        }
    }
}
