//! Ordered lists in chunks that versions share. A change copies one chunk and the list of chunks.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::mem::needs_drop;
use core::{iter, slice};

use crate::directory::table::Shared;

/// Items in the order of their keys, which are unique. Cloning a list copies one chunk at most.
#[derive(Clone, Debug)]
pub(crate) struct List<K, V = ()> {
    chunks: Chunks<K, V>,
}

type Chunk<K, V> = Vec<(K, V)>;

#[derive(Clone, Debug)]
enum Chunks<K, V> {
    /// Few items: no list of chunks beside them.
    One(Chunk<K, V>),
    /// Chunks, none of which is empty, one after the other.
    Many(Arc<[Arc<Chunk<K, V>>]>),
}

/// A longer chunk is split. The copy of an item may allocate, or count in memory that is elsewhere.
const fn full<T>() -> usize {
    if needs_drop::<T>() { 256 } else { 512 }
}

/// How long the chunks of a list are that is made at once, so that it can grow.
const fn packed<T>() -> usize {
    if needs_drop::<T>() { 192 } else { 384 }
}

/// More items than this are not copied as a whole.
const FEW: usize = 64;

impl<K, V> List<K, V> {
    pub(crate) const fn new() -> Self {
        Self { chunks: Chunks::One(Vec::new()) }
    }

    pub(crate) fn len(&self) -> usize {
        match &self.chunks {
            Chunks::One(items) => items.len(),
            Chunks::Many(chunks) => chunks.iter().map(|chunk| chunk.len()).sum(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        matches!(&self.chunks, Chunks::One(items) if items.is_empty())
    }

    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        match &self.chunks {
            Chunks::One(items) => Iter { items: items.iter(), rest: [].iter() },
            Chunks::Many(chunks) => Iter { items: [].iter(), rest: chunks.iter() },
        }
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K, V> Default for List<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord, V> List<K, V> {
    /// The chunk that has the key, or that would get it.
    fn chunk<Q: Ord + ?Sized>(&self, key: &Q) -> &[(K, V)]
    where
        K: Borrow<Q>,
    {
        match &self.chunks {
            Chunks::One(items) => items,
            Chunks::Many(chunks) => chunks.get(place_of_chunk(chunks, key)).map_or(&[], |chunk| chunk),
        }
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let chunk = self.chunk(key);
        chunk.get(place_of(chunk, key).ok()?).map(|(_, value)| value)
    }

    pub(crate) fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }
}

fn place_of<K: Ord + Borrow<Q>, V, Q: Ord + ?Sized>(chunk: &[(K, V)], key: &Q) -> Result<usize, usize> {
    chunk.binary_search_by(|(other, _)| other.borrow().cmp(key))
}

fn place_of_chunk<K: Ord + Borrow<Q>, V, Q: Ord + ?Sized>(chunks: &[Arc<Chunk<K, V>>], key: &Q) -> usize {
    let is_before =
        |chunk: &Arc<Chunk<K, V>>| chunk.last().is_some_and(|(last, _)| last.borrow().cmp(key) == Ordering::Less);
    // Beyond the last key is the last chunk.
    chunks.partition_point(is_before).min(chunks.len().saturating_sub(1))
}

impl<K: Ord + Clone, V: Clone> List<K, V> {
    /// The value, to be changed. Its chunk is copied if another version has it.
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = place_of(self.chunk(key), key).ok()?;
        let (_, chunk) = self.chunk_mut(key)?;
        chunk.get_mut(place).map(|(_, value)| value)
    }

    fn chunk_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<(usize, &mut Chunk<K, V>)>
    where
        K: Borrow<Q>,
    {
        match &mut self.chunks {
            Chunks::One(items) => Some((0, items)),
            Chunks::Many(chunks) => {
                let place = place_of_chunk(chunks, key);
                Some((place, Arc::make_mut(Arc::make_mut(chunks).get_mut(place)?)))
            }
        }
    }

    /// Puts a value in its place. Returns the one that had the key.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(present) = self.get_mut(&key) {
            return Some(core::mem::replace(present, value));
        }
        let (of_chunk, chunk) = self.chunk_mut(&key)?;
        let place = place_of(chunk, &key).unwrap_or_else(|place| place);
        chunk.insert(place, (key, value));
        if chunk.len() > full::<(K, V)>() {
            let second = chunk.split_off(full::<(K, V)>() / 2);
            self.add_chunk(of_chunk.saturating_add(1), second);
        } else if let Chunks::One(items) = &mut self.chunks
            && items.len() > FEW
        {
            self.chunks = Chunks::Many([Arc::new(core::mem::take(items))].into());
        }
        None
    }

    fn add_chunk(&mut self, place: usize, chunk: Chunk<K, V>) {
        let Chunks::Many(chunks) = &mut self.chunks else { return };
        let mut all = chunks.to_vec();
        all.insert(place.min(all.len()), Arc::new(chunk));
        *chunks = all.into();
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = place_of(self.chunk(key), key).ok()?;
        let (of_chunk, chunk) = self.chunk_mut(key)?;
        let (_, value) = if place < chunk.len() { chunk.remove(place) } else { return None };
        if chunk.is_empty()
            && let Chunks::Many(chunks) = &mut self.chunks
        {
            let mut all = chunks.to_vec();
            if of_chunk < all.len() {
                all.remove(of_chunk);
            }
            self.chunks = if all.is_empty() { Chunks::One(Vec::new()) } else { Chunks::Many(all.into()) };
        }
        Some(value)
    }
}

