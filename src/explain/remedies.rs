//! Remedies: tries every change to the subject's membership, roles, cluster access and approvals, and keeps the smallest that
//! suffice. Each change is made to the facts themselves, which are then judged as any others.

use alloc::vec::Vec;

use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::account::{Account, AccountKind};
use crate::model::custom_role::{AnyRole, CustomRole};
use crate::model::fact::{AccountFact, MembershipFact, ResourceFact, SubjectFact};
use crate::model::membership::Membership;
use crate::model::project::Visibility;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::model::scope::Scope;
use crate::model::time::{Grant, GrantState};
use crate::policy::asked::Asked;
use crate::policy::constraints::{self, Constrained, ConstraintFacts};
use crate::policy::decide::evaluate;
use crate::policy::decision::{Decision, MissingApprovals};
use crate::policy::gates::{FirstFailure, Passed, Rest, Trace};
use crate::policy::inputs::Inputs;
use crate::policy::reason::{ClusterOf, Reason};
use crate::policy::requirement::LevelBy;

/// A set of changes to the subject that would allow the action. It is minimal: no part of it suffices, and no lower value.
///
/// It can renew the subject's membership, give a built-in role in the organization (by an invitation, if the subject is not a
/// member), a role in the resource's project, access to its clusters, and approvals. What it gives has no expiry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Remedy {
    later_expiry: bool,
    role: Option<Role>,
    project_role: Option<ProjectRole>,
    levels: [Option<ClusterAccess>; 2],
    level_on_each: Option<ClusterAccess>,
    approvals: Option<MissingApprovals>,
}

impl Remedy {
    /// Whether to give the subject's membership a later expiry, or none: it has expired, it has an expiry and the question has
    /// no time, or it ends too soon for what the subject wants to give.
    #[must_use]
    pub const fn later_expiry(self) -> bool {
        self.later_expiry
    }

    /// The role in the organization to give, if any.
    #[must_use]
    pub const fn role(self) -> Option<Role> {
        self.role
    }

    /// The role in the resource's project to give, if any.
    #[must_use]
    pub const fn project_role(self) -> Option<ProjectRole> {
        self.project_role
    }

    /// The access to give to a cluster of the resource, if any. For a project it is the same on each cluster that its
    /// environments deploy to.
    #[must_use]
    pub const fn level(self, cluster: ClusterOf) -> Option<ClusterAccess> {
        let [present, new] = self.levels;
        match cluster {
            ClusterOf::Present => present,
            ClusterOf::New => new,
            ClusterOf::OfProject(_) => self.level_on_each,
        }
    }

    /// The approvals to get, if any.
    #[must_use]
    pub const fn approvals(self) -> Option<MissingApprovals> {
        self.approvals
    }

    /// Whether this changes no more than `other` in every respect.
    fn within(self, other: Self) -> bool {
        let [level, new_level] = self.levels;
        let [other_level, other_new_level] = other.levels;
        self.later_expiry <= other.later_expiry
            && no_more(self.role, other.role, |a, b| b.includes(a))
            && no_more(self.project_role, other.project_role, |a, b| a <= b)
            && no_more(level, other_level, |a, b| a <= b)
            && no_more(new_level, other_new_level, |a, b| a <= b)
            && no_more(self.level_on_each, other.level_on_each, |a, b| a <= b)
            && no_more(self.approvals, other.approvals, |a, b| a.missing <= b.missing)
    }
}

/// Whether a change is absent or at most the other one.
fn no_more<T>(change: Option<T>, other: Option<T>, at_most: impl Fn(T, T) -> bool) -> bool {
    match (change, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(change), Some(other)) => at_most(change, other),
    }
}

/// The minimal remedies.
pub(super) fn of<Id: Ord + Clone>(asked: &Asked<'_, Id>) -> Vec<Remedy> {
    let inputs = asked.inputs();
    if inputs.requirement.is_none() || evaluate(&inputs, asked, &mut FirstFailure).is_allowed() {
        return Vec::new();
    }
    let mut sufficient: Vec<Remedy> = Vec::new();
    for change in changes(asked, &inputs) {
        // What contains a sufficient change is not minimal.
        if !sufficient.iter().any(|other| other.within(change)) {
            sufficient.extend(sufficing(asked, change));
        }
    }
    let is_minimal = |remedy: &&Remedy| !sufficient.iter().any(|other| other != *remedy && other.within(**remedy));
    sufficient.iter().filter(is_minimal).copied().collect()
}

