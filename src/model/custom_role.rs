//! Custom roles: a rank, and permissions that an organization chose.

use crate::model::role::{Permission, Permissions, RankedPermissions, Role};

/// The permissions of a custom role, checked as far as they can be without its rank.
///
/// They are permissions that an Admin has; and nearly all that concern projects, environments or clusters need
/// [`Permission::View`] beside them.
///
/// The rule is in the guide: [custom roles](crate::_guide::policy#custom-roles).
///
/// # Examples
///
/// ```
/// use shipgate::RolePermissions;
/// use shipgate::model::Permission;
///
/// let auditor = RolePermissions::new([Permission::View, Permission::ViewAuditLog])?;
/// assert!(auditor.permissions().contains(Permission::ViewAuditLog));
/// assert!(RolePermissions::new([Permission::Deploy]).is_err(), "deploying needs `view` too");
/// assert!(RolePermissions::new([Permission::DeleteOrganization]).is_err(), "only Owners delete organizations");
/// # Ok::<(), shipgate::model::RoleError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RolePermissions(Permissions);

impl RolePermissions {
    /// Checks permissions. Their order does not matter, and one that is named twice counts once.
    ///
    /// # Errors
    ///
    /// [`RoleError::OwnerOnly`] for a permission that an Admin does not have; [`RoleError::NeedsView`] for one that needs
    /// [`Permission::View`] where that is missing.
    pub fn new(permissions: impl IntoIterator<Item = Permission>) -> Result<Self, RoleError> {
        let permissions = permissions.into_iter().fold(Permissions::NONE, Permissions::with);
        if let Some(permission) = Role::Admin.permissions().first_lacking(permissions) {
            return Err(RoleError::OwnerOnly { permission });
        }
        let has_view = permissions.contains(Permission::View);
        match permissions.iter().find(|permission| !has_view && needs_view(*permission)) {
            Some(permission) => Err(RoleError::NeedsView { permission }),
            None => Ok(Self(permissions)),
        }
    }

    /// The permissions.
    #[must_use]
    pub const fn permissions(self) -> Permissions {
        self.0
    }
}

/// Whether a permission is of no use to those who cannot view what it is about.
const fn needs_view(permission: Permission) -> bool {
    match permission {
        Permission::ViewLogs
        | Permission::Deploy
        | Permission::ManageBuilds
        | Permission::ManageSecrets
        | Permission::Exec
        | Permission::Approve
        | Permission::ManageProjects
        | Permission::ManageClusters
        | Permission::ManageProtection => true,
        Permission::View
        | Permission::CreateProjects
        | Permission::ManageMembers
        | Permission::ChangeRoles
        | Permission::ManageBilling
        | Permission::ViewInvoices
        | Permission::ManageOrganization
        | Permission::ViewAuditLog
        | Permission::DeleteOrganization
        | Permission::TransferOwnership => false,
    }
}

/// The lowest rank at which a custom role can have a permission.
const fn lowest_rank(permission: Permission) -> Role {
    match permission {
        Permission::ManageMembers | Permission::ChangeRoles | Permission::ManageClusters => Role::Admin,
        Permission::Deploy | Permission::ManageSecrets | Permission::Exec => Role::Developer,
        Permission::View
        | Permission::ViewLogs
        | Permission::ManageBuilds
        | Permission::Approve
        | Permission::CreateProjects
        | Permission::ManageProjects
        | Permission::ManageProtection
        | Permission::ManageBilling
        | Permission::ViewInvoices
        | Permission::ManageOrganization
        | Permission::ViewAuditLog
        | Permission::DeleteOrganization
        | Permission::TransferOwnership => Role::Viewer,
    }
}

/// The rank and the permissions of a custom role.
///
/// The rank sets what the permissions do not: the default and the ceiling of cluster access, what the protection of an
/// environment asks for, and whose role may be changed. It is `admin`, `developer` or `viewer`, and never changes.
///
/// # Examples
///
/// ```
/// use shipgate::{Role, RoleDefinition, RolePermissions};
/// use shipgate::model::Permission;
///
/// let permissions = RolePermissions::new([Permission::View, Permission::Deploy, Permission::Approve])?;
/// let release_manager = RoleDefinition::new(Role::Admin, permissions)?;
/// assert_eq!(release_manager.rank(), Role::Admin);
/// assert!(RoleDefinition::new(Role::Viewer, permissions).is_err(), "a viewer cannot deploy");
/// assert!(RoleDefinition::new(Role::Owner, permissions).is_err());
/// # Ok::<(), shipgate::model::RoleError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RoleDefinition {
    rank: Role,
    permissions: RolePermissions,
}

impl RoleDefinition {
    /// Checks that a custom role can have this rank, and these permissions at this rank.
    ///
    /// # Errors
    ///
    /// [`RoleError::Rank`] if the rank is Owner or Billing; [`RoleError::NeedsRank`] for a permission that needs a higher
    /// rank.
    pub fn new(rank: Role, permissions: RolePermissions) -> Result<Self, RoleError> {
        match rank {
            Role::Owner | Role::Billing => Err(RoleError::Rank { rank }),
            Role::Admin | Role::Developer | Role::Viewer => {
                let too_low = |permission: &Permission| !rank.includes(lowest_rank(*permission));
                match permissions.permissions().iter().find(too_low) {
                    Some(permission) => Err(RoleError::NeedsRank { permission, rank: lowest_rank(permission) }),
                    None => Ok(Self { rank, permissions }),
                }
            }
        }
    }