impl<K: Clone, V: Clone> Shared for List<K, V> {
    fn separate(&mut self) {
        if let Chunks::Many(chunks) = &mut self.chunks {
            *chunks = chunks.iter().map(|chunk| Arc::new(Chunk::clone(chunk))).collect();
        }
    }
}

impl<K, V> List<K, V> {
    /// Frees unused capacity, but of chunks that another version has.
    pub(crate) fn shrink_to_fit(&mut self) {
        match &mut self.chunks {
            Chunks::One(items) => items.shrink_to_fit(),
            Chunks::Many(chunks) => {
                let own = Arc::get_mut(chunks).into_iter().flatten().filter_map(Arc::get_mut);
                own.for_each(Chunk::shrink_to_fit);
            }
        }
    }
}

/// Items in any order. Of two with one key, the later counts.
impl<K: Ord, V> FromIterator<(K, V)> for List<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Self {
        let mut items: Vec<_> = items.into_iter().collect();
        if !items.is_sorted_by(|(a, _), (b, _)| a < b) {
            // The sort is stable: the later of two is the second, which is kept by looking from the end.
            items.sort_by(|(a, _), (b, _)| a.cmp(b));
            items.reverse();
            items.dedup_by(|(a, _), (b, _)| a == b);
            items.reverse();
        }
        Self::in_order(items)
    }
}

impl<K: Ord, V> List<K, V> {
    /// Items in any order, no two of which have one key.
    pub(crate) fn of_unique(mut items: Vec<(K, V)>) -> Self {
        if !items.is_sorted_by(|(a, _), (b, _)| a < b) {
            items.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        }
        Self::in_order(items)
    }
}

impl<K, V> List<K, V> {
    /// Items in the order of their keys.
    fn in_order(mut items: Vec<(K, V)>) -> Self {
        if items.len() <= packed::<(K, V)>() {
            items.shrink_to_fit();
            let is_short = items.len() <= FEW;
            return Self { chunks: if is_short { Chunks::One(items) } else { Chunks::Many([Arc::new(items)].into()) } };
        }
        let mut items = items.into_iter();
        let next = || {
            let mut chunk = Vec::with_capacity(items.len().min(packed::<(K, V)>()));
            chunk.extend(items.by_ref().take(packed::<(K, V)>()));
            (!chunk.is_empty()).then(|| Arc::new(chunk))
        };
        let chunks: Vec<_> = iter::from_fn(next).collect();
        Self { chunks: Chunks::Many(chunks.into()) }
    }
}

/// Compares the items, however they lie in chunks.
impl<K: PartialEq, V: PartialEq> PartialEq for List<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for List<K, V> {}

/// The items of a [`List`], in order.
#[derive(Debug)]
pub(crate) struct Iter<'a, K, V> {
    items: slice::Iter<'a, (K, V)>,
    rest: slice::Iter<'a, Arc<Chunk<K, V>>>,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { items: self.items.clone(), rest: self.rest.clone() }
    }
}

impl<K, V> Default for Iter<'_, K, V> {
    fn default() -> Self {
        Self { items: [].iter(), rest: [].iter() }
    }
}

impl<'a, K, V> Iter<'a, K, V> {
    /// The next items that are in one chunk, at most `most`; none at the end.
    #[inline]
    pub(crate) fn next_few(&mut self, most: usize) -> &'a [(K, V)] {
        if self.items.as_slice().is_empty()
            && let Some(chunk) = self.rest.next()
        {
            self.items = chunk.iter();
        }
        let items = self.items.as_slice();
        let (few, rest) = items.split_at_checked(most).unwrap_or((items, &[]));
        self.items = rest.iter();
        few
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((key, value)) = self.items.next() {
                return Some((key, value));
            }
            self.items = self.rest.next()?.iter();
        }
    }

    /// Chunk by chunk, which takes half the time.
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, start: B, mut with: F) -> B {
        let mut with = |all: B, (key, value): &'a (K, V)| with(all, (key, value));
        let all = self.items.fold(start, &mut with);
        self.rest.fold(all, |all, chunk| chunk.iter().fold(all, &mut with))
    }
}

