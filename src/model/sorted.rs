//! A small collection, sorted by key: found by bisection, whatever its size.

use core::borrow::Borrow;

use smallvec::SmallVec;

/// What has a key of its own.
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

/// Items in the order of their keys, each key once; the first `N` stand inline.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sorted<T, const N: usize>(SmallVec<[T; N]>);

impl<T: Keyed, const N: usize> Sorted<T, N> {
    pub(crate) fn new() -> Self {
        Self(SmallVec::new())
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        self.0.as_slice()
    }

    pub(crate) fn iter(&self) -> core::slice::Iter<'_, T> {
        self.0.iter()
    }

    #[cfg(feature = "directory")]
    pub(crate) fn iter_mut(&mut self) -> core::slice::IterMut<'_, T> {
        self.0.iter_mut()
    }

    /// What stands at a key.
    #[inline]
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&T>
    where
        T::Key: Borrow<Q>,
    {
        // Most have one or two: the first is what a processor expects to find.
        let (first, rest) = self.0.split_first()?;
        if first.key().borrow() == key {
            return Some(first);
        }
        let place = rest.binary_search_by(|item| item.key().borrow().cmp(key)).ok()?;
        rest.get(place)
    }

    /// What stands at a key, to change anything but that key.
    #[cfg(feature = "directory")]
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut T>
    where
        T::Key: Borrow<Q>,
    {
        let place = self.0.binary_search_by(|item| item.key().borrow().cmp(key)).ok()?;
        self.0.get_mut(place)
    }

    /// Puts an item in, unless there is one of its key: then it is given back, and the other left as it was.
    pub(crate) fn insert(&mut self, item: T) -> Result<(), T>
    where
        T::Key: Ord,
    {
        // Rows mostly come in order: look at the end first.
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

    /// Puts an item in, in place of the one of its key where there is one.
    #[cfg(feature = "directory")]
    pub(crate) fn put(&mut self, item: T)
    where
        T::Key: Ord,
    {
        match self.0.binary_search_by(|other| other.key().cmp(item.key())) {
            Ok(place) => {
                if let Some(held) = self.0.get_mut(place) {
                    *held = item;
                }
            }
            Err(place) => self.0.insert(place, item),
        }
    }

    /// Takes out what stands at a key.
    #[cfg(feature = "directory")]
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<T>
    where
        T::Key: Borrow<Q>,
    {
        let place = self.0.binary_search_by(|item| item.key().borrow().cmp(key)).ok()?;
        Some(self.0.remove(place))
    }

    #[cfg(feature = "directory")]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives back the room that was taken in advance.
    #[cfg(feature = "directory")]
    pub(crate) fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
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
