//! Facts of one kind, by id.

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::account::Account;
use crate::cluster::Cluster;
use crate::resource::{Environment, Organization, Project};
use crate::sorted::Keyed;

/// Facts in the order in which they came, and where each id stands among them: the index is small enough to stay in a
/// cache that the facts outgrow.
#[derive(Clone, Debug)]
pub(super) struct Facts<T> {
    rows: Vec<T>,
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<T> Facts<T> {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), places: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }

    pub(super) fn iter(&self) -> core::slice::Iter<'_, T> {
        self.rows.iter()
    }

    pub(super) fn iter_mut(&mut self) -> core::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }

    /// Gives back the room that was taken in advance.
    pub(super) fn shrink_to_fit(&mut self) {
        self.rows.shrink_to_fit();
    }
}

/// A fact that was not taken in.
pub(super) enum Refused<T> {
    /// There is one of its id.
    Duplicate(T),
    /// There are as many as can be counted.
    Full(T),
}

impl<T: Keyed<Key: Hash + Eq>> Facts<T> {
    #[inline]
    fn place<Q>(&self, id: &Q) -> Option<u32>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let is_it = |place: &u32| at(&self.rows, *place).is_some_and(|row| row.key().borrow() == id);
        self.places.find(self.hasher.hash_one(id), is_it).copied()
    }

    #[inline]
    pub(super) fn get<Q>(&self, id: &Q) -> Option<&T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.place(id).and_then(|place| at(&self.rows, place))
    }

    pub(super) fn get_mut<Q>(&mut self, id: &Q) -> Option<&mut T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let place = usize::try_from(self.place(id)?).ok()?;
        self.rows.get_mut(place)
    }

    pub(super) fn insert(&mut self, row: T) -> Result<(), Refused<T>> {
        match self.place(row.key()) {
            Some(_) => Err(Refused::Duplicate(row)),
            None => self.append(row),
        }
    }

    /// The fact of this one's id: the one held, or else this one, which is held from now on.
    /// `None` where no more can be held.
    pub(super) fn get_or_insert(&mut self, row: T) -> Option<&mut T> {
        let place = if let Some(place) = self.place(row.key()) {
            usize::try_from(place).ok()?
        } else {
            self.append(row).ok()?;
            self.rows.len().checked_sub(1)?
        };
        self.rows.get_mut(place)
    }

    fn append(&mut self, row: T) -> Result<(), Refused<T>> {
        let Ok(place) = u32::try_from(self.rows.len()) else {
            return Err(Refused::Full(row));
        };
        let Self { rows, places, hasher } = self;
        // A place without a row is never put in, so its hash is never asked for.
        let hash_of = |place: &u32| at(rows, *place).map_or(0, |row| hasher.hash_one(row.key()));
        places.insert_unique(hasher.hash_one(row.key()), place, hash_of);
        rows.push(row);
        Ok(())
    }
}

#[inline]
fn at<T>(rows: &[T], place: u32) -> Option<&T> {
    rows.get(usize::try_from(place).ok()?)
}

/// A stored fact is found by its id.
macro_rules! found_by_id {
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

found_by_id!(Account, Organization, Project, Cluster, Environment);
