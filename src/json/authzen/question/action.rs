//! What is asked for, as a request says it.

use alloc::string::String;

use serde::ser::Error as _;
use serde_json::{Map, Value};

use crate::json::authzen::question::part::Part;
use crate::json::authzen::question::properties::Properties;
use crate::json::id::{self, StrictId};
use crate::json::text::JsonError;
use crate::model::action::{Action, ActionKind};
use crate::model::custom_role::{AnyRole, RoleDefinition};
use crate::model::parameter::{Parameter, ParameterKind};
use crate::model::resource::ResourceKind;
use crate::model::role::Role;

/// Reads the properties of an action on a kind of resource. They are read strictly where the action takes a parameter.
pub(super) fn read(mut properties: Part, kind: ActionKind, on: ResourceKind) -> Result<Action<String>, JsonError> {
    let parameter = match kind.parameter(on) {
        ParameterKind::None => Parameter::None,
        ParameterKind::Invitation => Parameter::Invitation {
            role: properties.id("role").map(role)?,
            expires_at: properties.optional("expires_at")?,
        },
        ParameterKind::Role => Parameter::Role(properties.id("to").map(role)?),
        ParameterKind::Definition => {
            let (rank, permissions) = (properties.required("rank")?, properties.required("permissions")?);
            let definition = RoleDefinition::new(rank, permissions);
            Parameter::Definition(definition.map_err(|error| properties.error(&error))?)
        }
        ParameterKind::Permissions => Parameter::Permissions(properties.required("permissions")?),
        ParameterKind::Visibility => Parameter::Visibility(properties.optional("visibility")?),
        ParameterKind::Expiry => Parameter::Expiry(properties.required("to")?),
        ParameterKind::ProjectRole => Parameter::ProjectRole(properties.grant()?),
        ParameterKind::ClusterAccess => Parameter::ClusterAccess(properties.grant()?),
        ParameterKind::Protection => Parameter::Protection(properties.required("to")?),
    };
    let takes_nothing = matches!(parameter, Parameter::None);
    let action = kind.with(on, parameter).map_err(|error| properties.error(&error))?;
    if takes_nothing {
        properties.ignore_rest()?;
    } else {
        properties.end()?;
    }
    Ok(action)
}

/// A role by its name: that of a built-in role, or the id of a custom one.
fn role(name: String) -> AnyRole<String> {
    name.parse().map_or(AnyRole::Custom(name), AnyRole::BuiltIn)
}

/// The `properties` of an action on a kind of resource.
pub(super) fn properties_of(action: Action<&StrictId>, on: ResourceKind) -> serde_json::Result<Map<String, Value>> {
    let (kind, parameter) = (action.kind(), action.parameter());
    kind.with(on, parameter).map_err(serde_json::Error::custom)?;
    let mut properties = Properties::default();
    match parameter {
        Parameter::None | Parameter::Visibility(None) => {}
        Parameter::Invitation { role, expires_at } => {
            properties.set("role", name(role)?)?;
            properties.set_if_some("expires_at", expires_at)?;
        }
        Parameter::Role(to) => properties.set("to", name(to)?)?,
        Parameter::Definition(role) => {
            properties.set("rank", role.rank())?;
            properties.set("permissions", role.permissions())?;
        }
        Parameter::Permissions(permissions) => properties.set("permissions", permissions)?,
        Parameter::Visibility(Some(visibility)) => properties.set("visibility", visibility)?,
        Parameter::Expiry(to) => properties.set("to", to)?,
        Parameter::ProjectRole(to) => properties.set_grant(to)?,
        Parameter::ClusterAccess(to) => properties.set_grant(to)?,
        Parameter::Protection(to) => properties.set("to", to)?,
    }
    Ok(properties.0)
}

/// The name of a role. A custom one that is called as a built-in role would be read as that.
fn name(role: AnyRole<&StrictId>) -> serde_json::Result<&str> {
    match role {
        AnyRole::BuiltIn(role) => Ok(role.as_str()),
        AnyRole::Custom(StrictId(id)) => match id.parse::<Role>() {
            Ok(role) => Err(serde_json::Error::custom(format_args!(
                "`{role}` is a built-in role: a request cannot name a custom one that is called so"
            ))),
            Err(_) => id::check(id).map_err(serde_json::Error::custom),
        },
    }
}
