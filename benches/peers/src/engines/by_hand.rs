//! What a team would write itself: maps and a `match`.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Permission, ProtectionLevel, SelfApproval, Update};
use shipgate::{AccountKind, ClusterAccess, Protection, Role, Time, Visibility};

use super::powers::Powers;
use super::tables::{Facts, Held, Member, OfEnvironment, OnCluster, Tables};
use crate::engine::{Answer, Answers, Engine};
use crate::question::{Action, Question};
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

impl<S: BuildHasher + Default + Send> Engine for ByHand<S> {
    fn answers(&self) -> Answers {
        Answers::Three
    }

    fn answer(&mut self, question: &Question) -> Answer {
        match self.tables.find(question) {
            None => Answer::Deny,
            Some((member, facts)) => decide(question.action, &member, &facts),
        }
    }

    fn set_access(&mut self, _: &Rows, changed: &Access) {
        self.tables.set_access(changed);
    }
}

fn decide(action: Action, member: &Member, facts: &Facts) -> Answer {
    let role = member.acting();
    match facts {
        Facts::Organization { invited, clusters } => {
            allow_if(on_organization(action, member, role, *invited, clusters))
        }
        Facts::Role { powers, members } => allow_if(match action {
            Action::View => true,
            Action::Delete => role.may(Permission::ChangeRoles) && role.includes(*powers) && *members == 0,
            _ => false,
        }),
        Facts::Team { members } => allow_if(match action {
            Action::View => true,
            Action::UPDATE => role.may(Permission::ManageMembers),
            Action::Delete => role.may(Permission::ManageMembers) && *members == 0,
            _ => false,
        }),
        Facts::Cluster { visibility, environments } => {
            allow_if(on_cluster(action, member, role, *visibility, *environments))
        }
        Facts::Project { visibility, environments, clusters } => allow_if(
            standing(member, role, *visibility)
                .is_some_and(|standing| on_project(action, member, standing, *visibility, *environments, clusters)),
        ),
        Facts::Environment(environment) => match standing(member, role, environment.project) {
            None => Answer::Deny,
            Some(standing) => on_environment(action, member, standing, *environment),
        },
        Facts::Deployment { to, requested } => allow_if(
            standing(member, role, to.project)
                .is_some_and(|standing| on_deployment(action, member, standing, *to, *requested)),
        ),
    }
}

fn allow_if(may: bool) -> Answer {
    if may { Answer::Allow } else { Answer::Deny }
}

/// The role that counts in a project.
fn standing(member: &Member, role: Powers, visibility: Visibility) -> Option<Powers> {
    if matches!(role.rank, Role::Owner | Role::Admin | Role::Billing) {
        return Some(role);
    }
    let without = (visibility == Visibility::Organization).then_some(role);
    match member.project_roles.at(member.now) {
        Held::Nothing => without,
        Held::InForce(given) => Some(Powers::of_built_in(given.role())),
        Held::Lowering(given) => without.map(|role| role.lower(Powers::of_built_in(given.role()))),
    }
}

fn default_level(role: Powers, visibility: Visibility) -> ClusterAccess {
    match (role.rank, visibility) {
        (Role::Owner, _) => ClusterAccess::Manage,
        (Role::Admin, _) if role.may(Permission::ManageClusters) => ClusterAccess::Manage,
        (Role::Admin, _) | (Role::Developer, Visibility::Organization) => ClusterAccess::Deploy,
        (Role::Viewer, Visibility::Organization) => ClusterAccess::View,
        (Role::Developer | Role::Viewer, Visibility::Members) | (Role::Billing, _) => ClusterAccess::None,
    }
}

fn ceiling(rank: Role) -> ClusterAccess {
    match rank {
        Role::Owner | Role::Admin | Role::Developer => ClusterAccess::Manage,
        Role::Viewer => ClusterAccess::View,
        Role::Billing => ClusterAccess::None,
    }
}

/// The level that a role and an override make, which counts for no more than `most`.
fn level(role: Powers, visibility: Visibility, held: Held<ClusterAccess>, most: ClusterAccess) -> ClusterAccess {
    let default = default_level(role, visibility);
    let level = match held {
        _ if role.rank == Role::Owner => ClusterAccess::Manage,
        Held::Nothing => default,
        Held::InForce(given) => given.min(most),
        Held::Lowering(given) => given.min(most).min(default),
    };
    level.min(ceiling(role.rank))
}

/// The level by the organization role.
fn level_of(member: &Member, on: &OnCluster) -> ClusterAccess {
    let role = member.acting();
    level(role, on.visibility, on.overrides.at(member.now), ceiling(role.rank))
}

