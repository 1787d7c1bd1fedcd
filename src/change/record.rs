//! Records of changes. Replay them to rebuild a directory, or to follow another one.

use alloc::string::String;
use alloc::vec::Vec;

use crate::change::Change;
use crate::change::edit::Edit;
use crate::model::account::AccountKind;
use crate::model::time::Time;

/// A record of a change or a batch that was made: who did what and when, and each fact before and after.
///
/// Store records as an audit log, and [replay](crate::Directory::replay) them to rebuild a directory or to follow another one.
/// The JSON form has a version, [`Record::FORMAT`], and a record with another version is rejected. A record also has the version
/// of the policy by which the change was made, [`Record::policy`].
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
    policy: u32,
    revision: u64,
    entries: Vec<Entry<Id>>,
}

impl<Id> Record<Id> {
    /// The version of the JSON form.
    pub const FORMAT: u32 = 2;

    /// The version of the policy that this library decides by.
    pub const POLICY: u32 = 2;

    pub(crate) const fn new(policy: u32, revision: u64, entries: Vec<Entry<Id>>) -> Self {
        Self { policy, revision, entries }
    }

    /// The version of the policy by which the change was made. If it is [`Record::POLICY`], replaying the record checks that the
    /// edits are those of its change.
    #[must_use]
    pub const fn policy(&self) -> u32 {
        self.policy
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
    token: Option<String>,
    service_token: Option<String>,
    edits: Vec<Edit<Id>>,
}

impl<Id> Entry<Id> {
    pub(crate) const fn new(cause: Cause<Id>, at: Option<Time>, edits: Vec<Edit<Id>>) -> Self {
        Self { cause, at, token: None, service_token: None, edits }
    }

    /// Sets the ids of the tokens that the subject came with.
    pub(crate) fn with_tokens(self, token: Option<String>, service_token: Option<String>) -> Self {
        Self { token, service_token, ..self }
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

    /// The id of the token that the subject came with, if the token has one.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The id of the token that the service gave beside the question, if that token has one.
    #[must_use]
    pub fn service_token(&self) -> Option<&str> {
        self.service_token.as_deref()
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
    /// An organization was created by [`Directory::create_organization`](crate::Directory::create_organization), which needs no permission.
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
