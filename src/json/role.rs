//! What names a role: the name of a built-in one, or the id of a custom one. No custom role is called as a built-in one.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::Display;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::json::id::{self, FromText};
use crate::json::word::{Written, WrittenWord};
use crate::model::custom_role::AnyRole;
use crate::model::role::Role;

/// The id of a custom role: not the name of a built-in one.
pub(crate) struct RoleId<Id>(pub(crate) Id);

impl<Id: Display> Serialize for RoleId<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        require_custom(&self.0.to_string()).map_err(ser::Error::custom)?;
        id::serialize(&self.0, serializer)
    }
}

impl<'de, Id: FromText<'de>> Deserialize<'de> for RoleId<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(WrittenWord(|written: Written<'_, 'de>| {
            let id = Id::from_text(written)?;
            require_custom(written.text)?;
            Ok(Self(id))
        }))
    }
}

/// What names a custom role as a built-in one is called would be read as that.
fn require_custom(id: &str) -> Result<(), String> {
    match id.parse::<Role>() {
        Ok(role) => Err(format!("`{role}` is a built-in role: choose another id for a custom one")),
        Err(_) => Ok(()),
    }
}

/// The name of a built-in role, or the id of a custom one.
pub(crate) struct RoleWord<Id>(pub(crate) AnyRole<Id>);

impl<Id: Display> Serialize for RoleWord<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            AnyRole::BuiltIn(role) => role.serialize(serializer),
            AnyRole::Custom(id) => RoleId(id).serialize(serializer),
        }
    }
}

impl<'de, Id: FromText<'de>> Deserialize<'de> for RoleWord<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(WrittenWord(|written: Written<'_, 'de>| {
            id::check(written.text).map_err(|error| error.to_string())?;
            match written.text.parse() {
                Ok(role) => Ok(Self(AnyRole::BuiltIn(role))),
                Err(unknown) => {
                    let neither = |error| format!("{unknown}, or the id of a custom role: {error}");
                    Ok(Self(AnyRole::Custom(Id::from_text(written).map_err(neither)?)))
                }
            }
        }))
    }
}