/// Every set of changes that could make a difference, without approvals.
fn changes<Id: Ord>(asked: &Asked<'_, Id>, inputs: &Inputs) -> Vec<Remedy> {
    let membership = asked.membership();
    let present_role = membership.map(|membership| membership.acting(asked.kind()));
    let expires = membership.is_some_and(|membership| membership.expires_at().is_some());
    // A membership that is over comes back first, whatever else is needed.
    let renewals: &[bool] = match (expires, inputs.role) {
        (false, _) => &[false],
        (true, None) => &[true],
        (true, Some(_)) => &[false, true],
    };
    // A lower role helps only with what members do to themselves, and no one should be told to step down for that.
    let is_new = |role: &Role| !present_role.is_some_and(|present| present.includes((*role).into()));
    let roles = or_none(&Role::ALL.into_iter().filter(is_new).collect::<Vec<_>>());
    let project_roles = or_none(if inputs.project.is_some() { &ProjectRole::ALL } else { &[] });
    let [levels, new_levels] =
        inputs.clusters.map(|cluster| or_none(if cluster.is_some() { &ClusterAccess::ALL } else { &[] }));
    let needs_each = inputs.requirement.is_some_and(|requirement| requirement.level_by == LevelBy::EachOfProject);
    let levels_on_each = or_none(if needs_each { &ClusterAccess::ALL } else { &[] });

    let mut changes = alloc::vec![Remedy::default()];
    cross(&mut changes, renewals, |change, later_expiry| Remedy { later_expiry, ..change });
    cross(&mut changes, &roles, |change, role| Remedy { role, ..change });
    cross(&mut changes, &project_roles, |change, project_role| Remedy { project_role, ..change });
    cross(&mut changes, &levels, |change, level| Remedy { levels: [level, None], ..change });
    cross(&mut changes, &new_levels, |change, new_level| {
        let [level, _] = change.levels;
        Remedy { levels: [level, new_level], ..change }
    });
    cross(&mut changes, &levels_on_each, |change, level_on_each| Remedy { level_on_each, ..change });
    changes
}

fn or_none<T: Copy>(values: &[T]) -> Vec<Option<T>> {
    core::iter::once(None).chain(values.iter().copied().map(Some)).collect()
}

/// Combines each change with each value.
fn cross<T: Copy>(changes: &mut Vec<Remedy>, values: &[T], with: impl Fn(Remedy, T) -> Remedy) {
    *changes = changes.iter().flat_map(|change| values.iter().map(|value| with(*change, *value))).collect();
}

/// The change, with the approvals that are still missing, if a decision confirms that it suffices.
fn sufficing<Id: Ord + Clone>(asked: &Asked<'_, Id>, change: Remedy) -> Option<Remedy> {
    match decide_with(asked, change) {
        Decision::Allow => Some(change),
        Decision::RequireApproval(approvals) => {
            let change = Remedy { approvals: Some(approvals), ..change };
            decide_with(asked, change).is_allowed().then_some(change)
        }
        Decision::Deny(_) => None,
    }
}

/// The decision on a question if its facts are changed.
fn decide_with<Id: Ord + Clone>(asked: &Asked<'_, Id>, change: Remedy) -> Decision {
    let Some(account) = asked.subject.account else {
        let changed = Changed { asked: *asked, change, new_owners: 0 };
        return evaluate(&changed.inputs_of_unknown(), &changed, &mut FirstFailure);
    };
    let membership = changed_membership(asked, change);
    let is_owner = |membership: Option<MembershipFact<'_, Id>>| {
        account.kind() == AccountKind::User
            && membership.is_some_and(|m| m.rank() == Role::Owner && m.expires_at().is_none())
    };
    let is_new_owner = is_owner(membership.as_ref().map(MembershipFact::of)) && !is_owner(asked.membership());
    let without = || Account::new(account.id().clone(), account.kind());
    let changed = match membership {
        Some(membership) => without().with(membership).unwrap_or_else(|_| without()),
        None => without(),
    };
    let changed = AccountFact::of(&changed);
    let subject = SubjectFact { account: Some(changed), ..asked.subject };
    let left = left_role(asked, change);
    let resource = match &left {
        Some(role) => ResourceFact::Role(role.into()),
        None => with_target(asked.resource, changed),
    };
    let asked = Asked { subject, resource, ..*asked };
    evaluate(&asked.inputs(), &Changed { asked, change, new_owners: u32::from(is_new_owner) }, &mut FirstFailure)
}

