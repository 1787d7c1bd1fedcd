//! The actions that a subject may perform on a resource.

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use crate::directory::key::Key;
use crate::directory::store::Directory;
use crate::directory::views::CustomRoleRef;
use crate::model::access::ClusterAccess;
use crate::model::action::{Action, ActionKind};
use crate::model::action_set::ActionSet;
use crate::model::custom_role::{AnyRole, RoleDefinition, RolePermissions};
use crate::model::parameter::{Parameter, ParameterKind};
use crate::model::project::Visibility;
use crate::model::protection::{ApprovalFrom, ApprovalRule, Protection};
use crate::model::resource::{ResourceKey, ResourceKind, ResourceRef};
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Time};
use crate::policy::decision::Decision;
use crate::policy::requirement::Requirement;
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
        let roles: Vec<&Q> = self.directory.roles_to_give(resource).map(Borrow::borrow).collect();
        let decide = |action| self.directory.decide(&self.subject, action, resource);
        AllowedActions::as_decided(resource.kind(), &roles, decide)
    }
}

impl AllowedActions {
    /// The actions on a kind of resource, as each is decided. `roles` names the custom roles that can be given.
    pub(crate) fn as_decided<C: Copy>(on: ResourceKind, roles: &[C], decide: impl Fn(Action<C>) -> Decision) -> Self {
        let mut actions = Self { allowed: ActionSet::empty(), with_approval: ActionSet::empty() };
        for kind in ActionKind::ALL {
            if Requirement::for_action(kind, on).is_none() {
                continue;
            }
            match best(values(kind, on, roles).into_iter().map(&decide)) {
                Some(Decision::Allow) => actions.allowed |= kind.into(),
                Some(Decision::RequireApproval(_)) => actions.with_approval |= kind.into(),
                Some(Decision::Deny(_)) | None => {}
            }
        }
        actions
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    /// The custom roles of a resource's organization.
    pub(crate) fn roles_to_give<K>(&self, resource: ResourceKey<'_, Id, K>) -> impl Iterator<Item = &Id>
    where
        Id: Borrow<K::Id>,
        K: Key<Id: Hash + Ord>,
    {
        let organization = self.with_resource([None, None], resource, |resource| {
            Some(self.organization_fact::<Id>(resource.organization())?.id())
        });
        organization.flatten().into_iter().flat_map(|id| self.roles_of::<Id>(id)).map(CustomRoleRef::id)
    }
}

/// The best of these decisions. Those after an allowance are not made.
fn best(decisions: impl Iterator<Item = Decision>) -> Option<Decision> {
    let mut best: Option<Decision> = None;
    for decision in decisions {
        if decision.is_allowed() {
            return Some(decision);
        }
        if best.is_none_or(|best| decision.rank() < best.rank()) {
            best = Some(decision);
        }
    }
    best
}

/// The actions of a kind on a kind of resource, with enough values of the parameter that, if any value is allowed, one of these
/// is. `roles` names the custom roles that can be given.
///
/// A membership is there with the earliest end, which outlasts nothing. A grant that ends gives at least as much as none, which is
/// there. And there are more values than these, so that a comparison of two directories finds more of what is different.
pub(crate) fn values<C: Copy>(kind: ActionKind, on: ResourceKind, roles: &[C]) -> Vec<Action<C>> {
    let any_role = || {
        let built_in = Role::ALL.into_iter().map(AnyRole::BuiltIn);
        built_in.chain(roles.iter().copied().map(AnyRole::Custom))
    };
    let parameters: Vec<Parameter<C>> = match kind.parameter(on) {
        ParameterKind::None => [Parameter::None].into(),
        ParameterKind::Invitation => {
            let for_time = |role| EXPIRIES.map(|expires_at| Parameter::Invitation { role, expires_at });
            any_role().flat_map(for_time).collect()
        }
        ParameterKind::Role => any_role().map(Parameter::Role).collect(),
        ParameterKind::Definition => definitions().map(Parameter::Definition).collect(),
        ParameterKind::Permissions => permissions().map(Parameter::Permissions).collect(),
        ParameterKind::Visibility => {
            let each = Visibility::ALL.into_iter().map(Some);
            core::iter::once(None).chain(each).map(Parameter::Visibility).collect()
        }
        ParameterKind::Expiry => {
            EXPIRIES.into_iter().chain([Some(Time::LAST_WRITABLE)]).map(Parameter::Expiry).collect()
        }
        ParameterKind::ProjectRole => grants(&ProjectRole::ALL).map(Parameter::ProjectRole).collect(),
        ParameterKind::ClusterAccess => grants(&ClusterAccess::ALL).map(Parameter::ClusterAccess).collect(),
        ParameterKind::Protection => {
            [strongest(), strongest_from_admins(), Protection::NONE].map(Parameter::Protection).into()
        }
    };
    parameters.into_iter().filter_map(|parameter| kind.with(on, parameter).ok()).collect()
}

/// The earliest end, and none.
const EXPIRIES: [Option<Time>; 2] = [Some(Time::FIRST_WRITABLE), None];

/// No grant, and each value without and with an expiry.
fn grants<T: Copy>(values: &[T]) -> impl Iterator<Item = Option<Grant<T>>> {
    let each = values.iter().map(|value| Grant::new(*value));
    [None].into_iter().chain(each.flat_map(|grant| [Some(grant), Some(grant.until(Time::LAST_WRITABLE))]))
}

/// The permissions of a custom role: none, which every role includes, and those of the built-in roles.
fn permissions() -> impl Iterator<Item = RolePermissions> {
    let built_in = [Role::Viewer, Role::Developer, Role::Admin];
    let built_in = built_in.into_iter().filter_map(|role| RolePermissions::new(role.permissions().iter()).ok());
    RolePermissions::new([]).ok().into_iter().chain(built_in)
}

/// Custom roles: the least, and those that equal a built-in role.
fn definitions() -> impl Iterator<Item = RoleDefinition> {
    let ranks = [Role::Viewer, Role::Viewer, Role::Developer, Role::Admin];
    ranks.into_iter().zip(permissions()).filter_map(|(rank, permissions)| RoleDefinition::new(rank, permissions).ok())
}

/// A protection that loosens no other.
fn strongest() -> Protection {
    let rule = ApprovalRule::new(ApprovalFrom::Owner);
    Protection::locked(rule.with_count(u8::MAX).unwrap_or(rule)).unwrap_or(Protection::LOCKED)
}

/// A protection that loosens no other of those that ask for no Owner. Setting it needs no Admin of the organization.
fn strongest_from_admins() -> Protection {
    let rule = ApprovalRule::new(ApprovalFrom::Admin);
    Protection::restricted(rule.with_count(u8::MAX).unwrap_or(rule))
}
