//! What a team would write by hand: three maps and a match. It knows organization roles, cluster levels and protection,
//! and answers the questions of these benches as the library does, but without a reason; it knows nothing of tokens,
//! expiries, project roles, deployments or approvals, and what has ended is not loaded into it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash};

use shipgate::directory::Rows;
use shipgate::model::{ApprovalFrom, ProtectionLevel};
use shipgate::{AccountKind, Action, ClusterAccess, Decision, Protection, ResourceId, Role, Time};

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

/// The maps, with one hasher or another.
pub(crate) struct ByHand<Id, S> {
    roles: HashMap<(Id, Id), Role, S>,
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
        let services = rows.accounts.iter().filter(|row| row.kind == AccountKind::Service);
        let services: HashSet<Id> = services.map(|row| id(&row.id)).collect();
        let organizations: HashMap<Id, Id> =
            rows.projects.iter().map(|project| (id(&project.id), id(&project.organization))).collect();
        let live = |expires_at: Option<Time>| expires_at.is_none_or(|expiry| NOW < expiry);
        let role = |account: Id, role| match role {
            Role::Owner if services.contains(&account) => Role::Admin,
            role => role,
        };
        let mut by_hand = Self {
            roles: HashMap::default(),
            levels: HashMap::default(),
            clusters: HashMap::default(),
            environments: HashMap::default(),
        };
        for row in rows.members.iter().filter(|row| live(row.expires_at)) {
            let account = id(&row.account);
            by_hand.roles.insert((id(&row.organization), account), role(account, row.role));
        }
        for row in rows.cluster_access.iter().filter(|row| live(row.expires_at)) {
            by_hand.levels.insert((id(&row.cluster), id(&row.account)), row.level);
        }
        for row in &rows.clusters {
            by_hand.clusters.insert(id(&row.id), id(&row.organization));
        }
        for row in &rows.environments {
            let (organization, cluster) = (organizations[&id(&row.project)], id(&row.cluster));
            by_hand.environments.insert(id(&row.id), Environment { organization, cluster, protection: row.protection });
        }
        by_hand
    }

    #[inline]
    pub(crate) fn decide(&self, question: &Packed<Id>) -> Answer {
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
pub(crate) fn on_organization(role: Role, action: Action) -> Answer {
    let may = match action {
        Action::View => true,
        Action::Update => matches!(role, Role::Owner | Role::Admin),
        Action::ViewInvoices => matches!(role, Role::Owner | Role::Admin | Role::Billing),
        _ => false,
    };
    answer(may)
}

#[inline]
pub(crate) fn on_cluster(role: Role, action: Action, access: impl FnOnce() -> Option<ClusterAccess>) -> Answer {
    let may = match action {
        Action::View => role != Role::Billing && level(role, access) >= ClusterAccess::View,
        Action::Deploy => deploys(role) && level(role, access) >= ClusterAccess::Deploy,
        Action::Manage => role != Role::Billing && level(role, access) >= ClusterAccess::Manage,
        _ => false,
    };
    answer(may)
}

#[inline]
pub(crate) fn on_environment(
    role: Role,
    action: Action,
    protection: Protection,
    access: impl FnOnce() -> Option<ClusterAccess>,
) -> Answer {
    match action {
        Action::View => answer(role != Role::Billing && level(role, access) >= ClusterAccess::View),
        Action::Deploy => {
            let unlocked = match protection.level() {
                ProtectionLevel::None => deploys(role),
                ProtectionLevel::Restricted => matches!(role, Role::Owner | Role::Admin),
                ProtectionLevel::Locked => role == Role::Owner,
            };
            if !unlocked || level(role, access) < ClusterAccess::Deploy {
                Answer::Deny
            } else if protection.rule().is_some() {
                Answer::NeedsApproval
            } else {
                Answer::Allow
            }
        }
        Action::Update => {
            let owner_only = protection.rule().is_some_and(|rule| rule.from() == ApprovalFrom::Owner);
            let custodian = role == Role::Owner || (role == Role::Admin && !owner_only);
            answer(custodian && level(role, access) >= ClusterAccess::View)
        }
        _ => Answer::Deny,
    }
}

const fn deploys(role: Role) -> bool {
    matches!(role, Role::Owner | Role::Admin | Role::Developer)
}

/// An Owner is not looked up, nobody is raised above the ceiling.
#[inline]
fn level(role: Role, access: impl FnOnce() -> Option<ClusterAccess>) -> ClusterAccess {
    match role {
        Role::Owner => ClusterAccess::Manage,
        Role::Admin => access().unwrap_or(ClusterAccess::Manage),
        Role::Developer => access().unwrap_or(ClusterAccess::Deploy),
        Role::Viewer => access().map_or(ClusterAccess::View, |level| level.min(ClusterAccess::View)),
        Role::Billing => ClusterAccess::None,
    }
}

#[inline]
const fn answer(may: bool) -> Answer {
    if may { Answer::Allow } else { Answer::Deny }
}
