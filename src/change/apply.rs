//! Makes changes: authorizes each on the present facts, applies it completely or not at all, and records it.

use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::edit::Edit;
use crate::change::error::{BatchError, ChangeError};
use crate::change::plan::has_expired;
use crate::change::record::{Cause, Entry, Record};
use crate::change::transaction::Transaction;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::time::Time;
use crate::model::token::Token;
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
    /// let invite = |account, role: Role| Change::invite_member("acme-corp", account, AccountKind::User, role, None);
    /// let record = directory.change(&SubjectId::new("olivia"), invite("carol", Role::Admin))?;
    /// assert_eq!((record.revision(), directory.revision()), (2, 2));
    ///
    /// let denied = directory.change(&SubjectId::new("carol"), invite("mallory", Role::Owner)).unwrap_err();
    /// assert!(matches!(denied, ChangeError::Denied(denied) if matches!(denied.reason(), Some(Reason::Outranked { .. }))));
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
        self.record(entry)
    }

    /// Makes all changes of a batch, or none. Each is authorized on the state that the changes before it left.
    ///
    /// A batch is recorded as one record, and counts as one revision.
    ///
    /// # Errors
    ///
    /// [`BatchError::Stale`] if the batch requires a revision other than the present one; [`BatchError::Change`] for the first
    /// change that is denied or cannot be made; [`BatchError::Exhausted`] if there is no later revision.
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
    /// let invite = Change::invite_member("acme-corp", "oscar", AccountKind::User, Role::Owner, None);
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
        let revision = self.revision.checked_add(1).ok_or(BatchError::Exhausted)?;
        let mut entries = Vec::with_capacity(batch.changes.len());
        let mut transaction = Transaction::of(self);
        for (index, (subject, change)) in batch.changes.into_iter().enumerate() {
            let failed = |error| BatchError::Change { index, error };
            let entry = transaction.directory().authorize_and_plan(&subject, change).map_err(failed)?;
            let applied = transaction.apply(entry.edits());
            debug_assert_eq!(applied, Ok(()), "the edits of a plan can be applied");
            entries.push(entry);
        }
        transaction.keep();
        self.revision = revision;
        Ok(Record::new(Record::<Id>::POLICY, revision, entries))
    }

    /// Creates an organization with its first Owner, who must be a user.
    ///
    /// No permission is checked, because no one has any yet: decide yourself who may sign up. The change is recorded, with
    /// `at` as its time.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Taken`] if there is an organization with this id; [`ChangeError::OtherKind`] if the account is a member
    /// elsewhere with the other kind; [`ChangeError::ServiceOwner`] if `kind` is a service account, which cannot be an Owner;
    /// [`ChangeError::Time`] if `at` lies outside the years 0000 to 9999.
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
    /// assert_eq!(again.unwrap_err().to_string(), "this id is taken: choose another one");
    /// # Ok::<(), shipgate::change::ChangeError>(())
    /// ```
    pub fn create_organization(
        &mut self,
        organization: Id,
        owner: Id,
        kind: AccountKind,
        at: Option<Time>,
    ) -> Result<Record<Id>, ChangeError> {
        require_writable(at)?;
        let edits = self.plan_organization(&organization, &owner, kind)?;
        self.record(Entry::new(Cause::CreateOrganization { organization, owner, kind }, at, edits))
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
        require_writable(subject.now())?;
        require_writable(change.time())?;
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
        let id = |token: Option<&Token<Id>>| token.and_then(Token::id).map(Into::into);
        let (token, service_token) = (id(subject.token), id(subject.service_token));
        Ok(Entry::new(Cause::Change { by, change }, subject.now(), edits).with_tokens(token, service_token))
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

    /// Makes the edits of an entry, and records it.
    fn record(&mut self, entry: Entry<Id>) -> Result<Record<Id>, ChangeError> {
        let revision = self.revision.checked_add(1).ok_or(ChangeError::Exhausted)?;
        self.apply_all(entry.edits());
        self.revision = revision;
        Ok(Record::new(Record::<Id>::POLICY, revision, vec![entry]))
    }
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Applies edits that can be applied.
    pub(crate) fn apply_all(&mut self, edits: &[Edit<Id>]) {
        let prepared = self.prepare(edits);
        for (edit, step) in edits.iter().zip(prepared) {
            debug_assert!(self.check(edit), "the edit cannot be applied");
            self.apply(step);
        }
    }
}

/// Fails for a time that a record could not say.
fn require_writable(time: Option<Time>) -> Result<(), ChangeError> {
    if time.is_none_or(Time::is_writable) { Ok(()) } else { Err(ChangeError::Time) }
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
