//! Permissions, and the table of what each role grants.

use crate::names::names;
use crate::role::Role;

names! {
    /// One thing that a role may grant.
    pub enum Permission: "permission" {
        /// See projects and clusters.
        View = "view",
        /// Deploy applications.
        Deploy = "deploy",
        /// Manage builds and read their logs.
        ManageBuilds = "manage_builds",
        /// Create projects.
        CreateProjects = "create_projects",
        /// Connect and disconnect clusters, and say who may do what on them.
        ManageClusters = "manage_clusters",
        /// Invite and remove members.
        ManageMembers = "manage_members",
        /// Change the roles of members, and how long they last.
        ChangeRoles = "change_roles",
        /// Manage payment methods and plans.
        ManageBilling = "manage_billing",
        /// Read invoices.
        ViewInvoices = "view_invoices",
        /// Delete the organization.
        DeleteOrganization = "delete_organization",
        /// Hand the organization to another.
        TransferOwnership = "transfer_ownership",
        /// Protect environments.
        ManageProtection = "manage_protection",
        /// Rename the organization and change its settings.
        ManageOrganization = "manage_organization",
        /// Change and delete projects, their members and their environments.
        ManageProjects = "manage_projects",
        /// Read the audit log.
        ViewAuditLog = "view_audit_log",
    }
}

bitflags::bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    struct Bits: u16 {
        const VIEW = bit(Permission::View);
        const DEPLOY = bit(Permission::Deploy);
        const MANAGE_BUILDS = bit(Permission::ManageBuilds);
        const CREATE_PROJECTS = bit(Permission::CreateProjects);
        const MANAGE_CLUSTERS = bit(Permission::ManageClusters);
        const MANAGE_MEMBERS = bit(Permission::ManageMembers);
        const CHANGE_ROLES = bit(Permission::ChangeRoles);
        const MANAGE_BILLING = bit(Permission::ManageBilling);
        const VIEW_INVOICES = bit(Permission::ViewInvoices);
        const DELETE_ORGANIZATION = bit(Permission::DeleteOrganization);
        const TRANSFER_OWNERSHIP = bit(Permission::TransferOwnership);
        const MANAGE_PROTECTION = bit(Permission::ManageProtection);
        const MANAGE_ORGANIZATION = bit(Permission::ManageOrganization);
        const MANAGE_PROJECTS = bit(Permission::ManageProjects);
        const VIEW_AUDIT_LOG = bit(Permission::ViewAuditLog);
    }
}

const fn bit(permission: Permission) -> u16 {
    1 << permission.index()
}

/// What a role grants: read from a [`Role`], never made up by a caller.
///
/// # Examples
///
/// ```
/// use shipgate::{Permission, Role};
///
/// let billing = Role::Billing.permissions();
/// assert!(billing.contains(Permission::ViewInvoices));
/// assert!(!billing.contains(Permission::View));
/// assert_eq!(billing.iter().count(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permissions(Bits);

impl Permissions {
    /// Whether the set has this permission.
    #[must_use]
    #[inline]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0.bits() & bit(permission) != 0
    }

    /// Whether the set has every permission of `other`.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        self.0.contains(other.0)
    }

    /// The permissions of the set, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

impl Role {
    /// What this role grants in the organization (sources: the permission matrix of the roles page).
    ///
    /// A service account never acts as Owner, so for it an Owner's row is never read.
    #[must_use]
    #[inline]
    pub const fn permissions(self) -> Permissions {
        Permissions(match self {
            Self::Owner => OWNER,
            Self::Admin => ADMIN,
            Self::Developer => DEVELOPER,
            Self::Billing => BILLING,
            Self::Viewer => VIEWER,
        })
    }
}

// The role table: each line adds to the roles that the role includes.
const VIEWER: Bits = Bits::VIEW;
const BILLING: Bits = Bits::MANAGE_BILLING.union(Bits::VIEW_INVOICES);
const DEVELOPER: Bits = VIEWER.union(Bits::DEPLOY).union(Bits::MANAGE_BUILDS);
const ADMIN: Bits = DEVELOPER
    .union(BILLING)
    .union(Bits::CREATE_PROJECTS)
    .union(Bits::MANAGE_CLUSTERS)
    .union(Bits::MANAGE_MEMBERS)
    .union(Bits::CHANGE_ROLES)
    .union(Bits::MANAGE_PROTECTION)
    .union(Bits::MANAGE_ORGANIZATION)
    .union(Bits::MANAGE_PROJECTS)
    .union(Bits::VIEW_AUDIT_LOG);
const OWNER: Bits = ADMIN.union(Bits::DELETE_ORGANIZATION).union(Bits::TRANSFER_OWNERSHIP);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_a_flag_of_its_name_and_no_flag_is_left_over() {
        let flags: alloc::vec::Vec<_> =
            Bits::all().iter_names().map(|(name, bits)| (name.to_ascii_lowercase(), bits.bits())).collect();
        let permissions: alloc::vec::Vec<_> =
            Permission::ALL.iter().map(|permission| (permission.as_str().into(), bit(*permission))).collect();
        assert_eq!(flags, permissions);
    }

    #[test]
    fn a_role_grants_what_the_roles_it_includes_grant() {
        for a in Role::ALL {
            for b in Role::ALL {
                assert_eq!(a.includes(b), a.permissions().includes(b.permissions()), "{a} and {b}");
            }
        }
    }
}
