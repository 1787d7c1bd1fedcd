//! The forms of roles: permissions, a definition, a custom role, and what names a role.

use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::forms::facts::count;
use crate::json::id::AnyText as Text;
use crate::json::strict::Strict;
use crate::model::custom_role::{AnyRole, CustomRole, RoleDefinition, RolePermissions};
use crate::model::role::{Permission, Permissions, Role};

/// An array of names, in the order of [`Permission::ALL`].
impl Serialize for RolePermissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.permissions().iter())
    }
}

/// From an array of names, each of them once. Permissions that no custom role can have are an error.
impl<'de> Deserialize<'de> for RolePermissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PermissionsVisitor)
    }
}

struct PermissionsVisitor;

impl<'de> Visitor<'de> for PermissionsVisitor {
    type Value = RolePermissions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of permissions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<RolePermissions, A::Error> {
        let mut permissions = Permissions::NONE;
        while names.next_element_seed(NewPermission(&mut permissions))?.is_some() {}
        RolePermissions::new(permissions.iter()).map_err(de::Error::custom)
    }
}

/// Puts a permission into a set that must not have it. (Where the element is read, so that its error has its index.)
struct NewPermission<'a>(&'a mut Permissions);

impl<'de> DeserializeSeed<'de> for NewPermission<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let permission = Permission::deserialize(deserializer)?;
        if self.0.contains(permission) {
            return Err(de::Error::custom(format_args!("duplicate permission `{permission}`")));
        }
        *self.0 = self.0.with(permission);
        Ok(())
    }
}

/// `{ "rank": "admin", "permissions": ["view", "deploy", "approve"] }`.
impl Serialize for RoleDefinition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RoleDefinitionForm { rank: self.rank(), permissions: self.permissions() }.serialize(serializer)
    }
}

/// From its two fields, both required. A rank that no custom role can have, and a permission that needs a higher rank, are
/// errors.
impl<'de> Deserialize<'de> for RoleDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let RoleDefinitionForm { rank, permissions } = Deserialize::deserialize(Strict(deserializer))?;
        Self::new(rank, permissions).map_err(de::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a role: an object with `rank` and `permissions`")]
struct RoleDefinitionForm {
    rank: Role,
    permissions: RolePermissions,
}

/// `{ "id": "auditor", "organization": "acme-corp", "rank": "viewer", "permissions": ["view", "view_audit_log"], "members": 2 }`.
impl<Id: Display> Serialize for CustomRole<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = CustomRoleForm {
            id: Text(self.id()),
            organization: Text(self.organization()),
            rank: self.definition().rank(),
            permissions: self.definition().permissions(),
            members: self.members(),
        };
        form.serialize(serializer)
    }
}

/// From its five fields, all required: a forgotten count would let a role be deleted.
impl<'de, Id: Display + FromStr<Err: Display>> Deserialize<'de> for CustomRole<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: CustomRoleForm<Text<Id>> = Deserialize::deserialize(Strict(deserializer))?;
        let definition = RoleDefinition::new(form.rank, form.permissions).map_err(de::Error::custom)?;
        Ok(Self::new(form.id.0, form.organization.0, definition).with_members(form.members))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a custom role: an object with `id`, `organization`, `rank`, `permissions` and `members`"
)]
struct CustomRoleForm<Id> {
    id: Id,
    organization: Id,
    rank: Role,
    permissions: RolePermissions,
    #[serde(deserialize_with = "count")]
    members: u32,
}

/// `"developer"`; or, of a custom role, `{ "custom": "release-manager" }`.
impl<C: Display> Serialize for AnyRole<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::BuiltIn(role) => role.serialize(serializer),
            Self::Custom(custom) => {
                let mut object = serializer.serialize_struct("AnyRole", 1)?;
                object.serialize_field("custom", &Text(custom))?;
                object.end()
            }
        }
    }
}

/// From the name of a built-in role, or from `{ "custom": … }`.
impl<'de, C: Display + FromStr<Err: Display>> Deserialize<'de> for AnyRole<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyRoleVisitor(PhantomData))
    }
}

struct AnyRoleVisitor<C>(PhantomData<C>);

impl<'de, C: Display + FromStr<Err: Display>> Visitor<'de> for AnyRoleVisitor<C> {
    type Value = AnyRole<C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a role, or an object with `custom`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<AnyRole<C>, E> {
        name.parse().map(AnyRole::BuiltIn).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnyRole<C>, A::Error> {
        let CustomForm { custom: Text(custom) } = Deserialize::deserialize(Strict(MapAccessDeserializer::new(map)))?;
        Ok(AnyRole::Custom(custom))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomForm<C> {
    custom: C,
}
