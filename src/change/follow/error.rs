//! Why a stream cannot be used.

use alloc::string::String;

use crate::change::apply::ApplyError;
use crate::change::error::{BatchError, ChangeError};
use crate::model::account::AccountKind;
use crate::model::time::Time;

/// An organization cannot be decided on now. This is an error of your service, and never a decision: answer with
/// [`status`](Self::status), 503.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// It was not said which organization is asked about. Each is a directory of its own.
    #[error("the organization is not known: name it, with `Guard::of`")]
    NotNamed,
    /// The organization is not followed.
    #[error("organization {organization} is not loaded: attach it")]
    NotLoaded {
        /// The organization.
        organization: String,
    },
    /// Nothing was heard of the organization for longer than the bound, or the time is before the last read began.
    #[error(
        "organization {organization} was last heard of at {} ms, and it is {} ms: read its stream, and check the clock",
        heard.as_millis(),
        now.as_millis()
    )]
    Stale {
        /// The organization.
        organization: String,
        /// When the last read that was taken began.
        heard: Time,
        /// The time that was given.
        now: Time,
    },
    /// The log contradicts what was applied.
    #[error("organization {organization} has diverged from the log: {cause}: attach it again")]
    Diverged {
        /// The organization.
        organization: String,
        /// What contradicts it.
        cause: Divergence,
    },
}

impl Unusable {
    /// The HTTP status to answer with: 503.
    #[must_use]
    pub const fn status(&self) -> u16 {
        503
    }
}

/// How a log contradicts what was applied from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Divergence {
    /// The log no longer has the record that the read began at.
    #[error("record {record}, which was applied, is missing in the log")]
    Missing {
        /// The revision of the record.
        record: u64,
    },
    /// The log has another record in the place of one that was applied.
    #[error("record {record} of the log is not the one that was applied")]
    OtherRecord {
        /// The revision of the record.
        record: u64,
    },
    /// A record is one of another organization.
    #[error("record {record} belongs to another organization")]
    OtherOrganization {
        /// The revision of the record.
        record: u64,
    },
    /// A record would give an account another kind than it has in another organization.
    #[error("account {account} would be of the kind {kind}, and is of the kind {present} in another organization")]
    OtherKind {
        /// The account.
        account: String,
        /// Its kind in another organization.
        present: AccountKind,
        /// Its kind by the record.
        kind: AccountKind,
    },
    /// A record cannot be applied.
    #[error(transparent)]
    NotApplied(ApplyError),
}

/// A [`Follower`](crate::change::Follower) did not propose a change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProposeError {
    /// The organization cannot be decided on now.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The change was denied or cannot be made.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The batch was denied or cannot be made.
    #[error(transparent)]
    Batch(#[from] BatchError),
}
