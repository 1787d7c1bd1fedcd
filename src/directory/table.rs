//! Hash tables of facts by id.

use alloc::sync::Arc;
use core::borrow::Borrow;
use core::hash::{BuildHasher, Hash};
use core::mem;

use hashbrown::hash_table::{self, Entry};
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::directory::pages::{self, Pages};
use crate::directory::stream::Stream;
use crate::model::cluster::Cluster;
use crate::model::custom_role::CustomRole;
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::sorted::Keyed;

/// Facts of one kind by id, stored in the hash table itself, so that finding one takes a single lookup.
///
/// A clone of a table on pages shares them, and copies a page when a fact on it changes.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    facts: Facts<T>,
    hasher: DefaultHashBuilder,
}

#[derive(Clone, Debug)]
enum Facts<T> {
    /// While rows are added: fastest to add to.
    Open(HashTable<T>),
    /// Fastest to read, and shared by versions of a directory.
    Pages(Pages<T>),
}

/// A quarter of the second-level cache of a processor core, in bytes.
const SMALL: usize = 512 * 1024;

/// What may share memory with another version of it.
pub(crate) trait Shared {
    /// Makes it a copy of its own of all that it shares and that changes in place.
    fn separate(&mut self) {}
}

impl<T: Shared + Clone> Shared for Arc<T> {
    fn separate(&mut self) {
        let mut own = T::clone(self);
        own.separate();
        *self = Self::new(own);
    }
}

impl<T> Table<T> {
    pub(crate) fn new() -> Self {
        Self { facts: Facts::Pages(Pages::default()), hasher: DefaultHashBuilder::default() }
    }

    /// An empty table to which many facts are added before it is [closed](Self::close).
    pub(crate) fn open() -> Self {
        Self { facts: Facts::Open(HashTable::new()), hasher: DefaultHashBuilder::default() }
    }

    pub(crate) fn iter(&self) -> Iter<'_, T> {
        match &self.facts {
            Facts::Open(facts) => Iter::Open(facts.iter()),
            Facts::Pages(pages) => Iter::Pages(pages.iter()),
        }
    }
}

impl<T: Clone> Table<T> {
    pub(crate) fn for_each_mut(&mut self, change: impl FnMut(&mut T)) {
        match &mut self.facts {
            Facts::Open(facts) => facts.iter_mut().for_each(change),
            Facts::Pages(pages) => pages.iter_mut().for_each(change),
        }
    }
}

impl<T: Shared + Clone> Shared for Table<T> {
    fn separate(&mut self) {
        self.for_each_mut(Shared::separate);
    }
}

impl<T: Keyed<Key: Hash + Eq>> Table<T> {
    #[inline]
    pub(crate) fn get<Q>(&self, id: &Q) -> Option<&T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.find(id)
    }

    /// As [`Self::get`], for what most questions look up.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: a twentieth of a decision")]
    pub(crate) fn find<Q>(&self, id: &Q) -> Option<&T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.search(id, |fact| fact.key().borrow() == id)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `find`")]
    fn search<Q: Hash + ?Sized>(&self, id: &Q, is_it: impl Fn(&T) -> bool) -> Option<&T> {
        let hash = self.hasher.hash_one(id);
        match &self.facts {
            Facts::Pages(pages) => pages.find(hash, is_it),
            Facts::Open(facts) => find_in_open(facts, hash, is_it),
        }
    }

    /// Where the fact with this id most likely is, without reading a fact: it may have another id with a similar hash, or none. `None` if
    /// it is not known.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `find`")]
    pub(crate) fn guess<Q: Hash + ?Sized>(&self, id: &Q) -> Option<&Option<T>> {
        let hash = self.hasher.hash_one(id);
        match &self.facts {
            Facts::Pages(pages) => pages.slot(hash),
            Facts::Open(_) => None,
        }
    }

    /// Puts the facts on pages, with little room for more. No fact is cloned.
    pub(crate) fn close(&mut self) {
        let hasher = &self.hasher;
        if let Facts::Open(facts) = &mut self.facts {
            let facts = mem::take(facts).into_iter().collect();
            self.facts = Facts::Pages(Pages::of(facts, |fact| hasher.hash_one(fact.key())));
        }
    }
}

impl<T> Table<T> {
    /// Whether the facts fit into the cache of a processor, so that it seldom waits for one.
    pub(crate) fn is_small(&self) -> bool {
        match &self.facts {
            Facts::Pages(pages) => pages.bytes() <= SMALL,
            Facts::Open(_) => false,
        }
    }

    /// Makes the next version of it cheap.
    pub(crate) fn share(&mut self) {
        if let Facts::Pages(pages) = &mut self.facts {
            pages.deal_out();
        }
    }
}

