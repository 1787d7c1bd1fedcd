//! Records of changes, in a stream for each organization.

use alloc::string::String;
use alloc::vec::Vec;

use crate::change::Change;
use crate::change::edit::Edit;
use crate::model::account::AccountKind;
use crate::model::time::Time;
use crate::policy;

/// A record of a change or a batch in one organization: who does what and when, and each row before and after.
///
/// Records form a stream for each organization. A record has an id of its own, the id of the record before it, and its
/// [revision](Self::revision), which counts from 1 in each stream. Store records as an audit log, with the organization and
/// the revision as the key, and [apply](crate::Directory::apply) them to rebuild a directory or to follow another one.
///
/// The JSON form has a version, [`Record::FORMAT`], and a record with another version is rejected. A record also has the version
/// of the policy by which the change was decided, [`Record::policy`].
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, Directory};
///
/// let mut leader = Directory::<u64>::new();
/// let founded = leader.propose_organization(100, 1, 7, AccountKind::User, None)?;
/// assert_eq!((founded.id(), founded.previous(), founded.revision()), (&100, None, 1));
/// assert_eq!(leader.revision(&1), None, "a proposal changes nothing");
///
/// let mut follower = Directory::new();
/// leader.apply(&founded)?;
/// follower.apply(&founded)?;
/// assert_eq!(follower, leader);
/// assert_eq!(
///     follower.apply(&founded).unwrap_err().to_string(),
///     r#"record 1 of "1" does not follow revision 1: the next one is 2"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<Id> {
    id: Id,
    previous: Option<Id>,
    organization: Id,
    revision: u64,
    policy: u32,
    at: Option<Time>,
    reason: Option<String>,
    entries: Vec<Entry<Id>>,
}

impl<Id> Record<Id> {
    /// The version of the JSON form.
    pub const FORMAT: u32 = 3;

    /// The version of the policy that this library decides by.
    pub const POLICY: u32 = policy::VERSION;

    /// The most bytes that the JSON text of a record has: 8 MiB. A change or a batch whose record would be larger is refused.
    /// Ids are counted as the texts that they display.
    pub const LIMIT: usize = crate::change::size::LIMIT;

    /// A record of the present policy, without a time and a reason.
    ///
    /// [`Directory::propose`](crate::Directory::propose) makes records of changes that are allowed. Use this constructor to
    /// build one from what you store.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::change::Record;
    ///
    /// let record = Record::new(101, 1, 2, vec![]).after(100).because("ticket 7");
    /// assert_eq!((record.previous(), record.reason()), (Some(&100), Some("ticket 7")));
    /// ```
    #[must_use]
    pub const fn new(id: Id, organization: Id, revision: u64, entries: Vec<Entry<Id>>) -> Self {
        let policy = Self::POLICY;
        Self { id, previous: None, organization, revision, policy, at: None, reason: None, entries }
    }

    /// Sets the id of the record before it.
    #[must_use]
    pub fn after(self, previous: Id) -> Self {
        Self { previous: Some(previous), ..self }
    }

    /// Sets the time of the changes.
    #[must_use]
    pub fn at(self, time: Time) -> Self {
        Self { at: Some(time), ..self }
    }

    /// Sets why the changes were made, in words for the audit log.
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }

    /// Sets the version of the policy by which the changes were decided.
    #[must_use]
    pub fn by_policy(self, policy: u32) -> Self {
        Self { policy, ..self }
    }

    /// Sets what is optional: each is `None` if it is missing.
    pub(crate) fn with_optional(self, previous: Option<Id>, at: Option<Time>, reason: Option<String>) -> Self {
        Self { previous, at, reason, ..self }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The id of the record before it in the stream of the organization; `None` if it is the first.
    #[must_use]
    pub const fn previous(&self) -> Option<&Id> {
        self.previous.as_ref()
    }

    /// The organization that changes.
    #[must_use]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// The revision of the organization after the change: 1 more than before it.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The version of the policy by which the change was decided. If it is [`Record::POLICY`], applying the record checks that
    /// the edits are those of its change.
    #[must_use]
    pub const fn policy(&self) -> u32 {
        self.policy
    }

    /// The time of the changes, if the subject had one.
    #[must_use]
    pub const fn time(&self) -> Option<Time> {
        self.at
    }

    /// Why the changes were made, if it was said.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The changes, in order. There is one, unless the record is of a batch.
    #[must_use]
    pub fn entries(&self) -> &[Entry<Id>] {
        &self.entries
    }

    /// The edits of all changes, in order.
    pub fn edits(&self) -> impl Iterator<Item = &Edit<Id>> {
        self.entries.iter().flat_map(Entry::edits)
    }
}

/// One change in a [`Record`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<Id> {
    cause: Cause<Id>,
    token: Option<String>,
    service_token: Option<String>,
    edits: Vec<Edit<Id>>,
}

impl<Id> Entry<Id> {
    /// A change with its edits, made without a token.
    #[must_use]
    pub const fn new(cause: Cause<Id>, edits: Vec<Edit<Id>>) -> Self {
        Self { cause, token: None, service_token: None, edits }
    }

    /// Sets the ids of the tokens that the subject came with.
    #[must_use]
    pub fn with_tokens(self, token: Option<String>, service_token: Option<String>) -> Self {
        Self { token, service_token, ..self }
    }

    /// What was done, and by whom.
    #[must_use]
    pub const fn cause(&self) -> &Cause<Id> {
        &self.cause
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

    /// The edits of the rows, in order.
    #[must_use]
    pub fn edits(&self) -> &[Edit<Id>] {
        &self.edits
    }
}

/// What was done, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause<Id> {
    /// An organization was created, which needs no permission.
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
    /// The platform itself made a change, for which nothing was decided.
    Platform {
        /// Who acted for the platform.
        by: String,
        /// The change.
        change: Change<Id>,
    },
}
