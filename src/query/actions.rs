//! The actions that a subject may perform on a resource.

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use crate::model::access::ClusterAccess;
use crate::model::action::{Action, ActionKind, ActionSet, Parameter, ParameterKind};
use crate::model::protection::{ApprovalFrom, ApprovalRule, Protection};
use crate::model::resource::ResourceRef;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Time};
use crate::policy::decision::Decision;
use crate::query::what::Search;

/// The actions that a subject may perform on a resource: see [`Search::actions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllowedActions {
    allowed: ActionSet,
    with_approval: ActionSet,
}

impl AllowedActions {
    /// The actions that are allowed.
    #[must_use]
    pub const fn allowed(self) -> ActionSet {
        self.allowed
    }

    /// The actions for which all that is missing is approval.
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
    /// The actions that the subject may perform on a resource. An action with a parameter is included if it is allowed with
    /// any value of the parameter: someone who may invite a Viewer, but not an Owner, may invite.
    #[must_use]
    pub fn actions(&self, resource: ResourceRef<'_, Id, Q>) -> AllowedActions {
        let mut actions = AllowedActions { allowed: ActionSet::empty(), with_approval: ActionSet::empty() };
        for kind in ActionKind::ALL {
            let decisions =
                values(kind).into_iter().map(|action| self.directory.decide(&self.subject, action, resource));
            match decisions.min_by_key(|decision| decision.rank()) {
                Some(Decision::Allow) => actions.allowed |= kind.into(),
                Some(Decision::RequireApproval(_)) => actions.with_approval |= kind.into(),
                Some(Decision::Deny(_)) | None => {}
            }
        }
        actions
    }
}

/// The actions of a kind with enough values of the parameter that, if any value is allowed, one of these is.
pub(crate) fn values(kind: ActionKind) -> Vec<Action> {
    let parameters: Vec<Parameter> = match kind.parameter() {
        ParameterKind::None => [Parameter::None].into(),
        ParameterKind::Role => Role::ALL.map(Parameter::Role).into(),
        ParameterKind::Expiry => [None, Some(Time::MAX)].map(Parameter::Expiry).into(),
        ParameterKind::ProjectRole => grants(&ProjectRole::ALL).map(Parameter::ProjectRole).collect(),
        ParameterKind::ClusterAccess => grants(&ClusterAccess::ALL).map(Parameter::ClusterAccess).collect(),
        ParameterKind::Protection => [strongest(), Protection::NONE].map(Parameter::Protection).into(),
    };
    parameters.into_iter().filter_map(|parameter| kind.with(parameter).ok()).collect()
}

/// No grant, and each value without and with an expiry.
fn grants<T: Copy>(values: &[T]) -> impl Iterator<Item = Option<Grant<T>>> {
    let each = values.iter().map(|value| Grant::new(*value));
    [None].into_iter().chain(each.flat_map(|grant| [Some(grant), Some(grant.until(Time::MAX))]))
}

/// A protection that loosens no other.
fn strongest() -> Protection {
    let rule = ApprovalRule::new(ApprovalFrom::Owner);
    Protection::locked(rule.with_count(u8::MAX).unwrap_or(rule)).unwrap_or(Protection::LOCKED)
}
