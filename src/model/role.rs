//! Built-in roles and permissions: which role includes which, and what each may do.

use core::cmp::Ordering;

use crate::model::names::names;

names! {
    /// A built-in role, and the rank of every role. Each member of an organization has exactly one role.
    ///
    /// A [custom role](crate::CustomRole) has one of these as its rank and permissions of its own.
    ///
    /// Roles are partially ordered. Owner includes Admin, Admin includes Developer, and Developer includes Viewer. Admin
    /// also includes Billing, but Billing cannot be compared with Developer or Viewer: neither includes the other. So
    /// there is no `Ord`, and [`PartialOrd`] returns `None` for these pairs: `role >= Role::Viewer` is false for Billing.
    ///
    /// The rule is in the guide: [roles](crate::_guide::policy#roles).
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::Role;
    ///
    /// assert!(Role::Admin.includes(Role::Developer));
    /// assert!(Role::Admin.includes(Role::Billing));
    /// assert!(!Role::Billing.includes(Role::Viewer));
    /// assert_eq!(Role::Billing.partial_cmp(&Role::Viewer), None);
    /// ```
    pub enum Role: "role" {
        /// Has full control of the organization, and of every cluster: an Owner's cluster access cannot be lowered.
        Owner = "owner",
        /// Does everything but delete the organization, transfer its ownership or manage Owners.
        Admin = "admin",
        /// Deploys applications and manages builds.
        Developer = "developer",
        /// Manages payment and reads invoices, but sees no project or cluster.
        Billing = "billing",
        /// Views projects, clusters and deployments.
        Viewer = "viewer",
    }
}

// Each role has the permissions of the roles that it includes, and more.
const VIEWER: Bits = Bits::VIEW.union(Bits::VIEW_LOGS);
const BILLING: Bits = Bits::MANAGE_BILLING.union(Bits::VIEW_INVOICES);
const DEVELOPER: Bits =
    VIEWER.union(Bits::DEPLOY).union(Bits::MANAGE_BUILDS).union(Bits::MANAGE_SECRETS).union(Bits::EXEC);
const ADMIN: Bits = DEVELOPER
    .union(BILLING)
    .union(Bits::APPROVE)
    .union(Bits::CREATE_PROJECTS)
    .union(Bits::MANAGE_PROJECTS)
    .union(Bits::MANAGE_CLUSTERS)
    .union(Bits::MANAGE_PROTECTION)
    .union(Bits::MANAGE_MEMBERS)
    .union(Bits::CHANGE_ROLES)
    .union(Bits::MANAGE_ORGANIZATION)
    .union(Bits::VIEW_AUDIT_LOG);
const OWNER: Bits = ADMIN.union(Bits::DELETE_ORGANIZATION).union(Bits::TRANSFER_OWNERSHIP);

impl Role {
    /// Whether this role may do everything that `other` may. Every role includes itself; incomparable roles do not include
    /// each other.
    #[must_use]
    #[inline]
    pub const fn includes(self, other: Self) -> bool {
        let included = match self {
            Self::Owner => RoleSet::of(&[Self::Owner, Self::Admin, Self::Developer, Self::Billing, Self::Viewer]),
            Self::Admin => RoleSet::of(&[Self::Admin, Self::Developer, Self::Billing, Self::Viewer]),
            Self::Developer => RoleSet::of(&[Self::Developer, Self::Viewer]),
            Self::Billing => RoleSet::of(&[Self::Billing]),
            Self::Viewer => RoleSet::of(&[Self::Viewer]),
        };
        included.has(other)
    }

    /// The permissions that this role grants in the organization.
    #[must_use]
    #[inline]
    pub const fn permissions(self) -> Permissions {
        let granted = match self {
            Self::Owner => OWNER,
            Self::Admin => ADMIN,
            Self::Developer => DEVELOPER,
            Self::Billing => BILLING,
            Self::Viewer => VIEWER,
        };
        Permissions(granted)
    }

    /// Whether a project role replaces a role of this rank inside the project.
    #[inline]
    pub(crate) const fn yields_to_project_roles(self) -> bool {
        matches!(self, Self::Developer | Self::Viewer)
    }
}

impl PartialOrd for Role {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.includes(*other), other.includes(*self)) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Greater),
            (false, true) => Some(Ordering::Less),
            (false, false) => None,
        }
    }
}

/// A set of roles, one bit each.
#[derive(Clone, Copy)]
struct RoleSet(u8);

