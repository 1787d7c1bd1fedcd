//! JSON text, read so that every error names its place.

use alloc::format;
use alloc::string::{String, ToString};

use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Value};

/// JSON that cannot be read as what it should be, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{problem}", .place, if .place.is_empty() { "" } else { ": " })]
pub struct JsonError {
    place: String,
    problem: String,
}

impl JsonError {
    pub(crate) fn new(place: impl Into<String>, problem: impl ToString) -> Self {
        Self { place: place.into(), problem: problem.to_string() }
    }

    /// Where in the text it is, such as `organizations[0].members[3].role`; empty for the whole of it.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong there.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The same, inside of what stands at `place`.
    fn inside(self, place: &str) -> Self {
        let place = match self.place.as_bytes().first() {
            None => place.to_string(),
            Some(b'[') => format!("{place}{}", self.place),
            Some(_) => format!("{place}.{}", self.place),
        };
        Self { place, ..self }
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for JsonError {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let place = match error.path().to_string() {
            root if root == "." => String::new(),
            place => place,
        };
        Self { place, problem: problem(error.inner()) }
    }
}

/// What is wrong, without line and column where the place says it all.
fn problem(error: &serde_json::Error) -> String {
    let problem = error.to_string();
    if !error.is_data() {
        return problem;
    }
    let position = format!(" at line {} column {}", error.line(), error.column());
    problem.strip_suffix(&position).map_or(problem.clone(), ToString::to_string)
}

/// Reads the whole of a text.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    let mut json = Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut json)?;
    json.end().map_err(|error| JsonError::new("", error))?;
    Ok(read)
}

/// Reads a value that stands at `place`.
pub(crate) fn read_value<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, JsonError> {
    serde_path_to_error::deserialize(value).map_err(|error| JsonError::from(error).inside(place))
}
