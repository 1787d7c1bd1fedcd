//! casbin: roles with domains; an organization is a domain.
//!
//! The model has roles, and no time, levels, protection or answer but yes and no. Asked are the actions on organizations;
//! not asked are members whose membership expires, and everything on projects, environments and clusters.

use std::collections::HashSet;

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use pollster::FutureExt;
use shipgate::{AccountKind, Action, ResourceId, Role};

use crate::engine::{Answer, Answers, Engine};
use crate::question::Question;
use crate::rows::{Access, ById, Id, Rows};

const MODEL: &str = include_str!("casbin/model.conf");

pub(super) fn load(rows: &Rows) -> Box<dyn Engine> {
    Box::new(Casbin {
        enforcer: enforcer(rows).block_on().expect("the rows fit the model"),
        accounts: rows.accounts.iter().map(|row| (row.id, account(row.id))).collect(),
        organizations: rows.organizations.iter().map(|row| (row.id, organization(row.id))).collect(),
        expiring: rows
            .members
            .iter()
            .filter(|member| member.expires_at.is_some())
            .map(|member| (member.account, member.organization))
            .collect(),
    })
}

struct Casbin {
    enforcer: Enforcer,
    accounts: ById<String>,
    organizations: ById<String>,
    /// Memberships that the model cannot say.
    expiring: HashSet<(Id, Id)>,
}

impl Engine for Casbin {
    fn answers(&self) -> Answers {
        Answers::Two
    }

    fn can_be_asked(&self, question: &Question) -> bool {
        match question.resource {
            ResourceId::Organization(id) => !self.expiring.contains(&(question.account, id)),
            _ => false,
        }
    }

    fn answer(&mut self, question: &Question) -> Answer {
        let ResourceId::Organization(organization) = question.resource else { return Answer::Deny };
        let request =
            (self.accounts[question.account].as_str(), self.organizations[organization].as_str(), act(question.action));
        if self.enforcer.enforce(request).expect("the request fits the model") { Answer::Allow } else { Answer::Deny }
    }

    /// The model has no levels on clusters: no question that it can be asked depends on one.
    fn set_access(&mut self, _: &Rows, _: &Access) {}
}

async fn enforcer(rows: &Rows) -> casbin::Result<Enforcer> {
    let mut enforcer = Enforcer::new(DefaultModel::from_str(MODEL).await?, MemoryAdapter::default()).await?;
    let permissions = permissions().into_iter().map(|(role, act)| vec![role.to_string(), act.to_owned()]);
    enforcer.add_policies(permissions.collect()).await?;
    let kinds: ById<_> = rows.accounts.iter().map(|row| (row.id, row.kind)).collect();
    let roles = rows.members.iter().filter(|member| member.expires_at.is_none()).map(|member| {
        let role = acting(kinds[member.account], member.role);
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
