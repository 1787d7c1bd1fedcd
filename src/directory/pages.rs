//! Facts by hash, on pages that versions of a table share. A change copies the page of the fact and the lists on the way to it, and
//! nothing else.

mod page;
mod pilots;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem::{needs_drop, size_of};
use core::slice;

use crate::directory::pages::page::{Iter as PageIter, Page, Room};

/// A hash table on pages. Cloning it copies nothing.
///
/// There are as many pages as the facts need: one page at a time is split in two, in the order of the pages (linear hashing), so
/// that no insertion moves more than a page.
#[derive(Clone, Debug)]
pub(crate) enum Pages<T> {
    /// One list of pages, while it is short or no version shares it: a lookup then reads one pointer less.
    One(List<T>),
    /// [`LISTS`], by the first bits that choose.
    Many(Arc<[List<T>]>),
}

/// A change counts up each list of its table, and each page of its list: with some thousands of pages, as with few, both are some
/// dozens.
const LISTS: usize = 64;
const LIST_BITS: u32 = LISTS.trailing_zeros();
/// When one list has this many pages, it is dealt out to several before it grows.
const PAGES_OF_ONE: usize = 2 * LISTS;
/// The first bit of a hash that chooses a page. The lower half chooses a group in the page.
const FIRST_BIT: u32 = 34;

/// Pages by the bits that choose. A page whose other half does not exist yet has the facts of both.
#[derive(Debug)]
pub(crate) struct List<T> {
    pages: Arc<[Page<T>]>,
    /// The bits that choose among twice as many pages at most: those that there are, and those that do not exist yet.
    mask: usize,
    facts: usize,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        Self { pages: Arc::clone(&self.pages), mask: self.mask, facts: self.facts }
    }
}

/// How many facts a page has on average when the next page is split: some KiB, or fewer facts where the copy of one may allocate, or
/// count in memory that is elsewhere.
const fn full<T>() -> usize {
    match size_of::<T>() {
        _ if needs_drop::<T>() => 48,
        0..=48 => 128,
        49..=64 => 64,
        _ => 32,
    }
}

