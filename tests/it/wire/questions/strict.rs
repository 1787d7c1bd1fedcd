//! The properties that a question names, and what is in them: nothing else is there beside them.

use crate::wire::readers;

use super::{ALICE, creation, deployment, question, read, refused, with_token};

/// An action of each kind that takes properties, on what it is asked about, with its properties; and their names.
const ACTIONS: [(&str, &str, &str, &str); 10] = [
    ("invite_member", "organization", r#""role": "viewer""#, "`role` or `expires_at`"),
    ("change_role", "member", r#""to": "viewer""#, "`to`"),
    ("create_role", "organization", r#""rank": "viewer", "permissions": []"#, "`rank` or `permissions`"),
    ("update", "role", r#""permissions": []"#, "`permissions`"),
    ("update", "project", r#""visibility": "members""#, "`visibility`"),
    ("update", "cluster", r#""visibility": "members""#, "`visibility`"),
    ("set_expiry", "member", r#""to": null"#, "`to`"),
    ("set_project_role", "project_member", r#""to": "viewer""#, "`to` or `expires_at`"),
    ("set_cluster_access", "cluster_team", r#""to": "view""#, "`to` or `expires_at`"),
    ("set_protection", "environment", r#""to": "locked""#, "`to`"),
];

/// A resource of each kind that has properties, with them; and their names.
const RESOURCES: [(&str, &str, &str); 8] = [
    ("member", r#""organization": "acme-corp""#, "`organization`"),
    ("team_member", r#""team": "on-call""#, "`team`"),
    ("project_member", r#""project": "shop""#, "`project`"),
    ("project_team", r#""project": "shop""#, "`project`"),
    ("cluster_member", r#""cluster": "us-east""#, "`cluster`"),
    ("cluster_team", r#""cluster": "us-east""#, "`cluster`"),
    ("placement", r#""cluster": "us-east""#, "`cluster`"),
    (
        "deployment",
        r#""environment": "dev", "requested_by": "bob""#,
        "one of `environment`, `requested_by`, `on_behalf_of`, `release`, `approvals`",
    ),
];

/// Names that no properties have, some nearly those that they have.
const OTHERS: [&str; 9] =
    ["expires", "expiresAt", "Expires_at", "behalf_of", "onBehalfOf", "Release", "approval", "x", "token"];

fn resource(kind: &str, more: &str) -> String {
    let (_, properties, _) = RESOURCES.iter().find(|(name, ..)| *name == kind).copied().unwrap_or((kind, "", ""));
    let separator = if properties.is_empty() || more.is_empty() { "" } else { ", " };
    format!(r#"{{ "type": "{kind}", "id": "x", "properties": {{ {properties}{separator}{more} }} }}"#)
}

#[test]
fn an_action_has_no_other_properties_than_those_that_it_asks_for() {
    for (name, on, properties, expected) in ACTIONS {
        let asked = |more: &str| {
            let action = format!(r#"{{ "name": "{name}", "properties": {{ {properties}{more} }} }}"#);
            question(ALICE, &action, &resource(on, ""))
        };
        assert!(readers::question(&asked("")).is_ok(), "{}", asked(""));
        for other in OTHERS {
            refused(
                &asked(&format!(r#", "{other}": 1"#)),
                &format!("action.properties.{other}: unknown field `{other}`, expected {expected}"),
            );
        }
    }
}

#[test]
fn a_resource_has_no_other_properties_than_those_of_its_type() {
    for (kind, _, expected) in RESOURCES {
        let asked = |more: &str| question(ALICE, r#"{ "name": "view" }"#, &resource(kind, more));
        assert!(readers::question(&asked("")).is_ok(), "{}", asked(""));
        for other in OTHERS {
            refused(
                &asked(&format!(r#""{other}": 1"#)),
                &format!("resource.properties.{other}: unknown field `{other}`, expected {expected}"),
            );
        }
    }
    for other in OTHERS {
        refused(
            &creation(&format!(r#"{{ "project": "shop", "cluster": "us-east", "{other}": 1 }}"#)),
            &format!(
                "resource.properties.{other}: unknown field `{other}`, expected one of `project`, `cluster`, `protection`"
            ),
        );
    }
}

#[test]
fn a_misspelt_expiry_makes_no_invitation_permanent() {
    let invite =
        r#"{ "name": "invite_member", "properties": { "role": "viewer", "expires": "2027-01-01T00:00:00Z" } }"#;
    refused(
        &question(ALICE, invite, r#"{ "type": "organization", "id": "acme-corp" }"#),
        "action.properties.expires: unknown field `expires`, expected `role` or `expires_at`",
    );
}

#[test]
fn a_misspelt_requester_lets_nobody_approve_their_own_deployment() {
    for name in ["behalf_of", "onBehalfOf"] {
        refused(
            &question(
                ALICE,
                r#"{ "name": "approve" }"#,
                &format!(
                    r#"{{ "type": "deployment", "id": "x", "properties": {{ "environment": "dev", "requested_by": "ci-bot", "{name}": "alice" }} }}"#
                ),
            ),
            &format!(
                "resource.properties.{name}: unknown field `{name}`, expected one of `environment`, `requested_by`, \
                 `on_behalf_of`, `release`, `approvals`"
            ),
        );
    }
}

#[test]
fn a_token_is_read_strictly_wherever_it_is() {
    read(&with_token(r#"{ "actions": [] }"#));
    read(&with_token(r#"{ "actions": ["view"], "clusters": [], "expires_at": "2027-01-01T00:00:00Z", "id": "ci-7" }"#));
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
             `clusters`, `expires_at`, `id`",
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
            "[0].expires: unknown field `expires`, expected one of `by`, `release`, `cluster`, `expires_at`".into(),
        ),
        (r#"[{"by":"carol","release":null}]"#, "[0].release: invalid type: null, expected a string".into()),
        (r#"[{"by":"carol","cluster":7}]"#, "[0].cluster: invalid type: integer `7`, expected a string".into()),
        (
            r#"[{"by":"carol","expires_at":null}]"#,
            "[0].expires_at: invalid type: null, expected a time of RFC 3339, as a string".into(),
        ),
    ] {
        refused(&deployment(json), &format!("{place}{message}"));
    }
}
