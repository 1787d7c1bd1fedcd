//! Records of changes. Replay them to rebuild a directory, or to follow another one.

use alloc::vec::Vec;
use core::hash::Hash;

use crate::change::Change;
use crate::change::edit::Edit;
use crate::directory::store::Directory;
use crate::model::account::AccountKind;
use crate::model::time::Time;

/// A record of a change or a batch that was made: who did what and when, and each fact before and after.
///
/// Store records as an audit log, and [replay](Directory::replay) them to rebuild a directory or to follow another one.
/// The JSON form has a version, [`Record::FORMAT`], and a record with another version is rejected.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, Directory};
///
/// let mut leader = Directory::<u64>::new();
/// let record = leader.create_organization(1, 7, AccountKind::User, None)?;
///
/// let mut follower = Directory::new();
/// follower.replay(&record)?;
/// assert_eq!(follower, leader);
/// assert_eq!(
///     follower.replay(&record).unwrap_err().to_string(),
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
    /// The version of the JSON form.
    pub const FORMAT: u32 = 1;

    pub(crate) const fn new(revision: u64, entries: Vec<Entry<Id>>) -> Self {
        Self { revision, entries }
    }

    /// The revision of the directory after the change: 1 more than before it.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The changes, in order. There is one, unless the record is of a batch.
    #[must_use]
    pub fn entries(&self) -> &[Entry<Id>] {
        &self.entries
    }
}

/// One change in a [`Record`].
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

    /// What was done, and by which account.
    #[must_use]
    pub const fn cause(&self) -> &Cause<Id> {
        &self.cause
    }

    /// The subject's time, if it had one.
    #[must_use]
    pub const fn at(&self) -> Option<Time> {
        self.at
    }

    /// The edits to the facts, in order.
    #[must_use]
    pub fn edits(&self) -> &[Edit<Id>] {
        &self.edits
    }
}

/// What was done, and by which account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause<Id> {
    /// An organization was created by [`Directory::create_organization`], which needs no permission.
    CreateOrganization {
        /// The organization.
        organization: Id,
        /// The organization's first Owner.
        owner: Id,
        /// The kind of the owner's account.
        kind: AccountKind,
    },
    /// A member made a change.
    Change {
        /// The member who made the change.
        by: Id,
        /// The change.
        change: Change<Id>,
    },
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Applies a record, to rebuild a directory from its log or to follow another one. If it fails, nothing changes.
    ///
    /// This does not check whether the change was allowed, so only replay records from a log that you trust.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Skips`] if the record is not the next one; [`ReplayError::Differs`] if a fact is not what it was before
    /// the change, or the record contradicts itself.
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

    /// Applies a record that was made on an equal directory.
    #[cfg(feature = "shared")]
    pub(crate) fn catch_up(&mut self, record: &Record<Id>) {
        for edit in record.entries.iter().flat_map(Entry::edits) {
            self.apply(edit);
        }
        self.revision = record.revision;
    }
}

/// A record could not be replayed. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The record is not the next one.
    #[error("record {record} does not follow revision {present}: the next one is {}", present.saturating_add(1))]
    Skips {
        /// The revision of the record.
        record: u64,
        /// The revision of the directory.
        present: u64,
    },
    /// The record changes a fact that is different in this directory.
    #[error(
        "record {record}, steps[{entry}].edits[{edit}]: this fact is different in the directory: \
         rebuild the directory from a complete log"
    )]
    Differs {
        /// The revision of the record.
        record: u64,
        /// The index of the entry in the record.
        entry: usize,
        /// The index of the edit in the entry.
        edit: usize,
    },
}