/// The level in a project.
fn level_in_project(
    member: &Member,
    standing: Powers,
    visibility: Visibility,
    held: Held<ClusterAccess>,
) -> ClusterAccess {
    let most = ceiling(member.acting().rank).max(default_level(standing, Visibility::Organization));
    level(standing, visibility, held, most)
}

fn on_organization(
    action: Action,
    member: &Member,
    role: Powers,
    invited: Option<Powers>,
    clusters: &[OnCluster],
) -> bool {
    match action {
        Action::View => true,
        Action::UPDATE => role.may(Permission::ManageOrganization),
        Action::CreateProject => role.may(Permission::CreateProjects),
        Action::CreateTeam => role.may(Permission::ManageMembers),
        Action::ConnectCluster => role.may(Permission::ManageClusters),
        Action::ViewAuditLog => role.may(Permission::ViewAuditLog),
        Action::ViewInvoices => role.may(Permission::ViewInvoices),
        Action::ManageBilling => role.may(Permission::ManageBilling),
        Action::Delete => {
            role.may(Permission::DeleteOrganization) && may_touch(member, Powers::of_built_in(Role::Owner))
        }
        Action::InviteMember { expires_at, .. } => invited.is_some_and(|invited| {
            role.may(Permission::ManageMembers)
                && ends_no_later(expires_at, member.expires_at)
                && may_touch(member, invited)
                && clusters.iter().all(|on| default_level(invited, on.visibility) <= level_of(member, on))
        }),
        _ => false,
    }
}

/// Whether the subject has all of a role; all of an Owner's only for good.
fn may_touch(member: &Member, other: Powers) -> bool {
    member.acting().includes(other) && (other.rank != Role::Owner || member.expires_at.is_none())
}

fn ends_no_later(end: Option<Time>, other: Option<Time>) -> bool {
    match (end, other) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(end), Some(other)) => end <= other,
    }
}

fn on_cluster(action: Action, member: &Member, role: Powers, visibility: Visibility, environments: u32) -> bool {
    let level_with = |held| level(role, visibility, held, ceiling(role.rank));
    let level = level_with(member.overrides.at(member.now));
    let manages = role.may(Permission::ManageClusters) && level == ClusterAccess::Manage;
    match action {
        Action::View => role.may(Permission::View) && level >= ClusterAccess::View,
        Action::Deploy => role.may(Permission::Deploy) && level >= ClusterAccess::Deploy,
        Action::Manage => role.may(Permission::View) && level == ClusterAccess::Manage,
        Action::Delete => manages && environments == 0,
        // To show it gives deploy to others, for good.
        Action::Update { to: Update::Visibility(Visibility::Organization) } if visibility == Visibility::Members => {
            let lapses = |without| level_with(without) < ClusterAccess::Deploy;
            manages && member.expires_at.is_none() && !member.overrides.ends(member.now, lapses)
        }
        Action::Update { to: Update::Settings | Update::Visibility(_) } => manages,
        _ => false,
    }
}

fn on_project(
    action: Action,
    member: &Member,
    standing: Powers,
    visibility: Visibility,
    environments: u32,
    clusters: &[OnCluster],
) -> bool {
    match action {
        Action::View => standing.may(Permission::View),
        Action::ViewLogs => standing.may(Permission::ViewLogs),
        Action::ManageBuilds => standing.may(Permission::ManageBuilds),
        Action::Delete => standing.may(Permission::ManageProjects) && environments == 0,
        Action::Update { to: Update::Visibility(Visibility::Organization) } if visibility == Visibility::Members => {
            standing.may(Permission::ManageProjects) && may_show(member, standing, clusters)
        }
        Action::Update { to: Update::Settings | Update::Visibility(_) } => standing.may(Permission::ManageProjects),
        _ => false,
    }
}

/// To show a project to the organization gives, for good, what an Admin of the project may and what a Developer has on every
/// cluster.
fn may_show(member: &Member, standing: Powers, clusters: &[OnCluster]) -> bool {
    let role = member.acting();
    let by_project_role = matches!(role.rank, Role::Developer | Role::Viewer);
    let lasts = !(by_project_role && member.project_roles.ends(member.now, |_| true));
    let deploys = |on: &OnCluster| {
        let in_project = level_in_project(member, standing, on.visibility, on.overrides.at(member.now));
        level_of(member, on).max(in_project) >= ClusterAccess::Deploy
    };
    member.expires_at.is_none()
        && lasts
        && standing.includes(Powers::of_built_in(Role::Admin))
        && clusters.iter().all(deploys)
}

