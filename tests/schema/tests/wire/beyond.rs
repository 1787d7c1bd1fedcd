//! What the library refuses and a schema cannot.

use crate::comparison::{BEYOND, is_valid};
use crate::readers;

/// A document of acme-corp with these members.
fn acme(more: &str) -> String {
    format!(
        r#"{{ "organizations": [
            {{ "id": "acme-corp", "members": [{{ "account": "alice", "role": "viewer" }}], "clusters": [{{ "id": "us-east" }}]{more} }},
            {{ "id": "globex", "teams": [{{ "id": "ops" }}] }}
        ] }}"#
    )
}

fn project(more: &str) -> String {
    acme(&format!(r#", "projects": [{{ "id": "shop", {more} }}]"#))
}

/// One of each, in the order of [`BEYOND`].
fn documents() -> [String; BEYOND.len()] {
    let (view, viewer) = (r#"{ "account": "alice", "level": "view" }"#, r#"{ "account": "alice", "role": "viewer" }"#);
    let of = |list: &str, entries: &str| acme(&format!(r#", "{list}": [{entries}]"#));

    let environment = |id: &str| format!(r#"{{ "id": "{id}", "cluster": "us-east", "namespace": "shop" }}"#);
    [
        r#"{ "organizations": [{ "id": "acme-corp", "id": "acme-corp" }] }"#.into(),
        r#"{ "accounts": [{ "id": "alice", "kind": "user" }, { "id": "alice", "kind": "service" }] }"#.into(),
        of("teams", r#"{ "id": "ops" }"#),
        r#"{ "organizations": [{ "id": "a", "members": [{ "account": "b", "role": "owner" }, { "account": "b", "role": "viewer" }] }] }"#.into(),
        acme("").replace(r#"{ "id": "us-east" }"#, &format!(r#"{{ "id": "us-east", "access": [{view}, {view}] }}"#)),
        project(&format!(r#""members": [{viewer}, {viewer}]"#)),
        project(&format!(r#""environments": [{}, {}]"#, environment("dev"), environment("qa"))),
        project(r#""environments": [{ "id": "dev", "cluster": "us-west" }]"#),
        project(r#""members": [{ "account": "dave", "role": "viewer" }]"#),
        project(r#""members": [{ "team": "ops", "role": "viewer" }]"#),
        acme("").replace(r#""role": "viewer""#, r#""role": "viewer", "expires_at": "9999-12-31T23:59:59-01:00""#),
        {
            let rule = r#"{ "level": "locked", "approval": { "from": "owner", "count": 1.0 } }"#;
            project(&format!(r#""environments": [{{ "id": "dev", "cluster": "us-east", "protection": {rule} }}]"#))
        },
    ]
}

#[test]
fn what_a_schema_cannot_refuse_is_listed() {
    for ((words, why), document) in BEYOND.iter().zip(documents()) {
        let refusal = readers::document(&document).err().map(|error| error.to_string());
        assert!(refusal.as_ref().is_some_and(|refusal| refusal.contains(words)), "{words}: {document}: {refusal:?}");
        assert!(is_valid("document", &document), "{why}: {document}");
    }
}
