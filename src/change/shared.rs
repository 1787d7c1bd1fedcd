//! A directory shared by many threads.

use alloc::sync::Arc;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;
use core::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

use arc_swap::{ArcSwap, Guard};

use crate::change::Change;
use crate::change::apply::ApplyError;
use crate::change::batch::Batch;
use crate::change::error::{BatchError, ChangeError};
use crate::change::platform::Platform;
use crate::change::record::Record;
use crate::directory::each::{Decisions, Parts};
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::resource::ResourceRef;
use crate::model::time::Time;
use crate::policy::decision::{Decision, Denied, Exposure};

/// A [`Directory`] that many threads can read while it changes.
///
/// - **Readers never block**, neither on each other nor on a change. They see a change or a batch completely or not at all,
///   and every question that begins after a change has returned sees it.
/// - **Changes wait for each other only**, never for a reader. Each is authorized and applied as by [`Directory::change`].
/// - **It keeps one copy of the data**, on pages. A change makes the next version of the directory, which copies the pages
///   that it changes and shares all others.
///
/// A single question takes a few nanoseconds longer than on a [`Directory`], because it takes hold of the version first. For many
/// questions, or for answers that must agree with each other, take a [`snapshot`](SharedDirectory::snapshot), which stays at its
/// [revisions](Directory::revision). Keep it as long as you like, over an `.await` too: it delays no change, and takes the memory
/// of those pages only that have changed since.
///
/// It contains no `unsafe` and no lock-free code of its own: readers load an [`arc_swap::ArcSwap`], writers lock a
/// [`Mutex`], and a page is changed only when its [`Arc`] has no other owner. If a clone of an id panics during a change, the
/// next version is thrown away, and the directory stays as it was.
///
/// # Examples
///
/// ```
/// use shipgate::{
///     AccountKind, Action, Decision, Directory, ResourceId, SharedDirectory, SubjectId, Visibility,
/// };
/// use shipgate::change::Change;
///
/// let shared = SharedDirectory::<String>::new(Directory::new());
/// shared.create_organization("record-1".into(), "acme-corp".into(), "olivia".into(), AccountKind::User, None)?;
/// let olivia = SubjectId::new("olivia");
///
/// std::thread::scope(|scope| {
///     let connect = Change::connect_cluster("acme-corp", "us-east", Visibility::Organization);
///     scope.spawn(|| shared.change("record-2".into(), &olivia, connect)).join().unwrap()
/// })?;
///
/// let snapshot = shared.snapshot();
/// assert_eq!(snapshot.decide(&olivia, Action::Manage, ResourceId::Cluster("us-east")), Decision::Allow);
/// assert_eq!(snapshot.revision("acme-corp"), Some(2));
/// # Ok::<(), shipgate::change::ChangeError>(())
/// ```
#[derive(Debug)]
pub struct SharedDirectory<Id> {
    present: ArcSwap<Directory<Id>>,
    /// Locked while the next version is made.
    writing: Mutex<()>,
}

