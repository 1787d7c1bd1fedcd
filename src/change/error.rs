//! Why changes are not made.

use alloc::string::String;

use crate::directory::error::EntityKind;
use crate::model::account::AccountKind;
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
    /// The directory is at the last revision that there is.
    #[error("no change can be made: the revisions are used up")]
    Exhausted,
}

/// A batch was not made. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The directory is at a different revision.
    #[error("decided on revision {decided_on}, but the directory is at {present}: read it again and decide again")]
    Stale {
        /// The revision that the batch requires.
        decided_on: u64,
        /// The revision of the directory.
        present: u64,
    },
    /// The directory is at the last revision that there is.
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