/// The subject's membership after a change; `None` if there is none.
fn changed_membership<Id: Ord + Clone>(asked: &Asked<'_, Id>, change: Remedy) -> Option<Membership<Id>> {
    let mut membership = match (asked.membership(), change.role) {
        (Some(present), None) => present.to_membership(),
        (Some(present), Some(role)) => {
            let mut membership = present.to_membership();
            membership.set_role(RankedPermissions::built_in(role), None);
            membership
        }
        (None, role) => Membership::new(asked.resource.organization().clone(), role?),
    };
    if change.later_expiry {
        membership.set_expiry(None);
    }
    let scope = Scope::of(&asked.resource);
    if let (Some((project, visibility)), Some(role)) = (scope.project, change.project_role) {
        membership.replace_project_role(project.clone(), visibility, Some(Grant::new(role)));
    }
    for (cluster, level) in scope.clusters.into_iter().zip(change.levels) {
        if let (Some((cluster, visibility)), Some(level)) = (cluster, level) {
            membership.replace_cluster_access(cluster.clone(), visibility, Some(Grant::new(level)));
        }
    }
    Some(membership)
}

/// The custom role that the question is about, if the change takes it from the subject: then one member fewer has it.
fn left_role<Id: Ord + Clone>(asked: &Asked<'_, Id>, change: Remedy) -> Option<CustomRole<Id>> {
    let ResourceFact::Role(role) = asked.resource else { return None };
    let is_left = change.role.is_some() && asked.membership()?.role() == AnyRole::Custom(role.id());
    is_left.then(|| role.to_custom_role().with_members(role.members().saturating_sub(1)))
}

/// The resource, whose target is this account if it has the same id.
fn with_target<'a, Id: Eq>(resource: ResourceFact<'a, Id>, account: AccountFact<'a, Id>) -> ResourceFact<'a, Id> {
    let target = |target: Option<AccountFact<'a, Id>>| match target {
        Some(target) if target.id() == account.id() => Some(account),
        other => other,
    };
    match resource {
        ResourceFact::Member(organization, member) => ResourceFact::Member(organization, target(member)),
        ResourceFact::TeamMember(team, member) => ResourceFact::TeamMember(team, target(member)),
        ResourceFact::ProjectMember(project, member) => ResourceFact::ProjectMember(project, target(member)),
        ResourceFact::ClusterMember(cluster, member) => ResourceFact::ClusterMember(cluster, target(member)),
        other => other,
    }
}

/// A question with changed facts, and what of the change is not in them.
struct Changed<'a, Id> {
    asked: Asked<'a, Id>,
    change: Remedy,
    /// The permanent Owners that the change adds.
    new_owners: u32,
}

impl<Id: Ord> Changed<'_, Id> {
    /// The inputs for an account that is unknown, so that it has no id to make it a member with. Such an account has nothing
    /// but what the change gives.
    fn inputs_of_unknown(&self) -> Inputs {
        let mut inputs = self.asked.inputs();
        inputs.role = self.change.role.map(RankedPermissions::built_in);
        if let (Some((_, granted)), Some(role)) = (&mut inputs.project, self.change.project_role) {
            *granted = GrantState::InForce(role);
        }
        for (cluster, level) in inputs.clusters.iter_mut().zip(self.change.levels) {
            if let (Some(on), Some(level)) = (cluster, level) {
                on.granted = GrantState::InForce(level);
            }
        }
        inputs
    }
}

impl<Id: Ord> Rest for Changed<'_, Id> {
    fn is_oneself(&self) -> bool {
        self.asked.is_oneself()
    }

    fn first_below(
        &self,
        role: RankedPermissions,
        standing: RankedPermissions,
        need: ClusterAccess,
    ) -> Option<(u16, ClusterAccess)> {
        let suffices = |level| {
            let granted = GrantState::InForce(level);
            // Who can see the cluster does not matter where there is an override.
            let on = OnCluster { visibility: Visibility::Members, granted };
            ClusterAccess::in_project(role.rank, standing, on) >= need
        };
        if self.change.level_on_each.is_some_and(suffices) {
            return None;
        }
        self.asked.first_below(role, standing, need)
    }

    fn judge(&self, inputs: &Inputs, passed: Passed, trace: &mut impl Trace) -> Result<Decision, Reason> {
        let mut facts = ConstraintFacts::of(&self.asked);
        facts.owners = facts.owners.saturating_add(self.new_owners);
        if let Some(approvals) = self.change.approvals {
            facts.approvals.by_others = facts.approvals.by_others.saturating_add(approvals.missing);
        }
        constraints::judge(&Constrained { asked: &self.asked, inputs, passed, facts }, trace)
    }
}
