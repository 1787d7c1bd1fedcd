//! The cells of a table.

use std::borrow::Cow;

use serde_json::Value;
use shipgate::Time;

use crate::review::time;

/// A cell.
#[derive(Clone, Debug)]
pub(super) enum Cell<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Number(u64),
    Truth(bool),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Cell<'_> {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<Time> for Cell<'_> {
    fn from(at: Time) -> Self {
        Self::Text(Cow::Owned(time(at)))
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

impl Cell<'_> {
    /// As people read it.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Nothing => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Truth(true) => Cow::Borrowed("yes"),
            Self::Truth(false) => Cow::Borrowed("no"),
        }
    }

    /// As a spreadsheet reads it: never as a formula. What begins like one begins with an apostrophe instead.
    pub(super) fn csv(&self) -> Cow<'_, str> {
        let text = self.text();
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { Cow::Owned(format!("'{text}")) } else { text }
    }

    /// As a program reads it: unchanged.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Text(text) => Value::from(text.as_ref()),
            Self::Number(number) => Value::from(*number),
            Self::Truth(truth) => Value::from(*truth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_finds_no_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(Cell::from(text).csv(), format!("'{text}"));
            assert_eq!(Cell::from(text).json(), Value::from(text), "JSON has no formulas");
        }
        for text in ["", "a=1", "'=1", "ada"] {
            assert_eq!(Cell::from(text).csv(), text);
        }
    }
}
