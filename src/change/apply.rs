//! Changing a directory: every act is decided on the present facts, done whole or not at all, and recorded.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::edit::Edit;
use crate::change::record::{Cause, Entry, Record};
use crate::directory::load::EntityKind;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::{AccountKind, Membership};
use crate::model::action::Action;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::time::{Now, Time};
use crate::policy::decision::Denied;
use crate::policy::reason::Reason;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// Changes the directory, if [`Directory::decide`] allows the subject to: whole or not at all. What was done, and what
    /// was there before, is the record that comes back; it can be kept as an audit log, and [replayed](Directory::replay).
    ///
    /// # Errors
    ///
    /// [`ChangeError::Denied`] where the subject may not; the others where it may, but the change cannot be done.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory, Reason, Role, SubjectId};
    /// use shipgate::change::{Change, ChangeError};
    ///
    /// let mut directory = Directory::<String>::new();
    /// directory.create_organization("acme-corp".into(), "olivia".into(), AccountKind::User, None)?;
    /// let invite = |account, role| Change::invite_member("acme-corp", account, AccountKind::User, role);
    /// let applied = directory.change(&SubjectId::new("olivia"), invite("carol", Role::Admin))?;
    /// assert_eq!((applied.revision(), directory.revision()), (2, 2));
    ///
    /// let denied = directory.change(&SubjectId::new("carol"), invite("mallory", Role::Owner)).unwrap_err();
    /// assert_eq!(denied.to_string(), "denied: this needs a role that includes owner; you have admin");
    /// let leave = Change::remove_member("acme-corp", "olivia");
    /// let denied = directory.change(&SubjectId::new("olivia"), leave).unwrap_err();
    /// assert!(matches!(denied, ChangeError::Denied(denied) if denied.reason() == Some(Reason::LastOwner)));
    /// # Ok::<(), shipgate::change::ChangeError>(())
    /// ```
    pub fn change<Q>(&mut self, subject: &SubjectId<'_, Id, Q>, change: Change<Id>) -> Result<Record<Id>, ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let entry = self.decided(subject, change)?;
        self.apply_all(entry.edits());
        Ok(self.record(vec![entry]))
    }

    /// Changes the directory by a batch: each change is decided on what those before it left, and either all are done or
    /// none. A batch is one record, at one revision.
    ///
    /// # Errors
    ///
    /// [`BatchError::Stale`] where the batch was decided on another revision than the present one,
    /// [`BatchError::Change`] for the first change that is denied or cannot be done.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory, Role, SubjectId};
    /// use shipgate::change::{Batch, Change};
    ///
    /// let mut directory = Directory::<String>::new();
    /// directory.create_organization("acme-corp".into(), "olivia".into(), AccountKind::User, None)?;
    /// let olivia = SubjectId::new("olivia");
    /// let oscar = SubjectId::new("oscar");
    /// let invite = Change::invite_member("acme-corp", "oscar", AccountKind::User, Role::Owner);
    /// let remove = |account| Change::remove_member("acme-corp", account);
    ///
    /// let each_other = Batch::new()
    ///     .with(olivia, invite)
    ///     .with(olivia, remove("oscar"))
    ///     .with(oscar, remove("olivia"))
    ///     .if_revision(1);
    /// let error = directory.change_all(each_other).unwrap_err();
    /// assert_eq!(error.to_string(), "changes[2]: not found");
    /// assert!(directory.account("oscar").is_none(), "nothing was done");
    /// # Ok::<(), shipgate::change::ChangeError>(())
    /// ```
    pub fn change_all<Q>(&mut self, batch: Batch<'_, Id, Q>) -> Result<Record<Id>, BatchError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        if let Some(decided_on) = batch.revision.filter(|revision| *revision != self.revision) {
            return Err(BatchError::Stale { decided_on, present: self.revision });
        }
        let mut entries = Vec::with_capacity(batch.changes.len());
        for (index, (subject, change)) in batch.changes.into_iter().enumerate() {
            match self.decided(&subject, change) {
                Ok(entry) => {
                    self.apply_all(entry.edits());
                    entries.push(entry);
                }
                Err(error) => {
                    self.undo(entries.iter().flat_map(Entry::edits));
                    return Err(BatchError::Change { index, error });
                }
            }
        }
        Ok(self.record(entries))
    }

    /// Creates an organization with its first Owner, a user. Nobody decides it, but it is recorded.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Taken`] where there is an organization of this id, [`ChangeError::OtherKind`] where the account is of
    /// another kind, [`ChangeError::ServiceOwner`] for a service account, which cannot be an Owner.
    pub fn create_organization(
        &mut self,
        organization: Id,
        owner: Id,
        kind: AccountKind,
        at: Option<Time>,
    ) -> Result<Record<Id>, ChangeError> {
        let edits = self.plan_organization(&organization, &owner, kind)?;
        self.apply_all(&edits);
        Ok(self.record(vec![Entry::new(Cause::CreateOrganization { organization, owner, kind }, at, edits)]))
    }

    /// What a subject's change does, if it is allowed.
    pub(crate) fn decided<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        change: Change<Id>,
    ) -> Result<Entry<Id>, ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let (action, resource) = change.question();
        self.authorize(subject, action, resource)?;
        if let Some(replaced) = self.replaced(subject.now(), &change) {
            self.authorize(subject, Action::Remove, replaced)?;
        }
        // Who is allowed anything is a member, and held.
        let by = self.account(subject.id()).map(|account| account.id().clone());
        let by = by.ok_or_else(|| Denied::because(Reason::NotAMember, self.exposure(subject, resource)))?;
        let edits = self.plan(&by, subject.now(), &change)?;
        Ok(Entry::new(Cause::Change { by, change }, subject.now(), edits))
    }

    /// The member whose membership, which is over, an invitation puts another in place of: it is removed as well, and
    /// nobody removes an Owner by inviting him anew.
    fn replaced<'a, Q>(&self, now: Option<Time>, change: &'a Change<Id>) -> Option<ResourceRef<'a, Id, Q>>
    where
        Id: Borrow<Q>,
        Q: ?Sized,
    {
        let Change::InviteMember { organization, account, .. } = change else { return None };
        let is_over = self.membership(organization, account).is_some_and(|held| is_over(held, now));
        is_over.then(|| ResourceId::Member { organization: organization.borrow(), account: account.borrow() })
    }

    fn record(&mut self, entries: Vec<Entry<Id>>) -> Record<Id> {
        self.revision = self.revision.saturating_add(1);
        Record::new(self.revision, entries)
    }
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn apply_all(&mut self, edits: &[Edit<Id>]) {
        for edit in edits {
            self.apply(edit);
        }
    }

    /// Undoes edits, the last one first.
    pub(crate) fn undo<'a>(&mut self, edits: impl Iterator<Item = &'a Edit<Id>>)
    where
        Id: 'a,
    {
        let edits: Vec<_> = edits.collect();
        for edit in edits.into_iter().rev() {
            self.apply(&edit.inverse());
        }
    }
}

