//! casbin: roles with domains; an organization is a domain.
//!
//! The model has roles, and no time, levels, protection or answer but yes and no. Asked are the actions on organizations;
//! not asked are members whose membership expires, and everything on projects, environments and clusters.

use std::collections::HashSet;

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use pollster::FutureExt;
use shipgate::{AccountKind, Action, Role};

use crate::engine::{Answer, Answers, Engine};
use crate::question::{On, Question};
use crate::world::{Access, Id, World, numbered, row};

const MODEL: &str = include_str!("casbin/model.conf");

pub(super) fn load(world: &World) -> Box<dyn Engine> {
    Box::new(Casbin {
        enforcer: enforcer(world).block_on().expect("the rows fit the model"),
        accounts: numbered(&world.accounts).map(|(id, _)| account(id)).collect(),
        organizations: (0..world.organizations).map(organization).collect(),
        expiring: world
            .members
            .iter()
            .filter(|member| member.expires_at.is_some())
            .map(|member| (member.account, member.organization))
            .collect(),
    })
}

struct Casbin {
    enforcer: Enforcer,
    accounts: Vec<String>,
    organizations: Vec<String>,
    /// Memberships that the model cannot say.
    expiring: HashSet<(Id, Id)>,
}

impl Engine for Casbin {
    fn answers(&self) -> Answers {
        Answers::Two
    }

    fn can_be_asked(&self, question: &Question) -> bool {
        match question.on {
            On::Organization(id) => !self.expiring.contains(&(question.account, id)),
            On::Project(_) | On::Environment(_) | On::Cluster(_) => false,
        }
    }

    fn answer(&mut self, question: &Question) -> Answer {
        let On::Organization(organization) = question.on else { return Answer::Deny };
        let request = (
            row(&self.accounts, question.account).as_str(),
            row(&self.organizations, organization).as_str(),
            act(question.action),
        );
        if self.enforcer.enforce(request).expect("the request fits the model") { Answer::Allow } else { Answer::Deny }
    }

    /// The model has no levels on clusters: no question that it can be asked depends on one.
    fn set_access(&mut self, _: &World, _: &Access) {}
}

async fn enforcer(world: &World) -> casbin::Result<Enforcer> {
    let mut enforcer = Enforcer::new(DefaultModel::from_str(MODEL).await?, MemoryAdapter::default()).await?;
    let rows = permissions().into_iter().map(|(role, act)| vec![role.to_string(), act.to_owned()]);
    enforcer.add_policies(rows.collect()).await?;
    let roles = world.members.iter().filter(|member| member.expires_at.is_none()).map(|member| {
        let role = acting(*row(&world.accounts, member.account), member.role);
        vec![account(member.account), role.to_string(), organization(member.organization)]
    });
    enforcer.add_grouping_policies(roles.collect()).await?;
    Ok(enforcer)
}

/// A service account never acts as Owner: its row says Admin.
fn acting(kind: AccountKind, role: Role) -> Role {
    match (kind, role) {
        (AccountKind::Service, Role::Owner) => Role::Admin,
        (_, role) => role,
    }
}

fn permissions() -> Vec<(Role, &'static str)> {
    let mut rows: Vec<_> = Role::ALL.map(|role| (role, "view")).into();
    for act in ["update", "create_project", "connect_cluster", "view_audit_log"] {
        rows.extend([(Role::Owner, act), (Role::Admin, act)]);
    }
    for act in ["view_invoices", "manage_billing"] {
        rows.extend([(Role::Owner, act), (Role::Admin, act), (Role::Billing, act)]);
    }
    for act in ["invite_admin", "invite_developer", "invite_billing", "invite_viewer"] {
        rows.extend([(Role::Owner, act), (Role::Admin, act)]);
    }
    rows.extend([(Role::Owner, "invite_owner"), (Role::Owner, "delete")]);
    rows
}

/// Whom one invites is part of the act: the model has no parameters.
fn act(action: Action) -> &'static str {
    match action {
        Action::InviteMember { role } => match role {
            Role::Owner => "invite_owner",
            Role::Admin => "invite_admin",
            Role::Developer => "invite_developer",
            Role::Billing => "invite_billing",
            Role::Viewer => "invite_viewer",
        },
        other => other.kind().as_str(),
    }
}

fn account(id: Id) -> String {
    format!("account:{id}")
}

fn organization(id: Id) -> String {
    format!("organization:{id}")
}
