//! What may she do to this.

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use super::{Search, rank};
use crate::action::{Action, ActionName, ActionSet};
use crate::cluster::Level;
use crate::decision::Decision;
use crate::directory::ask::ResourceId;
use crate::protection::{ApprovalFrom, ApprovalRule, Protection};
use crate::role::{ProjectRole, Role};
use crate::time::{Grant, Time};

/// The actions that a subject may do to something: [`Search::actions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actions {
    allowed: ActionSet,
    with_approval: ActionSet,
}

impl Actions {
    /// Those that are allowed.
    #[must_use]
    pub const fn allowed(self) -> ActionSet {
        self.allowed
    }

    /// Those for which all that is missing is approval.
    #[must_use]
    pub const fn with_approval(self) -> ActionSet {
        self.with_approval
    }
}

impl<Id, Q> Search<'_, Id, Q>
where
    Id: Hash + Ord + Borrow<Q>,
    Q: Hash + Ord + ?Sized,
{
    /// What the subject may do to this. An action with a parameter is among them where it is allowed with some value of it:
    /// who may invite a Viewer but no Owner may invite.
    #[must_use]
    pub fn actions(&self, resource: ResourceId<'_, Q>) -> Actions {
        let mut actions = Actions { allowed: ActionSet::empty(), with_approval: ActionSet::empty() };
        for name in ActionName::ALL {
            let decisions =
                values(name).into_iter().map(|action| self.directory.decide(&self.subject, action, resource));
            match decisions.min_by_key(|decision| rank(*decision)) {
                Some(Decision::Allow) => actions.allowed |= name.into(),
                Some(Decision::RequireApproval(_)) => actions.with_approval |= name.into(),
                Some(Decision::Deny(_)) | None => {}
            }
        }
        actions
    }
}

/// An action with enough values of its parameter that, if any is allowed, one of these is.
pub(in crate::directory) fn values(name: ActionName) -> Vec<Action> {
    let one = |action| [action].into();
    match name {
        ActionName::View => one(Action::View),
        ActionName::Update => one(Action::Update),
        ActionName::Delete => one(Action::Delete),
        ActionName::CreateProject => one(Action::CreateProject),
        ActionName::ConnectCluster => one(Action::ConnectCluster),
        ActionName::InviteMember => Role::ALL.map(|role| Action::InviteMember { role }).into(),
        ActionName::ViewInvoices => one(Action::ViewInvoices),
        ActionName::ManageBilling => one(Action::ManageBilling),
        ActionName::ViewAuditLog => one(Action::ViewAuditLog),
        ActionName::ChangeRole => Role::ALL.map(|to| Action::ChangeRole { to }).into(),
        ActionName::SetExpiry => [None, Some(Time::MAX)].map(|to| Action::SetExpiry { to }).into(),
        ActionName::Remove => one(Action::Remove),
        ActionName::TransferOwnership => one(Action::TransferOwnership),
        ActionName::ManageBuilds => one(Action::ManageBuilds),
        ActionName::ReadVariables => one(Action::ReadVariables),
        ActionName::ReadSecrets => one(Action::ReadSecrets),
        ActionName::WriteVariables => one(Action::WriteVariables),
        ActionName::SetProjectRole => grants(&ProjectRole::ALL).map(|to| Action::SetProjectRole { to }).collect(),
        ActionName::Create => one(Action::Create),
        ActionName::SetProtection => [strongest(), Protection::NONE].map(|to| Action::SetProtection { to }).into(),
        ActionName::Retarget => one(Action::Retarget),
        ActionName::Restart => one(Action::Restart),
        ActionName::Deploy => one(Action::Deploy),
        ActionName::Approve => one(Action::Approve),
        ActionName::Manage => one(Action::Manage),
        ActionName::SetClusterAccess => grants(&Level::ALL).map(|to| Action::SetClusterAccess { to }).collect(),
    }
}

/// None, and each value for good and until some time.
fn grants<T: Copy>(values: &[T]) -> impl Iterator<Item = Option<Grant<T>>> {
    let each = values.iter().map(|value| Grant::new(*value));
    [None].into_iter().chain(each.flat_map(|grant| [Some(grant), Some(grant.until(Time::MAX))]))
}

/// The protection that loosens no other.
fn strongest() -> Protection {
    let rule = ApprovalRule::new(ApprovalFrom::Owner);
    Protection::locked(rule.with_count(u8::MAX).unwrap_or(rule)).unwrap_or(Protection::LOCKED)
}
