//! Following the streams of organizations from a log, so that nothing is answered that the log does not say.

mod error;
mod kinds;
mod propose;
mod stream;

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Display;
use core::hash::Hash;
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

pub use error::{Divergence, ProposeError, Unusable};

use crate::change::attach::AttachError;
use crate::change::follow::kinds::Kinds;
use crate::change::follow::stream::Followed;
use crate::change::record::Record;
use crate::change::shared::Snapshot;
use crate::directory::error::name;
use crate::directory::rows::Rows;
use crate::directory::store::Directory;
use crate::model::time::Time;

/// Follows the records of organizations from a log, for example a table of your database, so that each instance of your service
/// answers from memory and none answers what the log does not say.
///
/// It does no I/O and reads no clock. It says [from where to read](Self::reads) each stream, [takes](Self::take) what you have
/// read, and gives a [snapshot](Self::snapshot) to decide on. A stream that was not heard of for too long, or that contradicts
/// the log, is [unusable](Unusable): answer 503 then, never a decision. Other streams stay usable.
///
/// To make a change, [propose](Self::propose) it, insert the record into the log with the key of organization and revision, and
/// then read and take the stream: also your own records come from the log. If the key is taken, somebody else was first: read,
/// take and propose again.
///
/// Many threads can use it at once. Each organization is in a directory of its own, so a snapshot answers for its organization
/// alone, and everything else is unknown in it.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use shipgate::{AccountKind, Action, Decision, Directory, ResourceId, Role, SubjectId, Time};
/// use shipgate::change::{Change, Follower};
///
/// // In a database, this log is a table with the key (organization, revision).
/// let mut log = vec![Directory::<u64>::new().propose_organization(100, 1, 7, AccountKind::User, None)?];
///
/// let follower = Follower::new(Duration::from_secs(5));
/// let now = Time::from_millis(1_795_219_200_000);
/// assert_eq!(follower.snapshot(&1, now).unwrap_err().status(), 503);
///
/// // Rows and the last record, as of one moment.
/// let mut rows = Directory::new();
/// rows.apply(&log[0])?;
/// follower.attach(&rows.rows(), 1, Some(100), now)?;
///
/// let invite = Change::invite_member(1u64, 8u64, AccountKind::User, Role::Viewer, None);
/// log.push(follower.propose(&1, now, 101, &SubjectId::new(&7), invite)?);
/// for read in follower.reads() {
///     let records = log.iter().filter(|record| record.revision() >= read.revision()).cloned();
///     follower.take(&read, records, now)?;
/// }
///
/// let acme = follower.snapshot(&1, now)?;
/// assert_eq!(acme.decide(&SubjectId::new(&8), Action::View, ResourceId::Organization(&1)), Decision::Allow);
///
/// let later = Time::from_millis(now.as_millis() + 5_001);
/// assert_eq!(follower.snapshot(&1, later).unwrap_err().status(), 503);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Follower<Id> {
    max_age: i64,
    streams: RwLock<BTreeMap<Id, Arc<Followed<Id>>>>,
    /// Locked before a stream is changed.
    writing: Mutex<Writing<Id>>,
}

/// What concerns all streams.
#[derive(Debug)]
struct Writing<Id> {
    kinds: Kinds<Id>,
    /// How often an organization was attached.
    attached: u64,
}

/// From where to read the stream of an organization: from the last record that was applied, that one included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<Id> {
    organization: Id,
    last: Option<(u64, Id)>,
    /// Which [`Follower::attach`] the stream comes from.
    attached: u64,
}

impl<Id> Read<Id> {
    /// The organization.
    #[must_use]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// The revision to read from: that of the last record that was applied, or 0 if there is none.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.last.as_ref().map_or(0, |(revision, _)| *revision)
    }

    /// The id of the last record that was applied, if there is one. The log must still have it.
    #[must_use]
    pub fn record(&self) -> Option<&Id> {
        self.last.as_ref().map(|(_, id)| id)
    }
}

/// What [`Follower::take`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The stream is as the log was when the read began.
    UpToDate,
    /// A record is missing between those that were read, or the organization was attached again meanwhile: read again.
    ReadAgain,
}

impl<Id> Follower<Id> {
    /// A follower of no organization yet. A stream is stale if the last read that was taken began longer ago than `max_age`,
    /// which counts in milliseconds.
    #[must_use]
    pub fn new(max_age: Duration) -> Self {
        let max_age = i64::try_from(max_age.as_millis()).unwrap_or(i64::MAX);
        let writing = Mutex::new(Writing { kinds: Kinds::new(), attached: 0 });
        Self { max_age, streams: RwLock::new(BTreeMap::new()), writing }
    }

