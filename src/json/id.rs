//! Ids as JSON writes them, whatever their type: strings, by their `Display` and `FromStr`. An id is written in one way only: `7`
//! is an id of type `u64`, and `07` is not. In documents and questions it is not empty and has no control character; in facts and
//! records it may be and have, so that every change that was made can be written.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::{self, Display, Write};
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::json::word::{Word, Written, WrittenWord};
use crate::model::escape::Escaped;

/// Why a string is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdError<'a> {
    #[error("an id cannot be empty: write at least one character")]
    Empty,
    #[error("{} has a control character: write the id without it", Escaped::in_backticks(*.0))]
    Control(&'a str),
}

/// The text itself, if it can be an id of some type.
pub(crate) fn check(text: &str) -> Result<&str, IdError<'_>> {
    if text.is_empty() {
        Err(IdError::Empty)
    } else if has_control(text) {
        Err(IdError::Control(text))
    } else {
        Ok(text)
    }
}

/// Whether there is a control character. Bytes are looked at first, all of them, since most ids are ASCII without any.
fn has_control(text: &str) -> bool {
    let is_special = |byte: u8| !byte.is_ascii() || byte.is_ascii_control();
    text.bytes().fold(false, |found, byte| found | is_special(byte)) && text.contains(char::is_control)
}

/// The id that is written so in a document or a question.
pub(crate) fn parse<Id: Display + FromStr<Err: Display>>(text: &str) -> Result<Id, String> {
    parse_any(check(text).map_err(|error| error.to_string())?)
}

/// What is read from the text of an id in a document or a question: an id, or its text.
pub(crate) trait FromText<'de>: Sized {
    fn from_text(written: Written<'_, 'de>) -> Result<Self, String>;
}

impl<'de, Id: Display + FromStr<Err: Display>> FromText<'de> for Id {
    fn from_text(written: Written<'_, 'de>) -> Result<Self, String> {
        parse(written.text)
    }
}

/// The id that is written so.
fn parse_any<Id: Display + FromStr<Err: Display>>(text: &str) -> Result<Id, String> {
    let id = text.parse::<Id>();
    let id = id.map_err(|error| format!("{} is not an id: {error}", Escaped::in_backticks(text)))?;
    if is_written_as(&id, text) {
        return Ok(id);
    }
    let (read, written) = (Escaped::in_backticks(text), id.to_string());
    Err(format!("{read} is not how this id is written: write {}", Escaped::in_backticks(&written)))
}

/// Whether an id is written as this text. Two texts of one id would be two ids where texts are compared.
fn is_written_as(id: &impl Display, text: &str) -> bool {
    let mut rest = Rest(text);
    write!(rest, "{id}").is_ok() && rest.0.is_empty()
}

/// What is left of a text that is compared with what is written.
struct Rest<'a>(&'a str);

impl Write for Rest<'_> {
    fn write_str(&mut self, written: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(written).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// An id as a string, in a document or a question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text<Id>(pub(crate) Id);

impl<Id: Display> Serialize for Text<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, serializer)
    }
}

impl<'de, Id: FromText<'de>> Deserialize<'de> for Text<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(WrittenWord(Id::from_text)).map(Self)
    }
}

/// Writes an id.
pub(crate) fn serialize<Id: Display, S: Serializer>(id: &Id, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(check(&id.to_string()).map_err(ser::Error::custom)?)
}

/// Reads an id.
pub(crate) fn deserialize<'de, Id, D>(deserializer: D) -> Result<Id, D::Error>
where
    Id: Display + FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_str(Word(parse))
}

/// An id as a string, in a fact or a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AnyText<Id>(pub(crate) Id);

impl<Id: Display> Serialize for AnyText<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        any::serialize(&self.0, serializer)
    }
}

impl<'de, Id: Display + FromStr<Err: Display>> Deserialize<'de> for AnyText<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any::deserialize(deserializer).map(Self)
    }
}

/// What `#[serde(with = "any")]` names.
pub(crate) mod any {
    use core::fmt::Display;
    use core::str::FromStr;

    use serde::{Deserializer, Serializer};

    use crate::json::id::parse_any;
    use crate::json::word::Word;

    pub(crate) fn serialize<Id: Display, S: Serializer>(id: &Id, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(crate) fn deserialize<'de, Id, D>(deserializer: D) -> Result<Id, D::Error>
    where
        Id: Display + FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        deserializer.deserialize_str(Word(parse_any))
    }
}
