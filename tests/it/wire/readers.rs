//! How these tests read. The package `tests/schema` runs them with readers that also compare each text with its schema.

use shipgate::Directory;
use shipgate::change::Record;
use shipgate::directory::Question;
use shipgate::json::{Answer, DocumentError, JsonError};

pub(super) fn document(text: &str) -> Result<Directory<String>, DocumentError> {
    Directory::from_json(text)
}

pub(super) fn question(text: &str) -> Result<Question<String>, JsonError> {
    Question::from_json(text)
}

pub(super) fn answer(text: &str) -> serde_json::Result<Answer> {
    serde_json::from_str(text)
}

pub(super) fn record(text: &str) -> serde_json::Result<Record<String>> {
    serde_json::from_str(text)
}
