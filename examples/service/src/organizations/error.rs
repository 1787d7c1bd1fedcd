//! Why an organization cannot be answered for, or was not changed.

use shipgate::change::{AttachError, ProposeError, Unusable};

use crate::database;

/// An organization cannot be answered for now, or was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such organization.
    #[error("there is no such organization")]
    Absent,
    /// It cannot be decided on now.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The database could not be asked.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// Its rows contradict each other, or those of another organization.
    #[error("the rows of an organization cannot be loaded: {0}")]
    Rows(#[from] AttachError),
    /// The change was refused.
    #[error(transparent)]
    Refused(#[from] ProposeError),
    /// An id that the service made is taken.
    #[error("an id that was made is taken already")]
    IdTaken,
    /// What was to be stored beside the record is there already.
    #[error("what belongs to the change is stored already")]
    BesideTaken,
    /// What was to be changed beside the record is not there, or no longer as it was.
    #[error("what belongs to the change is no longer as it was")]
    BesideMissing,
    /// It is no longer as whoever asked for the change has seen it.
    #[error("it was changed meanwhile")]
    Outdated,
    /// Others changed the organization each time first.
    #[error("others change this organization at the same time: try again")]
    Contended,
    /// The connection was lost while the change was committed, and the database cannot be asked whether it is stored.
    #[error("whether the change is stored is not known: {0}")]
    Unknown(#[source] database::Error),
    /// The organization has not come to a revision in time.
    #[error("revision {wanted} is not here yet: this instance has {present}")]
    NotYet {
        /// The revision that was waited for.
        wanted: u64,
        /// The revision that this instance has.
        present: u64,
    },
    /// The clock of this instance is not the database's.
    #[error("the clock of this instance is {ahead} ms ahead of the database's: synchronize both")]
    Clock {
        /// By how much it is ahead; negative if it is behind.
        ahead: i64,
    },
    /// The log was not read lately.
    #[error("the log was not read lately: check the connection to the database")]
    NotPolled,
}