impl<T> List<T> {
    /// Pages that have this many facts.
    fn new(pages: Arc<[Page<T>]>, facts: usize) -> Self {
        let mask = pages.len().next_power_of_two().saturating_sub(1);
        Self { pages, mask, facts }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of every decision")]
    fn place(&self, chosen: usize) -> usize {
        let place = chosen & self.mask;
        // While that page does not exist, its facts are with those of its other half.
        if place < self.pages.len() { place } else { place & (self.mask >> 1) }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of every decision")]
    fn page(&self, chosen: usize) -> Option<&Page<T>> {
        self.pages.get(self.place(chosen))
    }
}

impl<T: Clone> List<T> {
    fn page_mut(&mut self, chosen: usize) -> Option<&mut Page<T>> {
        let place = self.place(chosen);
        Arc::make_mut(&mut self.pages).get_mut(place)
    }

    /// Makes room for a fact: splits the page whose turn it is, if the pages are full on average. `bits` are those of a hash that
    /// choose in this list.
    fn make_room(&mut self, bits: impl Fn(u64) -> usize, hasher: &impl Fn(&T) -> u64) {
        if self.facts < self.pages.len().saturating_mul(full::<T>()) {
            return;
        }
        let new = self.pages.len();
        // The page of the new one's other half.
        let half = if new > self.mask { new } else { self.mask.saturating_add(1) / 2 };
        let turn = new & half.saturating_sub(1);
        let Some(page) = Arc::make_mut(&mut self.pages).get_mut(turn) else { return };
        // A page that no other version has is moved: nothing of it is cloned.
        let (go, stay) = page.take(hasher).into_iter().partition(|(hash, _)| bits(*hash) & half != 0);
        *page = Page::of(stay, Room::Some);
        let pages = self.pages.iter().cloned().chain([Page::of(go, Room::Some)]).collect();
        *self = Self::new(pages, self.facts);
    }
}

/// The bits of a hash that choose a page.
#[inline]
#[expect(clippy::as_conversions, reason = "30 bits")]
const fn choosing(hash: u64) -> usize {
    (hash >> FIRST_BIT) as usize
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self::One(List::new(Arc::new([Page::empty()]), 0))
    }
}

impl<T> Pages<T> {
    fn lists(&self) -> &[List<T>] {
        match self {
            Self::One(list) => slice::from_ref(list),
            Self::Many(lists) => lists,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lists().iter().map(|list| list.facts).sum()
    }

    /// About as many bytes as the facts have.
    pub(crate) fn bytes(&self) -> usize {
        let lists = self.lists();
        let facts = lists.first().map_or(0, |list| list.facts.saturating_mul(lists.len()));
        facts.saturating_mul(size_of::<T>())
    }

    /// The page that has the fact with this hash, if it exists.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of every decision")]
    fn page(&self, hash: u64) -> Option<&Page<T>> {
        let chosen = choosing(hash);
        match self {
            Self::One(list) => list.page(chosen),
            Self::Many(lists) => lists.get(chosen & (LISTS - 1))?.page(chosen >> LIST_BITS),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of every decision")]
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<&T> {
        self.page(hash)?.find(hash, is_it)
    }

    /// Where the fact with this hash most likely is, if it exists.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of every decision")]
    pub(crate) fn slot(&self, hash: u64) -> Option<&Option<T>> {
        self.page(hash)?.slot(hash)
    }

    pub(crate) fn iter(&self) -> Iter<'_, T> {
        Iter { lists: self.lists().iter(), pages: [].iter(), facts: PageIter::none(), left: self.len() }
    }

    /// These facts, no two of which are alike, on pages with little room for more.
    pub(crate) fn of(facts: Vec<T>, hash_of: impl Fn(&T) -> u64) -> Self {
        let count = facts.len().checked_div(full::<T>()).unwrap_or(0).saturating_add(1).next_power_of_two();
        let page = |hash: u64| choosing(hash) & count.saturating_sub(1);
        // Few pages get many more than the average.
        let on_each = facts.len().checked_div(count).map_or(0, |average| average.saturating_add(average / 4));
        let (hashes, len): (Vec<_>, _) = (facts.iter().map(hash_of).collect(), facts.len());
        let mut dealt: Vec<_> = (0..count).map(|_| Vec::with_capacity(on_each)).collect();
        for hash in &hashes {
            if let Some(of_page) = dealt.get_mut(page(*hash)) {
                of_page.push(*hash);
            }
        }
        let mut pages: Vec<_> = dealt.into_iter().map(|hashes| Page::laid_out(&hashes, Room::Little)).collect();
        for (fact, hash) in facts.into_iter().zip(hashes) {
            if let Some(page) = pages.get_mut(page(hash)) {
                page.put(hash, fact);
            }
        }
        Self::One(List::new(pages.into(), len))
    }

    /// Deals the one list out to several if it is long. The pages stay as they are.
    pub(crate) fn deal_out(&mut self) {
        let Self::One(list) = self else { return };
        if list.pages.len() < PAGES_OF_ONE {
            return;
        }
        let list = |first: usize| {
            let pages: Arc<[_]> = list.pages.iter().skip(first).step_by(LISTS).cloned().collect();
            let facts = pages.iter().map(|page| page.iter().count()).sum();
            List::new(pages, facts)
        };
        *self = Self::Many((0..LISTS).map(list).collect());
    }
}

impl<T: Clone> Pages<T> {
    /// The list of a hash, to be changed, with the bits that choose in it.
    fn list_mut(&mut self, hash: u64) -> Option<(&mut List<T>, usize)> {
        let chosen = choosing(hash);
        match self {
            Self::One(list) => Some((list, chosen)),
            Self::Many(lists) => Some((Arc::make_mut(lists).get_mut(chosen & (LISTS - 1))?, chosen >> LIST_BITS)),
        }
    }

    /// The fact, to be changed. Its page is copied if another version has it.
    pub(crate) fn find_mut(&mut self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<&mut T> {
        // Nothing is copied for a fact that does not exist.
        self.find(hash, &is_it)?;
        let (list, chosen) = self.list_mut(hash)?;
        list.page_mut(chosen)?.find_mut(hash, is_it)
    }

    /// Inserts a fact. There must be none like it.
    pub(crate) fn insert_unique(&mut self, hash: u64, fact: T, hasher: impl Fn(&T) -> u64) {
        self.deal_out();
        let bits = if matches!(self, Self::One(_)) { 0 } else { LIST_BITS };
        let Some((list, chosen)) = self.list_mut(hash) else { return };
        list.make_room(|hash| choosing(hash) >> bits, &hasher);
        list.facts = list.facts.saturating_add(1);
        if let Some(page) = list.page_mut(chosen) {
            page.insert(hash, fact, &hasher);
        }
    }

    pub(crate) fn remove(&mut self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<T> {
        self.find(hash, &is_it)?;
        let (list, chosen) = self.list_mut(hash)?;
        let fact = list.page_mut(chosen)?.remove(hash, is_it)?;
        list.facts = list.facts.saturating_sub(1);
        Some(fact)
    }

    /// The facts, to be changed. Each page that another version has is copied.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let lists = match self {
            Self::One(list) => slice::from_mut(list),
            Self::Many(lists) => Arc::make_mut(lists),
        };
        lists.iter_mut().flat_map(|list| Arc::make_mut(&mut list.pages)).flat_map(Page::iter_mut)
    }
}

/// The facts of [`Pages`], in no particular order.
#[derive(Debug)]
pub(crate) struct Iter<'a, T> {
    lists: slice::Iter<'a, List<T>>,
    pages: slice::Iter<'a, Page<T>>,
    facts: PageIter<'a, T>,
    left: usize,
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        loop {
            if let Some(fact) = self.facts.next() {
                self.left = self.left.saturating_sub(1);
                return Some(fact);
            }
            match self.pages.next() {
                Some(page) => self.facts = page.iter(),
                None => self.pages = self.lists.next()?.pages.iter(),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }

    /// Page by page.
    fn fold<B, F: FnMut(B, &'a T) -> B>(self, start: B, mut with: F) -> B {
        let all = self.facts.fold(start, &mut with);
        let rest = self.lists.flat_map(|list| list.pages.iter());
        self.pages.chain(rest).fold(all, |all, page| page.iter().fold(all, &mut with))
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use super::*;

    /// A key, a value and padding, which fills pages with few facts.
    type Fact = [u64; 9];

    /// Miri takes half a second for each.
    const MANY: u64 = if cfg!(miri) { 100 } else { 20_000 };

    const fn fact(key: u64, value: u64) -> Fact {
        [key, value, 0, 0, 0, 0, 0, 0, 0]
    }

    /// As random as a hash, and always the same.
    fn hash(key: u64) -> u64 {
        let mixed = (key ^ (key >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (mixed >> 32)
    }

    fn hash_of(fact: &Fact) -> u64 {
        hash(fact[0])
    }

    fn filled(keys: impl Iterator<Item = u64>) -> Pages<Fact> {
        let mut pages = Pages::default();
        keys.for_each(|key| pages.insert_unique(hash(key), fact(key, 0), hash_of));
        pages
    }

    fn value(pages: &Pages<Fact>, key: u64) -> Option<u64> {
        pages.find(hash(key), |fact| fact[0] == key).map(|fact| fact[1])
    }

    fn set(pages: &mut Pages<Fact>, key: u64, value: u64) {
        if let Some(fact) = pages.find_mut(hash(key), |fact| fact[0] == key) {
            fact[1] = value;
        }
    }

    fn all_pages<T>(pages: &Pages<T>) -> Vec<&Page<T>> {
        pages.lists().iter().flat_map(|list| list.pages.iter()).collect()
    }

    #[test]
    fn what_was_inserted_is_found_however_many_there_are() {
        for count in [0, 1, 64, 65, MANY / 10, MANY] {
            let one_by_one = filled(0..count);
            let at_once = Pages::of((0..count).map(|key| fact(key, 0)).collect(), hash_of);
            for pages in [one_by_one, at_once] {
                assert_eq!(u64::try_from(pages.len()), Ok(count));
                assert!((0..count).all(|key| value(&pages, key) == Some(0)), "of {count}");
                assert!((count..count + 100).all(|key| value(&pages, key).is_none()), "of {count}");
                let mut keys: Vec<_> = pages.iter().map(|fact| fact[0]).collect();
                keys.sort_unstable();
                assert!(keys.into_iter().eq(0..count), "each once, of {count}");
            }
        }
    }

    #[test]
    fn there_are_as_many_pages_as_the_facts_need() {
        for count in [MANY / 10, MANY / 2, MANY] {
            let pages = filled(0..count);
            let full = full::<Fact>();
            let pages = all_pages(&pages);
            let least = usize::try_from(count).unwrap_or(0) / full;
            assert!((least..least * 2 + 2).contains(&pages.len()), "{} pages of {count}", pages.len());
            // A page whose turn to be split has not come yet has twice as many as the others.
            assert!(pages.iter().all(|page| page.iter().count() < full * 4), "of {count}");
        }
        assert!(cfg!(miri) || matches!(filled(0..MANY), Pages::Many(_)));
    }

    #[test]
    fn a_version_keeps_what_it_had() {
        let mut pages = filled(0..MANY);
        let before = pages.clone();
        (0..MANY).step_by(7).for_each(|key| set(&mut pages, key, 1));
        for key in (0..MANY).step_by(11) {
            assert_eq!(pages.remove(hash(key), |fact| fact[0] == key).map(|fact| fact[0]), Some(key));
        }
        (MANY..MANY * 2).for_each(|key| pages.insert_unique(hash(key), fact(key, 2), hash_of));
        assert!((0..MANY).all(|key| value(&before, key) == Some(0)));
        assert!((MANY..MANY * 2).all(|key| value(&before, key).is_none()));
        assert_eq!(before.iter().count(), before.len());
        assert_eq!(pages.iter().count(), pages.len());
        for key in 0..MANY * 2 {
            let right = if key >= MANY {
                Some(2)
            } else if key.is_multiple_of(11) {
                None
            } else {
                Some(u64::from(key.is_multiple_of(7)))
            };
            assert_eq!(value(&pages, key), right, "of {key}");
        }
    }

    /// A fact that is never cloned.
    #[derive(PartialEq, Debug)]
    struct Own(u64);

    impl Clone for Own {
        fn clone(&self) -> Self {
            panic!("{self:?} is cloned")
        }
    }

    #[test]
    fn what_no_other_version_has_is_changed_without_a_clone() {
        let mut pages = Pages::of((0..MANY / 2).map(Own).collect(), |fact| hash(fact.0));
        (MANY / 2..MANY).for_each(|key| pages.insert_unique(hash(key), Own(key), |fact| hash(fact.0)));
        assert!(pages.find_mut(hash(7), |fact| fact.0 == 7).is_some());
        assert_eq!(pages.iter_mut().count(), pages.iter().len());
        (0..MANY).for_each(|key| assert_eq!(pages.remove(hash(key), |fact| fact.0 == key), Some(Own(key))));
        assert_eq!(pages.len(), 0);
    }

    #[test]
    fn the_facts_are_as_many_however_they_are_taken() {
        for count in [0, MANY / 10, MANY] {
            let mut pages = filled(0..count);
            let (len, sum) = (pages.iter().len(), (0..count).sum::<u64>());
            assert_eq!(u64::try_from(len), Ok(count));
            assert_eq!(pages.iter().fold(0, |sum, fact| sum + fact[0]), sum);
            assert_eq!(
                pages.iter().skip(1).map(|fact| fact[0]).sum::<u64>() + pages.iter().next().map_or(0, |it| it[0]),
                sum
            );
            let before = pages.clone();
            pages.iter_mut().for_each(|fact| fact[1] = 1);
            assert!(before.iter().all(|fact| fact[1] == 0) && pages.iter().all(|fact| fact[1] == 1));
        }
    }

    #[test]
    fn a_change_copies_one_page() {
        for count in [10, MANY / 10, MANY] {
            let mut pages = filled(0..count);
            let before = pages.clone();
            set(&mut pages, 5, 1);
            assert_eq!((value(&before, 5), value(&pages, 5)), (Some(0), Some(1)));
            // Nothing is copied for what does not exist.
            set(&mut pages, count, 1);
            assert!(pages.remove(hash(count), |fact| fact[0] == count).is_none());
            let (before, after) = (all_pages(&before), all_pages(&pages));
            let copied =
                before.iter().zip(&after).filter(|(before, after)| !Arc::ptr_eq(&before.slots, &after.slots)).count();
            assert_eq!((before.len(), copied), (after.len(), 1), "of {count}");
        }
    }

    #[test]
    fn facts_with_one_hash_are_found() {
        // Each is compared with all before it.
        let count = if cfg!(miri) { 60 } else { 300 };
        let mut pages: Pages<String> = Pages::default();
        for key in 0..count {
            pages.insert_unique(7, key.to_string(), |_| 7);
        }
        let last = (count - 1).to_string();
        assert_eq!(pages.find(7, |text| *text == last), Some(&last));
        assert!(pages.find(7, |text| *text == count.to_string()).is_none());
        assert_eq!(pages.iter().count(), count);
        let removed = (0..count).filter_map(|key| pages.remove(7, |text| *text == key.to_string()));
        assert_eq!(removed.count(), count);
        assert_eq!(pages.len(), 0);
    }
}
