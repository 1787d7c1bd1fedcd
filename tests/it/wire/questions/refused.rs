//! Questions that are refused, each with the place of what is wrong.

use shipgate::ActionKind;
use shipgate::model::ResourceKind;

use crate::wire::readers;

use super::{ALICE, SHOP, VIEW, about, by, creation, in_context, question, read, refused, to, with_token};

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
}

#[test]
fn a_role_that_is_wrong_is_named() {
    let table = [
        (r#""invite_member", "properties": {}"#, ": missing field `role`".to_string()),
        (r#""invite_member", "properties": { "role": null }"#, ".role: invalid type: null, expected a string".into()),
        (
            r#""invite_member", "properties": { "role": { "custom": "auditor" } }"#,
            ".role: invalid type: map, expected a string".into(),
        ),
        (
            r#""invite_member", "properties": { "role": "viewer", "expires_at": null }"#,
            ".expires_at: invalid type: null, expected a time of RFC 3339, as a string".into(),
        ),
        (r#""change_role", "properties": { "role": "viewer" }"#, ": missing field `to`".into()),
        (r#""change_role", "properties": { "to": null }"#, ".to: invalid type: null, expected a string".into()),
        (r#""change_role""#, ": missing field `to`".into()),
        (r#""create_role", "properties": {}"#, ": missing field `rank`".into()),
        (r#""create_role", "properties": { "rank": "viewer" }"#, ": missing field `permissions`".into()),
        (
            r#""create_role", "properties": { "rank": "boss", "permissions": [] }"#,
            ".rank: unknown role `boss`: expected owner, admin, developer, billing or viewer".into(),
        ),
        (
            r#""create_role", "properties": { "rank": "billing", "permissions": [] }"#,
            ": a custom role cannot have the rank billing: choose admin, developer or viewer".into(),
        ),
        (
            r#""create_role", "properties": { "rank": "viewer", "permissions": ["view", "deploy"] }"#,
            ": the permission deploy needs the rank developer: raise the rank, or leave the permission out".into(),
        ),
        (
            r#""create_role", "properties": { "rank": "admin", "permissions": ["view", "view"] }"#,
            ".permissions[1]: duplicate permission `view`".into(),
        ),
        (
            r#""update", "properties": { "visibility": null }"#,
            ".visibility: invalid type: null, expected the visibility's name".into(),
        ),
        (
            r#""update", "properties": { "visibility": "public" }"#,
            ".visibility: unknown visibility `public`: expected organization or members".into(),
        ),
    ];
    for (json, message) in table {
        let message: String = message;
        refused(&to(&format!(r#"{{ "name": {json} }}"#)), &format!("action.properties{message}"));
    }
}

#[test]
fn what_an_action_sets_is_named_where_it_is_wrong() {
    let time = "expected a time of RFC 3339, as a string";
    let table = [
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
        ("team_member", "team"),
        ("project_member", "project"),
        ("project_team", "project"),
        ("cluster_member", "cluster"),
        ("cluster_team", "cluster"),
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
         unknown field `self`, expected one of `from`, `count`, `self_approval`, `bypass`",
    );
}

#[test]
fn what_the_permissions_of_an_updated_role_show_alone_is_malformed() {
    let update = |permissions: &str| {
        question(
            ALICE,
            &format!(r#"{{ "name": "update", "properties": {permissions} }}"#),
            r#"{ "type": "role", "id": "auditor" }"#,
        )
    };
    let place = "action.properties";
    for (json, message) in [
        ("{}", ": missing field `permissions`"),
        (r#"{ "permissions": null }"#, ".permissions: invalid type: null, expected an array of permissions"),
        (r#"{ "permissions": ["view", "fly"] }"#, ".permissions[1]: unknown permission `fly`: expected "),
        (r#"{ "permissions": ["view", "view"] }"#, ".permissions[1]: duplicate permission `view`"),
        (
            r#"{ "permissions": ["transfer_ownership"] }"#,
            ".permissions: a custom role cannot have the permission transfer_ownership: only owners have it",
        ),
        (
            r#"{ "permissions": ["exec"] }"#,
            ".permissions: the permission exec needs `view` beside it: add `view`, or leave it out",
        ),
        (r#"{ "permissions": ["view"], "rank": "admin" }"#, ".rank: unknown field `rank`, expected `permissions`"),
    ] {
        let error = readers::question(&update(json)).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{place}{message}")), "{json}: {error}");
    }
    let missing = question(ALICE, r#"{ "name": "update" }"#, r#"{ "type": "role", "id": "auditor" }"#);
    refused(&missing, "action.properties: missing field `permissions`");
    // Whether the role's rank may hold them is a decision.
    read(&update(r#"{ "permissions": ["view", "manage_clusters"] }"#));
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
        (
            r#"{ "time": "9999-12-31T23:59:59-01:00" }"#,
            "`9999-12-31T23:59:59-01:00` is outside the years 0000 to 9999 in UTC: choose a time between them",
        ),
        (
            r#"{ "time": "2026-11-21T12Z" }"#,
            "`2026-11-21T12Z` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`",
        ),
        (
            r#"{ "time": "2026-11-21T12:00.5Z" }"#,
            "`2026-11-21T12:00.5Z` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`",
        ),
        (
            r#"{ "time": "2026-11-21T12:00" }"#,
            "`2026-11-21T12:00` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`",
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
    let error = readers::question(&in_context(&format!(r#"{{ "x": {deep} }}"#))).unwrap_err();
    assert!(error.problem().starts_with("recursion limit exceeded"), "{}", error.problem());
}
