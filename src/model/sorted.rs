//! A small map: a vector sorted by key.

use core::borrow::Borrow;

use smallvec::SmallVec;

/// An item that contains its own key.
pub(crate) trait Keyed {
    type Key;

    fn key(&self) -> &Self::Key;
}

impl<K, V> Keyed for (K, V) {
    type Key = K;

    #[inline]
    fn key(&self) -> &K {
        &self.0
    }
}

/// Items in the order of their keys, which are unique. Up to `N` items are stored inline.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sorted<T, const N: usize>(SmallVec<[T; N]>);

impl<T: Keyed, const N: usize> Sorted<T, N> {
    pub(crate) fn new() -> Self {
        Self(SmallVec::new())
    }

    /// Items that are in the order of their keys.
    #[cfg(feature = "directory")]
    pub(crate) fn in_order(items: impl Iterator<Item = T>) -> Self {
        Self(items.collect())
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        self.0.as_slice()
    }

    pub(crate) fn iter(&self) -> core::slice::Iter<'_, T> {
        self.0.iter()
    }

    #[inline]
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&T>
    where
        T::Key: Borrow<Q>,
    {
        // Most collections have one or two items: comparing the first for equality predicts well.
        let (first, rest) = self.0.split_first()?;
        if first.key().borrow() == key {
            return Some(first);
        }
        let place = rest.binary_search_by(|item| item.key().borrow().cmp(key)).ok()?;
        rest.get(place)
    }

    /// The item with this key. Do not change the key.
    #[cfg(feature = "directory")]
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut T>
    where
        T::Key: Borrow<Q>,
    {
        let place = self.0.binary_search_by(|item| item.key().borrow().cmp(key)).ok()?;
        self.0.get_mut(place)
    }

    /// Inserts an item, or returns it if there is one with the same key.
    pub(crate) fn insert(&mut self, item: T) -> Result<(), T>
    where
        T::Key: Ord,
    {
        // Rows are usually in order, so try the end first.
        if self.0.last().is_none_or(|last| last.key() < item.key()) {
            self.0.push(item);
            return Ok(());
        }
        match self.0.binary_search_by(|other| other.key().cmp(item.key())) {
            Ok(_) => Err(item),
            Err(place) => {
                self.0.insert(place, item);
                Ok(())
            }
        }
    }

    /// Inserts an item, replacing the one with the same key if there is one.
    pub(crate) fn replace(&mut self, item: T)
    where
        T::Key: Ord,
    {
        match self.0.binary_search_by(|other| other.key().cmp(item.key())) {
            Ok(place) => {
                if let Some(present) = self.0.get_mut(place) {
                    *present = item;
                }
            }
            Err(place) => self.0.insert(place, item),
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<T>
    where
        T::Key: Borrow<Q>,
    {
        let place = self.0.binary_search_by(|item| item.key().borrow().cmp(key)).ok()?;
        Some(self.0.remove(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_put_in_whatever_the_order() {
        let mut map = Sorted::<_, 1>::new();
        for key in [5, 1, 9, 3, 7] {
            assert_eq!(map.insert((key, key * 10)), Ok(()));
        }
        assert_eq!(map.insert((3, 0)), Err((3, 0)));
        for key in 0..=10 {
            assert_eq!(map.get(&key), (key % 2 == 1).then_some((key, key * 10)).as_ref());
        }
        assert!(map.iter().is_sorted());
    }
}
