//! A small map whose copies share its items.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::slice;

use crate::model::sorted::Keyed;

/// Items in the order of their keys, which are unique. If there is more than one, copies share them, so that a copy allocates nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SharedSorted<T>(Slots<T>);

/// A list has two items or more, and no slot of it is empty: it has slots so that items that no copy shares can be moved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Slots<T> {
    One(Option<T>),
    Many(Arc<[Option<T>]>),
}

impl<T> SharedSorted<T> {
    pub(crate) const fn new() -> Self {
        Self(Slots::One(None))
    }

    fn slots(&self) -> &[Option<T>] {
        match &self.0 {
            Slots::One(None) => &[],
            Slots::One(slot) => slice::from_ref(slot),
            Slots::Many(slots) => slots,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots().len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots().iter().flatten()
    }

    /// Items that are in the order of their keys.
    fn in_order(mut items: Vec<T>) -> Self {
        Self(match items.len() {
            0 | 1 => Slots::One(items.pop()),
            _ => Slots::Many(items.into_iter().map(Some).collect()),
        })
    }
}

impl<T: Keyed<Key: Ord>> SharedSorted<T> {
    /// The place of the item with this key, or the one that it would get.
    fn place_of<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        T::Key: Borrow<Q>,
    {
        self.slots().binary_search_by(|slot| slot.as_ref().map(|item| item.key().borrow()).cmp(&Some(key)))
    }
}

impl<T: Keyed<Key: Ord>> FromIterator<T> for SharedSorted<T> {
    /// Items in any order. Of those with one key, the first counts.
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items: Vec<_> = items.into_iter().collect();
        items.sort_by(|one, other| one.key().cmp(other.key()));
        items.dedup_by(|later, first| later.key() == first.key());
        Self::in_order(items)
    }
}

impl<T: Keyed<Key: Ord> + Clone> SharedSorted<T> {
    /// The items, moved if no copy shares them. If cloning one panics, all stay as they are.
    fn take(&mut self) -> Vec<T> {
        match &mut self.0 {
            Slots::One(slot) => slot.take().into_iter().collect(),
            Slots::Many(slots) => match Arc::get_mut(slots) {
                Some(slots) => slots.iter_mut().filter_map(Option::take).collect(),
                None => slots.iter().flatten().cloned().collect(),
            },
        }
    }

    /// The item with this key. Do not change the key.
    #[cfg(feature = "directory")]
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut T>
    where
        T::Key: Borrow<Q>,
    {
        let place = self.place_of(key).ok()?;
        match &mut self.0 {
            Slots::One(slot) => slot.as_mut(),
            Slots::Many(slots) => Arc::make_mut(slots).get_mut(place)?.as_mut(),
        }
    }

    /// Inserts an item, unless there is one with the same key.
    pub(crate) fn insert(&mut self, item: T) {
        let Err(place) = self.place_of(item.key()) else { return };
        let mut items = self.take();
        items.insert(place.min(items.len()), item);
        *self = Self::in_order(items);
    }

    #[cfg(feature = "directory")]
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        T::Key: Borrow<Q>,
    {
        if self.place_of(key).is_ok() {
            let mut items = self.take();
            items.retain(|item| item.key().borrow() != key);
            *self = Self::in_order(items);
        }
    }
}

#[cfg(feature = "directory")]
impl<T: Clone> SharedSorted<T> {
    /// Makes it a copy of its own.
    pub(crate) fn separate(&mut self) {
        if let Slots::Many(slots) = &mut self.0 {
            *slots = slots.iter().cloned().collect();
        }
    }
}

#[cfg(all(test, feature = "directory"))]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;

    fn lies(sorted: &SharedSorted<(u8, u32)>) -> Option<*const Option<(u8, u32)>> {
        match &sorted.0 {
            Slots::One(_) => None,
            Slots::Many(slots) => Some(slots.as_ptr()),
        }
    }

    #[test]
    fn it_is_a_map_in_order_and_copies_stay_as_they_were() {
        let (mut sorted, mut map, mut random) = (SharedSorted::new(), BTreeMap::new(), 7_u32);
        let mut copies = Vec::new();
        for step in 0..if cfg!(miri) { 200 } else { 5_000 } {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [_, _, key, what] = random.to_le_bytes();
            let key = key % 6;
            match what % 4 {
                0 | 1 => {
                    sorted.insert((key, step));
                    map.entry(key).or_insert(step);
                }
                2 => {
                    sorted.remove(&key);
                    map.remove(&key);
                }
                _ => {
                    let (present, expected) = (sorted.get_mut(&key), map.get_mut(&key));
                    assert_eq!(present.is_some(), expected.is_some());
                    if let (Some((_, present)), Some(expected)) = (present, expected) {
                        (*present, *expected) = (step, step);
                    }
                }
            }
            if step % 3 == 0 {
                copies.push((sorted.clone(), map.clone()));
            }
            assert_eq!(sorted, map.iter().rev().map(|(key, value)| (*key, *value)).collect(), "in one form");
        }
        copies.push((sorted, map));
        for (sorted, map) in copies {
            assert_eq!(sorted.len(), map.len());
            assert!(sorted.iter().copied().eq(map));
        }
    }

    #[test]
    fn of_items_with_one_key_the_first_counts() {
        let sorted: SharedSorted<_> = [(2, 1), (1, 2), (2, 3)].into_iter().collect();
        assert!(sorted.iter().eq(&[(1, 2), (2, 1)]));
    }

    #[test]
    fn a_copy_shares_the_items_until_it_is_separate() {
        let sorted: SharedSorted<_> = [(1, 1), (2, 2)].into_iter().collect();
        let mut copy = sorted.clone();
        assert_eq!(lies(&copy), lies(&sorted));
        copy.separate();
        assert_eq!(copy, sorted);
        assert_ne!(lies(&copy), lies(&sorted));
    }

    /// A key that is never cloned.
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Own(u8);

    impl Clone for Own {
        fn clone(&self) -> Self {
            panic!("{self:?} is cloned")
        }
    }

    #[test]
    fn what_no_copy_shares_is_changed_without_a_clone() {
        let mut sorted: SharedSorted<_> = [(Own(3), 3), (Own(1), 1)].into_iter().collect();
        sorted.insert((Own(2), 2));
        if let Some((_, value)) = sorted.get_mut(&Own(3)) {
            *value = 4;
        }
        sorted.remove(&Own(1));
        assert!(sorted.iter().eq(&[(Own(2), 2), (Own(3), 4)]));
    }
}
