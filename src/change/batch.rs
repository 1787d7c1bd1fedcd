//! Batches: changes that are made together or not at all.

use alloc::string::String;
use alloc::vec::Vec;

use crate::change::Change;
use crate::change::platform::Platform;
use crate::directory::subject_id::SubjectId;
use crate::model::time::Time;

/// Changes that are made together or not at all, each with its subject: see [`Directory::change_all`](crate::Directory::change_all).
///
/// All are in one organization, because a record is, and all have one time.
#[derive(Debug)]
pub struct Batch<'a, Id, Q: ?Sized = Id> {
    pub(crate) changes: Vec<(Actor<'a, Id, Q>, Change<Id>)>,
    pub(crate) revision: Option<u64>,
    pub(crate) reason: Option<String>,
}

/// Who makes a change.
#[derive(Debug)]
pub(crate) enum Actor<'a, Id, Q: ?Sized> {
    Subject(SubjectId<'a, Id, Q>),
    Platform(Platform<'a>),
}

impl<Id, Q: ?Sized> Actor<'_, Id, Q> {
    pub(crate) const fn now(&self) -> Option<Time> {
        match self {
            Self::Subject(subject) => subject.now(),
            Self::Platform(platform) => Some(platform.now()),
        }
    }
}

impl<Id, Q: ?Sized> Clone for Actor<'_, Id, Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, Q: ?Sized> Copy for Actor<'_, Id, Q> {}

impl<'a, Id, Q: ?Sized> Batch<'a, Id, Q> {
    /// A batch without changes.
    #[must_use]
    pub const fn new() -> Self {
        Self { changes: Vec::new(), revision: None, reason: None }
    }

    /// Adds a change by a subject.
    #[must_use]
    pub fn with(mut self, subject: SubjectId<'a, Id, Q>, change: Change<Id>) -> Self {
        self.changes.push((Actor::Subject(subject), change));
        self
    }

    /// Adds a change by the platform itself, for which nothing is decided. See
    /// [`Directory::propose_as_platform`](crate::Directory::propose_as_platform).
    #[must_use]
    pub fn with_platform(mut self, platform: Platform<'a>, change: Change<Id>) -> Self {
        self.changes.push((Actor::Platform(platform), change));
        self
    }

    /// Sets the time of all changes.
    #[cfg(feature = "shared")]
    pub(crate) fn at(mut self, now: Time) -> Self {
        for (actor, _) in &mut self.changes {
            *actor = match *actor {
                Actor::Subject(subject) => Actor::Subject(subject.at(now)),
                Actor::Platform(platform) => Actor::Platform(platform.at(now)),
            };
        }
        self
    }

    /// Requires the organization to be at this revision, like HTTP's `If-Match`. Use it if the changes were chosen by looking at
    /// an earlier state.
    #[must_use]
    pub fn if_revision(self, revision: u64) -> Self {
        Self { revision: Some(revision), ..self }
    }

    /// Sets why the changes are made, in words for the audit log.
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}

impl<Id: Clone, Q: ?Sized> Clone for Batch<'_, Id, Q> {
    fn clone(&self) -> Self {
        Self { changes: self.changes.clone(), revision: self.revision, reason: self.reason.clone() }
    }
}

impl<Id, Q: ?Sized> Default for Batch<'_, Id, Q> {
    fn default() -> Self {
        Self::new()
    }
}
