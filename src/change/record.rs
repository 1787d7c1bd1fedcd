//! Records of changes: who did what, when, from what to what. Replayed, they rebuild a directory, or follow another.

use alloc::vec::Vec;
use core::hash::Hash;

use crate::change::Change;
use crate::change::edit::Edit;
use crate::directory::store::Directory;
use crate::model::account::AccountKind;
use crate::model::time::Time;

/// A change that was made, or a batch of them: an audit record.
///
/// Its form in JSON is that of format [`Record::FORMAT`]. Records of another format are refused.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, Directory};
///
/// let mut leader = Directory::<u64>::new();
/// let applied = leader.create_organization(1, 7, AccountKind::User, None)?;
///
/// let mut follower = Directory::new();
/// follower.replay(&applied)?;
/// assert_eq!(follower, leader);
/// assert_eq!(
///     follower.replay(&applied).unwrap_err().to_string(),
///     "record 1 does not follow revision 1: the next one is 2",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<Id> {
    revision: u64,
    entries: Vec<Entry<Id>>,
}

impl<Id> Record<Id> {
    /// The version of the form of records.
    pub const FORMAT: u32 = 1;

    pub(crate) const fn new(revision: u64, entries: Vec<Entry<Id>>) -> Self {
        Self { revision, entries }
    }

    /// The revision that it led to: one more than the one that it was made on.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The changes, in the order in which they were made: one, unless it was a batch.
    #[must_use]
    pub fn entries(&self) -> &[Entry<Id>] {
        &self.entries
    }
}

/// One change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<Id> {
    cause: Cause<Id>,
    at: Option<Time>,
    edits: Vec<Edit<Id>>,
}

impl<Id> Entry<Id> {
    pub(crate) const fn new(cause: Cause<Id>, at: Option<Time>, edits: Vec<Edit<Id>>) -> Self {
        Self { cause, at, edits }
    }

    /// What was done, and by whom.
    #[must_use]
    pub const fn cause(&self) -> &Cause<Id> {
        &self.cause
    }

    /// When: the subject's time, if it had one.
    #[must_use]
    pub const fn at(&self) -> Option<Time> {
        self.at
    }

    /// What it did to the facts, in this order.
    #[must_use]
    pub fn edits(&self) -> &[Edit<Id>] {
        &self.edits
    }
}

/// What was done, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause<Id> {
    /// An organization was created with its first Owner. Nobody decided it.
    CreateOrganization {
        /// The organization.
        organization: Id,
        /// Its first Owner.
        owner: Id,
        /// Who is behind that account.
        kind: AccountKind,
    },
    /// A member changed something.
    Change {
        /// The account.
        by: Id,
        /// What it asked for.
        change: Change<Id>,
    },
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Does what a record says, without asking whether it was allowed: to rebuild a directory from its log, or to follow
    /// another one. Whole or not at all.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Skips`] for a record that does not follow the present revision, [`ReplayError::Differs`] where a fact
    /// is not what the record found, or the record contradicts itself.
    pub fn replay(&mut self, record: &Record<Id>) -> Result<(), ReplayError> {
        if self.revision.checked_add(1) != Some(record.revision) {
            return Err(ReplayError::Skips { record: record.revision, present: self.revision });
        }
        let mut done = Vec::new();
        for (entry, Entry { edits, .. }) in record.entries.iter().enumerate() {
            for (index, edit) in edits.iter().enumerate() {
                if !self.check(edit) {
                    self.undo(done.into_iter());
                    return Err(ReplayError::Differs { record: record.revision, entry, edit: index });
                }
                self.apply(edit);
                done.push(edit);
            }
        }
        self.revision = record.revision;
        Ok(())
    }

    /// Does what a record says that was made on an equal directory.
    #[cfg(feature = "shared")]
    pub(crate) fn catch_up(&mut self, record: &Record<Id>) {
        for edit in record.entries.iter().flat_map(Entry::edits) {
            self.apply(edit);
        }
        self.revision = record.revision;
    }
}

/// Why a record was not replayed: no part of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// It is not the next one.
    #[error("record {record} does not follow revision {present}: the next one is {}", present.saturating_add(1))]
    Skips {
        /// The revision of the record.
        record: u64,
        /// The revision of the directory.
        present: u64,
    },
    /// It starts from other facts than this directory holds.
    #[error(
        "record {record}, steps[{entry}].edits[{edit}]: the directory does not hold what the record changes: \
         rebuild it from a log that is whole"
    )]
    Differs {
        /// The revision of the record.
        record: u64,
        /// Which entry, counted from 0.
        entry: usize,
        /// Which edit of it, counted from 0.
        edit: usize,
    },
}
