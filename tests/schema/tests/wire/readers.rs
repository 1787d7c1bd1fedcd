//! Readers that compare each text with its schema.

use shipgate::Directory;
use shipgate::change::Record;
use shipgate::directory::Question;
use shipgate::json::{Answer, DocumentError, JsonError};

use crate::comparison::compared;

pub(crate) fn document(text: &str) -> Result<Directory<String>, DocumentError> {
    compared("document", text, Directory::from_json(text))
}

pub(crate) fn question(text: &str) -> Result<Question<String>, JsonError> {
    compared("question", text, Question::from_json(text))
}

pub(crate) fn answer(text: &str) -> serde_json::Result<Answer> {
    compared("answer", text, serde_json::from_str(text))
}

pub(crate) fn record(text: &str) -> serde_json::Result<Record<String>> {
    compared("record", text, serde_json::from_str(text))
}
