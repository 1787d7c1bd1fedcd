//! Ids as documents and questions write them: strings that are not empty and have no control characters.

use alloc::string::{String, ToString};
use core::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::model::escape::Escaped;

/// Why a string is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdError<'a> {
    #[error("an id cannot be empty: write at least one character")]
    Empty,
    #[error("{} has a control character: write the id without it", Escaped::in_backticks(*.0))]
    Control(&'a str),
}

/// The text itself, if it is an id.
pub(crate) fn check(text: &str) -> Result<&str, IdError<'_>> {
    if text.is_empty() {
        Err(IdError::Empty)
    } else if text.contains(char::is_control) {
        Err(IdError::Control(text))
    } else {
        Ok(text)
    }
}

/// An id, read and written strictly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StrictId(pub(crate) String);

impl<'de> Deserialize<'de> for StrictId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_string(StrictIdVisitor)
    }
}

impl Serialize for StrictId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(check(&self.0).map_err(ser::Error::custom)?)
    }
}

struct StrictIdVisitor;

impl Visitor<'_> for StrictIdVisitor {
    type Value = StrictId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<StrictId, E> {
        check(text).map(|id| StrictId(id.to_string())).map_err(E::custom)
    }
}
