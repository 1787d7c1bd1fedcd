//! What a change of one membership can bring.

use std::collections::BTreeSet;
use std::vec::Vec;

use shipgate::{ClusterAccess, Time};

use super::facts::Id;
use super::grants::{Maker, Member, future};
use super::roles::{Height, Powers};

/// A change of one membership.
pub(crate) struct Change<'a> {
    pub(crate) now: Option<Time>,
    /// The target at present; none if it is no live member.
    pub(crate) present: Option<Member<'a>>,
    /// What it is with the change.
    pub(crate) with: Member<'a>,
    pub(crate) alters: Alters,
}

/// What a change can alter.
#[derive(Clone, Debug)]
pub(crate) enum Alters {
    Everything,
    /// The effective role in these projects and each level by it, and on these clusters each level.
    Some {
        projects: BTreeSet<Id>,
        clusters: BTreeSet<Id>,
    },
}

/// Standing roles in the order in which they are judged: the member's own project role, those of its teams from the highest,
/// what there is without.
pub(crate) fn in_order(made: impl Iterator<Item = (Powers, Maker)>) -> Vec<Powers> {
    let mut made: Vec<_> = made.collect();
    made.sort_by_key(|(_, maker)| match maker {
        Maker::Own => 0,
        Maker::Teams(height) => 10_u8.saturating_sub(*height),
        Maker::OrganizationRole => 20,
    });
    made.into_iter().map(|(standing, _)| standing).collect()
}

impl Alters {
    pub(crate) fn standing(&self, project: Id) -> bool {
        match self {
            Self::Everything => true,
            Self::Some { projects, .. } => projects.contains(&project),
        }
    }

    fn level(&self, project: Option<Id>, cluster: Id) -> bool {
        match self {
            Self::Everything => true,
            Self::Some { clusters, .. } => {
                clusters.contains(&cluster) || project.is_some_and(|project| self.standing(project))
            }
        }
    }
}

impl Change<'_> {
    /// The organization role, if the change brings it.
    pub(crate) fn role(&self) -> Option<Powers> {
        let role = self.with.role();
        let is_there = self.present.is_some_and(|present| present.role().includes(&role));
        (matches!(self.alters, Alters::Everything) && !is_there).then_some(role)
    }

    /// The effective roles in a project that the change can bring.
    pub(crate) fn standings(&self, project: Id) -> Vec<Powers> {
        if !self.alters.standing(project) {
            return Vec::new();
        }
        let present = self.present.and_then(|present| present.standing_at(project, self.now));
        let cases = future(&self.with.grants_in(project), self.now);
        let mut standings = in_order(cases.iter().filter_map(|case| self.with.made_standing(project, case)));
        standings.retain(|standing| !present.is_some_and(|present| present.includes(standing)));
        standings
    }

    /// The levels on a cluster that the change can bring: by the organization role, or by the effective role in a project.
    pub(crate) fn levels(&self, project: Option<Id>, cluster: Id) -> Vec<ClusterAccess> {
        if !self.alters.level(project, cluster) {
            return Vec::new();
        }
        let is_there = |of: Option<Id>, level: ClusterAccess| {
            self.present.is_some_and(|present| present.level_at(of, cluster, self.now).is_at_least(level))
        };
        let cases = future(&self.with.grants_of_level(project, cluster), self.now);
        let levels = cases.iter().map(|case| self.with.level(project, cluster, case));
        levels.filter(|level| !is_there(None, *level) && !is_there(project, *level)).collect()
    }
}
