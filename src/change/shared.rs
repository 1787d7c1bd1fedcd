//! A directory for many threads: readers never wait, and a change is there for the next question.

use alloc::sync::Arc;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;
use core::hint;
use core::ops::Deref;
use std::sync::{Mutex, PoisonError};
use std::thread;

use arc_swap::{ArcSwap, Guard};

use crate::change::Change;
use crate::change::apply::{Batch, BatchError, ChangeError};
use crate::change::record::{Record, ReplayError};
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::resource::ResourceRef;
use crate::model::time::Time;
use crate::policy::decision::{Decision, Denied, Exposure};

/// A [`Directory`] that many threads read while changes come in.
///
/// - **Readers never block**, neither on each other nor on a change. They see every change whole or not at all, a batch
///   too, and a change that has returned is seen by every question that begins after it.
/// - **Changes are made one at a time**, by whichever thread; they wait for each other. A change is as atomic and as
///   strictly decided as [`Directory::change`].
/// - It holds every fact **twice**, from the first change on, which makes the copy: the directory that is read, and one that
///   is changed in its place and then put there.
///
/// A question of its own costs some nanoseconds more than to a [`Directory`]; for many questions, or for answers that go
/// together, take a [`SharedDirectory::snapshot`] and ask that. It stays what it is, at its [revision](Directory::revision).
/// Do not keep one for long: changes that find the second directory still being read wait for about a millisecond, and then
/// copy the whole of it.
///
/// There is no lock-free code of its own in here, and no `unsafe`: the directory that is read stands behind an
/// [`arc_swap::ArcSwap`], who changes holds a [`Mutex`], and a directory is changed only while an [`Arc`] says that nobody
/// else has it. So there is no ordering of memory to check but that of those three, each checked where it is made.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, Action, Decision, Directory, ResourceId, SharedDirectory, SubjectId};
/// use shipgate::change::Change;
///
/// let shared = SharedDirectory::<String>::new(Directory::new());
/// shared.create_organization("acme-corp".into(), "olivia".into(), AccountKind::User, None)?;
/// let olivia = SubjectId::new("olivia");
///
/// std::thread::scope(|scope| {
///     let connect = Change::ConnectCluster { organization: "acme-corp".into(), cluster: "us-east".into() };
///     scope.spawn(|| shared.change(&olivia, connect)).join().unwrap()
/// })?;
///
/// let snapshot = shared.snapshot();
/// assert_eq!(snapshot.decide(&olivia, Action::Manage, ResourceId::Cluster("us-east")), Decision::Allow);
/// assert_eq!(snapshot.revision(), 2);
/// # Ok::<(), shipgate::change::ChangeError>(())
/// ```
#[derive(Debug)]
pub struct SharedDirectory<Id> {
    present: ArcSwap<Directory<Id>>,
    /// Held by whoever changes. There is none before the first change, and after a change that panicked.
    spare: Mutex<Option<Spare<Id>>>,
}

/// The second directory.
#[derive(Debug)]
struct Spare<Id> {
    directory: Arc<Directory<Id>>,
    /// What the present directory has and this one lacks.
    behind: Option<Record<Id>>,
}

/// How often whoever changes looks whether the spare is still being read, before copying it instead: the first times at
/// once, for questions take less than a microsecond, then letting other threads go on.
const LOOKS: u32 = 1_000;
const LOOKS_AT_ONCE: u32 = 100;

impl<Id> SharedDirectory<Id> {
    /// Shares a directory.
    #[must_use]
    pub fn new(directory: Directory<Id>) -> Self {
        Self { present: ArcSwap::from_pointee(directory), spare: Mutex::new(None) }
    }

    /// The directory as it is now, for as long as it is kept.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<Id> {
        Snapshot(self.present.load())
    }

    /// The revision that a question asked now is decided at, or a later one.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.present.load().revision()
    }
}

