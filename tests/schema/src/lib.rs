//! JSON Schemas of what the library reads and writes, made of the names in its code.
//!
//! They are the files in `src/guide/schema`. `UPDATE_SCHEMAS=1 cargo test` writes them anew.

mod answer;
mod decision;
mod document;
mod question;
mod record;
mod words;

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Every schema, by its name.
pub fn schemas() -> [(&'static str, Value); 5] {
    [
        ("document", document::schema()),
        ("question", question::schema()),
        ("answer", answer::schema()),
        ("record", record::schema()),
        ("decision", decision::schema()),
    ]
}

/// A whole schema: its parts, by name, and with them the words of which they speak.
fn schema<'a>(title: &str, description: &str, root: Value, parts: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let mut definitions: BTreeMap<String, Value> = parts.into_iter().map(|(name, part)| (name.into(), part)).collect();
    let mut named = Vec::new();
    words_in(&root, &mut named);
    for part in definitions.values() {
        words_in(part, &mut named);
    }
    while let Some(name) = named.pop() {
        definitions.entry(name).or_insert_with_key(|name| {
            let definition = words::definition(name);
            words_in(&definition, &mut named);
            definition
        });
    }
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
    });
    words::with(words::with(head, root), json!({ "$defs": definitions }))
}

/// The names to which a schema refers.
fn words_in(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(place) if key == "$ref" => {
                        names.extend(place.strip_prefix("#/$defs/").map(Into::into));
                    }
                    value => words_in(value, names),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                words_in(item, names);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
