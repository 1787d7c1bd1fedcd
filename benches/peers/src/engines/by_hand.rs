//! What a team would write itself: maps and a `match`.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use shipgate::model::{ApprovalFrom, ProtectionLevel, SelfApproval};
use shipgate::{AccountKind, Action, ClusterAccess, Protection, Role, Visibility};

use super::tables::{Facts, Held, Member, Tables};
use crate::engine::{Answer, Answers, Engine};
use crate::question::Question;
use crate::rows::{Access, Rows};

pub(super) fn load_std(rows: &Rows) -> Box<dyn Engine> {
    Box::new(ByHand::<RandomState> { tables: Tables::new(rows) })
}

pub(super) fn load_foldhash(rows: &Rows) -> Box<dyn Engine> {
    Box::new(ByHand::<foldhash::fast::RandomState> { tables: Tables::new(rows) })
}

struct ByHand<S> {
    tables: Tables<S>,
}

impl<S: BuildHasher + Default> Engine for ByHand<S> {
    fn answers(&self) -> Answers {
        Answers::Three
    }

    fn answer(&mut self, question: &Question) -> Answer {
        match self.tables.find(question) {
            None => Answer::Deny,
            Some((member, facts)) => decide(question.action, &member, facts),
        }
    }

    fn set_access(&mut self, _: &Rows, changed: &Access) {
        self.tables.set_access(changed);
    }
}

fn decide(action: Action, member: &Member, facts: Facts) -> Answer {
    match facts {
        Facts::Organization => allow_if(on_organization(action, acting(member))),
        Facts::Cluster => allow_if(on_cluster(action, acting(member), member.level)),
        Facts::Project { visibility, environments } => {
            allow_if(standing(member, visibility).is_some_and(|role| on_project(action, role, environments)))
        }
        Facts::Environment { visibility, protection } => match standing(member, visibility) {
            None => Answer::Deny,
            Some(role) => on_environment(action, role, member.level, protection),
        },
    }
}

fn allow_if(may: bool) -> Answer {
    if may { Answer::Allow } else { Answer::Deny }
}

/// A service account never acts as Owner.
fn acting(member: &Member) -> Role {
    match (member.kind, member.role) {
        (AccountKind::Service, Role::Owner) => Role::Admin,
        (_, role) => role,
    }
}

/// The role that counts in a project.
fn standing(member: &Member, visibility: Visibility) -> Option<Role> {
    let role = acting(member);
    if matches!(role, Role::Owner | Role::Admin | Role::Billing) {
        return Some(role);
    }
    let by_default = (visibility == Visibility::Organization).then_some(role);
    match member.project_role {
        Held::Nothing => by_default,
        Held::InForce(given) => Some(given.role()),
        Held::Lowering(given) => {
            by_default.map(|role| if rank(given.role()) < rank(role) { given.role() } else { role })
        }
    }
}

/// Where a role stands in the chain Owner, Admin, Developer, Viewer. Billing is beside it.
fn rank(role: Role) -> u8 {
    match role {
        Role::Owner => 4,
        Role::Admin => 3,
        Role::Developer => 2,
        Role::Viewer => 1,
        Role::Billing => 0,
    }
}

fn level(role: Role, over: Held<ClusterAccess>) -> ClusterAccess {
    let (default, ceiling) = match role {
        Role::Owner => return ClusterAccess::Manage,
        Role::Admin => (ClusterAccess::Manage, ClusterAccess::Manage),
        Role::Developer => (ClusterAccess::Deploy, ClusterAccess::Manage),
        Role::Viewer => (ClusterAccess::View, ClusterAccess::View),
        Role::Billing => return ClusterAccess::None,
    };
    match over {
        Held::Nothing => default,
        Held::InForce(given) => given.min(ceiling),
        Held::Lowering(given) => given.min(default),
    }
}

fn on_organization(action: Action, role: Role) -> bool {
    match action {
        Action::View => true,
        Action::Update | Action::CreateProject | Action::ConnectCluster | Action::ViewAuditLog => rank(role) >= 3,
        Action::ViewInvoices | Action::ManageBilling => rank(role) >= 3 || role == Role::Billing,
        Action::InviteMember { role: given } => rank(role) >= 3 && rank(given) <= rank(role),
        Action::Delete => role == Role::Owner,
        _ => false,
    }
}

fn on_cluster(action: Action, role: Role, over: Held<ClusterAccess>) -> bool {
    let level = level(role, over);
    match action {
        Action::View => rank(role) >= 1 && level >= ClusterAccess::View,
        Action::Deploy => rank(role) >= 2 && level >= ClusterAccess::Deploy,
        Action::Manage => rank(role) >= 1 && level >= ClusterAccess::Manage,
        _ => false,
    }
}

fn on_project(action: Action, role: Role, environments: u32) -> bool {
    match action {
        Action::View => rank(role) >= 1,
        Action::ManageBuilds => rank(role) >= 2,
        Action::Update => rank(role) >= 3,
        Action::Delete => rank(role) >= 3 && environments == 0,
        _ => false,
    }
}

fn on_environment(action: Action, role: Role, over: Held<ClusterAccess>, protection: Protection) -> Answer {
    let rank = rank(role);
    let level = level(role, over);
    let deploys = rank >= 2 && level >= ClusterAccess::Deploy && rank >= deployer(protection);
    match action {
        Action::View => allow_if(rank >= 1 && level >= ClusterAccess::View),
        Action::Restart => allow_if(rank >= 2 && level >= ClusterAccess::Deploy),
        Action::Deploy if deploys && protection.rule().is_some() => Answer::RequireApproval,
        Action::Deploy | Action::ReadSecrets | Action::WriteVariables => allow_if(deploys),
        Action::Delete => allow_if(rank >= custodian(protection) && level >= ClusterAccess::Deploy),
        Action::SetProtection { to } => allow_if(
            rank >= 3 && level >= ClusterAccess::View && (rank >= custodian(protection) || keeps(to, protection)),
        ),
        _ => Answer::Deny,
    }
}

/// The rank that must deploy.
fn deployer(protection: Protection) -> u8 {
    match protection.level() {
        ProtectionLevel::None => 2,
        ProtectionLevel::Restricted => 3,
        ProtectionLevel::Locked => 4,
    }
}

/// The rank that must loosen and delete.
fn custodian(protection: Protection) -> u8 {
    if protection.rule().is_some_and(|rule| rule.from() == ApprovalFrom::Owner) { 4 } else { 3 }
}

/// Whether `to` stops all that `present` stops.
fn keeps(to: Protection, present: Protection) -> bool {
    let rule_kept = match (present.rule(), to.rule()) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(old), Some(new)) => {
            (new.from() == ApprovalFrom::Owner || old.from() == ApprovalFrom::Admin)
                && new.count() >= old.count()
                && (new.self_approval() == SelfApproval::Forbidden || old.self_approval() == SelfApproval::Allowed)
        }
    };
    deployer(to) >= deployer(present) && rule_kept
}
