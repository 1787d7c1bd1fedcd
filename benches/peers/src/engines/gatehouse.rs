//! gatehouse: policies in Rust, grants and vetoes, over facts that the service finds in its own maps.

use gatehouse::{EvaluationSession, PermissionChecker, PolicyBuilder, PolicyDomain};
use pollster::FutureExt;
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Permission, ProtectionLevel, SelfApproval, Update};
use shipgate::{AccountKind, ClusterAccess, Protection, Role, Visibility};

use super::powers::Powers;
use super::tables::{Facts, Held, Member, OfEnvironment, OnCluster, Tables};
use crate::engine::{Answer, Answers, Engine};
use crate::question::{Action, Question};
use crate::rows::{Access, Rows};

pub(super) fn load(rows: &Rows) -> Box<dyn Engine> {
    Box::new(Gatehouse { tables: Tables::new(rows), checker: checker() })
}

struct Gatehouse {
    tables: Tables<foldhash::fast::RandomState>,
    checker: PermissionChecker<Platform>,
}

struct Platform;

impl PolicyDomain for Platform {
    type Subject = Member;
    type Action = Action;
    type Resource = Facts;
    type Context = ();
}

impl Engine for Gatehouse {
    /// A decision is granted or denied; its third outcome is for a backend that failed.
    fn answers(&self) -> Answers {
        Answers::Two
    }

    fn answer(&mut self, question: &Question) -> Answer {
        // A stranger has no subject to bind.
        let Some((member, facts)) = self.tables.find(question) else { return Answer::Deny };
        let session = EvaluationSession::empty();
        let granted = self.checker.bind(&session, &member, &question.action, &()).check(&facts).block_on().is_granted();
        if granted { Answer::Allow } else { Answer::Deny }
    }

    fn set_access(&mut self, _: &Rows, changed: &Access) {
        self.tables.set_access(changed);
    }
}

fn checker() -> PermissionChecker<Platform> {
    let mut checker = PermissionChecker::named("Platform");
    let mut grant = |name, when: fn(&Member, &Action, &Facts) -> bool| {
        let when = move |member: &Member, action: &Action, on: &Facts, (): &()| when(member, action, on);
        checker.add_policy(PolicyBuilder::<Platform>::new(name).when(when).build());
    };
    grant("Member", |_, action, on| {
        matches!((on, action), (Facts::Organization { .. } | Facts::Role { .. } | Facts::Team { .. }, Action::View))
    });
    grant("Permitted", |member, action, on| {
        permission(*action, on)
            .is_some_and(|permission| member.standing(on).is_some_and(|standing| standing.may(permission)))
    });

    let mut veto = |name, when: fn(&Member, &Action, &Facts) -> bool| {
        let when = move |member: &Member, action: &Action, on: &Facts, (): &()| when(member, action, on);
        checker.add_veto(PolicyBuilder::<Platform>::new(name).when(when).build_veto());
    };
    veto("ClusterLevel", |member, action, on| member.level(on) < level_needed(*action, on));
    veto("Deployer", |member, action, on| {
        matches!(action, Action::Deploy | Action::BreakGlass)
            && on.environment().is_some_and(|environment| !member.ranks(deployer(environment.protection), on))
    });
    veto("Keeper", |member, action, on| {
        matches!(action, Action::ReadSecrets | Action::WriteVariables | Action::Exec | Action::Manage)
            && on.environment().is_some_and(|environment| !member.ranks(keeper(environment.protection), on))
    });
    veto("Custodian", |member, action, on| {
        let Some(OfEnvironment { protection, .. }) = on.environment() else { return false };
        let loosens = match *action {
            Action::UPDATE | Action::Delete => true,
            Action::SetProtection { to } => loosens(to, protection),
            _ => false,
        };
        loosens && !member.ranks(custodian(protection), on)
    });
    veto("LocksAdminsOut", |member, action, _| {
        matches!(action, Action::SetProtection { to } if custodian(*to) == Role::Owner)
            && !member.acting().ranks(Role::Admin)
    });
    veto("Bypass", |member, action, on| {
        *action == Action::BreakGlass
            && !on.environment().is_some_and(|environment| bypasses(member, environment.protection, on))
    });
    veto("NotOwnDeployment", |member, _, on| match on {
        Facts::Deployment { requested, .. } => {
            !requested && !member.ranks(Role::Admin, on) && member.level(on) < ClusterAccess::Manage
        }
        _ => false,
    });
    veto("NotEmpty", |_, action, on| {
        let left = match on {
            Facts::Project { environments, .. } | Facts::Cluster { environments, .. } => *environments,
            Facts::Role { members, .. } | Facts::Team { members } => *members,
            _ => 0,
        };
        *action == Action::Delete && left > 0
    });
    veto("Outranked", |member, action, on| match (on, action) {
        (Facts::Organization { .. }, Action::Delete) => !member.has_all_of(Powers::of_built_in(Role::Owner)),
        // A custom role of another organization is none that anybody has.
        (Facts::Organization { invited, .. }, Action::InviteMember { .. }) => {
            !invited.is_some_and(|invited| member.has_all_of(invited))
        }
        (Facts::Role { powers, .. }, Action::Delete) => !member.has_all_of(*powers),
        (Facts::Project { .. }, _) if shows(*action, on) => {
            !member.standing(on).is_some_and(|standing| standing.includes(Powers::of_built_in(Role::Admin)))
        }
        _ => false,
    });
    veto("Outlasts", |member, action, on| match action {
        Action::InviteMember { expires_at, .. } => {
            member.expires_at.is_some_and(|end| expires_at.is_none_or(|given| given > end))
        }
        _ => shows(*action, on) && member.may_lose_what_shows(on),
    });
    veto("Escalation", |member, action, on| match on {
        Facts::Organization { invited: Some(invited), clusters } if matches!(action, Action::InviteMember { .. }) => {
            let given = |on: &OnCluster| default_level(*invited, on.visibility);
            clusters.iter().any(|cluster| given(cluster) > member.level_of(cluster))
        }
        Facts::Project { clusters, .. } if shows(*action, on) => {
            clusters.iter().any(|cluster| member.level_in(cluster, on) < ClusterAccess::Deploy)
        }
        _ => false,
    });
    checker
}

