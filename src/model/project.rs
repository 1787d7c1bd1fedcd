//! Projects, and who sees them.

use crate::model::names::names;
use crate::model::protection::{Protection, Safeguard};

names! {
    /// Who sees a project.
    pub enum Visibility: "visibility" {
        /// Every member of the organization whose role may.
        Organization = "organization",
        /// Owners, Admins, and those with a role in the project.
        Members = "members",
    }
}

/// A project: environments that are managed together, with members of its own.
///
/// # Examples
///
/// ```
/// use shipgate::{Project, Protection, Role, Visibility};
///
/// let shop = Project::new("shop", "acme-corp")
///     .with_visibility(Visibility::Members)
///     .with_environments([Protection::NONE, Protection::RESTRICTED]);
/// assert_eq!(shop.environments(), 2);
/// assert_eq!(shop.safeguard().deployer(), Role::Admin);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Project<Id> {
    id: Id,
    organization: Id,
    visibility: Visibility,
    environments: u32,
    safeguard: Safeguard,
}

impl<Id> Project<Id> {
    /// A project without environments, visible to the organization.
    #[must_use]
    pub const fn new(id: Id, organization: Id) -> Self {
        Self { id, organization, visibility: Visibility::Organization, environments: 0, safeguard: Safeguard::NONE }
    }

    /// The same project, seen by others.
    #[must_use]
    pub fn with_visibility(self, visibility: Visibility) -> Self {
        Self { visibility, ..self }
    }

    /// The same project, with these environments beside those it has: they are counted, and its safeguard becomes the
    /// highest of each.
    #[must_use]
    pub fn with_environments(mut self, protections: impl IntoIterator<Item = Protection>) -> Self {
        for protection in protections {
            self.add_environment(protection);
        }
        self
    }

    pub(crate) fn add_environment(&mut self, protection: Protection) {
        self.environments = self.environments.saturating_add(1);
        self.safeguard = self.safeguard.join(protection.safeguard());
    }

    /// Counts these environments, and no others.
    #[cfg(feature = "directory")]
    pub(crate) fn set_environments(&mut self, protections: impl Iterator<Item = Protection>) {
        self.environments = 0;
        self.safeguard = Safeguard::NONE;
        for protection in protections {
            self.add_environment(protection);
        }
    }

    #[cfg(feature = "directory")]
    pub(crate) fn set_visibility(&mut self, visibility: Visibility) {
        self.visibility = visibility;
    }

    /// The same project with so many environments, whose safeguards join to this one.
    #[cfg(feature = "serde")]
    pub(crate) fn holding(self, environments: u32, safeguard: Safeguard) -> Self {
        Self { environments, safeguard, ..self }
    }

    /// Its id.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that it belongs to.
    #[must_use]
    #[inline]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// Who sees it.
    #[must_use]
    #[inline]
    pub const fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// How many environments it has. It cannot be deleted while there is one.
    #[must_use]
    #[inline]
    pub const fn environments(&self) -> u32 {
        self.environments
    }

    /// The highest safeguard of its environments.
    #[must_use]
    #[inline]
    pub const fn safeguard(&self) -> Safeguard {
        self.safeguard
    }
}