impl<T: Keyed<Key: Hash + Eq> + Clone> Table<T> {
    /// The fact, to be changed. Its page is copied if another version has it.
    pub(crate) fn get_mut<Q>(&mut self, id: &Q) -> Option<&mut T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let (hash, is_it) = (self.hasher.hash_one(id), |fact: &T| fact.key().borrow() == id);
        match &mut self.facts {
            Facts::Open(facts) => facts.find_mut(hash, is_it),
            Facts::Pages(pages) => pages.find_mut(hash, is_it),
        }
    }

    /// Inserts a fact, or returns it if there is one with the same id.
    pub(crate) fn insert(&mut self, fact: T) -> Result<(), T> {
        if let Facts::Open(facts) = &mut self.facts {
            return match entry(facts, &self.hasher, fact.key()) {
                Entry::Occupied(_) => Err(fact),
                Entry::Vacant(entry) => {
                    entry.insert(fact);
                    Ok(())
                }
            };
        }
        if self.get(fact.key()).is_some() {
            return Err(fact);
        }
        self.add(fact);
        Ok(())
    }

    /// Changes the fact with an id. If there is none, changes a new one, which is inserted unless the change fails.
    pub(crate) fn change_or_insert<R, E>(
        &mut self,
        id: &T::Key,
        new: impl FnOnce() -> T,
        change: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, E> {
        if let Facts::Open(facts) = &mut self.facts {
            return match entry(facts, &self.hasher, id) {
                Entry::Occupied(present) => change(present.into_mut()),
                Entry::Vacant(entry) => {
                    let mut fact = new();
                    let changed = change(&mut fact)?;
                    entry.insert(fact);
                    Ok(changed)
                }
            };
        }
        if let Some(present) = self.get_mut(id) {
            return change(present);
        }
        let mut fact = new();
        let changed = change(&mut fact)?;
        self.add(fact);
        Ok(changed)
    }

    /// Makes room for more facts before they come.
    pub(crate) fn reserve(&mut self, more: usize) {
        let hasher = &self.hasher;
        if let Facts::Open(facts) = &mut self.facts {
            facts.reserve(more, |fact| hasher.hash_one(fact.key()));
        }
    }

    /// Inserts a fact, in the place of the one with the same id if there is one.
    pub(crate) fn set(&mut self, fact: T) {
        match self.get_mut(fact.key()) {
            Some(present) => *present = fact,
            None => self.add(fact),
        }
    }

    pub(crate) fn remove<Q>(&mut self, id: &Q) -> Option<T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let (hash, is_it) = (self.hasher.hash_one(id), |fact: &T| fact.key().borrow() == id);
        match &mut self.facts {
            Facts::Open(facts) => Some(facts.find_entry(hash, is_it).ok()?.remove().0),
            Facts::Pages(pages) => pages.remove(hash, is_it),
        }
    }

    /// Inserts a fact that has no present one with its id.
    fn add(&mut self, fact: T) {
        let hasher = &self.hasher;
        let hash_of = |fact: &T| hasher.hash_one(fact.key());
        let hash = hash_of(&fact);
        match &mut self.facts {
            Facts::Open(facts) => drop(facts.insert_unique(hash, fact, hash_of)),
            Facts::Pages(pages) => pages.insert_unique(hash, fact, hash_of),
        }
    }
}

// Apart, so that a decision, which never looks here, is not longer for it.
#[inline(never)]
fn find_in_open<T>(facts: &HashTable<T>, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<&T> {
    facts.find(hash, is_it)
}

fn entry<'a, T: Keyed<Key: Hash + Eq>>(
    facts: &'a mut HashTable<T>,
    hasher: &DefaultHashBuilder,
    id: &T::Key,
) -> Entry<'a, T> {
    facts.entry(hasher.hash_one(id), |other| other.key() == id, |other| hasher.hash_one(other.key()))
}

/// Compares the facts, in any order.
impl<T: Keyed<Key: Hash + Eq> + PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().len() == other.iter().len() && self.iter().all(|fact| other.get(fact.key()) == Some(fact))
    }
}

impl<T: Keyed<Key: Hash + Eq> + Eq> Eq for Table<T> {}

/// The facts of a [`Table`], in no particular order.
#[derive(Debug)]
pub(crate) enum Iter<'a, T> {
    Open(hash_table::Iter<'a, T>),
    Pages(pages::Iter<'a, T>),
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        match self {
            Self::Open(facts) => facts.next(),
            Self::Pages(facts) => facts.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Open(facts) => facts.size_hint(),
            Self::Pages(facts) => facts.size_hint(),
        }
    }

    fn fold<B, F: FnMut(B, &'a T) -> B>(self, start: B, with: F) -> B {
        match self {
            Self::Open(facts) => facts.fold(start, with),
            Self::Pages(facts) => facts.fold(start, with),
        }
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

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

keyed_by_id!(Organization, CustomRole, Project, Cluster);

macro_rules! share_nothing {
    ($($fact:ident),+) => {
        $(impl<Id> Shared for $fact<Id> {})+
    };
}

share_nothing!(Organization, CustomRole, Cluster, Stream);

impl<Id: Clone> Shared for Project<Id> {
    fn separate(&mut self) {
        Self::separate(self);
    }
}

impl<T: Keyed> Keyed for Arc<T> {
    type Key = T::Key;

    #[inline]
    fn key(&self) -> &T::Key {
        T::key(self)
    }
}