/// The permission that an action needs; none where another policy grants it, or nobody has it.
fn permission(action: Action, on: &Facts) -> Option<Permission> {
    Some(match (on, action) {
        (Facts::Organization { .. }, Action::UPDATE) => Permission::ManageOrganization,
        (Facts::Organization { .. }, Action::Delete) => Permission::DeleteOrganization,
        (Facts::Organization { .. }, Action::CreateProject) => Permission::CreateProjects,
        (Facts::Organization { .. }, Action::ViewAuditLog) => Permission::ViewAuditLog,
        (Facts::Organization { .. }, Action::ViewInvoices) => Permission::ViewInvoices,
        (Facts::Organization { .. }, Action::ManageBilling) => Permission::ManageBilling,
        (Facts::Organization { .. }, Action::InviteMember { .. } | Action::CreateTeam)
        | (Facts::Team { .. }, Action::UPDATE | Action::Delete) => Permission::ManageMembers,
        (Facts::Role { .. }, Action::Delete) => Permission::ChangeRoles,
        (Facts::Project { .. } | Facts::Environment(_) | Facts::Cluster { .. }, Action::View)
        | (Facts::Deployment { .. }, Action::Cancel)
        | (Facts::Cluster { .. }, Action::Manage) => Permission::View,
        (Facts::Project { .. } | Facts::Environment(_), Action::ViewLogs) => Permission::ViewLogs,
        (Facts::Project { .. }, Action::ManageBuilds) => Permission::ManageBuilds,
        (Facts::Project { .. } | Facts::Environment(_), Action::Update { .. } | Action::Delete) => {
            Permission::ManageProjects
        }
        (Facts::Environment(_), Action::Deploy | Action::BreakGlass | Action::Restart)
        | (Facts::Deployment { .. }, Action::Manage)
        | (Facts::Cluster { .. }, Action::Deploy) => Permission::Deploy,
        (Facts::Environment(_), Action::ReadSecrets | Action::WriteVariables) => Permission::ManageSecrets,
        (Facts::Environment(_), Action::Exec) => Permission::Exec,
        (Facts::Environment(_), Action::SetProtection { .. }) => Permission::ManageProtection,
        (Facts::Organization { .. }, Action::ConnectCluster)
        | (Facts::Cluster { .. }, Action::Update { .. } | Action::Delete) => Permission::ManageClusters,
        _ => return None,
    })
}

