//! The words of a document: ids, roles and namespaces, as strings.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::{self, Display};
use core::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::json::id;
use crate::model::custom_role::AnyRole;
use crate::model::escape::Escaped;
use crate::model::namespace::check_namespace;
use crate::model::role::Role;

/// An id as a string.
#[derive(Clone)]
pub(super) struct Text<Id>(pub(super) Id);

impl<Id: Display> Serialize for Text<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(id::check(&self.0.to_string()).map_err(ser::Error::custom)?)
    }
}

impl<'de, Id: FromStr<Err: Display>> Deserialize<'de> for Text<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word(|text: &str| parse(text).map(Self)))
    }
}

/// An id, and how the document writes it.
pub(super) struct AsWritten<Id> {
    pub(super) id: Id,
    pub(super) text: String,
}

impl<'de, Id: FromStr<Err: Display>> Deserialize<'de> for AsWritten<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word(|text: &str| Ok(Self { id: parse(text)?, text: text.to_string() })))
    }
}

fn parse<Id: FromStr<Err: Display>>(text: &str) -> Result<Id, String> {
    let id = id::check(text).map_err(|error| error.to_string())?.parse();
    id.map_err(|error| format!("{} is not an id: {error}", Escaped::in_backticks(text)))
}

/// The id of a custom role: not the name of a built-in one.
pub(super) struct RoleId<Id>(pub(super) Id);

impl<Id: Display> Serialize for RoleId<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        require_custom(&self.0.to_string()).map_err(ser::Error::custom)?;
        Text(&self.0).serialize(serializer)
    }
}

impl<'de, Id: FromStr<Err: Display>> Deserialize<'de> for RoleId<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let AsWritten { id, text } = Deserialize::deserialize(deserializer)?;
        require_custom(&text).map_err(de::Error::custom)?;
        Ok(Self(id))
    }
}

/// A member whose role has the name of a built-in role has that one, so no custom role can be called so.
fn require_custom(id: &str) -> Result<(), String> {
    match id.parse::<Role>() {
        Ok(role) => Err(format!("`{role}` is a built-in role: choose another id for a custom one")),
        Err(_) => Ok(()),
    }
}

/// The role of a member: the name of a built-in role, or the id of a custom one.
pub(super) struct RoleWord<Id>(pub(super) AnyRole<Id>);

impl<Id: Display> Serialize for RoleWord<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            AnyRole::BuiltIn(role) => role.serialize(serializer),
            AnyRole::Custom(id) => RoleId(id).serialize(serializer),
        }
    }
}

impl<'de, Id: FromStr<Err: Display>> Deserialize<'de> for RoleWord<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word(|text: &str| match text.parse() {
            Ok(role) => Ok(Self(AnyRole::BuiltIn(role))),
            Err(unknown) => {
                let id = id::check(text).map_err(|error| error.to_string())?.parse();
                let neither = |error| format!("{unknown}, or the id of a custom role: {error}");
                Ok(Self(AnyRole::Custom(id.map_err(neither)?)))
            }
        }))
    }
}

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

/// Reads a string by a function.
struct Word<F>(F);

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Word<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        self.0(text).map_err(E::custom)
    }
}
