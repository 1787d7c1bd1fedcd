//! What records hold to: replayed in their order they lead to the same facts, and in no other; what does not fit changes
//! nothing.

use shipgate::Directory;
use shipgate::change::{Edit, Entry, Record, ReplayError};

use super::model::Model;
use super::rows::{load, read};
use super::twin::Twin;
use crate::oracle::Id;

impl Twin {
    /// From each state that was, loaded at its revision, the records that followed lead to each state that followed.
    pub(crate) fn follows_its_records(&self) {
        for (start, (model, _)) in self.before.iter().enumerate() {
            self.leads_on(load(model), start);
        }
    }

    /// From this directory, the records from `start` on lead to each state that followed.
    pub(crate) fn leads_on(&self, mut follower: Directory<Id>, start: usize) {
        for (record, after) in self.records.iter().zip(self.after()).skip(start) {
            assert_eq!(follower.replay(record), Ok(()), "{record:?}");
            assert!(follower == *after, "after {record:?}: {follower:?}, not {after:?}");
        }
    }

    /// A record that skips or repeats one is refused, and nothing changes.
    pub(crate) fn refuses_records_out_of_turn(&self) {
        let last = (&self.model, &self.directory);
        let states = self.before.iter().map(|(model, directory)| (model, directory)).chain([last]);
        for (turn, (_, state)) in states.enumerate() {
            for (_, record) in self.records.iter().enumerate().filter(|(index, _)| *index != turn) {
                let mut follower = state.clone();
                let skips = ReplayError::Skips { record: record.revision(), present: state.revision() };
                assert_eq!(follower.replay(record), Err(skips), "{record:?}");
                assert!(follower == *state, "refused, yet something changed: {record:?}");
            }
        }
    }

    /// A record that is replayed on facts which it was not made on is refused, or leads to facts that stand by themselves.
    pub(crate) fn refuses_records_of_other_facts<'m>(&self, others: impl Iterator<Item = &'m Model>) {
        for other in others {
            for record in &self.records {
                let revision = record.revision() - 1;
                replayed_or_refused(&load(&Model { revision, ..other.clone() }), record);
            }
        }
    }

    pub(crate) fn after(&self) -> impl Iterator<Item = &Directory<Id>> {
        self.before.iter().skip(1).map(|(_, directory)| directory).chain([&self.directory])
    }
}

/// Whether a record fits. If it does, the directory is what loading its rows gives; if not, it is as it was.
pub(crate) fn replayed_or_refused(directory: &Directory<Id>, record: &Record<Id>) -> bool {
    let mut follower = directory.clone();
    match follower.replay(record) {
        Ok(()) => {
            assert_eq!(follower.revision(), record.revision(), "{record:?}");
            assert!(follower == load(&read(&follower)), "{record:?} on {directory:?}: {follower:?}");
            let mut edits = record.entries().iter().flat_map(Entry::edits);
            assert!(edits.all(keeps_what_never_changes), "{record:?} on {directory:?}");
            true
        }
        Err(error) => {
            let expected = matches!(error, ReplayError::Differs { .. } | ReplayError::OtherEdits { .. });
            assert!(expected, "{error:?} of {record:?}");
            assert!(follower == *directory, "refused, yet something changed: {record:?} on {directory:?}");
            false
        }
    }
}

/// Of a member the kind, of a role the organization and the rank, of a team, a project and a cluster the organization, of an
/// environment the project.
fn keeps_what_never_changes(edit: &Edit<Id>) -> bool {
    match edit {
        Edit::Role { from: Some(from), to: Some(to), .. } => {
            (from.organization, from.definition.rank()) == (to.organization, to.definition.rank())
        }
        Edit::Member { from: Some(from), to: Some(to), .. } => from.kind == to.kind,
        Edit::Team { from: Some(from), to: Some(to), .. } => from.organization == to.organization,
        Edit::Project { from: Some(from), to: Some(to), .. } => from.organization == to.organization,
        Edit::Cluster { from: Some(from), to: Some(to), .. } => from.organization == to.organization,
        Edit::Environment { from: Some(from), to: Some(to), .. } => from.project == to.project,
        Edit::Organization { .. }
        | Edit::Role { .. }
        | Edit::Member { .. }
        | Edit::Team { .. }
        | Edit::TeamMember { .. }
        | Edit::ClusterAccess { .. }
        | Edit::ProjectRole { .. }
        | Edit::Project { .. }
        | Edit::Cluster { .. }
        | Edit::Environment { .. } => true,
    }
}
