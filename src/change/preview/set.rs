//! Sets of accounts, by their places in a list.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The places of accounts, in order.
pub(super) type Places = Arc<[usize]>;

/// Accounts by their places: these, without the others.
#[derive(Clone, Debug)]
pub(super) struct Set {
    of: Places,
    except: [Places; 2],
}

impl Set {
    pub(super) fn new(of: &Places, except: [&Places; 2]) -> Self {
        Self { of: Arc::clone(of), except: except.map(Arc::clone) }
    }

    /// The places, in order.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let mut excepted = self.except.each_ref().map(|places| places.iter().peekable());
        self.of.iter().copied().filter(move |place| {
            let [a, b] = &mut excepted;
            !has_next(a, *place) && !has_next(b, *place)
        })
    }

    /// The place at or after an index, and the index behind it.
    pub(super) fn next_from(&self, index: usize) -> Option<(usize, usize)> {
        let rest = self.of.get(index..)?;
        let is_in = |place: &usize| self.except.iter().all(|except| except.binary_search(place).is_err());
        let skipped = rest.iter().position(is_in)?;
        let found = index.saturating_add(skipped);
        Some((*self.of.get(found)?, found.saturating_add(1)))
    }

    /// The accounts without this one.
    pub(super) fn without(self, place: usize) -> Self {
        if self.contains(place) {
            self.places().filter(|other| *other != place).collect::<Vec<_>>().into()
        } else {
            self
        }
    }

    pub(super) fn count(&self) -> usize {
        self.places().count()
    }

    pub(super) fn contains(&self, place: usize) -> bool {
        let has = |places: &Places| places.binary_search(&place).is_ok();
        has(&self.of) && !self.except.iter().any(has)
    }
}

/// The only place in these sets.
pub(super) fn only(sets: &[Set]) -> Option<usize> {
    let mut places = sets.iter().flat_map(Set::places);
    places.next().filter(|_| places.next().is_none())
}

impl From<Vec<usize>> for Set {
    fn from(places: Vec<usize>) -> Self {
        Self { of: places.into(), except: [Places::default(), Places::default()] }
    }
}

/// Skips the places before this one, and says whether this one is next.
fn has_next<'a>(places: &mut core::iter::Peekable<impl Iterator<Item = &'a usize>>, place: usize) -> bool {
    loop {
        match places.peek().map(|next| (*next).cmp(&place)) {
            Some(Ordering::Less) => drop(places.next()),
            Some(Ordering::Equal) => return true,
            Some(Ordering::Greater) | None => return false,
        }
    }
}
