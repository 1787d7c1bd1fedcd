//! Roles as a service would keep them: a rank and the permissions. What a built-in role may do is a table here.

use shipgate::model::Permission;
use shipgate::{Role, RoleDefinition};

/// A role: its rank, and a bit for each permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Powers {
    pub(super) rank: Role,
    permissions: u32,
}

/// The permissions of Viewers, of Billing members, of Developers beside the Viewers', and of Admins and of Owners beside those
/// of all before.
const VIEWERS: &[Permission] = &[Permission::View, Permission::ViewLogs];
const BILLINGS: &[Permission] = &[Permission::ManageBilling, Permission::ViewInvoices];
const DEVELOPERS: &[Permission] =
    &[Permission::Deploy, Permission::ManageBuilds, Permission::ManageSecrets, Permission::Exec];
const ADMINS: &[Permission] = &[
    Permission::Approve,
    Permission::CreateProjects,
    Permission::ManageProjects,
    Permission::ManageClusters,
    Permission::ManageProtection,
    Permission::ManageMembers,
    Permission::ChangeRoles,
    Permission::ManageOrganization,
    Permission::ViewAuditLog,
];
const OWNERS: &[Permission] = &[Permission::DeleteOrganization, Permission::TransferOwnership];

const fn bits(permissions: &[Permission]) -> u32 {
    let (mut bits, mut rest) = (0, permissions);
    while let [permission, others @ ..] = rest {
        bits |= bit(*permission);
        rest = others;
    }
    bits
}

const fn bit(permission: Permission) -> u32 {
    1 << permission.index()
}

impl Powers {
    pub(super) const fn of_built_in(role: Role) -> Self {
        let viewer = bits(VIEWERS);
        let developer = viewer | bits(DEVELOPERS);
        let admin = developer | bits(BILLINGS) | bits(ADMINS);
        let permissions = match role {
            Role::Viewer => viewer,
            Role::Billing => bits(BILLINGS),
            Role::Developer => developer,
            Role::Admin => admin,
            Role::Owner => admin | bits(OWNERS),
        };
        Self { rank: role, permissions }
    }

    pub(super) fn of_custom(definition: RoleDefinition) -> Self {
        let permissions = definition.permissions().permissions().iter();
        Self { rank: definition.rank(), permissions: permissions.fold(0, |bits, permission| bits | bit(permission)) }
    }

    pub(super) const fn may(self, permission: Permission) -> bool {
        self.permissions & bit(permission) != 0
    }

    /// Whether this role may do all that another may.
    pub(super) const fn includes(self, other: Self) -> bool {
        self.ranks(other.rank) && other.permissions & !self.permissions == 0
    }

    /// Whether the rank includes another.
    pub(super) const fn ranks(self, other: Role) -> bool {
        match self.rank {
            Role::Owner => true,
            Role::Admin => !matches!(other, Role::Owner),
            Role::Developer => matches!(other, Role::Developer | Role::Viewer),
            Role::Billing => matches!(other, Role::Billing),
            Role::Viewer => matches!(other, Role::Viewer),
        }
    }

    /// The lower rank, and what both permit.
    pub(super) const fn lower(self, other: Self) -> Self {
        let rank = if self.ranks(other.rank) { other.rank } else { self.rank };
        Self { rank, permissions: self.permissions & other.permissions }
    }
}
