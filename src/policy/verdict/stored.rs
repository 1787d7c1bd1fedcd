//! What the tables read of a membership that a directory stores.

use crate::directory::entry::At;
use crate::directory::members::line::Line;
use crate::directory::members::word::{One, Word};
use crate::directory::numbers::Numbers;
use crate::directory::store::Directory;
use crate::model::access::OnCluster;
use crate::model::scope::Scope;
use crate::model::time::Now;
use crate::policy::verdict::position::{ClusterBits, ProjectBits};
use crate::policy::verdict::{Holding, Member};

/// A membership in a directory, that has not expired, with the numbers of the resource.
pub(crate) struct OnRecord<'a, Id> {
    numbers: &'a Numbers<Id>,
    word: Word,
    line: Option<&'a Line>,
    at: At,
}

impl<'a, Id> OnRecord<'a, Id> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of nearly every decision")]
    pub(crate) fn of(directory: &'a Directory<Id>, word: Word, at: At, now: Now) -> Option<Self> {
        if word.is_none() {
            return None;
        }
        let line = directory.members.line(word);
        let is_live = line.is_none_or(|line| now.before(line.expires_at));
        is_live.then_some(Self { numbers: &directory.numbers, word, line, at })
    }
}

impl<Id: Ord> Holding<Id> for OnRecord<'_, Id> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of nearly every decision")]
    fn on(self, scope: &Scope<'_, Id>, now: Now) -> Member {
        let Self { numbers, word, line, at } = self;
        let [cluster, _] = scope.clusters;
        if let Some(line) = line {
            return on_line(line, numbers, at, scope, now);
        }
        let One { place, code } = word.one();
        // Without a branch: whether the grant is on this place cannot be predicted.
        let code_on = |other: u32| code & u32::from(place == other).wrapping_neg();
        Member {
            role: word.acting(),
            project: scope.project.map(|(_, visibility)| ProjectBits::in_force(visibility, code_on(at.project))),
            cluster: cluster
                .map_or(ClusterBits::NONE, |(_, visibility)| ClusterBits::in_force(visibility, code_on(at.cluster))),
        }
    }
}

#[inline(never)]
fn on_line<Id: Ord>(line: &Line, numbers: &Numbers<Id>, at: At, scope: &Scope<'_, Id>, now: Now) -> Member {
    let [cluster, _] = scope.clusters;
    Member {
        role: line.acting(),
        project: scope.project.map(|(_, visibility)| {
            ProjectBits::new(visibility, line.state(|held| &held.project_roles, at.project, numbers, now))
        }),
        cluster: cluster.map_or(ClusterBits::NONE, |(_, visibility)| {
            let granted = line.state(|held| &held.overrides, at.cluster, numbers, now);
            ClusterBits::new(OnCluster { visibility, granted })
        }),
    }
}
