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

/// A string of a JSON text: within the text, or somewhere else if it is escaped there.
#[derive(Clone, Copy)]
pub(crate) enum Written<'t, 'de> {
    InText(&'de str),
    Unescaped(&'t str),
}

impl<'t, 'de: 't> Written<'t, 'de> {
    pub(crate) const fn as_str(self) -> &'t str {
        match self {
            Self::InText(text) | Self::Unescaped(text) => text,
        }
    }
}

/// Reads a string by a function, which can keep it if it is within the text.
pub(crate) struct WrittenWord<F>(pub(crate) F);

impl<'de, T, F: FnOnce(Written<'_, 'de>) -> Result<T, String>> Visitor<'de> for WrittenWord<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        self.0(Written::Unescaped(text)).map_err(E::custom)
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<T, E> {
        self.0(Written::InText(text)).map_err(E::custom)
    }
}
