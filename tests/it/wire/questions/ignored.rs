//! Members that a question does not name: ignored where `AuthZEN` asks for it, unless they look like one that it names.

use super::{ALICE, SHOP, VIEW, about, action, by, in_context, question, read, refused, to, with_token};
use shipgate::Action;

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
    let deploy = r#"{"name":"deploy","properties":{"to":null,"expires_at":5}}"#;
    assert_eq!(action(deploy), Action::Deploy);
}

/// Names that differ from this one only by ASCII case, spaces, `_`, `-` or a final s.
fn misspelt(name: &str) -> Vec<String> {
    let mut capitals = name.to_string();
    capitals[..1].make_ascii_uppercase();
    let (head, tail) = name.split_at(2);
    let mut names = vec![
        capitals,
        name.to_ascii_uppercase(),
        format!("{name}s"),
        format!("{name}S"),
        format!(" {name}"),
        format!("{name} "),
        format!("{head}_{tail}"),
        format!("{head}-{tail}"),
        format!("{head} {tail}"),
        format!("_{}-s ", name.to_ascii_uppercase()),
    ];
    if let Some(singular) = name.strip_suffix('s') {
        names.push(singular.to_string());
        names.push(format!("{singular}-"));
    }
    names
}

#[test]
fn a_misspelt_name_is_refused_where_members_are_ignored() {
    let in_part = |place: &str, member: &str| {
        let extra = format!("{}: 1, ", serde_json::to_string(member).unwrap());
        let at = |part: &str| if part == place { extra.as_str() } else { "" };
        format!(
            r#"{{ {}"subject": {{ {}"type": "user", "id": "alice", "properties": {{ {}"token": {{ "actions": [] }} }} }},
                 "action": {{ {}"name": "view", "properties": {{}} }},
                 "resource": {{ {}"type": "project", "id": "shop", "properties": {{}} }},
                 "context": {{ {}"time": "2027-01-01T00:00:00Z" }} }}"#,
            at(""),
            at("subject"),
            at("subject.properties"),
            at("action"),
            at("resource"),
            at("context"),
        )
    };
    for (place, names) in [
        ("", vec!["subject", "action", "resource", "context"]),
        ("subject", vec!["type", "id", "properties"]),
        ("subject.properties", vec!["token"]),
        ("action", vec!["name", "properties"]),
        ("resource", vec!["type", "id", "properties"]),
        ("context", vec!["time"]),
    ] {
        for name in names {
            for misspelt in misspelt(name) {
                let member = if place.is_empty() { misspelt.clone() } else { format!("{place}.{misspelt}") };
                refused(
                    &in_part(place, &misspelt),
                    &format!(
                        "{member}: unknown field `{misspelt}`: write `{name}`, or give another name to what is yours"
                    ),
                );
            }
            // Further away, it is another name.
            for other in ["x{}", "{}ss", "{}.x", "\u{a0}{}", "{}\t", "{}ſ"] {
                read(&in_part(place, &other.replace("{}", name)));
            }
        }
    }
}

#[test]
fn what_was_lost_before_is_refused_with_what_to_write() {
    let token = r#"{ "actions": ["view"] }"#;
    refused(
        &by(&format!(r#"{{ "type": "user", "id": "alice", "properties": {{ "tokens": {token} }} }}"#)),
        "subject.properties.tokens: unknown field `tokens`: write `token`, or give another name to what is yours",
    );
    refused(
        &by(&format!(r#"{{ "type": "user", "id": "alice", "Properties": {{ "token": {token} }} }}"#)),
        "subject.Properties: unknown field `Properties`: write `properties`, or give another name to what is yours",
    );
    refused(
        &format!(r#"{{ "subject": {ALICE}, "action": {VIEW}, "resource": {SHOP}, "Context": {{}} }}"#),
        "Context: unknown field `Context`: write `context`, or give another name to what is yours",
    );
    refused(
        &in_context(r#"{ "Time": "2027-01-01T00:00:00Z" }"#),
        "context.Time: unknown field `Time`: write `time`, or give another name to what is yours",
    );
}

#[test]
fn a_token_beside_the_properties_is_refused() {
    let token = r#"{ "actions": ["view"] }"#;
    let message = "a token is read from `subject.properties` alone: write it there, as `token`";
    for name in ["token", "tokens", "Token", "to-ken"] {
        for properties in ["", r#", "properties": {}"#, r#", "properties": { "token": { "actions": [] } }"#] {
            refused(
                &by(&format!(r#"{{ "type": "user", "id": "alice", "{name}": {token}{properties} }}"#)),
                &format!("subject.{name}: {message}"),
            );
        }
        refused(&to(&format!(r#"{{ "name": "view", "{name}": {token} }}"#)), &format!("action.{name}: {message}"));
        refused(
            &about(&format!(r#"{{ "type": "project", "id": "shop", "{name}": {token} }}"#)),
            &format!("resource.{name}: {message}"),
        );
    }
    // Where there is one in its place, nothing is lost.
    assert!(read(&with_token(token)).token.is_some());
}

#[test]
fn properties_that_a_question_names_none_of_may_have_any_name() {
    for name in ["Token", "properties", "id", "role", "expires", "Expires_At", "project"] {
        let action = format!(r#"{{ "name": "view", "properties": {{ "{name}": 1 }} }}"#);
        let resource = format!(r#"{{ "type": "project", "id": "shop", "properties": {{ "{name}": 1 }} }}"#);
        assert_eq!(read(&question(ALICE, &action, &resource)), read(&by(ALICE)), "{name}");
    }
}
