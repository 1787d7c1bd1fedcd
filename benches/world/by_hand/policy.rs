//! The match that knows the whole policy, on facts that were found: what organizations, clusters and environments are asked
//! about themselves. What changes somebody else's rights is not asked of it: invitations, roles, grants and deletions.

use shipgate::model::{ApprovalFrom, Permission, ProtectionLevel};
use shipgate::{Action, ClusterAccess, ProjectRole, Protection, Role, Visibility};

use super::{Acting, Answer};

/// Who may do what to an organization.
#[inline]
pub(crate) fn on_organization<R: Copy>(role: Acting, action: Action<R>) -> Answer {
    let needed = match action {
        Action::View => return Answer::Allow,
        Action::Update { .. } => Permission::ManageOrganization,
        Action::CreateProject => Permission::CreateProjects,
        Action::ConnectCluster => Permission::ManageClusters,
        Action::CreateTeam => Permission::ManageMembers,
        Action::ViewInvoices => Permission::ViewInvoices,
        Action::ManageBilling => Permission::ManageBilling,
        Action::ViewAuditLog => Permission::ViewAuditLog,
        _ => return Answer::Deny,
    };
    answer(role.may(needed))
}

/// Who may do what to a cluster. The override is looked up only if the permission is there.
#[inline]
pub(crate) fn on_cluster<R: Copy>(
    role: Acting,
    action: Action<R>,
    visibility: Visibility,
    granted: impl FnOnce() -> Option<ClusterAccess>,
) -> Answer {
    let (permission, needed) = match action {
        Action::View => (Permission::View, ClusterAccess::View),
        Action::Deploy => (Permission::Deploy, ClusterAccess::Deploy),
        Action::Manage => (Permission::View, ClusterAccess::Manage),
        _ => return Answer::Deny,
    };
    answer(role.may(permission) && level(role, visibility, ClusterAccess::Manage, granted) >= needed)
}

/// An environment, as far as the match reads it.
#[derive(Clone, Copy)]
pub(crate) struct Guarded {
    /// Of its project.
    pub(crate) project: Visibility,
    /// Of its cluster.
    pub(crate) cluster: Visibility,
    pub(crate) protection: Protection,
}

/// Which rank of the protection an action needs.
#[derive(Clone, Copy)]
enum Guard {
    None,
    Deployer,
    Keeper,
    Custodian,
}

/// Who may do what to an environment. Neither the role in the project nor the override is looked up unless it matters.
#[inline]
pub(crate) fn on_environment<R: Copy>(
    role: Acting,
    action: Action<R>,
    on: Guarded,
    project_role: impl FnOnce() -> Option<ProjectRole>,
    granted: impl FnOnce() -> Option<ClusterAccess>,
) -> Answer {
    let (permission, needed, guard) = match action {
        Action::View | Action::ReadVariables => (Permission::View, ClusterAccess::View, Guard::None),
        Action::ViewLogs => (Permission::ViewLogs, ClusterAccess::View, Guard::None),
        Action::Restart => (Permission::Deploy, ClusterAccess::Deploy, Guard::None),
        Action::Deploy => (Permission::Deploy, ClusterAccess::Deploy, Guard::Deployer),
        Action::ReadSecrets | Action::WriteVariables => {
            (Permission::ManageSecrets, ClusterAccess::Deploy, Guard::Keeper)
        }
        Action::Exec => (Permission::Exec, ClusterAccess::Deploy, Guard::Keeper),
        Action::Update { .. } => (Permission::ManageProjects, ClusterAccess::View, Guard::Custodian),
        Action::Delete => (Permission::ManageProjects, ClusterAccess::Deploy, Guard::Custodian),
        _ => return Answer::Deny,
    };
    let Some(standing) = standing(role, on.project, project_role) else { return Answer::Deny };
    if !standing.may(permission) || !passes(standing.rank, guard, on.protection) {
        return Answer::Deny;
    }
    if level(standing, on.cluster, most_in_project(role, standing), granted) < needed {
        return Answer::Deny;
    }
    match action {
        Action::Deploy if on.protection.rule().is_some() => Answer::NeedsApproval,
        _ => Answer::Allow,
    }
}

/// The role that counts in a project, if any does.
#[inline]
fn standing(
    role: Acting,
    visibility: Visibility,
    project_role: impl FnOnce() -> Option<ProjectRole>,
) -> Option<Acting> {
    match role.rank {
        Role::Owner | Role::Admin | Role::Billing => Some(role),
        Role::Developer | Role::Viewer => match project_role() {
            Some(project_role) => {
                let rank = project_role.role();
                Some(Acting { rank, permissions: rank.permissions() })
            }
            None => (visibility == Visibility::Organization).then_some(role),
        },
    }
}

#[inline]
fn passes(rank: Role, guard: Guard, protection: Protection) -> bool {
    let admins = matches!(rank, Role::Owner | Role::Admin);
    let owner = rank == Role::Owner;
    let by_approver = || match protection.rule() {
        Some(rule) if rule.from() == ApprovalFrom::Owner => owner,
        Some(_) | None => admins,
    };
    match (guard, protection.level()) {
        (Guard::None, _) => true,
        (Guard::Deployer, ProtectionLevel::None | ProtectionLevel::Reviewed)
        | (Guard::Keeper, ProtectionLevel::None) => admins || rank == Role::Developer,
        (Guard::Deployer, ProtectionLevel::Restricted) | (Guard::Custodian, ProtectionLevel::None) => admins,
        (Guard::Deployer, ProtectionLevel::Locked) => owner,
        (
            Guard::Keeper | Guard::Custodian,
            ProtectionLevel::Reviewed | ProtectionLevel::Restricted | ProtectionLevel::Locked,
        ) => by_approver(),
    }
}

/// An Owner is not looked up, nobody is raised above the ceiling, nor above `most`.
#[inline]
fn level(
    role: Acting,
    visibility: Visibility,
    most: ClusterAccess,
    granted: impl FnOnce() -> Option<ClusterAccess>,
) -> ClusterAccess {
    let or = |default: ClusterAccess| granted().map_or(default, |level| level.min(most));
    let open = visibility == Visibility::Organization;
    match role.rank {
        Role::Owner => ClusterAccess::Manage,
        Role::Admin => or(default_of_admin(role)),
        Role::Developer => or(if open { ClusterAccess::Deploy } else { ClusterAccess::None }),
        Role::Viewer => or(if open { ClusterAccess::View } else { ClusterAccess::None }).min(ClusterAccess::View),
        Role::Billing => ClusterAccess::None,
    }
}

#[inline]
fn default_of_admin(role: Acting) -> ClusterAccess {
    if role.may(Permission::ManageClusters) { ClusterAccess::Manage } else { ClusterAccess::Deploy }
}

/// The most that an override gives in a project: the ceiling of the role in the organization, or what the role that counts
/// gives by default.
#[inline]
fn most_in_project(role: Acting, standing: Acting) -> ClusterAccess {
    match (role.rank, standing.rank) {
        (Role::Viewer, Role::Admin) => default_of_admin(standing),
        (Role::Viewer, Role::Developer) => ClusterAccess::Deploy,
        (Role::Viewer, _) => ClusterAccess::View,
        (Role::Owner | Role::Admin | Role::Developer | Role::Billing, _) => ClusterAccess::Manage,
    }
}

#[inline]
const fn answer(may: bool) -> Answer {
    if may { Answer::Allow } else { Answer::Deny }
}
