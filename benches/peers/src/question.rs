//! What is asked: an account, a time, an action and what it is on.

use shipgate::directory;
use shipgate::model::{ApprovalFrom, ApprovalRule, Parameter, ParameterKind, ResourceKind, SelfApproval};
use shipgate::{Action, ActionKind, Protection, ResourceId, Role, Time};

use crate::rows::{Id, Rows};

pub type Question = directory::Question<Id>;

/// What is asked of every engine: kinds of resource, the actions on each, and how often each kind is asked about.
pub static ASKED: [(ResourceKind, &[ActionKind], usize); 4] = [
    (ResourceKind::Organization, ORGANIZATION_ACTIONS, 1),
    (ResourceKind::Project, PROJECT_ACTIONS, 1),
    (ResourceKind::Cluster, CLUSTER_ACTIONS, 1),
    (ResourceKind::Environment, ENVIRONMENT_ACTIONS, 1),
];

pub const ORGANIZATION_ACTIONS: &[ActionKind] = &[
    ActionKind::View,
    ActionKind::Update,
    ActionKind::Delete,
    ActionKind::CreateProject,
    ActionKind::ConnectCluster,
    ActionKind::InviteMember,
    ActionKind::ViewInvoices,
    ActionKind::ManageBilling,
    ActionKind::ViewAuditLog,
];

pub const PROJECT_ACTIONS: &[ActionKind] =
    &[ActionKind::View, ActionKind::Update, ActionKind::Delete, ActionKind::ManageBuilds];

pub const CLUSTER_ACTIONS: &[ActionKind] = &[ActionKind::View, ActionKind::Deploy, ActionKind::Manage];

pub const ENVIRONMENT_ACTIONS: &[ActionKind] = &[
    ActionKind::View,
    ActionKind::Deploy,
    ActionKind::Restart,
    ActionKind::ReadSecrets,
    ActionKind::WriteVariables,
    ActionKind::SetProtection,
    ActionKind::Delete,
];

/// A question about every environment of an organization.
#[derive(Clone, Debug)]
pub struct Listing {
    pub account: Id,
    pub now: Time,
    pub action: Action,
    pub organization: Id,
    /// The environments of the organization.
    pub environments: Vec<Id>,
}

impl Listing {
    /// Its questions, one an environment.
    pub fn questions(&self) -> impl Iterator<Item = Question> {
        let about = |id: &Id| Question::new(self.account, self.action, ResourceId::Environment(*id)).at(self.now);
        self.environments.iter().map(about)
    }
}

/// Every question that can be put to an engine about these rows: every account, every action with every parameter, every
/// resource, at each of these times.
#[must_use]
pub fn every_question(rows: &Rows, times: &[Option<Time>]) -> Vec<Question> {
    let mut questions = Vec::new();
    for (kind, actions, _) in ASKED {
        let actions: Vec<_> = actions.iter().flat_map(|action| with_every_parameter(*action)).collect();
        for resource in resources(rows, kind) {
            for action in &actions {
                for account in &rows.accounts {
                    let question = Question::new(account.id, *action, resource.clone());
                    questions.extend(times.iter().map(|time| Question { time: *time, ..question.clone() }));
                }
            }
        }
    }
    questions
}

fn resources(rows: &Rows, kind: ResourceKind) -> Vec<ResourceId<Id>> {
    match kind {
        ResourceKind::Organization => rows.organizations.iter().map(|row| ResourceId::Organization(row.id)).collect(),
        ResourceKind::Project => rows.projects.iter().map(|row| ResourceId::Project(row.id)).collect(),
        ResourceKind::Cluster => rows.clusters.iter().map(|row| ResourceId::Cluster(row.id)).collect(),
        ResourceKind::Environment => rows.environments.iter().map(|row| ResourceId::Environment(row.id)).collect(),
        other => unreachable!("no engine is asked about a {other}"),
    }
}

/// The actions of a kind, with each role or protection that they could name.
fn with_every_parameter(kind: ActionKind) -> Vec<Action> {
    let parameters = match kind.parameter() {
        ParameterKind::None => vec![Parameter::None],
        ParameterKind::Role => Role::ALL.map(Parameter::Role).into(),
        ParameterKind::Protection => protections().into_iter().map(Parameter::Protection).collect(),
        other => unreachable!("no engine is asked for an action with a parameter like {other:?}"),
    };
    parameters.into_iter().map(|parameter| kind.with(parameter).expect("the parameter is of its kind")).collect()
}

/// Protections of every level, with every kind of rule: none, from an Admin and from an Owner, for one and for two, with
/// the requester's own approval counted and not.
fn protections() -> Vec<Protection> {
    let mut protections = vec![Protection::NONE, Protection::RESTRICTED];
    for from in ApprovalFrom::ALL {
        for count in [1, 2] {
            for self_approval in SelfApproval::ALL {
                let rule = ApprovalRule::new(from).with_count(count).expect("not 0").with_self_approval(self_approval);
                protections.push(Protection::restricted(rule));
                if from == ApprovalFrom::Owner {
                    protections.push(Protection::locked(rule).expect("from an Owner"));
                }
            }
        }
    }
    protections
}

/// Stops at a resource of a kind that no engine is asked about.
///
/// # Panics
///
/// Always.
pub fn unasked(resource: &ResourceId<Id>) -> ! {
    unreachable!("no engine is asked about a {}", resource.kind())
}
