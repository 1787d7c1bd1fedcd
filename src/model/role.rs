//! Roles: which includes which, what each may do, and what access each has to a cluster. `Row::of` has one row for each.

use core::cmp::Ordering;

use crate::model::access::ClusterAccess;
use crate::model::names::names;
use crate::model::time::GrantState;

names! {
    /// The role of a member in an organization. Every member has exactly one.
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

/// Everything that the policy says about a role.
#[derive(Clone, Copy)]
struct Row {
    includes: RoleSet,
    grants: Bits,
    /// The cluster access of a member who has no override.
    default: ClusterAccess,
    /// The most that an override can give.
    ceiling: ClusterAccess,
    /// The least that an override can leave.
    floor: ClusterAccess,
    /// Whether a project role replaces this one inside the project.
    yields_to_project_roles: bool,
}

impl Row {
    const fn of(role: Role) -> Self {
        match role {
            Role::Owner => Self {
                includes: RoleSet::of(&[Role::Owner, Role::Admin, Role::Developer, Role::Billing, Role::Viewer]),
                grants: OWNER,
                default: ClusterAccess::Manage,
                ceiling: ClusterAccess::Manage,
                floor: ClusterAccess::Manage,
                yields_to_project_roles: false,
            },
            Role::Admin => Self {
                includes: RoleSet::of(&[Role::Admin, Role::Developer, Role::Billing, Role::Viewer]),
                grants: ADMIN,
                default: ClusterAccess::Manage,
                ceiling: ClusterAccess::Manage,
                floor: ClusterAccess::None,
                yields_to_project_roles: false,
            },
            Role::Developer => Self {
                includes: RoleSet::of(&[Role::Developer, Role::Viewer]),
                grants: DEVELOPER,
                default: ClusterAccess::Deploy,
                ceiling: ClusterAccess::Manage,
                floor: ClusterAccess::None,
                yields_to_project_roles: true,
            },
            Role::Billing => Self {
                includes: RoleSet::of(&[Role::Billing]),
                grants: BILLING,
                default: ClusterAccess::None,
                ceiling: ClusterAccess::None,
                floor: ClusterAccess::None,
                yields_to_project_roles: false,
            },
            Role::Viewer => Self {
                includes: RoleSet::of(&[Role::Viewer]),
                grants: VIEWER,
                default: ClusterAccess::View,
                ceiling: ClusterAccess::View,
                floor: ClusterAccess::None,
                yields_to_project_roles: true,
            },
        }
    }
}

// Each role has the permissions of the roles that it includes, and more.
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

impl Role {
    /// Whether this role may do everything that `other` may. Every role includes itself; incomparable roles do not include
    /// each other.
    #[must_use]
    #[inline]
    pub const fn includes(self, other: Self) -> bool {
        Row::of(self).includes.has(other)
    }

    /// The permissions that this role grants in the organization.
    #[must_use]
    #[inline]
    pub const fn permissions(self) -> Permissions {
        Permissions(Row::of(self).grants)
    }

    /// Whether a project role replaces this one inside the project.
    #[inline]
    pub(crate) const fn yields_to_project_roles(self) -> bool {
        Row::of(self).yields_to_project_roles
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

impl ClusterAccess {
    /// The access of a member with this role who has no override.
    #[must_use]
    pub const fn default_of(role: Role) -> Self {
        Row::of(role).default
    }

    /// The most access that an override can give a member with this role: a Viewer can only view clusters, and a Billing
    /// member cannot see them at all.
    ///
    /// The ceiling applies at every decision, so after a demotion an old override is cut down to what the new role allows.
    #[must_use]
    pub const fn ceiling_of(role: Role) -> Self {
        Row::of(role).ceiling
    }

    /// The access that a role and an override add up to.
    #[inline]
    pub(crate) fn of(role: Role, granted: GrantState<Self>) -> Self {
        let Bounds { default, ceiling, floor } = Bounds::of(role);
        let level = match granted {
            GrantState::Nothing => default,
            GrantState::InForce(level) => level,
            GrantState::Lowering(level) => level.min(default),
        };
        level.min(ceiling).max(floor)
    }
}

/// How far overrides count for a role.
#[derive(Clone, Copy)]
struct Bounds {
    default: ClusterAccess,
    ceiling: ClusterAccess,
    floor: ClusterAccess,
}

impl Bounds {
    // A table lookup: the role is unpredictable, so a mispredicted branch would cost more.
    #[inline]
    fn of(role: Role) -> Self {
        static BY_ROLE: [Bounds; Role::ALL.len()] = {
            let [a, b, c, d, e] = Role::ALL;
            [Bounds::from_row(a), Bounds::from_row(b), Bounds::from_row(c), Bounds::from_row(d), Bounds::from_row(e)]
        };
        BY_ROLE.get(role.index()).copied().unwrap_or(Self::SHUT_OUT)
    }

    const SHUT_OUT: Self =
        Self { default: ClusterAccess::None, ceiling: ClusterAccess::None, floor: ClusterAccess::None };

    const fn from_row(role: Role) -> Self {
        let Row { default, ceiling, floor, .. } = Row::of(role);
        Self { default, ceiling, floor }
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
        /// Deploy applications.
        Deploy = "deploy",
        /// Manage builds and read their logs.
        ManageBuilds = "manage_builds",
        /// Create projects.
        CreateProjects = "create_projects",
        /// Connect and disconnect clusters, and set the cluster access of members.
        ManageClusters = "manage_clusters",
        /// Invite and remove members.
        ManageMembers = "manage_members",
        /// Change the roles of members and the expiry of their memberships.
        ChangeRoles = "change_roles",
        /// Manage payment methods and plans.
        ManageBilling = "manage_billing",
        /// Read invoices.
        ViewInvoices = "view_invoices",
        /// Delete the organization.
        DeleteOrganization = "delete_organization",
        /// Transfer the ownership of the organization.
        TransferOwnership = "transfer_ownership",
        /// Set the protection of environments.
        ManageProtection = "manage_protection",
        /// Rename the organization and change its settings.
        ManageOrganization = "manage_organization",
        /// Update and delete projects, and manage their members and environments.
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

/// The permissions that a [`Role`] grants. Only [`Role::permissions`] makes such a set, so a caller cannot invent one.
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

    /// The permissions in the set, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
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
