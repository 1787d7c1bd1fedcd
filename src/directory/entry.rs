//! Facts with the numbers that members' grants name them by.

use core::ops::{Deref, DerefMut};

use crate::directory::table::Shared;
use crate::model::cluster::Cluster;
use crate::model::fact::ResourceFact;
use crate::model::project::Project;
use crate::model::sorted::Keyed;
use crate::policy::verdict::built_in::Setting;

/// A fact with numbers. They tell nothing apart: what one directory numbers so, another may number otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Entry<T, N> {
    pub(crate) fact: T,
    pub(crate) number: N,
}

/// The numbers of where a resource is, 0 where there is none, and what the tables of verdicts read of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct At {
    pub(crate) organization: u32,
    pub(crate) project: u32,
    pub(crate) cluster: u32,
    pub(crate) setting: Setting,
}

/// A fact about which most questions are.
pub(crate) trait Asked {
    /// What the tables of verdicts read of it.
    fn setting(&self) -> Setting;
}

impl<Id: Eq> Asked for Project<Id> {
    fn setting(&self) -> Setting {
        Setting::of(&ResourceFact::Project(self.into()))
    }
}

impl<Id: Eq> Asked for Cluster<Id> {
    fn setting(&self) -> Setting {
        Setting::of(&ResourceFact::Cluster(self.into()))
    }
}

impl<T: Asked> Entry<T, At> {
    pub(crate) fn placed(fact: T, at: At) -> Self {
        Self { number: At { setting: fact.setting(), ..at }, fact }
    }

    /// Changes the fact, and what the tables read of it.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut T)) {
        change(&mut self.fact);
        self.number.setting = self.fact.setting();
    }
}

impl<T: Keyed, N> Keyed for Entry<T, N> {
    type Key = T::Key;

    #[inline]
    fn key(&self) -> &T::Key {
        self.fact.key()
    }
}

impl<T, N> Deref for Entry<T, N> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.fact
    }
}

impl<T> DerefMut for Entry<T, u32> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.fact
    }
}

impl<T: PartialEq, N> PartialEq for Entry<T, N> {
    fn eq(&self, other: &Self) -> bool {
        self.fact == other.fact
    }
}

impl<T: Shared, N> Shared for Entry<T, N> {
    fn separate(&mut self) {
        self.fact.separate();
    }
}
