//! What would open a case: every change to what the subject holds, tried, and the least of those that suffice.

use alloc::vec::Vec;

use crate::case::{Case, Target};
use crate::cluster::Level;
use crate::decide::{FirstFailure, judge};
use crate::decision::{Approvals, ClusterOf, Decision};
use crate::role::{ProjectRole, Role};
use crate::time::Held;

/// A set of changes to what the subject holds that would suffice: no part of it does, and no lower value.
///
/// A role is the member's role in the organization (of somebody who is no live member: an invitation with that role); a
/// level is an override on a cluster; a project role is one in the resource's project. None of them has an expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Opening {
    role: Option<Role>,
    project_role: Option<ProjectRole>,
    levels: [Option<Level>; 2],
    approvals: Option<Approvals>,
}

impl Opening {
    /// The role in the organization to give.
    #[must_use]
    pub const fn role(self) -> Option<Role> {
        self.role
    }

    /// The role in the project to give.
    #[must_use]
    pub const fn project_role(self) -> Option<ProjectRole> {
        self.project_role
    }

    /// The level to give on a cluster of the resource.
    #[must_use]
    pub const fn level(self, cluster: ClusterOf) -> Option<Level> {
        let [present, new] = self.levels;
        match cluster {
            ClusterOf::Present => present,
            ClusterOf::New => new,
        }
    }

    /// The approvals to get.
    #[must_use]
    pub const fn approvals(self) -> Option<Approvals> {
        self.approvals
    }

    /// Whether this asks for no more than `other` in every respect.
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

/// No change is less than any.
fn no_more<T>(change: Option<T>, other: Option<T>, at_most: impl Fn(T, T) -> bool) -> bool {
    match (change, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(change), Some(other)) => at_most(change, other),
    }
}

/// The minimal openings of a case.
pub(super) fn of(case: &Case) -> Vec<Opening> {
    if judge(case, &mut FirstFailure).is_allowed() {
        return Vec::new();
    }
    let sufficient: Vec<Opening> = changes(case).filter_map(|change| sufficing(case, change)).collect();
    let is_minimal =
        |opening: &&Opening| !sufficient.iter().any(|other| *other != **opening && other.within(**opening));
    sufficient.iter().filter(is_minimal).copied().collect()
}

/// Every set of changes that could make a difference, approvals aside.
fn changes(case: &Case) -> impl Iterator<Item = Opening> {
    let present = case.role;
    // A lower role opens nothing, but for leaving one's last Owner behind.
    let roles = Role::ALL.into_iter().filter(move |role| !present.is_some_and(|present| present.includes(*role)));
    let project_roles = ProjectRole::ALL.into_iter().filter(|_| case.visibility.is_some());
    let levels = case.clusters.map(|cluster| Level::ALL.into_iter().filter(move |_| cluster.is_some()));
    let [present_levels, new_levels] = levels;
    or_none(roles).flat_map(move |role| {
        let (present_levels, new_levels) = (present_levels.clone(), new_levels.clone());
        or_none(project_roles.clone()).flat_map(move |project_role| {
            let new_levels = new_levels.clone();
            or_none(present_levels.clone()).flat_map(move |level| {
                or_none(new_levels.clone()).map(move |new_level| Opening {
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

/// The change, with the approvals that it still takes, if it then suffices: decided, not presumed.
fn sufficing(case: &Case, change: Opening) -> Option<Opening> {
    match judge(&case.with(change), &mut FirstFailure) {
        Decision::Allow => Some(change),
        Decision::RequireApproval(approvals) => {
            let change = Opening { approvals: Some(approvals), ..change };
            judge(&case.with(change), &mut FirstFailure).is_allowed().then_some(change)
        }
        Decision::Deny(_) => None,
    }
}

impl Case {
    /// The case as it would be after a change.
    fn with(mut self, change: Opening) -> Self {
        if let Some(role) = change.role {
            self = self.with_role(role);
        }
        if let Some(project_role) = change.project_role {
            self.project_role = Held::InForce(project_role);
        }
        let [present, _] = change.levels;
        for (cluster, level) in self.clusters.iter_mut().zip(change.levels) {
            if let (Some(held), Some(level)) = (cluster, level) {
                *held = Held::InForce(level);
            }
        }
        if let (Some(target), Some(level)) = (self.relation.target.as_mut().filter(|target| target.oneself), present) {
            target.level = Held::InForce(level);
        }
        if let Some(approvals) = change.approvals {
            let given = &mut self.relation.approvals.by_others;
            *given = given.saturating_add(approvals.missing);
        }
        self
    }

    /// The case as it would be if the subject were given a role: in its membership, or with a new one.
    fn with_role(mut self, role: Role) -> Self {
        let role = self.kind.acting(role);
        if self.role.is_none() {
            self.expires = false;
            self.project_role = Held::Nothing;
            self.clusters = self.clusters.map(|cluster| cluster.map(|_| Held::Nothing));
        }
        // A lower role is never tried: this is one Owner more, if it is another's.
        if role == Role::Owner && !self.expires {
            self.relation.owners = self.relation.owners.saturating_add(1);
        }
        self.role = Some(role);
        if let Some(target) = self.relation.target.as_mut().filter(|target| target.oneself) {
            *target = Target { role, expires: self.expires, ..*target };
        }
        self
    }
}