impl RoleSet {
    const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [role, others @ ..] = rest {
            bits |= 1 << role.index();
            rest = others;
        }
        Self(bits)
    }

    const fn has(self, role: Role) -> bool {
        self.0 & (1 << role.index()) != 0
    }
}

names! {
    /// A member's role in one project, which replaces the organization role there. It can be higher or lower.
    ///
    /// It counts only for Developers and Viewers. Owners and Admins keep their organization role in every project, and a
    /// project role gives a Billing member nothing.
    ///
    /// The rule is in the guide: [the effective role](crate::_guide::policy#effective-role).
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{ProjectRole, Role};
    ///
    /// assert_eq!(ProjectRole::Admin.role(), Role::Admin);
    /// assert!("owner".parse::<ProjectRole>().is_err());
    /// ```
    pub enum ProjectRole: "project role" {
        /// Manages the project, its members and its environments.
        Admin = "admin",
        /// Deploys to the project's environments.
        Developer = "developer",
        /// Views the project.
        Viewer = "viewer",
    }
}

/// A higher role is greater.
impl Ord for ProjectRole {
    fn cmp(&self, other: &Self) -> Ordering {
        other.index().cmp(&self.index())
    }
}

impl PartialOrd for ProjectRole {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ProjectRole {
    /// The role whose permissions this one gives inside the project.
    #[must_use]
    #[inline]
    pub const fn role(self) -> Role {
        match self {
            Self::Admin => Role::Admin,
            Self::Developer => Role::Developer,
            Self::Viewer => Role::Viewer,
        }
    }
}

names! {
    /// A permission that a role can grant.
    pub enum Permission: "permission" {
        /// View projects and clusters.
        View = "view",
        /// Read the logs of projects, environments and deployments.
        ViewLogs = "view_logs",
        /// Deploy applications.
        Deploy = "deploy",
        /// Manage builds and read their logs.
        ManageBuilds = "manage_builds",
        /// Read secrets and write variables.
        ManageSecrets = "manage_secrets",
        /// Open a shell in what runs.
        Exec = "exec",
        /// Approve deployments.
        Approve = "approve",
        /// Create projects.
        CreateProjects = "create_projects",
        /// Update and delete projects, and manage their members and environments.
        ManageProjects = "manage_projects",
        /// Connect and disconnect clusters, change their settings, and set the cluster access of members and teams.
        ManageClusters = "manage_clusters",
        /// Set the protection of environments.
        ManageProtection = "manage_protection",
        /// Invite and remove members, and manage teams.
        ManageMembers = "manage_members",
        /// Change the roles of members and the expiry of their memberships, and manage custom roles.
        ChangeRoles = "change_roles",
        /// Manage payment methods and plans.
        ManageBilling = "manage_billing",
        /// Read invoices.
        ViewInvoices = "view_invoices",
        /// Rename the organization and change its settings.
        ManageOrganization = "manage_organization",
        /// Read the audit log.
        ViewAuditLog = "view_audit_log",
        /// Delete the organization.
        DeleteOrganization = "delete_organization",
        /// Transfer the ownership of the organization.
        TransferOwnership = "transfer_ownership",
    }
}

bitflags::bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    struct Bits: u32 {
        const VIEW = bit(Permission::View);
        const VIEW_LOGS = bit(Permission::ViewLogs);
        const DEPLOY = bit(Permission::Deploy);
        const MANAGE_BUILDS = bit(Permission::ManageBuilds);
        const MANAGE_SECRETS = bit(Permission::ManageSecrets);
        const EXEC = bit(Permission::Exec);
        const APPROVE = bit(Permission::Approve);
        const CREATE_PROJECTS = bit(Permission::CreateProjects);
        const MANAGE_PROJECTS = bit(Permission::ManageProjects);
        const MANAGE_CLUSTERS = bit(Permission::ManageClusters);
        const MANAGE_PROTECTION = bit(Permission::ManageProtection);
        const MANAGE_MEMBERS = bit(Permission::ManageMembers);
        const CHANGE_ROLES = bit(Permission::ChangeRoles);
        const MANAGE_BILLING = bit(Permission::ManageBilling);
        const VIEW_INVOICES = bit(Permission::ViewInvoices);
        const MANAGE_ORGANIZATION = bit(Permission::ManageOrganization);
        const VIEW_AUDIT_LOG = bit(Permission::ViewAuditLog);
        const DELETE_ORGANIZATION = bit(Permission::DeleteOrganization);
        const TRANSFER_OWNERSHIP = bit(Permission::TransferOwnership);
    }
}

