//! Namespaces.

use alloc::format;
use alloc::string::{String, ToString};

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::json::word::Word;
use crate::model::escape::Escaped;
use crate::model::namespace::check_namespace;

/// A namespace of the strict form.
pub(super) struct Namespace(pub(super) String);

impl Namespace {
    /// The namespace of an environment for which the document names none: its id.
    pub(super) fn of_environment(id: &str) -> Result<Self, String> {
        check_namespace(id).map(|()| Self(id.to_string())).map_err(|error| {
            format!("{} cannot be its own namespace: add a `namespace`: {error}", Escaped::in_backticks(id))
        })
    }
}

impl Serialize for Namespace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        require_namespace(&self.0).map_err(ser::Error::custom)?;
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Namespace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word(|text: &str| {
            require_namespace(text)?;
            Ok(Self(text.to_string()))
        }))
    }
}

fn require_namespace(text: &str) -> Result<(), String> {
    check_namespace(text).map_err(|error| format!("{} is not a namespace: {error}", Escaped::in_backticks(text)))
}
