//! The ids of a document.

use shipgate::Directory;
use shipgate::directory::Rows;

use super::{load, refusal};

#[test]
fn ids_are_unique_within_their_kind_only() {
    load(
        r#"{ "organizations": [{
            "id": "x",
            "members": [{ "account": "x", "role": "x" }],
            "roles": [{ "id": "x", "rank": "viewer", "permissions": [] }],
            "teams": [{ "id": "x", "members": ["x"] }],
            "clusters": [{ "id": "x", "access": [{ "account": "x", "level": "view" }, { "team": "x", "level": "view" }] }],
            "projects": [{ "id": "x", "members": [{ "account": "x", "role": "admin" }, { "team": "x", "role": "viewer" }],
                           "environments": [{ "id": "x", "cluster": "x", "namespace": "x" }] }]
        }] }"#,
    );
    load(
        r#"{ "organizations": [{
            "id": "acme-corp",
            "clusters": [{ "id": "a" }, { "id": "b" }],
            "projects": [{ "id": "shop", "environments": [
                { "id": "dev-a", "cluster": "a", "namespace": "dev" }, { "id": "dev-b", "cluster": "b", "namespace": "dev" }
            ] }]
        }] }"#,
    );
}

/// A document in which each kind of id is the one given, with its place.
fn with_id(id: &str) -> [(String, &'static str); 17] {
    let all = |at: usize| {
        // Each id stands for itself, but the one at this position.
        let id = |position: usize, plain: &'static str| if position == at { id.to_string() } else { plain.to_string() };
        serde_json::json!({
            "accounts": [{ "id": id(0, "ci-bot"), "kind": "service" }],
            "organizations": [{
                "id": id(1, "acme-corp"),
                "members": [{ "account": id(2, "olivia"), "role": "owner" }, { "account": "alice", "role": id(3, "auditor") }],
                "roles": [{ "id": id(4, "auditor"), "rank": "viewer", "permissions": [] }],
                "teams": [{ "id": id(5, "on-call"), "members": [id(6, "alice")] }],
                "clusters": [{
                    "id": id(7, "us-east"),
                    "access": [{ "account": id(8, "alice"), "level": "view" }, { "team": id(9, "on-call"), "level": "view" }]
                }],
                "projects": [{
                    "id": id(10, "shop"),
                    "members": [{ "account": id(11, "alice"), "role": "viewer" }, { "team": id(12, "on-call"), "role": "viewer" }],
                    "environments": [
                        { "id": id(13, "dev"), "cluster": id(14, "us-east"), "namespace": "dev" },
                        { "id": id(15, "qa"), "cluster": "us-east" }
                    ]
                }]
            }, { "id": id(16, "globex") }]
        })
        .to_string()
    };
    let places = [
        "accounts[0].id",
        "organizations[0].id",
        "organizations[0].members[0].account",
        "organizations[0].members[1].role",
        "organizations[0].roles[0].id",
        "organizations[0].teams[0].id",
        "organizations[0].teams[0].members[0]",
        "organizations[0].clusters[0].id",
        "organizations[0].clusters[0].access[0].account",
        "organizations[0].clusters[0].access[1].team",
        "organizations[0].projects[0].id",
        "organizations[0].projects[0].members[0].account",
        "organizations[0].projects[0].members[1].team",
        "organizations[0].projects[0].environments[0].id",
        "organizations[0].projects[0].environments[0].cluster",
        "organizations[0].projects[0].environments[1].id",
        "organizations[1].id",
    ];
    let mut position = 0;
    places.map(|place| {
        let document = all(position);
        position += 1;
        (document, place)
    })
}

#[test]
fn an_id_that_is_empty_is_refused_with_its_place() {
    for (document, place) in with_id("") {
        assert_eq!(refusal(&document), format!("{place}: an id cannot be empty: write at least one character"));
    }
}

#[test]
fn an_id_with_a_control_character_is_refused_with_its_place() {
    for control in ['\0', '\n', '\u{1b}', '\u{7f}', '\u{80}', '\u{85}', '\u{9f}'] {
        for (document, place) in with_id(&format!("a{control}b")) {
            let message = refusal(&document);
            assert!(message.starts_with(&format!("{place}: `a\\")), "{message}");
            assert!(message.ends_with("b` has a control character: write the id without it"), "{message}");
            assert!(!message.contains(control), "{message:?}");
        }
    }
}

#[test]
fn any_other_text_is_an_id() {
    // Spaces, format characters and what no font shows are no control characters of Unicode.
    for id in [" ", "a b", "ä", "\u{200b}", "\u{202e}", "\u{2028}", "a\"b", "😀", "\u{feff}"] {
        let document = serde_json::json!({
            "organizations": [{ "id": id, "members": [{ "account": id, "role": "owner" }], "teams": [{ "id": id }] }]
        });
        assert!(load(&document.to_string()).organization(id).is_some(), "{id:?}");
    }
}

#[test]
fn ids_of_any_type_are_written_as_strings() {
    let text = r#"{ "organizations": [{
        "id": "1",
        "members": [{ "account": "7", "role": "10" }],
        "roles": [{ "id": "10", "rank": "viewer", "permissions": ["view"] }]
    }] }"#;
    let directory = Directory::<u64>::from_json(text).unwrap();
    assert!(directory.role(&10).is_some());
    let refusal = |text: &str| Rows::<u64>::from_json(text).unwrap_err().to_string();
    assert_eq!(
        refusal(&text.replace(r#""1""#, r#""one""#)),
        "organizations[0].id: `one` is not an id: invalid digit found in string"
    );
    assert_eq!(
        refusal(&text.replace(r#""role": "10""#, r#""role": "ower""#)),
        "organizations[0].members[0].role: unknown role `ower`: expected owner, admin, developer, billing or viewer, \
         or the id of a custom role: `ower` is not an id: invalid digit found in string"
    );
}
