//! Iterators over what handles show.

use core::slice;

use crate::directory::members::given::Given;
use crate::directory::numbers::Numbers;
use crate::model::project::Visibility;
use crate::model::time::Grant;

/// Grants with the ids of their places.
pub(super) struct Listed<'a, Id, T> {
    /// Those in place, which come first.
    few: [Option<Given<T>>; 2],
    others: slice::Iter<'a, Given<T>>,
    numbers: &'a Numbers<Id>,
}

impl<'a, Id, T> Listed<'a, Id, T> {
    pub(super) fn new(few: [Option<Given<T>>; 2], others: &'a [Given<T>], numbers: &'a Numbers<Id>) -> Self {
        Self { few, others: others.iter(), numbers }
    }
}

impl<'a, Id, T: Copy> Iterator for Listed<'a, Id, T> {
    type Item = (&'a Id, Visibility, Grant<T>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let given = self.few.iter_mut().find_map(Option::take).or_else(|| self.others.next().copied())?;
            if let Some(place) = self.numbers.places.get(given.on) {
                return Some((place.id(), place.visibility, given.grant));
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.others.len().saturating_add(self.few.iter().flatten().count());
        (len, Some(len))
    }
}

impl<Id, T: Copy> ExactSizeIterator for Listed<'_, Id, T> {}

/// Items of a model fact, or of one in a directory.
#[derive(Clone)]
pub(crate) enum Either<M, S> {
    Model(M),
    Stored(S),
}

impl<T, M: Iterator<Item = T>, S: Iterator<Item = T>> Iterator for Either<M, S> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self {
            Self::Model(items) => items.next(),
            Self::Stored(items) => items.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Model(items) => items.size_hint(),
            Self::Stored(items) => items.size_hint(),
        }
    }
}

impl<T, M: ExactSizeIterator<Item = T>, S: ExactSizeIterator<Item = T>> ExactSizeIterator for Either<M, S> {}
