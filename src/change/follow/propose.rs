//! Proposals on what is followed.

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::batch::Batch;
use crate::change::error::ChangeError;
use crate::change::follow::Follower;
use crate::change::follow::error::ProposeError;
use crate::change::platform::Platform;
use crate::change::preview::Preview;
use crate::change::record::Record;
use crate::directory::error::{EntityKind, name};
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::AccountKind;
use crate::model::time::Time;

impl<Id: Hash + Ord + Clone + Display> Follower<Id> {
    /// Calls [`Directory::propose`] on an organization, at the time `now`.
    ///
    /// # Errors
    ///
    /// [`ProposeError::Unusable`] as [`Follower::snapshot`]; otherwise [`ProposeError::Change`].
    pub fn propose<Q>(
        &self,
        organization: &Id,
        now: Time,
        id: Id,
        subject: &SubjectId<'_, Id, Q>,
        change: Change<Id>,
    ) -> Result<Record<Id>, ProposeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let record = self.fresh(organization, now)?.directory.propose(id, &subject.at(now), change)?;
        self.require_kinds(&record)?;
        Ok(record)
    }

    /// Calls [`Directory::propose_all`] on an organization, with `now` as the time of each change.
    ///
    /// # Errors
    ///
    /// [`ProposeError::Unusable`] as [`Follower::snapshot`]; otherwise [`ProposeError::Batch`], or [`ProposeError::Change`] if
    /// an account is a member of another organization, with the other kind.
    pub fn propose_all<Q>(
        &self,
        organization: &Id,
        now: Time,
        id: Id,
        batch: Batch<'_, Id, Q>,
    ) -> Result<Record<Id>, ProposeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let record = self.fresh(organization, now)?.directory.propose_all(id, batch.at(now))?;
        self.require_kinds(&record)?;
        Ok(record)
    }

    /// Calls [`Directory::propose_organization`], at the time `now`. When its record is in the log,
    /// [attach](Follower::attach) the organization.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::propose_organization`]. The log says whether the id is taken by an organization that is not
    /// followed here.
    pub fn propose_organization(
        &self,
        now: Time,
        id: Id,
        organization: Id,
        owner: Id,
        kind: AccountKind,
    ) -> Result<Record<Id>, ChangeError> {
        if self.stream(&organization).is_some() {
            return Err(ChangeError::Taken { kind: EntityKind::Organization, id: name(&organization) });
        }
        let record = Directory::new().propose_organization(id, organization, owner, kind, Some(now))?;
        self.require_kinds(&record)?;
        Ok(record)
    }

    /// Calls [`Directory::propose_as_platform`] on an organization, at the time of the platform.
    ///
    /// # Errors
    ///
    /// [`ProposeError::Unusable`] as [`Follower::snapshot`]; otherwise [`ProposeError::Change`].
    pub fn propose_as_platform(
        &self,
        organization: &Id,
        id: Id,
        change: Change<Id>,
        platform: Platform<'_>,
        reason: &str,
    ) -> Result<Record<Id>, ProposeError> {
        let stream = self.fresh(organization, platform.now())?;
        let record = stream.directory.propose_as_platform(id, change, platform, reason)?;
        self.require_kinds(&record)?;
        Ok(record)
    }

    /// Proposes to remove an account from every organization that is followed, with one record for each, in the order of their
    /// ids. Commit all of them together. `ids` gives each record its id. See [`Directory::propose_account_removal`].
    ///
    /// # Errors
    ///
    /// [`ProposeError::Unusable`] as [`Follower::snapshot`], if one organization of the account is unusable; otherwise
    /// [`ProposeError::Change`].
    pub fn propose_account_removal(
        &self,
        account: &Id,
        platform: Platform<'_>,
        reason: &str,
        mut ids: impl FnMut(&Id) -> Id,
    ) -> Result<Vec<Record<Id>>, ProposeError> {
        let mut records = Vec::new();
        for organization in self.organizations() {
            let stream = self.fresh(&organization, platform.now())?;
            records.extend(stream.snapshot().propose_account_removal(account, platform, reason, &mut ids)?);
        }
        Ok(records)
    }

    /// Calls [`Directory::preview`] on an organization, at the time `now`, and passes the preview to `then`.
    ///
    /// # Errors
    ///
    /// [`ProposeError::Unusable`] as [`Follower::snapshot`]; otherwise [`ProposeError::Change`].
    pub fn preview<Q, R>(
        &self,
        organization: &Id,
        now: Time,
        subject: &SubjectId<'_, Id, Q>,
        change: Change<Id>,
        then: impl FnOnce(Preview<'_, Id>) -> R,
    ) -> Result<R, ProposeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let snapshot = self.snapshot(organization, now)?;
        Ok(then(snapshot.preview(&subject.at(now), change)?))
    }

    /// Fails if a record would give an account another kind than it has in another organization here.
    fn require_kinds(&self, record: &Record<Id>) -> Result<(), ChangeError> {
        let members = || {
            let stream = self.stream(record.organization());
            stream.map_or_else(Default::default, |stream| stream.members(record.organization()))
        };
        match self.writing().kinds.after(record, members) {
            Ok(_) => Ok(()),
            Err((account, present, _)) => Err(ChangeError::OtherKind { account: name(&account), present }),
        }
    }
}
