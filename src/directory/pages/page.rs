//! A page: some facts, each found by its hash without a search.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::iter::successors;
use core::slice;

use smallvec::SmallVec;

use crate::directory::pages::pilots::{Groups, Pilots, Plan, group, place};

/// Some facts. What is read to find one is in one line of memory, and the fact in another.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Page<T> {
    pilots: Pilots,
    pub(super) slots: Arc<[Option<T>]>,
    /// Facts that have no slot of their own, since their hashes are equal.
    others: Option<Arc<Vec<T>>>,
}

/// A copy that shares the facts.
impl<T> Clone for Page<T> {
    fn clone(&self) -> Self {
        Self { pilots: self.pilots, slots: Arc::clone(&self.slots), others: self.others.clone() }
    }
}

/// How many slots a page gets that is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// As few as it can do with.
    Little,
    /// Some more, because others will come.
    Some,
}

impl Room {
    const fn slots(self, facts: usize) -> usize {
        let more = match self {
            Self::Little => facts / 16,
            Self::Some => facts / 2,
        };
        facts.saturating_add(more).saturating_add(1)
    }
}

/// With some more slots each time, it is nearly certain that there is a pilot for each group, unless hashes are equal.
const ATTEMPTS: usize = 16;

impl<T> Page<T> {
    pub(super) fn empty() -> Self {
        Self { pilots: Pilots::FIRST, slots: Arc::new([]), others: None }
    }

    /// A page of these facts, each with its hash.
    pub(super) fn of(facts: Vec<(u64, T)>, room: Room) -> Self {
        let hashes: Vec<_> = facts.iter().map(|(hash, _)| *hash).collect();
        let mut page = Self::laid_out(&hashes, room);
        for (hash, fact) in facts {
            page.put(hash, fact);
        }
        page
    }

    /// A page in which facts with these hashes are to be put.
    pub(super) fn laid_out(hashes: &[u64], room: Room) -> Self {
        let Some(plan) = plan(hashes, room) else { return Self::empty() };
        Self { pilots: plan.pilots, slots: (0..plan.slots).map(|_| None).collect(), others: None }
    }

    /// Puts a fact in the slot that is laid out for it. If none is, or another fact has it, it is put among the others.
    pub(super) fn put(&mut self, hash: u64, fact: T) {
        let place = self.place(hash);
        match Arc::get_mut(&mut self.slots).and_then(|slots| slots.get_mut(place)) {
            Some(slot) if slot.is_none() => *slot = Some(fact),
            Some(_) | None => {
                if let Some(others) = Arc::get_mut(self.others.get_or_insert_default()) {
                    others.push(fact);
                }
            }
        }
    }

    /// The slot of a hash.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of every decision")]
    pub(super) fn slot(&self, hash: u64) -> Option<&Option<T>> {
        self.slots.get(self.place(hash))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of every decision")]
    fn place(&self, hash: u64) -> usize {
        self.pilots.place(hash, self.slots.len())
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of every decision")]
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<&T> {
        match self.slot(hash) {
            Some(Some(fact)) if is_it(fact) => Some(fact),
            Some(_) | None => self.others.as_ref()?.iter().find(|fact| is_it(fact)),
        }
    }

    pub(super) fn iter(&self) -> Iter<'_, T> {
        Iter { slots: self.slots.iter(), others: self.others.as_deref().map_or(&[][..], Vec::as_slice).iter() }
    }
}

/// `None` if there are no hashes.
fn plan(hashes: &[u64], room: Room) -> Option<Plan> {
    if hashes.is_empty() {
        return None;
    }
    let groups = Groups::of(hashes);
    let more = |slots: &usize| Some(slots.saturating_add(slots / 16).saturating_add(1));
    let mut last = None;
    for slots in successors(Some(room.slots(hashes.len())), more).take(ATTEMPTS) {
        let plan = groups.plan(slots);
        if plan.is_whole {
            return Some(plan);
        }
        last = Some(plan);
    }
    last
}

/// Facts of one group that move, or are new: more are rare.
type Group<T> = SmallVec<[T; 8]>;

impl<T: Clone> Page<T> {
    pub(super) fn find_mut(&mut self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<&mut T> {
        let place = self.place(hash);
        if self.slots.get(place)?.as_ref().is_some_and(&is_it) {
            return Arc::make_mut(&mut self.slots).get_mut(place)?.as_mut();
        }
        Arc::make_mut(self.others.as_mut()?).iter_mut().find(|fact| is_it(fact))
    }

    pub(super) fn insert(&mut self, hash: u64, fact: T, hasher: &impl Fn(&T) -> u64) {
        let present = self.slot(hash).and_then(Option::as_ref).map(hasher);
        if present == Some(hash) {
            Arc::make_mut(self.others.get_or_insert_default()).push(fact);
        } else if self.slots.is_empty() || (present.is_some() && !self.clear(hash, hasher)) {
            let mut facts = self.take(hasher);
            facts.push((hash, fact));
            *self = Self::of(facts, Room::Some);
        } else {
            let place = self.place(hash);
            if let Some(slot) = Arc::make_mut(&mut self.slots).get_mut(place) {
                *slot = Some(fact);
            }
        }
    }

    /// Moves the other facts of a hash's group, so that its slot becomes free. Returns whether it did.
    fn clear(&mut self, hash: u64, hasher: &impl Fn(&T) -> u64) -> bool {
        let group_of = group(hash);
        let in_group = |slot: &Option<T>| slot.as_ref().map(hasher).filter(|other| group(*other) == group_of);
        let places = self.slots.iter().enumerate();
        let present: Group<(u64, usize)> = places.filter_map(|(place, slot)| Some((in_group(slot)?, place))).collect();
        let is_free = |at: usize| {
            self.slots.get(at).is_some_and(Option::is_none) || present.iter().any(|(_, place)| *place == at)
        };
        let len = self.slots.len();
        let places = |pilot: u8| -> Option<Group<usize>> {
            let mut places = Group::new();
            for hash in present.iter().map(|(hash, _)| *hash).chain([hash]) {
                let place = place(hash, pilot, len);
                if !is_free(place) || places.contains(&place) {
                    return None;
                }
                places.push(place);
            }
            Some(places)
        };
        let Some((pilot, places)) = (0..=u8::MAX).find_map(|pilot| Some((pilot, places(pilot)?))) else { return false };
        let slots = Arc::make_mut(&mut self.slots);
        self.pilots.set(group_of, pilot);
        let facts: Group<Option<T>> = present.iter().map(|(_, place)| slots.get_mut(*place)?.take()).collect();
        for (place, fact) in places.into_iter().zip(facts) {
            if let Some(slot) = slots.get_mut(place) {
                *slot = fact;
            }
        }
        true
    }

    /// Takes out all facts, each with its hash.
    pub(super) fn take(&mut self, hasher: &impl Fn(&T) -> u64) -> Vec<(u64, T)> {
        let slots = Arc::make_mut(&mut self.slots).iter_mut().filter_map(Option::take);
        let others = self.others.take().map(Arc::unwrap_or_clone).unwrap_or_default();
        slots.chain(others).map(|fact| (hasher(&fact), fact)).collect()
    }

    pub(super) fn remove(&mut self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<T> {
        let place = self.place(hash);
        if self.slots.get(place)?.as_ref().is_some_and(&is_it) {
            return Arc::make_mut(&mut self.slots).get_mut(place)?.take();
        }
        let others = Arc::make_mut(self.others.as_mut()?);
        let place = others.iter().position(is_it)?;
        let removed = others.swap_remove(place);
        self.others.take_if(|others| others.is_empty());
        Some(removed)
    }

    /// The facts, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let others = self.others.as_mut().map(Arc::make_mut).into_iter().flatten();
        Arc::make_mut(&mut self.slots).iter_mut().flatten().chain(others)
    }
}

/// The facts of a [`Page`].
#[derive(Debug)]
pub(super) struct Iter<'a, T> {
    slots: slice::Iter<'a, Option<T>>,
    others: slice::Iter<'a, T>,
}

impl<T> Iter<'_, T> {
    pub(super) fn none() -> Self {
        Self { slots: [].iter(), others: [].iter() }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.slots.by_ref().flatten().next().or_else(|| self.others.next())
    }

