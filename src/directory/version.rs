//! Versions of a directory, which share what did not change between them.

use core::hash::Hash;

use crate::directory::store::Directory;
use crate::directory::table::Shared;

/// Whether other directories have the memory of this one, and so how a change of it is undone that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// Nothing of it is shared, so that to change it clones no id. A change is undone.
    Alone,
    /// A version that others can have: it does not change. A change is made on a draft of the next version.
    Version,
    /// A draft, which is thrown away if a change of it fails: also if that panics, half done.
    Draft,
}

/// A copy that shares nothing with this one.
impl<Id: Clone> Clone for Directory<Id> {
    fn clone(&self) -> Self {
        let mut own = self.version(Sharing::Alone);
        own.members.separate();
        own.organizations.separate();
        own.roles.separate();
        own.teams.separate();
        own.projects.separate();
        own.clusters.separate();
        own.environments.separate();
        own.numbers.separate();
        own.index.separate();
        own.streams.separate();
        own
    }
}

impl<Id: Clone> Directory<Id> {
    /// The next version, to be changed. It shares what is on pages.
    pub(crate) fn draft(&self) -> Self {
        self.version(Sharing::Draft)
    }

    fn version(&self, sharing: Sharing) -> Self {
        Self {
            members: self.members.clone(),
            organizations: self.organizations.clone(),
            roles: self.roles.clone(),
            teams: self.teams.clone(),
            projects: self.projects.clone(),
            clusters: self.clusters.clone(),
            environments: self.environments.clone(),
            numbers: self.numbers.clone(),
            index: self.index.clone(),
            streams: self.streams.clone(),
            sharing,
        }
    }

    /// Makes a change, which undoes what it did if it fails. If others can have the directory's memory, changes a draft of the next
    /// version, and then takes its place.
    pub(crate) fn whole_or_not<T, E>(&mut self, change: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        match self.sharing {
            Sharing::Alone | Sharing::Draft => change(self),
            Sharing::Version => {
                let mut draft = self.draft();
                let done = change(&mut draft)?;
                *self = draft.into_version();
                Ok(done)
            }
        }
    }
}

impl<Id> Directory<Id> {
    /// The draft as a version, which does not change any more.
    pub(crate) fn into_version(mut self) -> Self {
        self.sharing = Sharing::Version;
        self
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    /// The first version of a directory that is shared from now on. Nothing is cloned.
    #[cfg_attr(not(feature = "shared"), expect(dead_code, reason = "a directory of its own needs no versions"))]
    pub(crate) fn into_first_version(mut self) -> Self {
        self.members.share();
        self.organizations.share();
        self.roles.share();
        self.teams.share();
        self.projects.share();
        self.clusters.share();
        self.environments.share();
        self.numbers.share();
        self.index.share();
        self.streams.share();
        self.into_version()
    }
}