const fn bit(permission: Permission) -> u32 {
    1 << permission.index()
}

/// The permissions that a role grants. Only a role makes such a set, so a caller cannot invent one.
///
/// The rule is in the guide: [permissions](crate::_guide::policy#permissions).
///
/// # Examples
///
/// ```
/// use shipgate::Role;
/// use shipgate::model::Permission;
///
/// let billing = Role::Billing.permissions();
/// assert!(billing.contains(Permission::ViewInvoices));
/// assert!(!billing.contains(Permission::View));
/// assert_eq!(billing.iter().count(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permissions(Bits);

impl Permissions {
    /// Whether the set contains this permission.
    #[must_use]
    #[inline]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0.bits() & bit(permission) != 0
    }

    /// Whether the set contains every permission of `other`.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        self.0.contains(other.0)
    }

    /// The number of permissions in the set.
    pub(crate) const fn count(self) -> u32 {
        self.0.bits().count_ones()
    }

    /// The permissions that are in both sets.
    pub(crate) const fn intersection(self, other: Self) -> Self {
        Self(self.0.intersection(other.0))
    }

    /// The permissions that are in either set.
    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0.union(other.0))
    }

    /// The first permission of `other` that this set lacks, in the order of [`Permission::ALL`].
    #[expect(clippy::as_conversions, reason = "a number of bits fits")]
    pub(crate) const fn first_lacking(self, other: Self) -> Option<Permission> {
        let lacking = other.0.difference(self.0).bits();
        match Permission::ALL.as_slice().split_at_checked(lacking.trailing_zeros() as usize) {
            Some((_, [first, ..])) => Some(*first),
            Some((_, [])) | None => None,
        }
    }

    /// The set as a number, one bit for each permission.
    #[cfg(feature = "directory")]
    pub(crate) const fn bits(self) -> u32 {
        self.0.bits()
    }

    /// The set with this number.
    #[cfg(feature = "directory")]
    pub(crate) const fn of_bits(bits: u32) -> Self {
        Self(Bits::from_bits_truncate(bits))
    }

    /// The permissions in the set, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

impl Permissions {
    pub(crate) const NONE: Self = Self(Bits::empty());
    pub(crate) const ALL: Self = Self(Bits::all());

    pub(crate) const fn with(self, permission: Permission) -> Self {
        Self(Bits::from_bits_truncate(self.0.bits() | bit(permission)))
    }
}

/// What a decision reads of a role: its rank and its permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RankedPermissions {
    pub(crate) rank: Role,
    pub(crate) permissions: Permissions,
}

impl RankedPermissions {
    pub(crate) const fn built_in(role: Role) -> Self {
        Self { rank: role, permissions: role.permissions() }
    }

    /// Whether this role may do everything that `other` may: its rank and its permissions include those of `other`.
    #[inline]
    pub(crate) const fn includes(self, other: Self) -> bool {
        self.rank.includes(other.rank) && self.permissions.includes(other.permissions)
    }

    /// The lower of two roles, each an Admin, Developer or Viewer by rank: the lower rank, and what both permit.
    #[inline]
    pub(crate) const fn lower(self, other: Self) -> Self {
        let rank = if self.rank.includes(other.rank) { other.rank } else { self.rank };
        Self { rank, permissions: self.permissions.intersection(other.permissions) }
    }
}

impl From<Role> for RankedPermissions {
    fn from(role: Role) -> Self {
        Self::built_in(role)
    }
}

impl From<ProjectRole> for RankedPermissions {
    fn from(role: ProjectRole) -> Self {
        Self::built_in(role.role())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_is_a_partial_order() {
        for a in Role::ALL {
            assert!(a.includes(a));
            for b in Role::ALL {
                assert!(a == b || !(a.includes(b) && b.includes(a)), "{a} and {b}");
                for c in Role::ALL {
                    assert!(!(a.includes(b) && b.includes(c)) || a.includes(c), "{a}, {b}, {c}");
                }
            }
        }
    }

    #[test]
    fn billing_is_incomparable_with_developer_and_viewer() {
        for other in [Role::Developer, Role::Viewer] {
            assert_eq!(Role::Billing.partial_cmp(&other), None);
            assert_eq!(other.partial_cmp(&Role::Billing), None);
        }
        assert!(Role::Admin > Role::Billing);
    }

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
