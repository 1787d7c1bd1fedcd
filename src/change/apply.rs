//! Makes changes: authorizes each on the present facts, applies it completely or not at all, and records it.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::edit::Edit;
use crate::change::record::{Cause, Entry, Record};
use crate::directory::error::EntityKind;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::{AccountKind, Membership};
use crate::model::action::Action;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::time::{Now, Time};
use crate::policy::decision::Denied;
use crate::policy::reason::Reason;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// Makes a change, if [`Directory::decide`] allows the subject to. If it fails, nothing changes.
    ///
    /// Returns a record of what was done and of the facts before and after. Store it as an audit log;
    /// [replaying](Directory::replay) the log rebuilds the directory.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Denied`] if the subject may not make the change; the other variants if it may, but the change cannot be
    /// made.
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
    /// let record = directory.change(&SubjectId::new("olivia"), invite("carol", Role::Admin))?;
    /// assert_eq!((record.revision(), directory.revision()), (2, 2));
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
        let entry = self.authorize_and_plan(subject, change)?;
        self.apply_all(entry.edits());
        Ok(self.record(vec![entry]))
    }

    /// Makes all changes of a batch, or none. Each is authorized on the state that the changes before it left.
    ///
    /// A batch is recorded as one record, and counts as one revision.
    ///
    /// # Errors
    ///
    /// [`BatchError::Stale`] if the batch requires a revision other than the present one; [`BatchError::Change`] for the first
    /// change that is denied or cannot be made.
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
            match self.authorize_and_plan(&subject, change) {
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

    /// Creates an organization with its first Owner, who must be a user.
    ///
    /// No permission is checked, because no one has any yet: decide yourself who may sign up. The change is recorded, with
    /// `at` as its time.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Taken`] if there is an organization with this id; [`ChangeError::OtherKind`] if the account exists and
    /// is of the other kind; [`ChangeError::ServiceOwner`] if `kind` is a service account, which cannot be an Owner.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory};
    ///
    /// let mut directory = Directory::<String>::new();
    /// directory.create_organization("acme-corp".into(), "olivia".into(), AccountKind::User, None)?;
    /// assert_eq!(directory.organization("acme-corp").map(|acme| acme.owners()), Some(1));
    ///
    /// let again = directory.create_organization("acme-corp".into(), "oscar".into(), AccountKind::User, None);
    /// assert_eq!(again.unwrap_err().to_string(), r#"organization "acme-corp" already exists: choose another id"#);
    /// # Ok::<(), shipgate::change::ChangeError>(())
    /// ```
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

    /// Authorizes and plans a change, without applying it.
    pub(crate) fn authorize_and_plan<Q>(
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
        // Otherwise, an Owner whose membership has expired could be replaced by re-inviting them with a lower role.
        if let Some(replaced) = self.replaced_member(subject.now(), &change) {
            self.authorize(subject, Action::Remove, replaced)?;
        }
        // Only members are allowed anything, so the account exists.
        let by = self.account(subject.id()).map(|account| account.id().clone());
        let by = by.ok_or_else(|| Denied::because(Reason::NotAMember, self.exposure(subject, resource)))?;
        let edits = self.plan(&by, subject.now(), &change)?;
        Ok(Entry::new(Cause::Change { by, change }, subject.now(), edits))
    }

    /// The member whose expired membership an invitation would replace.
    fn replaced_member<'a, Q>(&self, now: Option<Time>, change: &'a Change<Id>) -> Option<ResourceRef<'a, Id, Q>>
    where
        Id: Borrow<Q>,
        Q: ?Sized,
    {
        let Change::InviteMember { organization, account, .. } = change else { return None };
        let membership = self.membership(organization, account)?;
        has_expired(membership, now)
            .then(|| ResourceId::Member { organization: organization.borrow(), account: account.borrow() })
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

    /// Undoes edits, last to first.
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

/// Whether a membership is known to have expired. Without a time, it is not known.
pub(crate) fn has_expired<Id>(membership: &Membership<Id>, now: Option<Time>) -> bool {
    now.is_some() && !membership.live(Now::new(now))
}

/// Changes that are made together or not at all, each with its subject: see [`Directory::change_all`].
#[derive(Clone, Debug)]
pub struct Batch<'a, Id, Q: ?Sized = Id> {
    changes: Vec<(SubjectId<'a, Id, Q>, Change<Id>)>,
    revision: Option<u64>,
}

impl<'a, Id, Q: ?Sized> Batch<'a, Id, Q> {
    /// A batch without changes.
    #[must_use]
    pub const fn new() -> Self {
        Self { changes: Vec::new(), revision: None }
    }

    /// Adds a change by a subject.
    #[must_use]
    pub fn with(mut self, subject: SubjectId<'a, Id, Q>, change: Change<Id>) -> Self {
        self.changes.push((subject, change));
        self
    }

    /// Requires the directory to be at this revision, like HTTP's `If-Match`. Use it if the changes were chosen by looking at
    /// an earlier state.
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

/// A change was not made. The ids are quoted and escaped, ready to be displayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The subject may not make the change. A hidden denial displays as `not found`.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The id is taken, in this organization or in another one.
    #[error("{kind} {id} already exists: choose another id")]
    Taken {
        /// The kind of entity.
        kind: EntityKind,
        /// The id.
        id: String,
    },
    /// Another environment has the namespace.
    #[error("namespace {namespace} of cluster {cluster} is taken: one environment would deploy over the other")]
    NamespaceTaken {
        /// The namespace.
        namespace: String,
        /// The cluster.
        cluster: String,
    },
    /// The account is a member, and its membership is not known to have expired.
    #[error("account {account} is already a member of {organization}: change the role or the expiry instead")]
    AlreadyMember {
        /// The account.
        account: String,
        /// The organization.
        organization: String,
    },
    /// The account exists and is of the other kind.
    #[error("account {account} is of the kind {held}: use that kind")]
    OtherKind {
        /// The account.
        account: String,
        /// The kind that the account has.
        held: AccountKind,
    },
    /// The change would make a service account an Owner.
    #[error("a service account cannot be an owner: make it an admin")]
    ServiceOwner,
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