fn on_environment(action: Action, member: &Member, standing: Powers, on: OfEnvironment) -> Answer {
    let level = level_in_project(member, standing, on.cluster, member.overrides.at(member.now));
    let protection = on.protection;
    let may = |permission, needed| standing.may(permission) && level >= needed;
    let deploys = || may(Permission::Deploy, ClusterAccess::Deploy) && standing.ranks(deployer(protection));
    let keeps = |permission| may(permission, ClusterAccess::Deploy) && standing.ranks(keeper(protection));
    match action {
        Action::Deploy if deploys() && protection.rule().is_some() => Answer::RequireApproval,
        Action::Deploy => allow_if(deploys()),
        Action::BreakGlass => allow_if(deploys() && bypasses(member, standing, protection.rule())),
        Action::View => allow_if(may(Permission::View, ClusterAccess::View)),
        Action::ViewLogs => allow_if(may(Permission::ViewLogs, ClusterAccess::View)),
        Action::Restart => allow_if(may(Permission::Deploy, ClusterAccess::Deploy)),
        Action::ReadSecrets | Action::WriteVariables => allow_if(keeps(Permission::ManageSecrets)),
        Action::Exec => allow_if(keeps(Permission::Exec)),
        Action::UPDATE => {
            allow_if(may(Permission::ManageProjects, ClusterAccess::View) && standing.ranks(custodian(protection)))
        }
        Action::Delete => {
            allow_if(may(Permission::ManageProjects, ClusterAccess::Deploy) && standing.ranks(custodian(protection)))
        }
        Action::SetProtection { to } => allow_if(
            may(Permission::ManageProtection, ClusterAccess::View)
                && (standing.ranks(custodian(protection)) || is_as_strict(to, protection))
                && (custodian(to) != Role::Owner || member.acting().ranks(Role::Admin)),
        ),
        _ => Answer::Deny,
    }
}

fn on_deployment(action: Action, member: &Member, standing: Powers, on: OfEnvironment, requested: bool) -> bool {
    let level = level_in_project(member, standing, on.cluster, member.overrides.at(member.now));
    let own = requested || standing.ranks(Role::Admin) || level == ClusterAccess::Manage;
    match action {
        Action::Cancel => own && standing.may(Permission::View) && level >= ClusterAccess::View,
        Action::Manage => {
            own && standing.may(Permission::Deploy)
                && level >= ClusterAccess::Deploy
                && standing.ranks(keeper(on.protection))
        }
        _ => false,
    }
}

/// The rank that must deploy.
fn deployer(protection: Protection) -> Role {
    match protection.level() {
        ProtectionLevel::None | ProtectionLevel::Reviewed => Role::Developer,
        ProtectionLevel::Restricted => Role::Admin,
        ProtectionLevel::Locked => Role::Owner,
    }
}

/// The rank that must keep secrets and shells.
fn keeper(protection: Protection) -> Role {
    if protection.level() == ProtectionLevel::None { Role::Developer } else { custodian(protection) }
}

/// The rank that must loosen and delete.
fn custodian(protection: Protection) -> Role {
    if protection.rule().is_some_and(|rule| rule.from() == ApprovalFrom::Owner) { Role::Owner } else { Role::Admin }
}

fn bypasses(member: &Member, standing: Powers, rule: Option<ApprovalRule>) -> bool {
    member.kind == AccountKind::User
        && rule.is_some_and(|rule| match rule.bypass() {
            Bypass::None => false,
            Bypass::Admin => standing.ranks(Role::Admin),
            Bypass::Owner => standing.ranks(Role::Owner),
        })
}

/// Whether `to` stops all that `present` stops.
fn is_as_strict(to: Protection, present: Protection) -> bool {
    let rule_kept = match (present.rule(), to.rule()) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(old), Some(new)) => {
            (new.from() == ApprovalFrom::Owner || old.from() == ApprovalFrom::Admin)
                && new.count() >= old.count()
                && (new.self_approval() == SelfApproval::Forbidden || old.self_approval() == SelfApproval::Allowed)
                && width(new.bypass()) <= width(old.bypass())
        }
    };
    Powers::of_built_in(deployer(to)).ranks(deployer(present)) && rule_kept
}

/// How many ranks a bypass lets by.
fn width(bypass: Bypass) -> u8 {
    match bypass {
        Bypass::None => 0,
        Bypass::Owner => 1,
        Bypass::Admin => 2,
    }
}
