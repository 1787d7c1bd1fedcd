//! Facts of one kind by class: those of a class are judged alike.

use alloc::vec::Vec;

use super::selection::Selection;
use crate::sorted::Keyed;

/// Facts, each with the place of its class.
pub(super) struct Classes<'a, T> {
    facts: Vec<(&'a T, usize)>,
    /// One of each class.
    examples: Vec<&'a T>,
}

impl<'a, T> Classes<'a, T> {
    /// Sorts facts into classes: those of which `class` says the same.
    pub(super) fn of<C: PartialEq>(facts: impl Iterator<Item = &'a T>, class: impl Fn(&T) -> C) -> Self {
        let mut classes = Vec::new();
        let mut sorted = Self { facts: Vec::new(), examples: Vec::new() };
        for fact in facts {
            let class = class(fact);
            let place = classes.iter().position(|known| *known == class).unwrap_or_else(|| {
                classes.push(class);
                sorted.examples.push(fact);
                classes.len().saturating_sub(1)
            });
            sorted.facts.push((fact, place));
        }
        sorted
    }

    /// One of each class, in the order of their places.
    pub(super) fn examples(&self) -> impl Iterator<Item = &'a T> {
        self.examples.iter().copied()
    }

    /// The ids of the facts whose class is chosen, by its place.
    pub(super) fn selection(&self, chosen: impl Fn(usize) -> bool) -> Selection<T::Key>
    where
        T: Keyed<Key: Clone + Ord>,
    {
        Selection::of(self.facts.iter().map(|(fact, class)| (fact.key(), chosen(*class))))
    }
}
