//! casbin: roles with domains; an organization is a domain.
//!
//! The model has roles, custom ones too, and no time, levels, protection or answer but yes and no. Asked are the actions on
//! organizations; not asked are members whose membership expires, invitations by members with an override, who may have less than
//! they would give, and everything on roles, teams, projects, environments and clusters.

use std::collections::HashSet;

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use pollster::FutureExt;
use shipgate::model::Permission;
use shipgate::{AccountKind, AnyRole, ResourceId, Role};

use super::powers::Powers;
use crate::engine::{Answer, Answers, Engine};
use crate::question::{Action, Question};
use crate::rows::{self, Access, ById, Id, Rows, overridden};

const MODEL: &str = include_str!("casbin/model.conf");

pub(super) fn load(rows: &Rows) -> Box<dyn Engine> {
    let expiring = rows.members.iter().filter(|member| member.expires_at.is_some());
    Box::new(Casbin {
        enforcer: enforcer(rows).block_on().expect("the rows fit the model"),
        accounts: rows::accounts(rows).into_keys().map(|id| (id, account(id))).collect(),
        organizations: rows.organizations.iter().map(|row| (row.id, organization(row.id))).collect(),
        expiring: expiring.map(|member| (member.account, member.organization)).collect(),
        overridden: overridden(rows),
    })
}

struct Casbin {
    enforcer: Enforcer,
    accounts: ById<String>,
    organizations: ById<String>,
    /// Memberships that the model cannot say.
    expiring: HashSet<(Id, Id)>,
    /// Those with an override.
    overridden: HashSet<(Id, Id)>,
}

impl Engine for Casbin {
    fn answers(&self) -> Answers {
        Answers::Two
    }

    fn can_be_asked(&self, question: &Question) -> bool {
        let ResourceId::Organization(id) = question.resource else { return false };
        let of = (question.account, id);
        let gives = matches!(question.action, Action::InviteMember { .. });
        let may_have_less = gives && self.overridden.contains(&of);
        !may_have_less && !self.expiring.contains(&of)
    }

    fn answer(&mut self, question: &Question) -> Answer {
        let ResourceId::Organization(organization) = question.resource else { return Answer::Deny };
        let act = act(question.action);
        let request =
            (self.accounts[question.account].as_str(), self.organizations[organization].as_str(), act.as_str());
        if self.enforcer.enforce(request).expect("the request fits the model") { Answer::Allow } else { Answer::Deny }
    }

    /// The model has no levels on clusters: no question that it can be asked depends on one.
    fn set_access(&mut self, _: &Rows, _: &Access) {}
}

async fn enforcer(rows: &Rows) -> casbin::Result<Enforcer> {
    let mut enforcer = Enforcer::new(DefaultModel::from_str(MODEL).await?, MemoryAdapter::default()).await?;
    enforcer.add_policies(policies(rows)).await?;
    let roles = rows.members.iter().filter(|member| member.expires_at.is_none()).map(|member| {
        let role = acting(member.kind, member.role);
        vec![account(member.account), role_name(role), organization(member.organization)]
    });
    enforcer.add_grouping_policies(roles.collect()).await?;
    Ok(enforcer)
}

/// A service account never acts as Owner: its row says Admin.
fn acting(kind: AccountKind, role: AnyRole<Id>) -> AnyRole<Id> {
    match (kind, role) {
        (AccountKind::Service, AnyRole::BuiltIn(Role::Owner)) => Role::Admin.into(),
        (_, role) => role,
    }
}

/// What each role may do, and where: a built-in one everywhere. The model does not compare roles: which may invite which is found
/// out here.
fn policies(rows: &Rows) -> Vec<Vec<String>> {
    let built_in = Role::ALL.map(|role| (AnyRole::BuiltIn(role), Powers::of_built_in(role), None));
    let custom = rows
        .roles
        .iter()
        .map(|row| (AnyRole::Custom(row.id), Powers::of_custom(row.definition), Some(row.organization)));
    let roles: Vec<_> = built_in.into_iter().chain(custom).collect();
    let mut policies = Vec::new();
    for (role, powers, of) in &roles {
        let mut allow = |of: Option<Id>, act: String| {
            policies.push(vec![role_name(*role), of.map_or_else(|| "*".to_owned(), organization), act]);
        };
        allow(*of, "view".to_owned());
        for (permission, act) in ACTS {
            if powers.may(permission) {
                allow(*of, act.to_owned());
            }
        }
        if powers.may(Permission::ManageMembers) {
            for (other, others, of_other) in &roles {
                let in_one = of.is_none() || of_other.is_none() || of == of_other;
                if in_one && powers.includes(*others) {
                    allow(of.or(*of_other), invite(*other));
                }
            }
        }
    }
    policies
}

const ACTS: [(Permission, &str); 8] = [
    (Permission::ManageOrganization, "update"),
    (Permission::DeleteOrganization, "delete"),
    (Permission::CreateProjects, "create_project"),
    (Permission::ManageMembers, "create_team"),
    (Permission::ManageClusters, "connect_cluster"),
    (Permission::ViewInvoices, "view_invoices"),
    (Permission::ManageBilling, "manage_billing"),
    (Permission::ViewAuditLog, "view_audit_log"),
];

/// Whom one invites is part of the act: the model has no parameters.
fn act(action: Action) -> String {
    match action {
        Action::InviteMember { role, .. } => invite(role),
        other => other.kind().as_str().to_owned(),
    }
}

fn invite(role: AnyRole<Id>) -> String {
    format!("invite_{}", role_name(role))
}

fn role_name(role: AnyRole<Id>) -> String {
    match role {
        AnyRole::BuiltIn(role) => role.to_string(),
        AnyRole::Custom(id) => format!("role:{id}"),
    }
}

fn account(id: Id) -> String {
    format!("account:{id}")
}

fn organization(id: Id) -> String {
    format!("organization:{id}")
}
