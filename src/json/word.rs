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

/// A string of a JSON text, and where it is within the text: nowhere, if it is escaped there.
#[derive(Clone, Copy)]
pub(crate) struct Written<'t, 'de> {
    pub(crate) text: &'t str,
    #[cfg_attr(
        not(feature = "authzen"),
        expect(dead_code, reason = "only documents that are read into a directory keep it")
    )]
    pub(crate) in_json: Option<&'de str>,
}

/// Reads a string by a function, which can keep it if it is within the text.
pub(crate) struct WrittenWord<F>(pub(crate) F);

impl<'de, T, F: FnOnce(Written<'_, 'de>) -> Result<T, String>> Visitor<'de> for WrittenWord<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        self.0(Written { text, in_json: None }).map_err(E::custom)
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<T, E> {
        self.0(Written { text, in_json: Some(text) }).map_err(E::custom)
    }
}