/// Whether a membership is known to be over: without a time nobody knows.
pub(crate) fn is_over<Id>(held: &Membership<Id>, now: Option<Time>) -> bool {
    now.is_some() && !held.live(Now::new(now))
}

/// Changes that are done together or not at all, each with who makes it.
#[derive(Clone, Debug)]
pub struct Batch<'a, Id, Q: ?Sized = Id> {
    changes: Vec<(SubjectId<'a, Id, Q>, Change<Id>)>,
    revision: Option<u64>,
}

impl<'a, Id, Q: ?Sized> Batch<'a, Id, Q> {
    /// No changes yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { changes: Vec::new(), revision: None }
    }

    /// The same batch, with a change more.
    #[must_use]
    pub fn with(mut self, subject: SubjectId<'a, Id, Q>, change: Change<Id>) -> Self {
        self.changes.push((subject, change));
        self
    }

    /// The same batch, refused on any other revision than this: the one that whoever asks for it has seen.
    #[must_use]
    pub fn if_revision(self, revision: u64) -> Self {
        Self { revision: Some(revision), ..self }
    }
}

impl<Id, Q: ?Sized> Default for Batch<'_, Id, Q> {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a change was not made. The ids stand as a message shows them: in quotes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the ids that the message names")]
#[non_exhaustive]
pub enum ChangeError {
    /// The subject may not. A hidden denial is answered as if there were no such thing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is one of this id, in this organization or another.
    #[error("{kind} {id} is taken: choose another id")]
    Taken { kind: EntityKind, id: String },
    /// Another environment has the namespace.
    #[error("namespace {namespace} of cluster {cluster} is taken: one environment would deploy over the other")]
    NamespaceTaken { namespace: String, cluster: String },
    /// The account is a live member, or nobody knows whether it is.
    #[error("account {account} is a member of {organization} already: change the role or the expiry instead")]
    AlreadyMember { account: String, organization: String },
    /// The account is of another kind than was said.
    #[error("account {account} is of the kind {held}: name it as what it is")]
    OtherKind { account: String, held: AccountKind },
    /// A service account was to be an Owner.
    #[error("a service account cannot be an owner: make it an admin")]
    ServiceOwner,
}

/// Why a batch was not done: no part of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// It was decided on another revision.
    #[error("decided on revision {decided_on}, but the directory is at {present}: read it again and decide anew")]
    Stale {
        /// The revision that the batch named.
        decided_on: u64,
        /// The revision of the directory.
        present: u64,
    },
    /// One of its changes is denied, or cannot be done.
    #[error("changes[{index}]: {error}")]
    Change {
        /// Which change, counted from 0.
        index: usize,
        /// Why.
        #[source]
        error: ChangeError,
    },
}
