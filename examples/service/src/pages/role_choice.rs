//! Roles, as a choice.

use shipgate::directory::EntityKind;
use shipgate::{AnyRole, Role};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::pages::names::Names;
use crate::pages::words;

/// The roles of an organization, with their names.
pub(crate) struct Roles {
    custom: Vec<String>,
    names: Names,
}

impl Roles {
    pub(crate) async fn of(asking: &Asking) -> Result<Self, Failure> {
        let custom = asking.directory()?.roles_of(asking.organization.as_str()).map(|role| role.id().clone());
        let custom: Vec<_> = custom.collect();
        let names = Names::of_things(&asking.caller.service.database, EntityKind::Role, &custom).await?;
        Ok(Self { custom, names })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        Role::ALL.len().saturating_add(self.custom.len())
    }

    /// The name of a role on the wire.
    pub(crate) fn name(&self, role: &str) -> String {
        role.parse::<Role>().map_or_else(|_| self.names.of(role).to_owned(), |role| words::capital(role.as_str()))
    }

    /// Those that may be chosen, by their names on the wire.
    pub(crate) fn choices(
        &self,
        may: impl Fn(AnyRole<&str>) -> Result<bool, Failure>,
    ) -> Result<Vec<(String, String)>, Failure> {
        let mut choices = Vec::new();
        for role in Role::ALL {
            if may(AnyRole::BuiltIn(role))? {
                choices.push((role.as_str().to_owned(), words::capital(role.as_str())));
            }
        }
        for id in &self.custom {
            if may(AnyRole::Custom(id))? {
                choices.push((id.clone(), self.names.of(id).to_owned()));
            }
        }
        Ok(choices)
    }
}
