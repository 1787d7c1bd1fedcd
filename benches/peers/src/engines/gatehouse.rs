//! gatehouse: policies in Rust, grants and vetoes, over facts that the service finds in its own maps.

use gatehouse::{EvaluationSession, PermissionChecker, PolicyBuilder, PolicyDomain};
use pollster::FutureExt;
use shipgate::model::{ApprovalFrom, ProtectionLevel, SelfApproval};
use shipgate::{AccountKind, Action, ClusterAccess, ProjectRole, Protection, Role, Visibility};

use super::tables::{Facts, Held, Member, Tables};
use crate::engine::{Answer, Answers, Engine};
use crate::question::Question;
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
    grant("Member", |_, action, on| matches!((on, action), (Facts::Organization, Action::View)));
    grant("Viewer", |member, action, on| is_viewers(*action, on) && member.stands_as(Role::Viewer, on));
    grant("Developer", |member, action, on| is_developers(*action, on) && member.stands_as(Role::Developer, on));
    grant("Admin", |member, action, on| is_admins(*action, on) && member.stands_as(Role::Admin, on));
    grant("Billing", |member, action, on| {
        is_billings(*action, on) && matches!(member.acting(), Role::Owner | Role::Admin | Role::Billing)
    });
    grant("Owner", |member, action, on| {
        matches!((on, action), (Facts::Organization, Action::Delete)) && member.acting() == Role::Owner
    });
    grant("ClusterManager", |member, action, on| {
        let raised = matches!(member.level, Held::InForce(ClusterAccess::Manage)) && member.acting() == Role::Developer;
        matches!((on, action), (Facts::Cluster, Action::Manage)) && (raised || member.stands_as(Role::Admin, on))
    });

    let mut veto = |name, when: fn(&Member, &Action, &Facts) -> bool| {
        let when = move |member: &Member, action: &Action, on: &Facts, (): &()| when(member, action, on);
        checker.add_veto(PolicyBuilder::<Platform>::new(name).when(when).build_veto());
    };
    veto("ClusterLevel", |member, action, on| match member.level {
        Held::Nothing => false,
        Held::InForce(level) | Held::Lowering(level) => {
            level < level_needed(*action, on) && member.acting() != Role::Owner
        }
    });
    veto("Deployer", |member, action, on| {
        matches!(action, Action::Deploy | Action::ReadSecrets | Action::WriteVariables)
            && on.protection().is_some_and(|protection| !member.stands_as(deployer(protection), on))
    });
    veto("Custodian", |member, action, on| {
        let Some(protection) = on.protection() else { return false };
        let loosens = match action {
            Action::Delete => true,
            Action::SetProtection { to } => loosens(*to, protection),
            _ => false,
        };
        loosens && guarded_by_owner(protection) && member.acting() != Role::Owner
    });
    veto("Outranked", |member, action, _| {
        matches!(action, Action::InviteMember { role: Role::Owner }) && member.acting() != Role::Owner
    });
    veto("NotEmpty", |_, action, on| {
        matches!((action, on), (Action::Delete, Facts::Project { environments: 1.., .. }))
    });
    checker
}

fn is_viewers(action: Action, on: &Facts) -> bool {
    action == Action::View && !matches!(on, Facts::Organization)
}

fn is_developers(action: Action, on: &Facts) -> bool {
    match on {
        Facts::Organization => false,
        Facts::Project { .. } => action == Action::ManageBuilds,
        Facts::Environment { .. } => {
            matches!(action, Action::Deploy | Action::Restart | Action::ReadSecrets | Action::WriteVariables)
        }
        Facts::Cluster => action == Action::Deploy,
    }
}

fn is_admins(action: Action, on: &Facts) -> bool {
    match on {
        Facts::Organization => matches!(
            action,
            Action::Update
                | Action::CreateProject
                | Action::ConnectCluster
                | Action::ViewAuditLog
                | Action::InviteMember { .. }
        ),
        Facts::Project { .. } => matches!(action, Action::Update | Action::Delete),
        Facts::Environment { .. } => matches!(action, Action::Delete | Action::SetProtection { .. }),
        Facts::Cluster => false,
    }
}

fn is_billings(action: Action, on: &Facts) -> bool {
    matches!(on, Facts::Organization) && matches!(action, Action::ViewInvoices | Action::ManageBilling)
}

fn level_needed(action: Action, on: &Facts) -> ClusterAccess {
    match (on, action) {
        (Facts::Organization | Facts::Project { .. }, _) => ClusterAccess::None,
        (_, Action::View | Action::SetProtection { .. }) => ClusterAccess::View,
        (_, Action::Manage) => ClusterAccess::Manage,
        (_, _) => ClusterAccess::Deploy,
    }
}

impl Facts {
    fn protection(&self) -> Option<Protection> {
        match self {
            Self::Environment { protection, .. } => Some(*protection),
            Self::Organization | Self::Project { .. } | Self::Cluster => None,
        }
    }

    fn visibility(&self) -> Option<Visibility> {
        match self {
            Self::Project { visibility, .. } | Self::Environment { visibility, .. } => Some(*visibility),
            Self::Organization | Self::Cluster => None,
        }
    }
}

impl Member {
    /// A service account never acts as Owner.
    fn acting(&self) -> Role {
        if self.kind == AccountKind::Service && self.role == Role::Owner { Role::Admin } else { self.role }
    }

    /// Whether the role that counts on this resource includes another.
    fn stands_as(&self, needed: Role, on: &Facts) -> bool {
        let by_role = includes(self.acting(), needed);
        let Some(visibility) = on.visibility() else { return by_role };
        if includes(self.acting(), Role::Admin) || self.acting() == Role::Billing {
            return by_role;
        }
        let seen = visibility == Visibility::Organization;
        match self.project_role {
            Held::Nothing => seen && by_role,
            Held::InForce(given) => includes_in_project(given, needed),
            Held::Lowering(given) => seen && by_role && includes_in_project(given, needed),
        }
    }
}

fn includes(held: Role, needed: Role) -> bool {
    match held {
        Role::Owner => true,
        Role::Admin => needed != Role::Owner,
        Role::Developer => matches!(needed, Role::Developer | Role::Viewer),
        Role::Billing => needed == Role::Billing,
        Role::Viewer => needed == Role::Viewer,
    }
}

fn includes_in_project(held: ProjectRole, needed: Role) -> bool {
    match held {
        ProjectRole::Admin => includes(Role::Admin, needed),
        ProjectRole::Developer => includes(Role::Developer, needed),
        ProjectRole::Viewer => includes(Role::Viewer, needed),
    }
}

fn deployer(protection: Protection) -> Role {
    match protection.level() {
        ProtectionLevel::None => Role::Developer,
        ProtectionLevel::Restricted => Role::Admin,
        ProtectionLevel::Locked => Role::Owner,
    }
}

fn guarded_by_owner(protection: Protection) -> bool {
    protection.rule().is_some_and(|rule| rule.from() == ApprovalFrom::Owner)
}

fn loosens(to: Protection, present: Protection) -> bool {
    let Some(old) = present.rule() else { return !includes(deployer(to), deployer(present)) };
    let keeps = to.rule().is_some_and(|new| {
        includes(new.from().role(), old.from().role())
            && new.count() >= old.count()
            && (old.self_approval() == SelfApproval::Allowed || new.self_approval() == SelfApproval::Forbidden)
    });
    !(keeps && includes(deployer(to), deployer(present)))
}
