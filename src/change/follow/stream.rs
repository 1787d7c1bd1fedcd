//! The stream of one organization, with its directory.

use alloc::vec::Vec;
use core::fmt::Display;
use core::hash::Hash;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::change::follow::error::{Divergence, Unusable};
use crate::change::follow::kinds::Kinds;
use crate::change::follow::{Read, Taken};
use crate::change::record::Record;
use crate::change::shared::{SharedDirectory, Snapshot};
use crate::directory::error::name;
use crate::directory::store::Directory;
use crate::directory::stream::Stream;
use crate::directory::views::AccountRef;
use crate::model::time::Time;

/// An organization that is followed, alone in its directory.
#[derive(Debug)]
pub(crate) struct Followed<Id> {
    pub(crate) directory: SharedDirectory<Id>,
    attached: u64,
    state: RwLock<State<Id>>,
}

#[derive(Debug)]
struct State<Id> {
    /// The revision and the id of the last record that was applied. The organization may have been deleted by it.
    last: Option<(u64, Id)>,
    /// When the last read that was taken began.
    heard: Time,
    diverged: Option<Divergence>,
}

impl<Id: Hash + Ord> Followed<Id> {
    pub(crate) fn new(directory: Directory<Id>, stream: Stream<Id>, attached: u64, heard: Time) -> Self {
        let last = stream.last.map(|id| (stream.revision, id));
        let state = RwLock::new(State { last, heard, diverged: None });
        Self { directory: SharedDirectory::new(directory), attached, state }
    }
}

impl<Id> Followed<Id> {
    pub(crate) fn snapshot(&self) -> Snapshot<Id> {
        self.directory.snapshot()
    }

    /// Makes the stream unusable.
    pub(crate) fn diverge(&self, cause: Divergence) {
        self.state_mut().diverged = Some(cause);
    }

    fn state(&self) -> RwLockReadGuard<'_, State<Id>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State<Id>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Id: Hash + Ord + Clone + Display> Followed<Id> {
    /// The members of its organization.
    pub(crate) fn members(&self, organization: &Id) -> Vec<Id> {
        self.snapshot().members_of(organization).map(AccountRef::id).cloned().collect()
    }

    /// From where to read it, unless it has diverged.
    pub(crate) fn read(&self, organization: &Id) -> Option<Read<Id>> {
        let state = self.state();
        let usable = state.diverged.is_none();
        usable.then(|| Read { organization: organization.clone(), last: state.last.clone(), attached: self.attached })
    }

    /// Fails unless it may be decided on at this time.
    pub(crate) fn require_fresh(&self, now: Time, max_age: i64, organization: &Id) -> Result<(), Unusable> {
        let state = self.state();
        if let Some(cause) = &state.diverged {
            return Err(Unusable::Diverged { organization: name(organization), cause: cause.clone() });
        }
        let age = now.as_millis().saturating_sub(state.heard.as_millis());
        if (0..=max_age).contains(&age) {
            Ok(())
        } else {
            Err(Unusable::Stale { organization: name(organization), heard: state.heard, now })
        }
    }

    /// Applies what was read. The lock on the kinds keeps others from changing the stream meanwhile.
    pub(crate) fn take(
        &self,
        read: &Read<Id>,
        records: impl IntoIterator<Item = Record<Id>>,
        began: Time,
        kinds: &mut Kinds<Id>,
    ) -> Result<Taken, Divergence> {
        let mut last = match &*self.state() {
            State { diverged: Some(cause), .. } => return Err(cause.clone()),
            State { last, .. } => last.clone(),
        };
        if read.attached != self.attached {
            return Ok(Taken::ReadAgain);
        }
        let mut began_at_last = read.last.is_none();
        for record in records {
            if *record.organization() != read.organization {
                return Err(Divergence::OtherOrganization { record: record.revision() });
            }
            if record.revision() == read.revision() {
                require_same(read.last.as_ref(), &record)?;
                began_at_last = true;
            }
            let applied = last.as_ref().map_or(0, |(revision, _)| *revision);
            if record.revision() > applied.saturating_add(1) {
                return if began_at_last {
                    Ok(Taken::ReadAgain)
                } else {
                    Err(Divergence::Missing { record: read.revision() })
                };
            }
            if record.revision() == applied {
                require_same(last.as_ref(), &record)?;
            }
            if record.revision() > applied {
                last = Some(self.apply(record, kinds)?);
            }
        }
        if !began_at_last {
            return Err(Divergence::Missing { record: read.revision() });
        }
        let mut state = self.state_mut();
        state.heard = state.heard.max(began);
        Ok(Taken::UpToDate)
    }

    /// Applies the next record, and returns its revision and its id.
    fn apply(&self, record: Record<Id>, kinds: &mut Kinds<Id>) -> Result<(u64, Id), Divergence> {
        let other_kind = |(account, present, kind)| Divergence::OtherKind { account: name(&account), present, kind };
        let members = || self.members(record.organization());
        let touched = kinds.after(&record, members).map_err(other_kind)?;
        let last = (record.revision(), record.id().clone());
        self.directory.apply(record).map_err(Divergence::NotApplied)?;
        kinds.keep(touched);
        self.state_mut().last = Some(last.clone());
        Ok(last)
    }
}

/// Fails if the log has another record in the place of one that was applied.
fn require_same<Id: Eq>(applied: Option<&(u64, Id)>, record: &Record<Id>) -> Result<(), Divergence> {
    if applied.is_none_or(|(_, id)| id == record.id()) {
        Ok(())
    } else {
        Err(Divergence::OtherRecord { record: record.revision() })
    }
}