fn level_needed(action: Action, on: &Facts) -> ClusterAccess {
    match (on, action) {
        (Facts::Environment(_) | Facts::Deployment { .. }, Action::View | Action::ViewLogs | Action::Cancel)
        | (Facts::Environment(_), Action::SetProtection { .. } | Action::UPDATE)
        | (Facts::Cluster { .. }, Action::View) => ClusterAccess::View,
        (Facts::Environment(_) | Facts::Deployment { .. }, _) | (Facts::Cluster { .. }, Action::Deploy) => {
            ClusterAccess::Deploy
        }
        (Facts::Cluster { .. }, _) => ClusterAccess::Manage,
        (Facts::Organization { .. } | Facts::Role { .. } | Facts::Team { .. } | Facts::Project { .. }, _) => {
            ClusterAccess::None
        }
    }
}

/// Whether an action shows the organization what it did not see.
fn shows(action: Action, on: &Facts) -> bool {
    let (Facts::Project { visibility, .. } | Facts::Cluster { visibility, .. }) = on else { return false };
    *visibility == Visibility::Members
        && matches!(action, Action::Update { to: Update::Visibility(Visibility::Organization) })
}

impl Facts {
    fn environment(&self) -> Option<OfEnvironment> {
        match self {
            Self::Environment(environment) | Self::Deployment { to: environment, .. } => Some(*environment),
            _ => None,
        }
    }

    /// Who sees the project that it is part of, if it is part of one.
    fn in_project(&self) -> Option<Visibility> {
        match self {
            Self::Project { visibility, .. } => Some(*visibility),
            _ => Some(self.environment()?.project),
        }
    }

    fn cluster(&self) -> Option<Visibility> {
        match self {
            Self::Cluster { visibility, .. } => Some(*visibility),
            _ => Some(self.environment()?.cluster),
        }
    }
}

impl Member {
    /// The role that counts on this resource.
    fn standing(&self, on: &Facts) -> Option<Powers> {
        let role = self.acting();
        let Some(visibility) = on.in_project() else { return Some(role) };
        if !self.yields() {
            return Some(role);
        }
        let without = Some(role).filter(|_| visibility == Visibility::Organization);
        match self.project_roles.at(self.now) {
            Held::Nothing => without,
            Held::InForce(given) => Some(Powers::of_built_in(given.role())),
            Held::Lowering(given) => Some(without?.lower(Powers::of_built_in(given.role()))),
        }
    }

    /// Whether a role in a project counts before that in the organization.
    fn yields(&self) -> bool {
        matches!(self.acting().rank, Role::Developer | Role::Viewer)
    }

    fn ranks(&self, needed: Role, on: &Facts) -> bool {
        self.standing(on).is_some_and(|standing| standing.ranks(needed))
    }

    /// Whether the role in the organization includes another, as a permanent Owner's does an Owner's.
    fn has_all_of(&self, other: Powers) -> bool {
        self.acting().includes(other) && (self.expires_at.is_none() || other.rank != Role::Owner)
    }

    /// The level on the cluster of this resource.
    fn level(&self, on: &Facts) -> ClusterAccess {
        match (self.standing(on), on.cluster()) {
            (Some(standing), Some(visibility)) => {
                self.level_with(self.overrides.at(self.now), standing, visibility, on)
            }
            (_, _) => ClusterAccess::None,
        }
    }

    fn level_with(
        &self,
        held: Held<ClusterAccess>,
        standing: Powers,
        visibility: Visibility,
        on: &Facts,
    ) -> ClusterAccess {
        let shown = default_level(standing, Visibility::Organization);
        let most = ceiling(self.acting()).max(if on.in_project().is_some() { shown } else { ClusterAccess::None });
        let default = default_level(standing, visibility);
        match held {
            Held::Nothing => default,
            _ if standing.rank == Role::Owner => default,
            Held::InForce(given) => given.min(most).min(ceiling(standing)),
            Held::Lowering(given) => given.min(most).min(ceiling(standing)).min(default),
        }
    }

