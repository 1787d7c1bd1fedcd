//! JSON text, read so that every error names its place.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};
use serde_path_to_error::{Path, Segment};

/// JSON that cannot be read as what it should be, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{problem}", .place, if .place.is_empty() { "" } else { ": " })]
pub struct JsonError {
    place: String,
    problem: String,
}

impl JsonError {
    pub(crate) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
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

    /// The same error, for a value that is at `place`.
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
        Self { place: place(error.path()), problem: problem(error.inner()) }
    }
}

fn place(path: &Path) -> String {
    path.iter().fold(String::new(), |place, segment| match segment {
        Segment::Seq { index } => format!("{place}[{index}]"),
        Segment::Map { key: name } | Segment::Enum { variant: name } if place.is_empty() => name.clone(),
        Segment::Map { key: name } | Segment::Enum { variant: name } => format!("{place}.{name}"),
        // A name that could not be read.
        Segment::Unknown => place,
    })
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

/// Reads the whole of a text, after the byte order mark that it may begin with.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    // To follow the place takes most of the time, so only a text that cannot be read is read with it.
    match read_valid(text) {
        Some(read) => Ok(read),
        None => read_with_place(text),
    }
}

/// The same, of what can be borrowed from the text; `None` if it cannot be read.
pub(crate) fn read_valid<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    let mut json = Deserializer::from_str(without_mark(text));
    let read = T::deserialize(&mut json).ok()?;
    json.end().ok()?;
    Some(read)
}

fn read_with_place<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    let mut json = Deserializer::from_str(without_mark(text));
    let read = serde_path_to_error::deserialize(&mut json)?;
    json.end().map_err(|error| JsonError::new("", error.to_string()))?;
    Ok(read)
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Reads the value that is at `place`.
pub(crate) fn read_value<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, JsonError> {
    serde_path_to_error::deserialize(value).map_err(|error| JsonError::from(error).inside(place))
}

/// The members of an object, whatever they are.
#[derive(Default)]
pub(crate) struct Members(pub(crate) Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Members, A::Error> {
        Map::deserialize(MapAccessDeserializer::new(map)).map(Members)
    }
}

/// Any JSON in which no object has a member twice, at whatever depth.
pub(crate) struct NoDuplicates;

impl<'de> Deserialize<'de> for NoDuplicates {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NoDuplicatesVisitor)
    }
}

struct NoDuplicatesVisitor;

impl<'de> Visitor<'de> for NoDuplicatesVisitor {
    type Value = NoDuplicates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<NoDuplicates, E> {
        Ok(NoDuplicates)
    }

    fn visit_bool<E>(self, _: bool) -> Result<NoDuplicates, E> {
        Ok(NoDuplicates)
    }

    fn visit_i64<E>(self, _: i64) -> Result<NoDuplicates, E> {
        Ok(NoDuplicates)
    }

    fn visit_u64<E>(self, _: u64) -> Result<NoDuplicates, E> {
        Ok(NoDuplicates)
    }

    fn visit_f64<E>(self, _: f64) -> Result<NoDuplicates, E> {
        Ok(NoDuplicates)
    }

    fn visit_str<E>(self, _: &str) -> Result<NoDuplicates, E> {
        Ok(NoDuplicates)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<NoDuplicates, A::Error> {
        while array.next_element::<NoDuplicates>()?.is_some() {}
        Ok(NoDuplicates)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<NoDuplicates, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = object.next_key::<String>()? {
            if let Some(twice) = seen.replace(name) {
                return Err(de::Error::custom(format_args!("duplicate field `{twice}`")));
            }
            object.next_value::<NoDuplicates>()?;
        }
        Ok(NoDuplicates)
    }
}
