//! Replaying records.

use core::fmt::{self, Display};
use core::hash::Hash;

use crate::change::record::{Cause, Entry, Record};
use crate::change::transaction::Transaction;
use crate::directory::store::Directory;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// Applies a record, to rebuild a directory from its log or to follow another one. If it fails, nothing changes.
    ///
    /// The edits of a record that was made by [the present policy](Record::POLICY) must be those that its changes make on the
    /// present facts. Whether the changes were allowed is not checked, so only replay records from a log that you trust.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Skips`] if the record is not the next one; [`ReplayError::Differs`] if a row is not what it was before
    /// the change, or the record contradicts itself; [`ReplayError::OtherEdits`] if the edits are not those of the change.
    pub fn replay(&mut self, record: &Record<Id>) -> Result<(), ReplayError> {
        let revision = record.revision();
        if self.revision.checked_add(1) != Some(revision) {
            return Err(ReplayError::Skips { record: revision, present: self.revision });
        }
        let mut transaction = Transaction::of(self);
        for (index, entry) in record.entries().iter().enumerate() {
            if record.policy() == Record::<Id>::POLICY && !transaction.directory().has_edits_of_its_change(entry) {
                return Err(ReplayError::OtherEdits { record: revision, entry: index });
            }
            let applied = transaction.apply(entry.edits());
            applied.map_err(|edit| ReplayError::Differs { record: revision, entry: index, edit })?;
        }
        transaction.keep();
        self.revision = revision;
        Ok(())
    }

    fn has_edits_of_its_change(&self, entry: &Entry<Id>) -> bool {
        let planned = match entry.cause() {
            Cause::CreateOrganization { organization, owner, kind } => {
                self.plan_organization(organization, owner, *kind)
            }
            Cause::Change { by, change } => self.plan(by, entry.at(), change),
        };
        planned.is_ok_and(|edits| edits == entry.edits())
    }
}

#[cfg(feature = "shared")]
impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Applies a record that was made on an equal directory.
    pub(crate) fn catch_up(&mut self, record: &Record<Id>) {
        for entry in record.entries() {
            self.apply_all(entry.edits());
        }
        self.revision = record.revision();
    }
}

/// A record could not be replayed. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The record is not the next one.
    #[error("record {record} does not follow revision {present}: {}", Next(*present))]
    Skips {
        /// The revision of the record.
        record: u64,
        /// The revision of the directory.
        present: u64,
    },
    /// The record changes a row that is different in this directory.
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
    /// The edits of the record are not those that its change makes in this directory.
    #[error(
        "record {record}, steps[{entry}]: the edits are not those of the change: \
         rebuild the directory from a complete log that nobody has altered"
    )]
    OtherEdits {
        /// The revision of the record.
        record: u64,
        /// The index of the entry in the record.
        entry: usize,
    },
}

/// Writes which record is the next one.
struct Next(u64);

impl Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.checked_add(1) {
            Some(next) => write!(f, "the next one is {next}"),
            None => f.write_str("there is no later one"),
        }
    }
}
