//! Hash tables of facts by id.

use core::borrow::Borrow;
use core::hash::{BuildHasher, Hash};

use hashbrown::hash_table::{self, Entry};
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::model::account::Account;
use crate::model::cluster::Cluster;
use crate::model::custom_role::CustomRole;
use crate::model::environment::Environment;
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::sorted::Keyed;
use crate::model::team::Team;

/// Facts of one kind by id, stored in the hash table itself, so that finding one takes a single lookup.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    table: HashTable<T>,
    hasher: DefaultHashBuilder,
}

impl<T> Table<T> {
    pub(crate) fn new() -> Self {
        Self { table: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.table.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = &mut T> {
        self.table.iter_mut()
    }
}

impl<T> IntoIterator for Table<T> {
    type Item = T;
    type IntoIter = hash_table::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.table.into_iter()
    }
}

impl<T: Keyed<Key: Hash + Eq>> Table<T> {
    #[inline]
    pub(crate) fn get<Q>(&self, id: &Q) -> Option<&T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.table.find(self.hasher.hash_one(id), |fact| fact.key().borrow() == id)
    }

    pub(crate) fn get_mut<Q>(&mut self, id: &Q) -> Option<&mut T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.table.find_mut(self.hasher.hash_one(id), |fact| fact.key().borrow() == id)
    }

    /// Inserts a fact, or returns it if there is one with the same id.
    pub(crate) fn insert(&mut self, fact: T) -> Result<(), T> {
        match self.entry(&fact) {
            Entry::Occupied(_) => Err(fact),
            Entry::Vacant(entry) => {
                entry.insert(fact);
                Ok(())
            }
        }
    }

    /// Inserts a fact, in the place of the one with the same id if there is one.
    pub(crate) fn set(&mut self, fact: T) {
        match self.entry(&fact) {
            Entry::Occupied(mut entry) => *entry.get_mut() = fact,
            Entry::Vacant(entry) => drop(entry.insert(fact)),
        }
    }

    pub(crate) fn remove<Q>(&mut self, id: &Q) -> Option<T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let entry = self.table.find_entry(self.hasher.hash_one(id), |fact| fact.key().borrow() == id);
        Some(entry.ok()?.remove().0)
    }

    /// The stored fact with this one's id. If there is none, inserts this one.
    pub(crate) fn get_or_insert(&mut self, fact: T) -> &mut T {
        match self.entry(&fact) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(fact).into_mut(),
        }
    }

    fn entry(&mut self, fact: &T) -> Entry<'_, T> {
        let Self { table, hasher } = self;
        let id = fact.key();
        table.entry(hasher.hash_one(id), |other| other.key() == id, |other| hasher.hash_one(other.key()))
    }
}

/// Compares the facts, in any order.
impl<T: Keyed<Key: Hash + Eq> + PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        self.table.len() == other.table.len() && self.iter().all(|fact| other.get(fact.key()) == Some(fact))
    }
}

impl<T: Keyed<Key: Hash + Eq> + Eq> Eq for Table<T> {}

macro_rules! keyed_by_id {
    ($($fact:ident),+) => {
        $(
            impl<Id> Keyed for $fact<Id> {
                type Key = Id;

                #[inline]
                fn key(&self) -> &Id {
                    self.id()
                }
            }
        )+
    };
}

keyed_by_id!(Account, Organization, CustomRole, Team, Project, Cluster, Environment);
