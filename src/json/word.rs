//! Strings that mean something.

use alloc::string::String;
use core::fmt;

use serde::de::{self, Visitor};

/// Reads a string by a function.
pub(crate) struct Word<F>(pub(crate) F);

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Word<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        self.0(text).map_err(E::custom)
    }
}
