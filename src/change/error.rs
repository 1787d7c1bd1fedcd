//! Why changes are not made.

use alloc::string::String;

use crate::directory::error::EntityKind;
use crate::model::account::AccountKind;
use crate::model::custom_role::RoleError;
use crate::model::namespace::NamespaceError;
use crate::policy::decision::Denied;

/// A change was not made.
///
/// The message is for the user who asked: it names nothing that the change did not name, and reads the same whether the subject
/// may see the obstacle or not. The fields are for your service. The ids in them are quoted and escaped, ready to be displayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The subject may not make the change. A hidden denial displays as `not found`.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The id is taken, in this organization or in another one.
    #[error("this id is taken: choose another one")]
    Taken {
        /// The kind of entity.
        kind: EntityKind,
        /// The id that the change names.
        id: String,
    },
    /// The namespace has another form than namespaces have.
    #[error(transparent)]
    Namespace(#[from] NamespaceError),
    /// Another environment has the namespace.
    #[error("this namespace is taken: choose another one")]
    NamespaceTaken {
        /// The namespace.
        namespace: String,
        /// The cluster that the change names.
        cluster: String,
    },
    /// The account is a member, and its membership is not known to have expired.
    #[error("this account is a member already: change the role or the expiry instead")]
    AlreadyMember {
        /// The account.
        account: String,
        /// The organization.
        organization: String,
    },
    /// The member is in the team.
    #[error("this member is in the team already")]
    AlreadyInTeam {
        /// The member.
        account: String,
        /// The team.
        team: String,
    },
    /// The member is not in the team.
    #[error("this member is not in the team")]
    NotInTeam {
        /// The member.
        account: String,
        /// The team.
        team: String,
    },
    /// The account is a member elsewhere, with the other kind. This is an error of your service, whose table of accounts says
    /// both; so the message tells nothing of it.
    #[error("the change cannot be made")]
    OtherKind {
        /// The account.
        account: String,
        /// The kind by which the account is a member.
        present: AccountKind,
    },
    /// The change would make a service account an Owner.
    #[error("a service account cannot be an owner: make it an admin")]
    ServiceOwner,
    /// The present time, or a time in the change, lies outside the years 0000 to 9999, which no record can say.
    #[error("a time lies outside the years 0000 to 9999")]
    Time,
    /// Something that a change by the platform names does not exist.
    #[error("{kind} {id} does not exist: name one that does")]
    Unknown {
        /// The kind of entity.
        kind: EntityKind,
        /// The id that the change names.
        id: String,
    },
    /// Something that a change by the platform names belongs to another organization.
    #[error("{kind} {id} belongs to another organization: name one of the same")]
    Foreign {
        /// The kind of entity.
        kind: EntityKind,
        /// The id that the change names.
        id: String,
    },
    /// An account that a change by the platform names is not a member of the organization.
    #[error("account {account} is not a member of {organization}: invite it first")]
    NotAMember {
        /// The account.
        account: String,
        /// The organization.
        organization: String,
    },
    /// A change by the platform deletes something that is in use.
    #[error("{kind} {id} is in use: remove what belongs to it first")]
    NotEmpty {
        /// The kind of entity.
        kind: EntityKind,
        /// The id that the change names.
        id: String,
    },
    /// A change by the platform would leave the organization without a permanent Owner.
    #[error("the organization would have no permanent owner: make another one first, or allow it")]
    LastOwner,
    /// The platform cannot transfer ownership, because an Owner gives it away.
    #[error("only an owner can transfer ownership: change the roles instead")]
    NeedsMember,
    /// The permissions do not suit the rank of the custom role.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// The record would be larger than 8 MiB.
    #[error("the record of this change would be larger than 8 MiB: make it in several steps")]
    TooLarge,
    /// The organization is at the last revision that there is.
    #[error("no change can be made: the revisions are used up")]
    Exhausted,
    /// The directory has as many facts of a kind as can be numbered: see [`RowError::Full`](crate::directory::RowError::Full).
    #[error("no more can be added: the facts of a kind are numbered, and their numbers end")]
    Full,
}

/// Why what was allowed has no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRecord {
    TooLarge,
    Exhausted,
}

impl From<NoRecord> for ChangeError {
    fn from(why: NoRecord) -> Self {
        match why {
            NoRecord::TooLarge => Self::TooLarge,
            NoRecord::Exhausted => Self::Exhausted,
        }
    }
}

impl From<NoRecord> for BatchError {
    fn from(why: NoRecord) -> Self {
        match why {
            NoRecord::TooLarge => Self::TooLarge,
            NoRecord::Exhausted => Self::Exhausted,
        }
    }
}

/// A batch was not made. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// There is no change in the batch.
    #[error("the batch has no changes: add one")]
    Empty,
    /// The organization is at a different revision.
    #[error("decided on revision {decided_on}, but the organization is at {present}: read it again and decide again")]
    Stale {
        /// The revision that the batch requires.
        decided_on: u64,
        /// The revision of the organization.
        present: u64,
    },
    /// The batch changes several organizations, but a record belongs to one.
    #[error("changes[{index}] is in another organization than those before it: make a batch for each")]
    SeveralOrganizations {
        /// The index of the first change in another organization.
        index: usize,
    },
    /// The subjects of the batch have different times, but a record has one.
    #[error("changes[{index}] has another time than those before it: give all the same")]
    SeveralTimes {
        /// The index of the first change with another time.
        index: usize,
    },
    /// The record would be larger than 8 MiB.
    #[error("the record of this batch would be larger than 8 MiB: split the batch")]
    TooLarge,
    /// The organization is at the last revision that there is.
    #[error("no change can be made: the revisions are used up")]
    Exhausted,
    /// One of the changes was denied or cannot be made.
    #[error("changes[{index}]: {error}")]
    Change {
        /// The index of the change in the batch.
        index: usize,
        /// Why the change was not made.
        #[source]
        error: ChangeError,
    },
}
