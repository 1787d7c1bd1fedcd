//! UUIDs: ids of a type that is a user's own.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::str::FromStr;

use super::fresh::Numbered;

thread_local! {
    /// How many ids can still be cloned.
    static CLONES: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// It can be read from more texts than it is written as, and its clone panics when too many have been made.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Uuid(pub(crate) u128);

/// Does something that panics if it makes more clones.
pub(crate) fn with_clones<T>(clones: usize, act: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    CLONES.set(clones);
    let done = catch_unwind(AssertUnwindSafe(act));
    CLONES.set(usize::MAX);
    done
}

impl Clone for Uuid {
    fn clone(&self) -> Self {
        match CLONES.get().checked_sub(1) {
            Some(left) => CLONES.set(left),
            None => resume_unwind(Box::new("no more clones")),
        }
        Self(self.0)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.0);
        write!(f, "{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
    }
}

impl FromStr for Uuid {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(&text.replace('-', ""), 16).map(Self)
    }
}

impl Numbered for Uuid {
    fn numbered(number: u64) -> Self {
        Self(number.into())
    }
}