impl<'a, K, V> IntoIterator for &'a List<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::vec::Vec;

    use super::*;

    fn check(list: &List<u32, u32>, map: &BTreeMap<u32, u32>) {
        assert!(list.iter().eq(map), "in order");
        assert!(list.keys().eq(map.keys()) && list.values().eq(map.values()));
        assert_eq!(list.iter().fold(0, |count, _| count + 1), map.len());
        assert_eq!((list.len(), list.is_empty()), (map.len(), map.is_empty()));
        let mut rest = list.iter();
        let by_few: Vec<_> =
            iter::from_fn(|| Some(rest.next_few(16)).filter(|few| !few.is_empty())).flatten().collect();
        assert!(by_few.into_iter().map(|(key, value)| (key, value)).eq(map), "by few");
        if let Chunks::Many(chunks) = &list.chunks {
            assert!(chunks.iter().all(|chunk| (1..=full::<(u32, u32)>()).contains(&chunk.len())));
        }
    }

    #[test]
    fn it_is_a_map_in_order() {
        let (mut list, mut map, mut random) = (List::new(), BTreeMap::new(), 7_u32);
        // It grows, shrinks to nothing and grows again. Miri takes a second for each thousand steps.
        let steps = if cfg!(miri) { 500 } else { 30_000_u32 };
        for step in 0..steps {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key = (random >> 12) % 5_000;
            let grows = step < steps / 3 || step > steps / 4 * 3;
            if grows == random.is_multiple_of(4) {
                assert_eq!(list.remove(&key), map.remove(&key));
            } else {
                assert_eq!(list.insert(key, step), map.insert(key, step));
            }
            assert_eq!(list.get(&key), map.get(&key));
            assert_eq!(list.contains(&(key / 2)), map.contains_key(&(key / 2)));
            if step.is_multiple_of(997) {
                check(&list, &map);
            }
        }
        map.keys().copied().collect::<Vec<_>>().iter().for_each(|key| _ = list.remove(key));
        assert!(list.is_empty());
        check(&list, &BTreeMap::new());
    }

    #[test]
    fn it_is_made_of_items_in_any_order() {
        for count in [0, 1, 64, 65, 384, if cfg!(miri) { 500 } else { 2_000 }] {
            let items = (0..count).map(|key| (key * 7 % (count + 1), key));
            let (list, map): (List<_, _>, BTreeMap<_, _>) = (items.clone().collect(), items.collect());
            check(&list, &map);
            let twice = map.keys().map(|key| (*key, 0)).chain(map.iter().rev().map(|(key, value)| (*key, *value)));
            assert_eq!(twice.collect::<List<_, _>>(), list, "the later counts");
            let mut one_by_one = List::new();
            for (key, value) in &map {
                one_by_one.insert(*key, *value);
            }
            assert_eq!(one_by_one, list, "however it lies in chunks");
        }
    }

    /// A key that is never cloned.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
    struct Own(u32);

    impl Clone for Own {
        fn clone(&self) -> Self {
            panic!("{self:?} is cloned")
        }
    }

    #[test]
    fn what_no_other_version_has_is_changed_without_a_clone() {
        let count = if cfg!(miri) { 1_200 } else { 5_000 };
        let mut list: List<Own, u32> = List::new();
        (0..count).for_each(|key| _ = list.insert(Own(key * 7 % count), key));
        if let Some(value) = list.get_mut(&Own(7)) {
            *value = 0;
        }
        list.shrink_to_fit();
        (0..count).for_each(|key| _ = list.remove(&Own(key)));
        assert!(list.is_empty());
    }

    #[test]
    fn a_copy_of_its_own_shares_no_chunk() {
        let list: List<u32, u32> = (0..2_000).map(|key| (key, 0)).collect();
        let mut own = list.clone();
        own.separate();
        assert_eq!(own, list);
        let (Chunks::Many(theirs), Chunks::Many(own)) = (&list.chunks, &own.chunks) else { panic!("of many chunks") };
        assert!(theirs.iter().zip(own.iter()).all(|(theirs, own)| !Arc::ptr_eq(theirs, own)));
    }

    #[test]
    fn a_version_keeps_what_it_had_and_shares_the_rest() {
        let many = if cfg!(miri) { 500 } else { 10_000 };
        let mut list: List<u32, u32> = (0..many).map(|key| (key, 0)).collect();
        let before = list.clone();
        list.insert(many / 2, 1);
        let (Chunks::Many(old), Chunks::Many(new)) = (&before.chunks, &list.chunks) else { panic!("of many chunks") };
        assert_eq!(old.iter().zip(new.iter()).filter(|(old, new)| !Arc::ptr_eq(old, new)).count(), 1);
        list.remove(&0);
        list.insert(2 * many, 2);
        if let Some(value) = list.get_mut(&7) {
            *value = 3;
        }
        assert_eq!(list.get_mut(&(2 * many + 1)), None);
        assert!(before.iter().eq((0..many).map(|key| (key, 0)).collect::<BTreeMap<_, _>>().iter()));
    }
}
