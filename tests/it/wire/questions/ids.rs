//! The ids of a question: each is refused with its place where it is empty or has a control character.

use serde_json::{Value, json};

use crate::wire::readers;

/// Questions in which every id of a request is named.
fn questions() -> Vec<Value> {
    let subject = json!({ "type": "user", "id": "alice", "properties": { "token": {
        "actions": ["view"], "organizations": ["acme-corp"], "projects": ["shop"], "environments": ["dev"],
        "clusters": ["us-east"], "id": "ci-7"
    } } });
    let resources = [
        json!({ "type": "organization", "id": "acme-corp" }),
        json!({ "type": "role", "id": "auditor" }),
        json!({ "type": "team", "id": "on-call" }),
        json!({ "type": "project", "id": "shop" }),
        json!({ "type": "environment", "id": "dev" }),
        json!({ "type": "cluster", "id": "us-east" }),
        json!({ "type": "member", "id": "bob", "properties": { "organization": "acme-corp" } }),
        json!({ "type": "team_member", "id": "bob", "properties": { "team": "on-call" } }),
        json!({ "type": "project_member", "id": "bob", "properties": { "project": "shop" } }),
        json!({ "type": "project_team", "id": "on-call", "properties": { "project": "shop" } }),
        json!({ "type": "cluster_member", "id": "bob", "properties": { "cluster": "us-east" } }),
        json!({ "type": "cluster_team", "id": "on-call", "properties": { "cluster": "us-east" } }),
        json!({ "type": "placement", "id": "dev", "properties": { "cluster": "us-west" } }),
        json!({ "type": "deployment", "id": "release-42", "properties": {
            "environment": "dev", "requested_by": "ci-bot", "on_behalf_of": "bob", "release": "v1",
            "approvals": [{ "by": "carol" }, { "by": "olivia", "release": "v1", "cluster": "us-east" }]
        } }),
    ];
    let view = json!({ "name": "view" });
    let mut questions: Vec<Value> = resources
        .into_iter()
        .map(|resource| json!({ "subject": subject, "action": view, "resource": resource }))
        .collect();
    let environment =
        json!({ "type": "environment", "id": "qa", "properties": { "project": "shop", "cluster": "us-east" } });
    questions.push(json!({ "subject": subject, "action": { "name": "create" }, "resource": environment }));
    let organization = json!({ "type": "organization", "id": "acme-corp" });
    let invite = json!({ "name": "invite_member", "properties": { "role": "auditor" } });
    questions.push(json!({ "subject": subject, "action": invite, "resource": organization }));
    let promote = json!({ "name": "change_role", "properties": { "to": "auditor" } });
    questions.push(json!({ "subject": subject, "action": promote, "resource": organization }));
    questions
}

/// The places of the ids in a question, as JSON pointers.
fn ids_of(question: &Value) -> Vec<String> {
    fn walk(value: &Value, place: &str, ids: &mut Vec<String>) {
        match value {
            Value::String(_) => {
                let is_word =
                    ["/type", "/name"].iter().any(|word| place.ends_with(word)) || place.contains("/actions/");
                if !is_word {
                    ids.push(place.to_string());
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{place}/{index}"), ids);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    walk(member, &format!("{place}/{name}"), ids);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    let mut ids = Vec::new();
    walk(question, "", &mut ids);
    ids
}

/// The place as an error names it.
fn named(pointer: &str) -> String {
    let mut place = String::new();
    for segment in pointer.split('/').skip(1) {
        if segment.bytes().all(|byte| byte.is_ascii_digit()) {
            place.extend(["[", segment, "]"]);
        } else {
            place.push_str(if place.is_empty() { "" } else { "." });
            place.push_str(segment);
        }
    }
    place
}

#[test]
fn an_id_that_is_empty_or_has_a_control_character_is_refused_with_its_place() {
    let mut seen = std::collections::BTreeSet::new();
    for question in questions() {
        readers::question(&question.to_string()).unwrap_or_else(|error| panic!("{question}: {error}"));
        for pointer in ids_of(&question) {
            let with = |id: &str| {
                let mut question = question.clone();
                *question.pointer_mut(&pointer).unwrap() = id.into();
                readers::question(&question.to_string()).map_err(|error| error.to_string())
            };
            let place = named(&pointer);
            assert_eq!(
                with(""),
                Err(format!("{place}: an id cannot be empty: write at least one character")),
                "{question}"
            );
            for control in ['\0', '\n', '\u{7f}', '\u{85}'] {
                let error = with(&format!("a{control}")).unwrap_err();
                assert!(error.starts_with(&format!("{place}: `a\\")), "{error}");
                assert!(error.ends_with("` has a control character: write the id without it"), "{error}");
            }
            assert!(with("\u{200b}").is_ok(), "{question}");
            seen.insert(place);
        }
    }
    // A list that was walked past would be no test.
    for place in [
        "subject.id",
        "subject.properties.token.id",
        "subject.properties.token.organizations[0]",
        "subject.properties.token.projects[0]",
        "subject.properties.token.environments[0]",
        "subject.properties.token.clusters[0]",
        "action.properties.role",
        "action.properties.to",
        "resource.id",
        "resource.properties.organization",
        "resource.properties.team",
        "resource.properties.project",
        "resource.properties.cluster",
        "resource.properties.environment",
        "resource.properties.requested_by",
        "resource.properties.on_behalf_of",
        "resource.properties.release",
        "resource.properties.approvals[0].by",
        "resource.properties.approvals[1].release",
        "resource.properties.approvals[1].cluster",
    ] {
        assert!(seen.contains(place), "{place}");
    }
}
