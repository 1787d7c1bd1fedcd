//! Facts with the numbers that members' grants name them by.

use core::ops::{Deref, DerefMut};

use crate::directory::table::Shared;
use crate::model::sorted::Keyed;

/// A fact with numbers. They tell nothing apart: what one directory numbers so, another may number otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Entry<T, N> {
    pub(crate) fact: T,
    pub(crate) number: N,
}

/// The numbers of where a resource is; 0 where there is none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct At {
    pub(crate) organization: u32,
    pub(crate) project: u32,
    pub(crate) cluster: u32,
}

impl<T: Keyed, N> Keyed for Entry<T, N> {
    type Key = T::Key;

    #[inline]
    fn key(&self) -> &T::Key {
        self.fact.key()
    }
}

impl<T, N> Deref for Entry<T, N> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.fact
    }
}

impl<T, N> DerefMut for Entry<T, N> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.fact
    }
}

impl<T: PartialEq, N> PartialEq for Entry<T, N> {
    fn eq(&self, other: &Self) -> bool {
        self.fact == other.fact
    }
}

impl<T: Shared, N> Shared for Entry<T, N> {
    fn separate(&mut self) {
        self.fact.separate();
    }
}
