//! Ordered sets in chunks that versions share.

use core::borrow::Borrow;

use crate::directory::list::{self, List};
use crate::directory::table::Shared;

/// Keys in order, each once. Cloning a set copies one chunk at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set<K>(List<K>);

impl<K> Set<K> {
    pub(crate) const fn new() -> Self {
        Self(List::new())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> Iter<'_, K> {
        Iter(self.0.iter())
    }

    /// Frees unused capacity.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
    }
}

impl<K> From<List<K>> for Set<K> {
    fn from(keys: List<K>) -> Self {
        Self(keys)
    }
}

impl<K: Ord> Set<K> {
    pub(crate) fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains(key)
    }
}

impl<K: Ord + Clone> Set<K> {
    pub(crate) fn insert(&mut self, key: K) {
        self.0.insert(key, ());
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.0.remove(key);
    }
}

impl<K: Clone> Shared for Set<K> {
    fn separate(&mut self) {
        self.0.separate();
    }
}

/// The keys of a [`Set`], in order.
#[derive(Debug)]
pub(crate) struct Iter<'a, K>(list::Iter<'a, K, ()>);

impl<K> Clone for Iter<'_, K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, K> Iterator for Iter<'a, K> {
    type Item = &'a K;

    #[inline]
    fn next(&mut self) -> Option<&'a K> {
        self.0.next().map(|(key, ())| key)
    }

    fn fold<B, F: FnMut(B, &'a K) -> B>(self, start: B, mut with: F) -> B {
        self.0.fold(start, |all, (key, ())| with(all, key))
    }
}

impl<'a, K> IntoIterator for &'a Set<K> {
    type Item = &'a K;
    type IntoIter = Iter<'a, K>;

    fn into_iter(self) -> Iter<'a, K> {
        self.iter()
    }
}