    fn fold<B, F: FnMut(B, &'a T) -> B>(self, start: B, mut with: F) -> B {
        let all = self.slots.flatten().fold(start, &mut with);
        self.others.fold(all, with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As random as a hash, and always the same.
    const fn hash(key: u64) -> u64 {
        let mixed = (key ^ (key >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (mixed >> 32)
    }

    fn find(page: &Page<u64>, key: u64) -> Option<u64> {
        page.find(hash(key), |other| *other == key).copied()
    }

    #[test]
    fn what_is_read_to_find_a_fact_is_one_line_of_memory() {
        assert_eq!((size_of::<Page<u64>>(), align_of::<Page<u64>>()), (64, 64));
    }

    #[test]
    fn each_fact_has_a_slot_and_few_slots_are_free() {
        // Miri takes seconds for each of many.
        let most = if cfg!(miri) { 30 } else { 200 };
        for count in [0, 1, 2, 10, 30, 60, 100, 200].into_iter().filter(|count| *count <= most) {
            let keys = 1..=count;
            let at_once = Page::of(keys.clone().map(|key| (hash(key), key)).collect(), Room::Little);
            let mut one_by_one = Page::empty();
            keys.clone().for_each(|key| one_by_one.insert(hash(key), key, &|key| hash(*key)));
            for (page, most) in [(&at_once, count + count / 2 + 1), (&one_by_one, count * 2 + 1)] {
                assert!(page.others.is_none());
                assert!(u64::try_from(page.slots.len()).unwrap() <= most, "{} slots of {count}", page.slots.len());
                assert!(keys.clone().all(|key| find(page, key) == Some(key)), "of {count}");
                assert!((count + 1..count + 100).all(|key| find(page, key).is_none()), "of {count}");
            }
        }
    }

    #[test]
    fn facts_with_one_hash_are_found_changed_and_removed() {
        let (mut page, count) = (Page::empty(), if cfg!(miri) { 10 } else { 60 });
        let hash_of = |key: &u64| if *key == 5 { hash(5) } else { 7 };
        for key in 0..count {
            page.insert(hash_of(&key), key, &hash_of);
        }
        assert_eq!(u64::try_from(page.iter().count()), Ok(count));
        for key in (0..count).filter(|key| *key != 5) {
            assert_eq!(page.find(7, |other| *other == key), Some(&key));
            assert_eq!(page.find_mut(7, |other| *other == key), Some(&mut { key }));
        }
        assert_eq!(find(&page, 5), Some(5));
        assert_eq!(page.iter_mut().count(), page.iter().count());
        for key in (0..count).filter(|key| *key != 5) {
            assert_eq!(page.remove(7, |other| *other == key), Some(key));
            assert_eq!(page.remove(7, |other| *other == key), None);
        }
        assert!(page.others.is_none());
        assert_eq!(page.iter().collect::<Vec<_>>(), [&5]);
    }
}
