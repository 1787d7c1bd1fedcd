//! What is asked for, as a request says it.

use alloc::string::String;
use core::fmt::Display;
use core::str::FromStr;

use serde::ser::Error as _;
use serde_json::{Map, Value};

use crate::json::authzen::question::part::Part;
use crate::json::authzen::question::properties::Properties;
use crate::json::role::RoleWord;
use crate::json::text::JsonError;
use crate::model::action::{Action, ActionKind};
use crate::model::custom_role::{AnyRole, RoleDefinition};
use crate::model::parameter::{Parameter, ParameterKind};
use crate::model::resource::ResourceKind;

/// Reads the properties of an action on a kind of resource. They are read strictly where the action takes a parameter.
pub(super) fn read<Id: Display + FromStr<Err: Display>>(
    mut properties: Part,
    kind: ActionKind,
    on: ResourceKind,
) -> Result<Action<Id>, JsonError> {
    let parameter = match kind.parameter(on) {
        ParameterKind::None => Parameter::None,
        ParameterKind::Invitation => Parameter::Invitation {
            role: role(&mut properties, "role")?,
            expires_at: properties.optional("expires_at")?,
        },
        ParameterKind::Role => Parameter::Role(role(&mut properties, "to")?),
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
fn role<Id: Display + FromStr<Err: Display>>(
    properties: &mut Part,
    member: &'static str,
) -> Result<AnyRole<Id>, JsonError> {
    properties.required(member).map(|RoleWord(role)| role)
}

/// The `properties` of an action on a kind of resource.
pub(super) fn properties_of<Id: Display>(
    action: Action<&Id>,
    on: ResourceKind,
) -> serde_json::Result<Map<String, Value>> {
    let (kind, parameter) = (action.kind(), action.parameter());
    kind.with(on, parameter).map_err(serde_json::Error::custom)?;
    let mut properties = Properties::default();
    match parameter {
        Parameter::None | Parameter::Visibility(None) => {}
        Parameter::Invitation { role, expires_at } => {
            properties.set("role", RoleWord(role))?;
            properties.set_if_some("expires_at", expires_at)?;
        }
        Parameter::Role(to) => properties.set("to", RoleWord(to))?,
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
