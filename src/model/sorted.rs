//! A small map: a vector sorted by key.

mod shared;

use core::borrow::Borrow;

pub(crate) use shared::SharedSorted;
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
        let items = self.as_slice();
        // Keys that own memory, such as text, cost more to compare than to guess.
        if core::mem::needs_drop::<T::Key>() || items.len() > 3 {
            find(items, key)
        } else {
            find_among_three(items, key)
        }
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

/// The item with this key.
#[inline]
fn find<'a, T: Keyed, Q: Ord + ?Sized>(items: &'a [T], key: &Q) -> Option<&'a T>
where
    T::Key: Borrow<Q>,
{
    // Most collections have one or two items: comparing the first for equality predicts well.
    let (first, rest) = items.split_first()?;
    if first.key().borrow() == key {
        return Some(first);
    }
    let place = rest.binary_search_by(|item| item.key().borrow().cmp(key)).ok()?;
    rest.get(place)
}

/// The same among three items at most, where keys are cheap to compare.
// Which of several it is cannot be predicted, that it is one of them can: so the place is computed, without a branch.
#[inline]
fn find_among_three<'a, T: Keyed, Q: Ord + ?Sized>(items: &'a [T], key: &Q) -> Option<&'a T>
where
    T::Key: Borrow<Q>,
{
    let last = items.len().checked_sub(1)?;
    let if_reached = |place: usize| {
        let is_reached = items.get(place).is_some_and(|item| item.key().borrow() <= key);
        usize::from(is_reached).wrapping_neg() & place
    };
    let place = if_reached(last.min(1)) | if_reached(last.min(2));
    // Of the second place and the third, the third.
    items.get(place.min(last)).filter(|item| item.key().borrow() == key)
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

    #[test]
    fn finds_what_is_there_and_nothing_else_whatever_the_keys_and_however_many() {
        for count in 0..6 {
            // Numbers, and keys that own memory, are searched for in two ways.
            let (mut numbers, mut texts) = (Sorted::<_, 3>::new(), Sorted::<_, 3>::new());
            for key in (1..=count).map(|key| key * 2) {
                assert_eq!(numbers.insert((key, key)), Ok(()));
                assert_eq!(texts.insert((alloc::format!("{key:02}"), key)), Ok(()));
            }
            for key in 0..=13 {
                let there = key % 2 == 0 && (1..=count).contains(&(key / 2));
                assert_eq!(numbers.get(&key), there.then_some(&(key, key)), "{key} among {count}");
                let text = texts.get(alloc::format!("{key:02}").as_str());
                assert_eq!(text.map(|(_, key)| *key), there.then_some(key), "{key} among {count}");
            }
        }
    }
}