    fn writing(&self) -> MutexGuard<'_, Writing<Id>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Id: Ord> Follower<Id> {
    fn stream(&self, organization: &Id) -> Option<Arc<Followed<Id>>> {
        self.streams.read().unwrap_or_else(PoisonError::into_inner).get(organization).cloned()
    }
}

impl<Id: Hash + Ord + Clone + Display> Follower<Id> {
    /// Loads one organization, or replaces it: its rows, the revision and the id of its last record, read in one transaction
    /// that began at `began`. If it fails, nothing changes.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::attach`]: above all, [`AttachError::OtherKind`] if an account is a member of another
    /// organization here, with the other kind.
    pub fn attach(
        &self,
        rows: &Rows<Id>,
        revision: u64,
        last_record: Option<Id>,
        began: Time,
    ) -> Result<(), AttachError> {
        let (directory, stream) = Directory::load_one(rows, revision, last_record)?;
        let organization = stream.organization().clone();
        let mut writing = self.writing();
        let former = self.stream(&organization).map(|former| former.members(&organization));
        writing
            .kinds
            .attach(&former.unwrap_or_default(), rows)
            .map_err(|(account, present, kind)| AttachError::OtherKind { account: name(&account), present, kind })?;
        writing.attached = writing.attached.wrapping_add(1);
        let followed = Followed::new(directory, stream, writing.attached, began);
        self.streams.write().unwrap_or_else(PoisonError::into_inner).insert(organization, Arc::new(followed));
        Ok(())
    }

    /// Stops following an organization.
    pub fn detach(&self, organization: &Id) {
        let mut writing = self.writing();
        if let Some(former) = self.streams.write().unwrap_or_else(PoisonError::into_inner).remove(organization) {
            writing.kinds.detach(&former.members(organization));
        }
    }

    /// From where to read each stream, in the order of the organizations. One statement can read all of them.
    ///
    /// Read all records of the organization from [`Read::revision`] on, that one included, and [take](Self::take) them. Diverged
    /// streams are not read, but [attached](Self::attach) again.
    #[must_use]
    pub fn reads(&self) -> Vec<Read<Id>> {
        let streams = self.streams.read().unwrap_or_else(PoisonError::into_inner);
        streams.iter().filter_map(|(organization, stream)| stream.read(organization)).collect()
    }

    /// From where to read the stream of one organization; `None` if it is not loaded, or has diverged.
    #[must_use]
    pub fn read(&self, organization: &Id) -> Option<Read<Id>> {
        self.stream(organization)?.read(organization)
    }

    /// Takes the records of an organization that you have read, in the order of their revisions. `began` is the time at which
    /// that read began, from the same clock as the times of questions.
    ///
    /// Records that were applied before are passed over, and the others are applied. The first must be the record that the read
    /// [began at](Read::record): a log without it, or with another one in its place, was restored to an earlier state, or has
    /// lost commits in a failover.
    ///
    /// # Errors
    ///
    /// [`Unusable::NotLoaded`] if the organization is not followed, and [`Unusable::Diverged`] if the log contradicts what was
    /// applied. The stream is unusable then, until it is [attached](Self::attach) again.
    pub fn take(
        &self,
        read: &Read<Id>,
        records: impl IntoIterator<Item = Record<Id>>,
        began: Time,
    ) -> Result<Taken, Unusable> {
        let organization = &read.organization;
        let mut writing = self.writing();
        let not_loaded = || Unusable::NotLoaded { organization: name(organization) };
        let stream = self.stream(organization).ok_or_else(not_loaded)?;
        stream.take(read, records, began, &mut writing.kinds).map_err(|cause| {
            stream.diverge(cause.clone());
            Unusable::Diverged { organization: name(organization), cause }
        })
    }

    /// The organization as of the last read that was taken, to decide on at the time `now`.
    ///
    /// # Errors
    ///
    /// [`Unusable`] if the organization is not loaded, if nothing was heard of it for longer than the bound, if `now` is before
    /// the last read began, or if its stream contradicts the log.
    pub fn snapshot(&self, organization: &Id, now: Time) -> Result<Snapshot<Id>, Unusable> {
        self.fresh(organization, now).map(|stream| stream.snapshot())
    }

    fn organizations(&self) -> Vec<Id> {
        self.streams.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn fresh(&self, organization: &Id, now: Time) -> Result<Arc<Followed<Id>>, Unusable> {
        let stream =
            self.stream(organization).ok_or_else(|| Unusable::NotLoaded { organization: name(organization) })?;
        stream.require_fresh(now, self.max_age, organization)?;
        Ok(stream)
    }
}