impl<Id: Hash + Ord> SharedDirectory<Id> {
    /// [`Directory::decide`], on the directory as it is now.
    #[inline]
    pub fn decide<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.present.load().decide(subject, action, resource)
    }

    /// [`Directory::authorize`], on the directory as it is now.
    ///
    /// # Errors
    ///
    /// [`Denied`] if the decision is anything but [`Decision::Allow`].
    pub fn authorize<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Result<(), Denied>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.present.load().authorize(subject, action, resource)
    }

    /// [`Directory::evaluate`], on the directory as it is now.
    ///
    /// # Errors
    ///
    /// [`Denied`] if the decision is anything but [`Decision::Allow`].
    pub fn evaluate(&self, question: &Question<Id>) -> Result<(), Denied> {
        self.present.load().evaluate(question)
    }

    /// [`Directory::exposure`], on the directory as it is now. Where it must go with a decision, ask both of a
    /// [`SharedDirectory::snapshot`].
    #[must_use]
    pub fn exposure<Q>(&self, subject: &SubjectId<'_, Id, Q>, resource: ResourceRef<'_, Id, Q>) -> Exposure
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.present.load().exposure(subject, resource)
    }
}

impl<Id: Hash + Ord + Clone + Display> SharedDirectory<Id> {
    /// [`Directory::change`]: seen by every question that begins after it has returned.
    ///
    /// # Errors
    ///
    /// Those of [`Directory::change`]; nothing has changed.
    pub fn change<Q>(&self, subject: &SubjectId<'_, Id, Q>, change: Change<Id>) -> Result<Record<Id>, ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.write(|directory| directory.change(subject, change))
    }

    /// [`Directory::change_all`]: readers see all of the batch or nothing.
    ///
    /// # Errors
    ///
    /// Those of [`Directory::change_all`]; nothing has changed.
    pub fn change_all<Q>(&self, batch: Batch<'_, Id, Q>) -> Result<Record<Id>, BatchError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.write(|directory| directory.change_all(batch))
    }

    /// [`Directory::create_organization`].
    ///
    /// # Errors
    ///
    /// Those of [`Directory::create_organization`]; nothing has changed.
    pub fn create_organization(
        &self,
        organization: Id,
        owner: Id,
        kind: AccountKind,
        at: Option<Time>,
    ) -> Result<Record<Id>, ChangeError> {
        self.write(|directory| directory.create_organization(organization, owner, kind, at))
    }

    /// [`Directory::replay`]: follows another directory.
    ///
    /// # Errors
    ///
    /// Those of [`Directory::replay`]; nothing has changed.
    pub fn replay(&self, record: Record<Id>) -> Result<(), ReplayError> {
        self.write(|directory| directory.replay(&record).map(|()| record)).map(drop)
    }

    /// Changes the spare, puts it in the place of the present directory, and keeps that one as the next spare.
    fn write<E>(&self, change: impl FnOnce(&mut Directory<Id>) -> Result<Record<Id>, E>) -> Result<Record<Id>, E> {
        let mut held = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out: if `change` panics, what it left half changed is gone.
        let mut spare = held.take().unwrap_or_else(|| Spare::copy_of(&self.present.load()));
        let changed = change(spare.caught_up());
        *held = Some(match &changed {
            Ok(applied) => {
                let directory = self.present.swap(spare.directory);
                Spare { directory, behind: Some(applied.clone()) }
            }
            Err(_) => spare,
        });
        changed
    }
}

impl<Id: Hash + Ord + Clone> Spare<Id> {
    fn copy_of(present: &Directory<Id>) -> Self {
        Self { directory: Arc::new(present.clone()), behind: None }
    }

    /// The spare as the present directory is. One that is still being read is left to its readers, and copied.
    fn caught_up(&mut self) -> &mut Directory<Id> {
        self.wait_for_readers();
        let directory = Arc::make_mut(&mut self.directory);
        if let Some(record) = self.behind.take() {
            directory.catch_up(&record);
        }
        directory
    }

    fn wait_for_readers(&mut self) {
        for look in 0..LOOKS {
            if Arc::get_mut(&mut self.directory).is_some() {
                return;
            }
            if look < LOOKS_AT_ONCE {
                hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
    }
}

/// A [`SharedDirectory`] as it was when it was taken: a [`Directory`] to ask, at one revision.
#[derive(Debug)]
pub struct Snapshot<Id>(Guard<Arc<Directory<Id>>>);

impl<Id> Deref for Snapshot<Id> {
    type Target = Directory<Id>;

    #[inline]
    fn deref(&self) -> &Directory<Id> {
        &self.0
    }
}
