//! Roles, ranks, permissions and levels: the tables.

use shipgate::model::Permission;
use shipgate::{AccountKind, AnyRole, ClusterAccess, ProjectRole, Role, RoleDefinition, RolePermissions, Visibility};

use super::facts::{Id, World};

/// The lattice of ranks: Billing is beside Developer and Viewer.
pub(crate) fn includes(a: Role, b: Role) -> bool {
    let included: &[Role] = match a {
        Role::Owner => &[Role::Owner, Role::Admin, Role::Developer, Role::Billing, Role::Viewer],
        Role::Admin => &[Role::Admin, Role::Developer, Role::Billing, Role::Viewer],
        Role::Developer => &[Role::Developer, Role::Viewer],
        Role::Billing => &[Role::Billing],
        Role::Viewer => &[Role::Viewer],
    };
    included.contains(&b)
}

/// The built-in roles that have a permission, a row of the table for each.
fn holders(permission: Permission) -> &'static [Role] {
    use Role::{Admin, Billing, Developer, Owner, Viewer};
    match permission {
        Permission::View | Permission::ViewLogs => &[Owner, Admin, Developer, Viewer],
        Permission::Deploy | Permission::ManageBuilds | Permission::ManageSecrets | Permission::Exec => {
            &[Owner, Admin, Developer]
        }
        Permission::Approve
        | Permission::CreateProjects
        | Permission::ManageProjects
        | Permission::ManageClusters
        | Permission::ManageProtection
        | Permission::ManageMembers
        | Permission::ChangeRoles
        | Permission::ManageOrganization
        | Permission::ViewAuditLog => &[Owner, Admin],
        Permission::ManageBilling | Permission::ViewInvoices => &[Owner, Admin, Billing],
        Permission::DeleteOrganization | Permission::TransferOwnership => &[Owner],
    }
}

/// Whether a custom role of this rank may have a permission.
pub(crate) fn may_have(rank: Role, permission: Permission) -> bool {
    match permission {
        Permission::ManageMembers | Permission::ChangeRoles | Permission::ManageClusters => rank == Role::Admin,
        Permission::Deploy | Permission::ManageSecrets | Permission::Exec => rank != Role::Viewer,
        _ => true,
    }
}

const PERMISSIONS: usize = Permission::ALL.len();

/// What a role is: a rank, and permissions by their index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Powers {
    rank: u8,
    permissions: [bool; PERMISSIONS],
}

impl Powers {
    fn new(rank: Role, may: impl Fn(Permission) -> bool) -> Self {
        let rank = Role::ALL.iter().zip(0..).find(|(role, _)| **role == rank).map_or(0, |(_, place)| place);
        Self { rank, permissions: Permission::ALL.map(may) }
    }

    pub(crate) fn built_in(role: Role) -> Self {
        Self::new(role, |permission| holders(permission).contains(&role))
    }

    pub(crate) fn custom(definition: RoleDefinition) -> Self {
        Self::with_permissions(definition.rank(), definition.permissions())
    }

    pub(crate) fn with_permissions(rank: Role, permissions: RolePermissions) -> Self {
        Self::new(rank, |permission| permissions.permissions().iter().any(|listed| listed == permission))
    }

    pub(crate) fn rank(&self) -> Role {
        Role::ALL.get(usize::from(self.rank)).copied().unwrap_or(Role::Viewer)
    }

    pub(crate) fn may(&self, permission: Permission) -> bool {
        Permission::ALL.iter().zip(self.permissions).any(|(listed, has)| *listed == permission && has)
    }

    /// The first permission of another role that this one lacks.
    pub(crate) fn first_lacking(&self, other: &Self) -> Option<Permission> {
        Permission::ALL.into_iter().find(|permission| other.may(*permission) && !self.may(*permission))
    }

    pub(crate) fn includes(&self, other: &Self) -> bool {
        includes(self.rank(), other.rank()) && self.first_lacking(other).is_none()
    }