    /// The level on some cluster of the organization.
    fn level_of(&self, cluster: &OnCluster) -> ClusterAccess {
        let (held, role) = (cluster.overrides.at(self.now), self.acting());
        self.level_with(
            held,
            role,
            cluster.visibility,
            &Facts::Cluster { visibility: cluster.visibility, environments: 0 },
        )
    }

    /// The same, or that in the project, if it is higher.
    fn level_in(&self, cluster: &OnCluster, project: &Facts) -> ClusterAccess {
        let in_project = self.standing(project).map_or(ClusterAccess::None, |standing| {
            self.level_with(cluster.overrides.at(self.now), standing, cluster.visibility, project)
        });
        in_project.max(self.level_of(cluster))
    }

    /// Whether what lets the member show a project or a cluster ends.
    fn may_lose_what_shows(&self, on: &Facts) -> bool {
        self.expires_at.is_some()
            || match on {
                Facts::Project { .. } => self.yields() && self.project_roles.ends(self.now, |_| true),
                Facts::Cluster { visibility, .. } => self.overrides.ends(self.now, |without| {
                    self.level_with(without, self.acting(), *visibility, on) < ClusterAccess::Deploy
                }),
                _ => false,
            }
    }
}

/// The level of who was given none.
fn default_level(role: Powers, visibility: Visibility) -> ClusterAccess {
    match role.rank {
        Role::Owner => ClusterAccess::Manage,
        Role::Admin if role.may(Permission::ManageClusters) => ClusterAccess::Manage,
        Role::Admin => ClusterAccess::Deploy,
        Role::Developer if visibility == Visibility::Organization => ClusterAccess::Deploy,
        Role::Viewer if visibility == Visibility::Organization => ClusterAccess::View,
        Role::Developer | Role::Viewer | Role::Billing => ClusterAccess::None,
    }
}

/// The most that can be given.
fn ceiling(role: Powers) -> ClusterAccess {
    match role.rank {
        Role::Billing => ClusterAccess::None,
        Role::Viewer => ClusterAccess::View,
        Role::Developer | Role::Admin | Role::Owner => ClusterAccess::Manage,
    }
}

fn deployer(protection: Protection) -> Role {
    match protection.level() {
        ProtectionLevel::None | ProtectionLevel::Reviewed => Role::Developer,
        ProtectionLevel::Restricted => Role::Admin,
        ProtectionLevel::Locked => Role::Owner,
    }
}

fn keeper(protection: Protection) -> Role {
    match protection.level() {
        ProtectionLevel::None => Role::Developer,
        ProtectionLevel::Reviewed | ProtectionLevel::Restricted | ProtectionLevel::Locked => custodian(protection),
    }
}

fn custodian(protection: Protection) -> Role {
    match protection.rule().map(ApprovalRule::from) {
        Some(ApprovalFrom::Owner) => Role::Owner,
        Some(ApprovalFrom::Admin) | None => Role::Admin,
    }
}

fn bypasses(member: &Member, protection: Protection, on: &Facts) -> bool {
    let rank = match protection.rule().map(ApprovalRule::bypass) {
        Some(Bypass::Admin) => Role::Admin,
        Some(Bypass::Owner) => Role::Owner,
        Some(Bypass::None) | None => return false,
    };
    member.kind == AccountKind::User && member.ranks(rank, on)
}

fn loosens(to: Protection, present: Protection) -> bool {
    let same_deployers = Powers::of_built_in(deployer(to)).ranks(deployer(present));
    let Some(old) = present.rule() else { return !same_deployers };
    let keeps = to.rule().is_some_and(|new| {
        Powers::of_built_in(new.from().role()).ranks(old.from().role())
            && new.count() >= old.count()
            && (old.self_approval() == SelfApproval::Allowed || new.self_approval() == SelfApproval::Forbidden)
            && match (new.bypass(), old.bypass()) {
                (Bypass::None, _) | (_, Bypass::Admin) | (Bypass::Owner, Bypass::Owner) => true,
                (Bypass::Admin | Bypass::Owner, Bypass::None) | (Bypass::Admin, Bypass::Owner) => false,
            }
    });
    !(keeps && same_deployers)
}
