//! Projects, and who can see them.

use crate::model::names::names;
use crate::model::protection::{Protection, Safeguard};

names! {
    /// Who can see a project.
    pub enum Visibility: "visibility" {
        /// Every member of the organization, except those with the role Billing.
        Organization = "organization",
        /// Owners, Admins, and the Developers and Viewers who have a role in the project.
        Members = "members",
    }
}

/// A project: environments that are managed together. Members can have a role of their own in it ([`ProjectRole`]).
///
/// [`ProjectRole`]: crate::ProjectRole
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
    /// A project without environments that the whole organization can see.
    #[must_use]
    pub const fn new(id: Id, organization: Id) -> Self {
        Self { id, organization, visibility: Visibility::Organization, environments: 0, safeguard: Safeguard::NONE }
    }

    /// Sets who can see the project.
    #[must_use]
    pub fn with_visibility(self, visibility: Visibility) -> Self {
        Self { visibility, ..self }
    }

    /// Adds environments with these protections: to the number of environments, and to the project's safeguard, which is
    /// the highest of all its environments.
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

    /// Recomputes the number of environments and the safeguard.
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

    /// Sets the number of environments and their joint safeguard.
    #[cfg(feature = "serde")]
    pub(crate) fn holding(self, environments: u32, safeguard: Safeguard) -> Self {
        Self { environments, safeguard, ..self }
    }

    /// The id of the project.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that the project belongs to.
    #[must_use]
    #[inline]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// Who can see the project.
    #[must_use]
    #[inline]
    pub const fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// The number of environments in the project. It cannot be deleted while there are any.
    #[must_use]
    #[inline]
    pub const fn environments(&self) -> u32 {
        self.environments
    }

    /// The roles that the project's environments require: the highest of each.
    #[must_use]
    #[inline]
    pub const fn safeguard(&self) -> Safeguard {
        self.safeguard
    }
}