impl<Id> SharedDirectory<Id> {
    /// The directory as it is now. The snapshot does not change.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<Id> {
        Snapshot(self.present.load())
    }

    /// Changes that are made one after the other: what a writer that panicked left is thrown away, so nothing is poisoned.
    fn lock(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Id: Hash + Ord> SharedDirectory<Id> {
    /// Shares a directory: prepares it for versions that share pages, which takes less time than cloning it.
    #[must_use]
    pub fn new(directory: Directory<Id>) -> Self {
        Self { present: ArcSwap::from_pointee(directory.into_first_version()), writing: Mutex::new(()) }
    }

    /// Puts another directory in the place of this one, for example one that was loaded again after an error. Every question
    /// that begins after this has returned is decided by the new one.
    pub fn replace(&self, directory: Directory<Id>) {
        let directory = Arc::new(directory.into_first_version());
        let _writing = self.lock();
        self.present.store(directory);
    }

    /// Calls [`Directory::revision`] on the directory as it is now. A question asked after this call is decided at this revision
    /// or a later one.
    #[must_use]
    pub fn revision<Q>(&self, organization: &Q) -> Option<u64>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.present.load().revision(organization)
    }

    /// Calls [`Directory::decide`] on the directory as it is now.
    #[inline]
    pub fn decide<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.present.load().decide(subject, action, resource)
    }

    /// Calls [`Directory::decide_each`] on the directory as it is now: all decisions are of one version, also if it changes
    /// meanwhile. The iterator has a [`snapshot`](SharedDirectory::snapshot), so do not keep it for long.
    pub fn decide_each<'q, T, Q, F>(
        &self,
        items: &'q [T],
        question: F,
    ) -> impl ExactSizeIterator<Item = Decision> + use<'q, Id, T, Q, F>
    where
        Id: Borrow<Q> + 'q,
        Q: Hash + Ord + ?Sized + 'q,
        F: Fn(&'q T) -> Parts<'q, Id, Q>,
    {
        Decisions::new(self.snapshot(), items, question)
    }

    /// Calls [`Directory::authorize`] on the directory as it is now.
    ///
    /// # Errors
    ///
    /// [`Denied`] if the decision is anything but [`Decision::Allow`].
    pub fn authorize<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Result<(), Denied>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        self.present.load().authorize(subject, action, resource)
    }

    /// Calls [`Directory::evaluate`] on the directory as it is now.
    ///
    /// # Errors
    ///
    /// [`Denied`] if the decision is anything but [`Decision::Allow`].
    pub fn evaluate(&self, question: &Question<Id>) -> Result<(), Denied>
    where
        Id: Display,
    {
        self.present.load().evaluate(question)
    }

    /// Calls [`Directory::exposure`] on the directory as it is now. If it must agree with a decision, take both from one
    /// [`snapshot`](SharedDirectory::snapshot), or use [`authorize`](SharedDirectory::authorize).
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
    /// Calls [`Directory::change`]. Every question that begins after this has returned sees the change.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::change`]. Nothing has changed.
    pub fn change<Q>(
        &self,
        id: Id,
        subject: &SubjectId<'_, Id, Q>,
        change: Change<Id>,
    ) -> Result<Record<Id>, ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.write(|directory| directory.change(id, subject, change))
    }

    /// Calls [`Directory::change_all`]. Readers see the whole batch or nothing of it.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::change_all`]. Nothing has changed.
    pub fn change_all<Q>(&self, id: Id, batch: Batch<'_, Id, Q>) -> Result<Record<Id>, BatchError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.write(|directory| directory.change_all(id, batch))
    }

    /// Calls [`Directory::create_organization`].
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::create_organization`]. Nothing has changed.
    pub fn create_organization(
        &self,
        id: Id,
        organization: Id,
        owner: Id,
        kind: AccountKind,
        at: Option<Time>,
    ) -> Result<Record<Id>, ChangeError> {
        self.write(|directory| directory.create_organization(id, organization, owner, kind, at))
    }

    /// Calls [`Directory::propose`] on the directory as it is now. Nothing changes: store the record, then
    /// [apply](Self::apply) it.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::propose`].
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
        self.present.load().propose(id, subject, change)
    }

    /// Calls [`Directory::propose_all`] on a next version, which no reader sees and which is thrown away. Nothing changes.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::propose_all`].
    pub fn propose_all<Q>(&self, id: Id, batch: Batch<'_, Id, Q>) -> Result<Record<Id>, BatchError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.present.load().propose_all_on_draft(id, batch)
    }

    /// Calls [`Directory::propose_organization`] on the directory as it is now. Nothing changes.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::propose_organization`].
    pub fn propose_organization(
        &self,
        id: Id,
        organization: Id,
        owner: Id,
        kind: AccountKind,
        at: Option<Time>,
    ) -> Result<Record<Id>, ChangeError> {
        self.present.load().propose_organization(id, organization, owner, kind, at)
    }

    /// Calls [`Directory::propose_as_platform`] on the directory as it is now. Nothing changes.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::propose_as_platform`].
    pub fn propose_as_platform(
        &self,
        id: Id,
        change: Change<Id>,
        platform: Platform<'_>,
        reason: &str,
    ) -> Result<Record<Id>, ChangeError> {
        self.present.load().propose_as_platform(id, change, platform, reason)
    }

    /// Calls [`Directory::apply`], after a record was stored, or to follow another instance.
    ///
    /// # Errors
    ///
    /// The errors of [`Directory::apply`]. Nothing has changed.
    pub fn apply(&self, record: Record<Id>) -> Result<(), ApplyError> {
        self.write(|directory| directory.apply(&record).map(|()| record)).map(drop)
    }

    /// Makes the next version. If the change fails or panics, the present one stays.
    fn write<E>(&self, change: impl FnOnce(&mut Directory<Id>) -> Result<Record<Id>, E>) -> Result<Record<Id>, E> {
        let _writing = self.lock();
        let mut draft = self.present.load().draft();
        let record = change(&mut draft)?;
        self.present.store(Arc::new(draft.into_version()));
        Ok(record)
    }
}

/// A [`Directory`] at one revision, taken from a [`SharedDirectory`].
#[derive(Debug)]
pub struct Snapshot<Id>(Guard<Arc<Directory<Id>>>);

impl<Id> From<Snapshot<Id>> for Arc<Directory<Id>> {
    fn from(snapshot: Snapshot<Id>) -> Self {
        Guard::into_inner(snapshot.0)
    }
}

impl<Id> Deref for Snapshot<Id> {
    type Target = Directory<Id>;

    #[inline]
    fn deref(&self) -> &Directory<Id> {
        &self.0
    }
}
