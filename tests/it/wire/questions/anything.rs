//! Any text is a question or an error with a message.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::wire::readers;

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
        let read = readers::question(&text);
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
        if let Err(error) = readers::question(&question.to_string()) {
            prop_assert!(!error.problem().is_empty());
        }
    }
}
