//! Proposals: each change is authorized on the present facts and becomes a record, which is not applied yet.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::batch::{Actor, Batch};
use crate::change::error::{BatchError, ChangeError, NoRecord};
use crate::change::plan::has_expired;
use crate::change::record::{Cause, Entry, Record};
use crate::change::size::Size;
use crate::change::transaction::Transaction;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::directory::version::Sharing;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::time::Time;
use crate::model::token::Token;
use crate::policy::decision::Denied;
use crate::policy::reason::Reason;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// Proposes a change, if [`Directory::decide`] allows the subject to make it. Nothing changes.
    ///
    /// Returns the record of the change. Store it, with the organization and the revision as its key, and then
    /// [apply](Directory::apply) it. If another record has the key already, somebody else was first: apply that record, and
    /// propose again. `id` becomes the id of the record, which no other record may have.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Denied`] if the subject may not make the change; the other variants if it may, but the change cannot be
    /// made.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory, Role, SubjectId};
    /// use shipgate::change::Change;
    ///
    /// let mut directory = Directory::<u64>::new();
    /// directory.create_organization(100, 1, 7, AccountKind::User, None)?;
    ///
    /// let invite = Change::invite_member(1u64, 8u64, AccountKind::User, Role::Admin, None);
    /// let record = directory.propose(101, &SubjectId::new(&7), invite)?;
    /// assert_eq!((record.revision(), record.previous()), (2, Some(&100)));
    /// assert!(directory.account(&8).is_none());
    ///
    /// directory.apply(&record)?;
    /// assert!(directory.account(&8).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn propose<Q>(
        &self,
        id: Id,
        subject: &SubjectId<'_, Id, Q>,
        change: Change<Id>,
    ) -> Result<Record<Id>, ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let (organization, entry) = self.authorize_and_plan(subject, change)?;
        Ok(self.next_record(id, organization, subject.now(), None, vec![entry])?)
    }

    /// Proposes all changes of a batch, each authorized on the state that the changes before it leave. Nothing changes in the
    /// end: the batch is made and undone.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::change_all`].
    pub fn propose_all<Q>(&mut self, id: Id, batch: Batch<'_, Id, Q>) -> Result<Record<Id>, BatchError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        match self.sharing {
            // Dropped with it, the transaction undoes the batch.
            Sharing::Alone => self.make_all(id, batch).map(|(record, _)| record),
            Sharing::Version | Sharing::Draft => self.propose_all_on_draft(id, batch),
        }
    }

    /// Proposes a batch on a draft of the next version, which is thrown away.
    pub(crate) fn propose_all_on_draft<Q>(&self, id: Id, batch: Batch<'_, Id, Q>) -> Result<Record<Id>, BatchError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.draft().make_all(id, batch).map(|(record, _)| record)
    }

    /// Proposes a new organization with its first Owner, who must be a user. Its record has the revision 1.
    ///
    /// No permission is checked, because no one has any yet: decide yourself who may sign up. Do not use the id of an
    /// organization again after the organization was deleted: its records are stored still.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::create_organization`].
    pub fn propose_organization(
        &self,
        id: Id,
        organization: Id,
        owner: Id,
        kind: AccountKind,
        at: Option<Time>,
    ) -> Result<Record<Id>, ChangeError> {
        require_writable(at)?;
        let edits = self.plan_organization(&organization, &owner, kind)?;
        self.require_room_for(&edits)?;
        let cause = Cause::CreateOrganization { organization: organization.clone(), owner, kind };
        Ok(self.next_record(id, organization, at, None, vec![Entry::new(cause, edits)])?)
    }

    /// Makes the changes of a batch, in a transaction that is not kept yet.
    pub(crate) fn make_all<Q>(
        &mut self,
        id: Id,
        batch: Batch<'_, Id, Q>,
    ) -> Result<(Record<Id>, Transaction<'_, Id>), BatchError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let Batch { changes, revision, reason } = batch;
        let Some((first, _)) = changes.first() else { return Err(BatchError::Empty) };
        let at = first.now();
        let mut organization = None;
        let mut entries = Vec::with_capacity(changes.len());
        let mut transaction = Transaction::of(self);
        for (index, (actor, change)) in changes.into_iter().enumerate() {
            if actor.now() != at {
                return Err(BatchError::SeveralTimes { index });
            }
            let planned = transaction.directory().plan_by(&actor, change);
            let (of, entry) = planned.map_err(|error| BatchError::Change { index, error })?;
            if organization.get_or_insert_with(|| of.clone()) != &of {
                return Err(BatchError::SeveralOrganizations { index });
            }
            // Who may not make even the first change is not told the revision.
            if index == 0
                && let Some(stale) = stale(transaction.directory(), &of, revision)
            {
                return Err(stale);
            }
            let applied = transaction.apply(entry.edits());
            debug_assert_eq!(applied, Ok(()), "the edits of a plan can be applied");
            entries.push(entry);
        }
        let organization = organization.ok_or(BatchError::Empty)?;
        let record = transaction.directory().next_record(id, organization, at, reason, entries)?;
        Ok((record, transaction))
    }

    fn plan_by<Q>(&self, actor: &Actor<'_, Id, Q>, change: Change<Id>) -> Result<(Id, Entry<Id>), ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        match actor {
            Actor::Subject(subject) => self.authorize_and_plan(subject, change),
            Actor::Platform(platform) => self.plan_as_platform(*platform, change),
        }
    }

    /// Authorizes and plans a change, without applying it, and returns the organization that it is in.
    pub(crate) fn authorize_and_plan<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        change: Change<Id>,
    ) -> Result<(Id, Entry<Id>), ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        require_writable(subject.now())?;
        require_writable(change.time())?;
        let (action, resource) = change.question();
        self.require(subject, action, resource)?;
        // Otherwise, an Owner whose membership has expired could be replaced by re-inviting them with a lower role.
        if let Some(replaced) = self.replaced_member(subject.now(), &change) {
            self.require(subject, Action::Remove, replaced)?;
        }
        // Only members are allowed anything, so the account exists.
        let by = self.account_fact(subject.id()).map(|account| account.id().clone());
        let by = by.ok_or_else(|| Denied::because(Reason::NotAMember, self.exposure(subject, resource)))?;
        let organization = self.organization_of(&change)?.clone();
        let edits = self.plan(Some(&by), subject.now(), &change)?;
        self.require_room_for(&edits)?;
        let id = |token: Option<&Token<Id>>| token.and_then(Token::id).map(Into::into);
        let (token, service_token) = (id(subject.token), id(subject.service_token));
        Ok((organization, Entry::new(Cause::Change { by, change }, edits).with_tokens(token, service_token)))
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

    /// The next record in the stream of an organization.
    pub(crate) fn next_record(
        &self,
        id: Id,
        organization: Id,
        at: Option<Time>,
        reason: Option<String>,
        entries: Vec<Entry<Id>>,
    ) -> Result<Record<Id>, NoRecord> {
        let stream = self.streams.get::<Id>(&organization);
        let revision = stream.map_or(0, |stream| stream.revision).checked_add(1).ok_or(NoRecord::Exhausted)?;
        let previous = stream.and_then(|stream| stream.last.clone());
        let record = Record::new(id, organization, revision, entries).with_optional(previous, at, reason);
        if Size::of_record(&record).fits() { Ok(record) } else { Err(NoRecord::TooLarge) }
    }
}

/// Why a batch that requires a revision cannot be made on another.
fn stale<Id: Hash + Ord>(directory: &Directory<Id>, organization: &Id, decided_on: Option<u64>) -> Option<BatchError> {
    let (present, decided_on) = (directory.revision(organization)?, decided_on?);
    (present != decided_on).then_some(BatchError::Stale { decided_on, present })
}

/// Fails for a time that a record could not say.
pub(crate) fn require_writable(time: Option<Time>) -> Result<(), ChangeError> {
    if time.is_none_or(Time::is_writable) { Ok(()) } else { Err(ChangeError::Time) }
}
