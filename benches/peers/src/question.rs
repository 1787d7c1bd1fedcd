//! What is asked: an account, a time, an action and what it is on.

use shipgate::{Action, Protection, Role};
use shipgate::model::{ApprovalFrom, ApprovalRule, SelfApproval};

use crate::world::{Id, Millis};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Question {
    pub account: Id,
    /// The present time; `None` is a question without a time.
    pub now: Option<Millis>,
    pub action: Action,
    pub on: On,
}

/// A question about every environment of an organization.
#[derive(Clone, Debug)]
pub struct Listing {
    pub account: Id,
    pub now: Millis,
    pub action: Action,
    pub organization: Id,
    /// The environments of the organization.
    pub environments: Vec<Id>,
}

impl Listing {
    /// Its questions, one an environment.
    pub fn questions(&self) -> impl Iterator<Item = Question> {
        self.environments.iter().map(|environment| Question {
            account: self.account,
            now: Some(self.now),
            action: self.action,
            on: On::Environment(*environment),
        })
    }
}

/// The resource of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Organization(Id),
    Project(Id),
    Environment(Id),
    Cluster(Id),
}

/// Every question that can be asked of an organization.
#[must_use]
pub fn organization_actions() -> Vec<Action> {
    let mut actions = vec![
        Action::View,
        Action::Update,
        Action::Delete,
        Action::CreateProject,
        Action::ConnectCluster,
        Action::ViewInvoices,
        Action::ManageBilling,
        Action::ViewAuditLog,
    ];
    actions.extend(Role::ALL.map(|role| Action::InviteMember { role }));
    actions
}

pub const PROJECT_ACTIONS: [Action; 4] = [Action::View, Action::Update, Action::Delete, Action::ManageBuilds];

pub const CLUSTER_ACTIONS: [Action; 3] = [Action::View, Action::Deploy, Action::Manage];

/// Every question that can be asked of an environment, with each protection it could be given.
#[must_use]
pub fn environment_actions() -> Vec<Action> {
    let mut actions = vec![
        Action::View,
        Action::Deploy,
        Action::Restart,
        Action::ReadSecrets,
        Action::WriteVariables,
        Action::Delete,
    ];
    actions.extend(protections().into_iter().map(|to| Action::SetProtection { to }));
    actions
}

/// Protections of every level, with every kind of rule: none, from an Admin and from an Owner, for one and for two, with
/// the requester's own approval counted and not.
///
/// # Panics
///
/// Never: the counts are not 0 and the rules of locked ask for an Owner.
#[must_use]
pub fn protections() -> Vec<Protection> {
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
