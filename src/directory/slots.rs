//! Things by number. A number that is free again is given to the next thing.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem;

use crate::directory::table::Shared;

/// Things by number, from 1 on: 0 is no thing's.
///
/// A clone of slots on pages shares them, and copies a page when a thing on it changes.
#[derive(Clone, Debug)]
pub(crate) struct Slots<T> {
    form: Form<T>,
    /// The free slot that is taken next, by its number, or 0.
    free: u32,
    /// The number of slots, taken or free.
    len: u32,
    /// The number of slots that are taken.
    taken: u32,
    /// The highest number that is given.
    last: u32,
}

#[derive(Clone, Debug)]
enum Form<T> {
    Whole(Vec<Slot<T>>),
    Pages(Root<T>),
}

/// Three levels: a change copies one list on each, of which none grows long. Each page has as many slots as [`PAGE`], of which the
/// last may be beyond the length.
type Page<T> = Arc<[Slot<T>]>;
type Node<T> = Arc<[Page<T>]>;
type Root<T> = Arc<[Node<T>]>;

const PAGE: usize = 64;
const NODE: usize = 256;

#[derive(Clone, Debug)]
enum Slot<T> {
    Taken(T),
    /// Free, with the number of the one that is taken after it.
    Free(u32),
}

impl<T> Slot<T> {
    #[inline]
    const fn taken(&self) -> Option<&T> {
        match self {
            Self::Taken(thing) => Some(thing),
            Self::Free(_) => None,
        }
    }
}

impl<T> Slots<T> {
    /// Empty slots, with numbers up to a last one.
    pub(crate) const fn up_to(last: u32) -> Self {
        Self { form: Form::Whole(Vec::new()), free: 0, len: 0, taken: 0, last }
    }

    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        let place = place(number);
        let slot = match &self.form {
            Form::Whole(slots) => slots.get(place)?,
            Form::Pages(root) => root.get(place / PAGE / NODE)?.get(place / PAGE % NODE)?.get(place % PAGE)?,
        };
        slot.taken()
    }

    /// Whether this many more things can be numbered.
    pub(crate) const fn have_room_for(&self, more: u32) -> bool {
        self.last.saturating_sub(self.taken) >= more
    }
}

/// The place of a number. That of 0 is beyond every length.
#[inline]
#[expect(clippy::as_conversions, reason = "32 bits fit")]
const fn place(number: u32) -> usize {
    (number as usize).wrapping_sub(1)
}

impl<T: Clone> Slots<T> {
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        match self.slot_mut(number)? {
            Slot::Taken(thing) => Some(thing),
            Slot::Free(_) => None,
        }
    }

    fn slot_mut(&mut self, number: u32) -> Option<&mut Slot<T>> {
        let place = place(number);
        match &mut self.form {
            Form::Whole(slots) => slots.get_mut(place),
            Form::Pages(root) => {
                let node = Arc::make_mut(Arc::make_mut(root).get_mut(place / PAGE / NODE)?);
                Arc::make_mut(node.get_mut(place / PAGE % NODE)?).get_mut(place % PAGE)
            }
        }
    }

    /// Gives a thing a number; `None` if there is none left.
    pub(crate) fn add(&mut self, thing: T) -> Option<u32> {
        if self.free != 0 {
            let number = self.free;
            if let Slot::Free(next) = mem::replace(self.slot_mut(number)?, Slot::Taken(thing)) {
                self.free = next;
            }
            self.taken = self.taken.saturating_add(1);
            return Some(number);
        }
        if self.len >= self.last {
            return None;
        }
        self.push(Slot::Taken(thing));
        self.len = self.len.saturating_add(1);
        self.taken = self.taken.saturating_add(1);
        Some(self.len)
    }

    fn push(&mut self, slot: Slot<T>) {
        match &mut self.form {
            Form::Whole(slots) => slots.push(slot),
            Form::Pages(root) => push(slot, place(self.len.saturating_add(1)), root),
        }
    }

    /// Takes a thing out, and frees its number.
    pub(crate) fn remove(&mut self, number: u32) -> Option<T> {
        let next = self.free;
        let slot = self.slot_mut(number)?;
        slot.taken()?;
        let Slot::Taken(thing) = mem::replace(slot, Slot::Free(next)) else { return None };
        self.free = number;
        self.taken = self.taken.saturating_sub(1);
        Some(thing)
    }

    pub(crate) fn for_each_mut(&mut self, mut change: impl FnMut(&mut T)) {
        let mut each = |slot: &mut Slot<T>| {
            if let Slot::Taken(thing) = slot {
                change(thing);
            }
        };
        match &mut self.form {
            Form::Whole(slots) => slots.iter_mut().for_each(each),
            Form::Pages(root) => {
                for node in Arc::make_mut(root).iter_mut() {
                    for page in Arc::make_mut(node).iter_mut() {
                        Arc::make_mut(page).iter_mut().for_each(&mut each);
                    }
                }
            }
        }
    }
}

