//! Roles, levels and effective roles.

use shipgate::model::Permission;
use shipgate::{AccountKind, ClusterAccess, ProjectRole, Role, Time, Visibility};

use super::facts::Given;
use super::{Id, World};

/// "owner ⊒ admin ⊒ developer ⊒ viewer; admin ⊒ billing; billing is incomparable with developer and viewer"
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

/// "A service account never acts as Owner: an Owner membership of a service account counts as Admin, everywhere"
pub(crate) fn acting(kind: AccountKind, role: Role) -> Role {
    match kind {
        AccountKind::Service if role == Role::Owner => Role::Admin,
        AccountKind::Service | AccountKind::User => role,
    }
}

/// The table of permissions, a row for each.
pub(crate) fn grants(role: Role, permission: Permission) -> bool {
    use Role::{Admin, Billing, Developer, Owner, Viewer};
    let holders: &[Role] = match permission {
        Permission::View => &[Owner, Admin, Developer, Viewer],
        Permission::Deploy | Permission::ManageBuilds => &[Owner, Admin, Developer],
        Permission::CreateProjects
        | Permission::ManageClusters
        | Permission::ManageMembers
        | Permission::ChangeRoles
        | Permission::ManageProtection
        | Permission::ManageOrganization
        | Permission::ManageProjects
        | Permission::ViewAuditLog => &[Owner, Admin],
        Permission::ManageBilling | Permission::ViewInvoices => &[Owner, Admin, Billing],
        Permission::DeleteOrganization | Permission::TransferOwnership => &[Owner],
    };
    holders.contains(&role)
}

/// "none < view < deploy < manage"
fn height(level: ClusterAccess) -> u8 {
    match level {
        ClusterAccess::None => 0,
        ClusterAccess::View => 1,
        ClusterAccess::Deploy => 2,
        ClusterAccess::Manage => 3,
    }
}

/// "A level includes those below it."
pub(crate) fn higher_or_equal(a: ClusterAccess, b: ClusterAccess) -> bool {
    height(a) >= height(b)
}

pub(crate) fn lower_level(a: ClusterAccess, b: ClusterAccess) -> ClusterAccess {
    if higher_or_equal(a, b) { b } else { a }
}

pub(crate) fn higher_level(a: ClusterAccess, b: ClusterAccess) -> ClusterAccess {
    if higher_or_equal(a, b) { a } else { b }
}

pub(crate) fn default_level(role: Role) -> ClusterAccess {
    match role {
        Role::Owner | Role::Admin => ClusterAccess::Manage,
        Role::Developer => ClusterAccess::Deploy,
        Role::Viewer => ClusterAccess::View,
        Role::Billing => ClusterAccess::None,
    }
}

pub(crate) fn ceiling(role: Role) -> ClusterAccess {
    match role {
        Role::Owner | Role::Admin | Role::Developer => ClusterAccess::Manage,
        Role::Viewer => ClusterAccess::View,
        Role::Billing => ClusterAccess::None,
    }
}

/// "An expiry is live while now < expiry. A subject without a time is judged as if every expiry had passed"
pub(crate) fn live(until: Option<Time>, now: Option<Time>) -> bool {
    match (until, now) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(expiry), Some(now)) => now.as_millis() < expiry.as_millis(),
    }
}

/// "manage if role is owner; min(ceiling(role), override or default(role)) otherwise". Without a time, an expiring
/// override counts where it lowers: "the lower of override and default".
pub(crate) fn level(role: Role, given: Option<Given<ClusterAccess>>, now: Option<Time>) -> ClusterAccess {
    if role == Role::Owner {
        return ClusterAccess::Manage;
    }
    let chosen = match given {
        Some(given) if live(given.until, now) => given.what,
        Some(given) if now.is_none() => lower_level(given.what, default_level(role)),
        Some(_) | None => default_level(role),
    };
    lower_level(ceiling(role), chosen)
}

fn as_role(role: ProjectRole) -> Role {
    match role {
        ProjectRole::Admin => Role::Admin,
        ProjectRole::Developer => Role::Developer,
        ProjectRole::Viewer => Role::Viewer,
    }
}

/// The role that counts in a project, of a member whose organization role is `role`.
fn standing_in_project(
    role: Role,
    given: Option<Given<ProjectRole>>,
    visibility: Visibility,
    now: Option<Time>,
) -> Option<Role> {
    match role {
        // "owner, admin: the organization role"; "a project role given to a Billing member is ignored"
        Role::Owner | Role::Admin | Role::Billing => Some(role),
        Role::Developer | Role::Viewer => {
            // "else the organization role if the project's visibility is `organization`; else none"
            let without = match visibility {
                Visibility::Organization => Some(role),
                Visibility::Members => None,
            };
            match given {
                // "the live project role if there is one: it replaces the organization role, up or down"
                Some(given) if live(given.until, now) => Some(as_role(given.what)),
                // Without the time, the lower of the project role and the role without it.
                Some(given) if now.is_none() => without.map(|without| lower_role(without, as_role(given.what))),
                Some(_) | None => without,
            }
        }
    }
}

fn lower_role(a: Role, b: Role) -> Role {
    if includes(a, b) { b } else { a }
}

impl World {
    /// The acting role of a live member.
    pub(crate) fn organization_role(&self, account: Id, organization: Id, now: Option<Time>) -> Option<Role> {
        let membership = self.membership(account, organization)?;
        live(membership.role.until, now).then(|| self.role_ever(account, organization))?
    }

    /// The acting role of a member, live or not.
    pub(crate) fn role_ever(&self, account: Id, organization: Id) -> Option<Role> {
        let membership = self.membership(account, organization)?;
        Some(acting(self.kind_of(account)?, membership.role.what))
    }

    /// Standing: the organization role, and in a project what the project makes of it.
    pub(crate) fn standing(
        &self,
        account: Id,
        organization: Id,
        project: Option<Id>,
        now: Option<Time>,
    ) -> Option<Role> {
        let role = self.organization_role(account, organization, now)?;
        let Some(project) = project else { return Some(role) };
        let given = self.membership(account, organization)?.project_roles.get(&project).copied();
        standing_in_project(role, given, self.projects.get(&project)?.visibility, now)
    }

    /// The level of a member on a cluster, where `role` is the role that counts.
    pub(crate) fn level_on(
        &self,
        account: Id,
        organization: Id,
        cluster: Id,
        role: Role,
        now: Option<Time>,
    ) -> ClusterAccess {
        let given = self.membership(account, organization).and_then(|member| member.overrides.get(&cluster).copied());
        level(role, given, now)
    }
}
