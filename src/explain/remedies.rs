//! Remedies: tries every change to the subject's roles, cluster access and approvals, and keeps the smallest that suffice.

use alloc::vec::Vec;

use crate::model::access::ClusterAccess;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::GrantState;
use crate::policy::constraints::{ConstraintFacts, Target};
use crate::policy::decide::evaluate;
use crate::policy::decision::{Decision, MissingApprovals};
use crate::policy::gates::{FirstFailure, Trace};
use crate::policy::inputs::Inputs;
use crate::policy::reason::ClusterOf;

/// A set of changes to the subject that would allow the action. It is minimal: no part of it suffices, and no lower value.
///
/// It can give the subject a role in the organization (by an invitation, if the subject is not a member), a role in the
/// resource's project, access to its clusters, and approvals. What it gives has no expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Remedy {
    role: Option<Role>,
    project_role: Option<ProjectRole>,
    levels: [Option<ClusterAccess>; 2],
    approvals: Option<MissingApprovals>,
}

impl Remedy {
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

    /// The access to give to a cluster of the resource, if any.
    #[must_use]
    pub const fn level(self, cluster: ClusterOf) -> Option<ClusterAccess> {
        let [present, new] = self.levels;
        match cluster {
            ClusterOf::Present => present,
            ClusterOf::New => new,
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
        no_more(self.role, other.role, |a, b| b.includes(a))
            && no_more(self.project_role, other.project_role, |a, b| b.role().includes(a.role()))
            && no_more(level, other_level, |a, b| a <= b)
            && no_more(new_level, other_new_level, |a, b| a <= b)
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

/// Everything that the gates read of a question, to be evaluated as it is or with a change.
#[derive(Clone, Copy, Debug)]
pub(super) struct AllInputs {
    pub(super) inputs: Inputs,
    pub(super) facts: ConstraintFacts,
}

impl AllInputs {
    pub(super) fn evaluate(&self, trace: &mut impl Trace) -> Decision {
        evaluate(&self.inputs, || self.facts, trace)
    }
}

/// The minimal remedies.
pub(super) fn of(all: &AllInputs) -> Vec<Remedy> {
    if all.evaluate(&mut FirstFailure).is_allowed() {
        return Vec::new();
    }
    let sufficient: Vec<Remedy> = changes(all).filter_map(|change| sufficing(all, change)).collect();
    let is_minimal = |remedy: &&Remedy| !sufficient.iter().any(|other| *other != **remedy && other.within(**remedy));
    sufficient.iter().filter(is_minimal).copied().collect()
}

/// Every set of changes that could make a difference, without approvals.
fn changes(all: &AllInputs) -> impl Iterator<Item = Remedy> {
    let AllInputs { inputs, .. } = all;
    let present = inputs.role;
    // A lower role helps only with what members do to themselves, and no one should be told to step down for that.
    let roles = Role::ALL.into_iter().filter(move |role| !present.is_some_and(|present| present.includes(*role)));
    let project_roles = ProjectRole::ALL.into_iter().filter(|_| inputs.project.is_some());
    let levels = inputs.clusters.map(|cluster| ClusterAccess::ALL.into_iter().filter(move |_| cluster.is_some()));
    let [present_levels, new_levels] = levels;
    or_none(roles).flat_map(move |role| {
        let (present_levels, new_levels) = (present_levels.clone(), new_levels.clone());
        or_none(project_roles.clone()).flat_map(move |project_role| {
            let new_levels = new_levels.clone();
            or_none(present_levels.clone()).flat_map(move |level| {
                or_none(new_levels.clone()).map(move |new_level| Remedy {
                    role,
                    project_role,
                    levels: [level, new_level],
                    approvals: None,
                })
            })
        })
    })
}

fn or_none<T>(values: impl Iterator<Item = T>) -> impl Iterator<Item = Option<T>> {
    core::iter::once(None).chain(values.map(Some))
}

/// The change, with the approvals that are still missing, if a decision confirms that it suffices.
fn sufficing(all: &AllInputs, change: Remedy) -> Option<Remedy> {
    match all.with(change).evaluate(&mut FirstFailure) {
        Decision::Allow => Some(change),
        Decision::RequireApproval(approvals) => {
            let change = Remedy { approvals: Some(approvals), ..change };
            all.with(change).evaluate(&mut FirstFailure).is_allowed().then_some(change)
        }
        Decision::Deny(_) => None,
    }
}

impl AllInputs {
    /// The facts as they would be after a change.
    fn with(mut self, change: Remedy) -> Self {
        if let Some(role) = change.role {
            self = self.with_role(role);
        }
        if let (Some((_, present)), Some(project_role)) = (&mut self.inputs.project, change.project_role) {
            *present = GrantState::InForce(project_role);
        }
        let [present, _] = change.levels;
        for (cluster, level) in self.inputs.clusters.iter_mut().zip(change.levels) {
            if let (Some(present), Some(level)) = (cluster, level) {
                *present = GrantState::InForce(level);
            }
        }
        if let (Some(target), Some(level)) = (self.oneself(), present) {
            target.level = GrantState::InForce(level);
        }
        if let Some(approvals) = change.approvals {
            let given = &mut self.facts.approvals.by_others;
            *given = given.saturating_add(approvals.missing);
        }
        self
    }

    /// The facts as they would be if the subject were given a role, by a new membership if it has none.
    fn with_role(mut self, role: Role) -> Self {
        let role = self.facts.kind.acting(role);
        if self.inputs.role.is_none() {
            self.facts.expires = false;
            self.inputs.project = self.inputs.project.map(|(visibility, _)| (visibility, GrantState::Nothing));
            self.inputs.clusters = self.inputs.clusters.map(|cluster| cluster.map(|_| GrantState::Nothing));
        }
        let expires = self.facts.expires;
        // An Owner is never given a lower role here, so the subject is not yet counted among the Owners.
        if role == Role::Owner && !expires {
            self.facts.owners = self.facts.owners.saturating_add(1);
        }
        self.inputs.role = Some(role);
        if let Some(target) = self.oneself() {
            (target.role, target.expires) = (role, expires);
        }
        self
    }

    /// The target, if it is the subject.
    fn oneself(&mut self) -> Option<&mut Target> {
        self.facts.target.as_mut().filter(|target| target.oneself)
    }
}
