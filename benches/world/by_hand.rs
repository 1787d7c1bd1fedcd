//! The least that a team would write by hand: maps and a match. It knows organization roles, custom ones too, cluster levels and
//! protection, and answers the questions of these benches as the library does, but without a reason; it knows nothing of tokens,
//! expiries, project roles, hidden clusters, deployments or approvals. What has ended is not loaded into it, and what a team has
//! is loaded for each of its members. What knows the whole policy is in `whole`.

pub(crate) mod policy;
pub(crate) mod whole;

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

use shipgate::directory::Rows;
use shipgate::model::{ApprovalFrom, Permission, Permissions, ProtectionLevel};
use shipgate::{
    AccountKind, Action, AnyRole, ClusterAccess, Decision, Holder, Protection, ResourceId, Role, RoleDefinition, Time,
};

use super::question::Packed;
use crate::testing::NOW;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Allow,
    NeedsApproval,
    Deny,
}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Allow => Self::Allow,
            Decision::RequireApproval(_) => Self::NeedsApproval,
            Decision::Deny(_) => Self::Deny,
        }
    }
}

/// What a member's role comes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acting {
    pub(crate) rank: Role,
    pub(crate) permissions: Permissions,
}

impl Acting {
    pub(crate) fn of(kind: AccountKind, rank: Role, permissions: Permissions) -> Self {
        match (kind, rank) {
            (AccountKind::Service, Role::Owner) => Self { rank: Role::Admin, permissions: Role::Admin.permissions() },
            (AccountKind::Service | AccountKind::User, rank) => Self { rank, permissions },
        }
    }

    #[inline]
    fn may(self, permission: Permission) -> bool {
        self.permissions.contains(permission)
    }
}

/// The maps, with one hasher or another.
pub(crate) struct ByHand<Id, S> {
    roles: HashMap<(Id, Id), Acting, S>,
    levels: HashMap<(Id, Id), ClusterAccess, S>,
    clusters: HashMap<Id, Id, S>,
    environments: HashMap<Id, Environment<Id>, S>,
}

struct Environment<Id> {
    organization: Id,
    cluster: Id,
    protection: Protection,
}

impl<Id: Copy + Eq + Hash, S: BuildHasher + Default> ByHand<Id, S> {
    pub(crate) fn load<'r, Held>(rows: &'r Rows<Held>, id: impl Fn(&'r Held) -> Id) -> Self {
        let custom: HashMap<Id, RoleDefinition> = rows.roles.iter().map(|row| (id(&row.id), row.definition)).collect();
        let organizations: HashMap<Id, Id> =
            rows.projects.iter().map(|project| (id(&project.id), id(&project.organization))).collect();
        let live = |expires_at: Option<Time>| expires_at.is_none_or(|expiry| NOW < expiry);
        let mut by_hand = Self {
            roles: HashMap::default(),
            levels: HashMap::default(),
            clusters: HashMap::default(),
            environments: HashMap::default(),
        };
        for row in rows.members.iter().filter(|row| live(row.expires_at)) {
            let (rank, permissions) = match &row.role {
                AnyRole::BuiltIn(role) => (*role, role.permissions()),
                AnyRole::Custom(role) => {
                    let definition = custom[&id(role)];
                    (definition.rank(), definition.permissions().permissions())
                }
            };
            let acting = Acting::of(row.kind, rank, permissions);
            by_hand.roles.insert((id(&row.organization), id(&row.account)), acting);
        }
        by_hand.load_levels(rows, &id, live);
        for row in &rows.clusters {
            by_hand.clusters.insert(id(&row.id), id(&row.organization));
        }
        for row in &rows.environments {
            let (organization, cluster) = (organizations[&id(&row.project)], id(&row.cluster));
            by_hand.environments.insert(id(&row.id), Environment { organization, cluster, protection: row.protection });
        }
        by_hand
    }

    /// The highest level of a member's teams, and then the members' own, which count before those.
    fn load_levels<'r, Held>(
        &mut self,
        rows: &'r Rows<Held>,
        id: &impl Fn(&'r Held) -> Id,
        live: impl Fn(Option<Time>) -> bool,
    ) {
        let mut members: HashMap<Id, Vec<Id>> = HashMap::new();
        for row in &rows.team_members {
            members.entry(id(&row.team)).or_default().push(id(&row.account));
        }
        let rows = || rows.cluster_access.iter().filter(|row| live(row.expires_at));
        for row in rows() {
            let Holder::Team(team) = &row.holder else { continue };
            for account in members.get(&id(team)).into_iter().flatten() {
                let level = self.levels.entry((id(&row.cluster), *account)).or_insert(row.level);
                *level = row.level.max(*level);
            }
        }
        for row in rows() {
            if let Holder::Account(account) = &row.holder {
                self.levels.insert((id(&row.cluster), id(account)), row.level);
            }
        }
    }

