//! What belongs to things with numbers, until all rows are there. To put it in order once takes a fraction of the time of putting
//! each row in its place.

use alloc::vec::Vec;

use crate::directory::list::List;

/// Items in the order of the rows, each with the number of the thing that it belongs to. No thing has two with one key.
#[derive(Clone, Debug)]
pub(super) struct Log<K, V = ()>(Vec<(u32, K, V)>);

impl<K, V> Log<K, V> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    pub(super) fn push(&mut self, number: u32, key: K, value: V) {
        self.0.push((number, key, value));
    }
}

impl<K: Ord, V> Log<K, V> {
    /// The list of each thing that has something.
    pub(super) fn into_lists(self) -> impl Iterator<Item = (u32, List<K, V>)> {
        let lists = (0..).zip(self.by_number()).filter(|(_, items)| !items.is_empty());
        lists.map(|(number, items)| (number, List::of_unique(items)))
    }

    /// The items of each number, in vectors that are as long as they need to be.
    fn by_number(self) -> Vec<Vec<(K, V)>> {
        let mut counts = Vec::<usize>::new();
        for place in self.0.iter().map(|(number, ..)| place(*number)) {
            if counts.len() <= place {
                counts.resize(place.saturating_add(1), 0);
            }
            if let Some(count) = counts.get_mut(place) {
                *count = count.saturating_add(1);
            }
        }
        let mut lists: Vec<_> = counts.into_iter().map(Vec::with_capacity).collect();
        for (number, key, value) in self.0 {
            if let Some(list) = lists.get_mut(place(number)) {
                list.push((key, value));
            }
        }
        lists
    }
}

#[expect(clippy::as_conversions, reason = "32 bits fit")]
const fn place(number: u32) -> usize {
    number as usize
}