/// Puts a slot at a place behind the others.
fn push<T: Clone>(slot: Slot<T>, place: usize, root: &mut Root<T>) {
    if root.get(place / PAGE / NODE).is_none() {
        let node: Node<T> = Arc::new([]);
        *root = root.iter().cloned().chain([node]).collect();
    }
    let Some(node) = Arc::make_mut(root).get_mut(place / PAGE / NODE) else { return };
    if node.get(place / PAGE % NODE).is_none() {
        let page: Page<T> = (0..PAGE).map(|_| Slot::Free(0)).collect();
        *node = node.iter().cloned().chain([page]).collect();
    }
    let page = Arc::make_mut(node).get_mut(place / PAGE % NODE).map(Arc::make_mut);
    if let Some(free) = page.and_then(|page| page.get_mut(place % PAGE)) {
        *free = slot;
    }
}

impl<T> Slots<T> {
    /// Makes room for more things before they come.
    pub(crate) fn reserve(&mut self, more: usize) {
        if let Form::Whole(slots) = &mut self.form {
            slots.reserve(more);
        }
    }

    /// Frees unused capacity.
    pub(crate) fn shrink_to_fit(&mut self) {
        if let Form::Whole(slots) = &mut self.form {
            slots.shrink_to_fit();
        }
    }
}

impl<T> Slots<T> {
    /// Puts whole slots on pages. Nothing is cloned.
    pub(crate) fn put_on_pages(&mut self) {
        if let Form::Whole(slots) = &mut self.form {
            let mut slots = mem::take(slots);
            slots.resize_with(slots.len().next_multiple_of(PAGE), || Slot::Free(0));
            self.form = Form::Pages(in_lists(in_lists(slots, PAGE), NODE).into());
        }
    }
}

/// Items in lists of this length.
fn in_lists<T>(items: Vec<T>, length: usize) -> Vec<Arc<[T]>> {
    let mut items = items.into_iter();
    let mut lists = Vec::new();
    while items.len() > 0 {
        lists.push(items.by_ref().take(length).collect());
    }
    lists
}

impl<T: Shared + Clone> Shared for Slots<T> {
    fn separate(&mut self) {
        self.for_each_mut(Shared::separate);
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;

    #[test]
    fn numbers_are_given_again_and_end() {
        for on_pages in [false, true] {
            let mut slots = Slots::up_to(3);
            if on_pages {
                slots.put_on_pages();
            }
            assert_eq!(["a", "b", "c", "d"].map(|thing| slots.add(thing)), [Some(1), Some(2), Some(3), None]);
            assert!(slots.have_room_for(0) && !slots.have_room_for(1));
            assert_eq!((slots.remove(2), slots.remove(2), slots.get(2)), (Some("b"), None, None));
            assert_eq!((slots.add("e"), slots.add("f")), (Some(2), None));
            assert_eq!(
                [0, 1, 2, 3, 4].map(|number| slots.get(number).copied()),
                [None, Some("a"), Some("e"), Some("c"), None]
            );
        }
    }

    /// Several nodes; Miri, which is slow, gets several pages.
    const MANY: u32 = if cfg!(miri) { 500 } else { 40_000 };

    #[test]
    fn slots_on_pages_hold_what_whole_ones_do_and_versions_stay_as_they_were() {
        let (mut slots, mut naive) = (Slots::up_to(u32::MAX), BTreeMap::new());
        for n in 0..MANY {
            naive.insert(slots.add(n).unwrap(), n);
        }
        slots.put_on_pages();
        let (before, naive_before) = (slots.clone(), naive.clone());
        for n in 1..=MANY / 2 {
            let number = n.wrapping_mul(7919) % MANY + 1;
            assert_eq!(slots.remove(number), naive.remove(&number));
            if n % 3 == 0 {
                assert_eq!(naive.insert(slots.add(n).unwrap(), n), None);
            }
            if let Some(thing) = slots.get_mut(n) {
                *thing += 1;
                *naive.get_mut(&n).unwrap() += 1;
            }
        }
        for (slots, naive) in [(&slots, &naive), (&before, &naive_before)] {
            assert!((0..=MANY + 1_000).all(|number| slots.get(number) == naive.get(&number)));
        }
    }
}