    #[inline]
    pub(crate) fn decide<R: Copy>(&self, question: &Packed<Id, R>) -> Answer {
        let &Packed { account, action, resource } = question;
        match resource {
            ResourceId::Organization(id) => match self.roles.get(&(id, account)) {
                Some(role) => on_organization(*role, action),
                None => Answer::Deny,
            },
            ResourceId::Cluster(id) => {
                let Some(organization) = self.clusters.get(&id) else { return Answer::Deny };
                let Some(role) = self.roles.get(&(*organization, account)) else { return Answer::Deny };
                on_cluster(*role, action, || self.levels.get(&(id, account)).copied())
            }
            ResourceId::Environment(id) => {
                let Some(environment) = self.environments.get(&id) else { return Answer::Deny };
                let Some(role) = self.roles.get(&(environment.organization, account)) else { return Answer::Deny };
                let level = || self.levels.get(&(environment.cluster, account)).copied();
                on_environment(*role, action, environment.protection, level)
            }
            _ => Answer::Deny,
        }
    }
}

/// The match, on facts that were found.
#[inline]
pub(crate) fn on_organization<R: Copy>(role: Acting, action: Action<R>) -> Answer {
    let may = match action {
        Action::View => true,
        Action::Update { .. } => role.may(Permission::ManageOrganization),
        Action::ViewInvoices => role.may(Permission::ViewInvoices),
        _ => false,
    };
    answer(may)
}

#[inline]
pub(crate) fn on_cluster<R: Copy>(
    role: Acting,
    action: Action<R>,
    access: impl FnOnce() -> Option<ClusterAccess>,
) -> Answer {
    let may = match action {
        Action::View => role.may(Permission::View) && level(role, access) >= ClusterAccess::View,
        Action::Deploy => role.may(Permission::Deploy) && level(role, access) >= ClusterAccess::Deploy,
        Action::Manage => role.may(Permission::View) && level(role, access) >= ClusterAccess::Manage,
        _ => false,
    };
    answer(may)
}

#[inline]
pub(crate) fn on_environment<R: Copy>(
    role: Acting,
    action: Action<R>,
    protection: Protection,
    access: impl FnOnce() -> Option<ClusterAccess>,
) -> Answer {
    match action {
        Action::View => answer(role.may(Permission::View) && level(role, access) >= ClusterAccess::View),
        Action::Deploy => {
            let unlocked = match protection.level() {
                ProtectionLevel::None | ProtectionLevel::Reviewed => {
                    matches!(role.rank, Role::Owner | Role::Admin | Role::Developer)
                }
                ProtectionLevel::Restricted => matches!(role.rank, Role::Owner | Role::Admin),
                ProtectionLevel::Locked => role.rank == Role::Owner,
            };
            if !unlocked || !role.may(Permission::Deploy) || level(role, access) < ClusterAccess::Deploy {
                Answer::Deny
            } else if protection.rule().is_some() {
                Answer::NeedsApproval
            } else {
                Answer::Allow
            }
        }
        Action::Update { .. } => {
            let owner_only = protection.rule().is_some_and(|rule| rule.from() == ApprovalFrom::Owner);
            let custodian = role.rank == Role::Owner || (role.rank == Role::Admin && !owner_only);
            let may = custodian && role.may(Permission::ManageProjects);
            answer(may && level(role, access) >= ClusterAccess::View)
        }
        _ => Answer::Deny,
    }
}

/// An Owner is not looked up, nobody is raised above the ceiling.
#[inline]
fn level(role: Acting, access: impl FnOnce() -> Option<ClusterAccess>) -> ClusterAccess {
    match role.rank {
        Role::Owner => ClusterAccess::Manage,
        Role::Admin => access().unwrap_or_else(|| {
            if role.may(Permission::ManageClusters) { ClusterAccess::Manage } else { ClusterAccess::Deploy }
        }),
        Role::Developer => access().unwrap_or(ClusterAccess::Deploy),
        Role::Viewer => access().map_or(ClusterAccess::View, |level| level.min(ClusterAccess::View)),
        Role::Billing => ClusterAccess::None,
    }
}

#[inline]
const fn answer(may: bool) -> Answer {
    if may { Answer::Allow } else { Answer::Deny }
}