    /// The rank.
    #[must_use]
    pub const fn rank(self) -> Role {
        self.rank
    }

    /// The permissions.
    #[must_use]
    pub const fn permissions(self) -> RolePermissions {
        self.permissions
    }
}

impl From<RoleDefinition> for RankedPermissions {
    fn from(definition: RoleDefinition) -> Self {
        Self { rank: definition.rank, permissions: definition.permissions.permissions() }
    }
}

/// A role that an organization made for itself: see [`RoleDefinition`].
///
/// One with the rank and the permissions of a built-in role answers as that role does.
///
/// # Examples
///
/// ```
/// use shipgate::{CustomRole, Membership, Role, RoleDefinition, RolePermissions};
/// use shipgate::model::Permission;
///
/// let permissions = RolePermissions::new([Permission::View, Permission::ViewAuditLog])?;
/// let auditor = CustomRole::new("auditor", "acme-corp", RoleDefinition::new(Role::Viewer, permissions)?);
/// let membership = Membership::custom(&auditor);
/// assert_eq!(membership.rank(), Role::Viewer);
/// assert!(membership.permissions().contains(Permission::ViewAuditLog));
/// # Ok::<(), shipgate::model::RoleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CustomRole<Id> {
    id: Id,
    organization: Id,
    definition: RoleDefinition,
    members: u32,
}

impl<Id> CustomRole<Id> {
    /// A custom role of an organization, that no member has.
    #[must_use]
    pub const fn new(id: Id, organization: Id, definition: RoleDefinition) -> Self {
        Self { id, organization, definition, members: 0 }
    }

    /// Sets the number of members who have the role, those whose membership has expired included. It cannot be deleted while
    /// there are any.
    #[must_use]
    pub fn with_members(self, members: u32) -> Self {
        Self { members, ..self }
    }

    #[cfg(feature = "directory")]
    pub(crate) fn set_definition(&mut self, definition: RoleDefinition) {
        self.definition = definition;
    }

    #[cfg(feature = "directory")]
    pub(crate) fn add_member(&mut self) {
        self.members = self.members.saturating_add(1);
    }

    #[cfg(feature = "directory")]
    pub(crate) fn remove_member(&mut self) {
        self.members = self.members.saturating_sub(1);
    }

    /// The id of the role.
    #[must_use]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that the role belongs to.
    #[must_use]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// The rank and the permissions.
    #[must_use]
    pub const fn definition(&self) -> RoleDefinition {
        self.definition
    }

    /// The number of members who have the role.
    #[must_use]
    pub const fn members(&self) -> u32 {
        self.members
    }
}

/// A built-in role or a custom one: what a member has or is to have.
///
/// Facts name a custom role by reference (`AnyRole<&CustomRole<Id>>`), everything else by its id. [`Role`] converts into it.
///
/// # Examples
///
/// ```
/// use shipgate::{AnyRole, Role};
///
/// let role: AnyRole<&str> = Role::Developer.into();
/// assert_eq!(role, AnyRole::BuiltIn(Role::Developer));
/// assert_eq!(AnyRole::Custom("auditor").map(str::len), AnyRole::Custom(7));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnyRole<C> {
    /// A built-in role.
    BuiltIn(Role),
    /// A custom role of the organization.
    Custom(C),
}

impl<C> AnyRole<C> {
    /// Converts what names a custom role.
    pub fn map<D>(self, custom: impl FnOnce(C) -> D) -> AnyRole<D> {
        match self {
            Self::BuiltIn(role) => AnyRole::BuiltIn(role),
            Self::Custom(id) => AnyRole::Custom(custom(id)),
        }
    }

    /// Borrows what names a custom role.
    pub const fn as_ref(&self) -> AnyRole<&C> {
        match self {
            Self::BuiltIn(role) => AnyRole::BuiltIn(*role),
            Self::Custom(id) => AnyRole::Custom(id),
        }
    }

    /// What names the custom role; `None` for a built-in one.
    pub fn custom(self) -> Option<C> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Custom(id) => Some(id),
        }
    }
}

impl<C> From<Role> for AnyRole<C> {
    fn from(role: Role) -> Self {
        Self::BuiltIn(role)
    }
}

/// A rank or permissions that a custom role cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoleError {
    /// The rank is not one of a custom role.
    #[error("a custom role cannot have the rank {rank}: choose admin, developer or viewer")]
    Rank {
        /// The rank.
        rank: Role,
    },
    /// Only Owners have the permission.
    #[error("a custom role cannot have the permission {permission}: only owners have it")]
    OwnerOnly {
        /// The permission.
        permission: Permission,
    },
    /// The permission is of no use without the permission to view.
    #[error("the permission {permission} needs `view` beside it: add `view`, or leave it out")]
    NeedsView {
        /// The permission.
        permission: Permission,
    },
    /// The permission needs a higher rank.
    #[error("the permission {permission} needs the rank {rank}: raise the rank, or leave the permission out")]
    NeedsRank {
        /// The permission.
        permission: Permission,
        /// The lowest rank that can have it.
        rank: Role,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permissions_of_the_built_in_roles_suit_their_ranks() {
        for rank in [Role::Admin, Role::Developer, Role::Viewer] {
            let permissions = RolePermissions::new(rank.permissions().iter()).unwrap();
            assert_eq!(RankedPermissions::from(RoleDefinition::new(rank, permissions).unwrap()), rank.into());
        }
    }
}
