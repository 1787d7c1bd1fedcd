//! A text beside its schema: what the reader takes, the schema takes, and what it refuses, the schema refuses.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;
use shipgate_schema::schemas;

/// What the library refuses and a schema cannot: words of the refusal, and why.
pub(crate) const BEYOND: [(&str, &str); 12] = [
    ("duplicate field", "a member that is there twice is in the text, and not in the value that is read from it"),
    ("is listed already", TWICE),
    ("is there already", TWICE),
    ("is a member of", TWICE),
    ("has a level on", TWICE),
    ("has a role in", TWICE),
    ("is taken", TWICE),
    ("does not exist: add it first", REFERENCE),
    ("is not a member of", REFERENCE),
    ("is not one of", REFERENCE),
    ("is outside the years", "whether a time is in these years depends on its offset"),
    ("floating point `1.0`", "to a schema, 1.0 is a whole number"),
];
const TWICE: &str = "two objects that differ in one member are two things to a schema, whatever their ids";
const REFERENCE: &str = "a schema does not look for what is named elsewhere";

static VALIDATORS: LazyLock<Vec<(&str, Validator)>> =
    LazyLock::new(|| schemas().map(|(name, schema)| (name, jsonschema::validator_for(&schema).unwrap())).into());

/// Whether a text is valid by a schema; what is no JSON is not.
pub(crate) fn is_valid(schema: &str, text: &str) -> bool {
    let (_, validator) = VALIDATORS.iter().find(|(name, _)| *name == schema).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str::<Value>(text).is_ok_and(|value| validator.is_valid(&value))
}

/// What was read of a text, which the schema takes unless the text was refused for what a schema can say.
pub(crate) fn compared<T, E: ToString>(schema: &str, text: &str, read: Result<T, E>) -> Result<T, E> {
    let refusal = read.as_ref().err().map(ToString::to_string);
    let is_beyond = |refusal: &String| BEYOND.iter().any(|(words, _)| refusal.contains(words));
    assert_eq!(is_valid(schema, text), refusal.as_ref().is_none_or(is_beyond), "{schema}: {text}: {refusal:?}");
    read
}