    /// The lower rank, and the permissions that both have.
    fn lower(&self, other: &Self) -> Self {
        let rank = if includes(self.rank(), other.rank()) { other.rank() } else { self.rank() };
        Self::new(rank, |permission| self.may(permission) && other.may(permission))
    }
}

/// The lower of two effective roles: none is lower than any.
pub(crate) fn lower_standing(a: Option<Powers>, b: Option<Powers>) -> Option<Powers> {
    Some(a?.lower(&b?))
}

impl World {
    /// What a role is for an account of this kind: a service account acts as Admin where it is Owner.
    pub(crate) fn powers(&self, kind: AccountKind, role: AnyRole<Id>) -> Powers {
        match role {
            AnyRole::BuiltIn(Role::Owner) if kind == AccountKind::Service => Powers::built_in(Role::Admin),
            AnyRole::BuiltIn(role) => Powers::built_in(role),
            // A directory rejects a member whose role there is not.
            AnyRole::Custom(id) => self
                .roles
                .get(&id)
                .map_or_else(|| Powers::new(Role::Viewer, |_| false), |role| Powers::custom(role.definition)),
        }
    }
}

/// What is higher and lower.
pub(crate) trait Height: Copy {
    fn height(self) -> u8;

    fn is_at_least(self, other: Self) -> bool {
        self.height() >= other.height()
    }

    fn higher(self, other: Self) -> Self {
        if self.is_at_least(other) { self } else { other }
    }

    fn lower(self, other: Self) -> Self {
        if self.is_at_least(other) { other } else { self }
    }
}

impl Height for ClusterAccess {
    fn height(self) -> u8 {
        match self {
            Self::None => 0,
            Self::View => 1,
            Self::Deploy => 2,
            Self::Manage => 3,
        }
    }
}

impl Height for ProjectRole {
    fn height(self) -> u8 {
        match self {
            Self::Viewer => 0,
            Self::Developer => 1,
            Self::Admin => 2,
        }
    }
}

pub(crate) fn default_level(role: &Powers, visibility: Visibility) -> ClusterAccess {
    match (role.rank(), visibility) {
        (Role::Owner, _) => ClusterAccess::Manage,
        (Role::Admin, _) if role.may(Permission::ManageClusters) => ClusterAccess::Manage,
        (Role::Admin, _) | (Role::Developer, Visibility::Organization) => ClusterAccess::Deploy,
        (Role::Viewer, Visibility::Organization) => ClusterAccess::View,
        (Role::Developer | Role::Viewer, Visibility::Members) | (Role::Billing, _) => ClusterAccess::None,
    }
}

pub(crate) fn ceiling(rank: Role) -> ClusterAccess {
    match rank {
        Role::Owner | Role::Admin | Role::Developer => ClusterAccess::Manage,
        Role::Viewer => ClusterAccess::View,
        Role::Billing => ClusterAccess::None,
    }
}

/// The level of a role on a cluster, where `given` is the override that counts.
pub(crate) fn level(role: &Powers, visibility: Visibility, given: Option<ClusterAccess>) -> ClusterAccess {
    if role.rank() == Role::Owner {
        return ClusterAccess::Manage;
    }
    ceiling(role.rank()).lower(given.unwrap_or_else(|| default_level(role, visibility)))
}

/// The level of an effective role: in a project an override counts for no more than either the organization role's ceiling or
/// the effective role's default on a cluster that all see.
pub(crate) fn level_in_project(
    role: &Powers,
    standing: &Powers,
    visibility: Visibility,
    given: Option<ClusterAccess>,
) -> ClusterAccess {
    let most = ceiling(role.rank()).higher(default_level(standing, Visibility::Organization));
    level(standing, visibility, given.map(|given| given.lower(most)))
}

pub(crate) fn built_in(role: ProjectRole) -> Role {
    match role {
        ProjectRole::Admin => Role::Admin,
        ProjectRole::Developer => Role::Developer,
        ProjectRole::Viewer => Role::Viewer,
    }
}
