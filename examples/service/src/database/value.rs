//! Queries: a text, and the values to bind to its placeholders.

use shipgate::sql::{ColumnType, Parameter};

/// A value to bind.
#[derive(Clone, Debug)]
pub enum Value {
    /// A text or NULL.
    Text(Option<String>),
    /// A whole number or NULL.
    Integer(Option<i64>),
    /// A whole number of two bytes or NULL.
    Small(Option<i16>),
    /// A truth value or NULL.
    Boolean(Option<bool>),
    /// A list of texts: an array in PostgreSQL, the text of a JSON array in SQLite.
    Texts(Vec<String>),
    /// A list of whole numbers, in PostgreSQL.
    Integers(Vec<i64>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(ToOwned::to_owned))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

/// A revision.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(Some(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Boolean(Some(truth))
    }
}

impl From<shipgate::Time> for Value {
    fn from(time: shipgate::Time) -> Self {
        Self::Integer(Some(time.as_millis()))
    }
}

impl From<Option<shipgate::Time>> for Value {
    fn from(time: Option<shipgate::Time>) -> Self {
        Self::Integer(time.map(shipgate::Time::as_millis))
    }
}

impl From<&Parameter<'_, String>> for Value {
    fn from(parameter: &Parameter<'_, String>) -> Self {
        match parameter {
            Parameter::Id(id) => Self::Text(Some((*id).clone())),
            Parameter::Ids(ids) => Self::Texts(ids.to_vec()),
            Parameter::Text(text) => Self::Text(Some(text.to_string())),
            Parameter::BigInt(number) => Self::Integer(Some(*number)),
            Parameter::SmallInt(number) => Self::Small(Some(*number)),
            Parameter::Boolean(truth) => Self::Boolean(Some(*truth)),
            Parameter::Null(ColumnType::Id | ColumnType::Text) => Self::Text(None),
            Parameter::Null(ColumnType::BigInt) => Self::Integer(None),
            Parameter::Null(ColumnType::SmallInt) => Self::Small(None),
            Parameter::Null(ColumnType::Boolean) => Self::Boolean(None),
        }
    }
}

/// A query. Its placeholders are `$1`, `$2`, …, in both databases. No value from a request ever becomes part of the text.
#[derive(Clone, Debug)]
pub struct Query {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Query {
    /// A query without values yet.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new() }
    }

    /// Binds the next value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Binds the values of a clause or a statement of the library.
    #[must_use]
    pub fn bind_all<'a>(self, parameters: impl IntoIterator<Item = &'a Parameter<'a, String>>) -> Self {
        parameters.into_iter().fold(self, |query, parameter| query.bind(Value::from(parameter)))
    }

    /// How many values are bound, which a clause of the library asks for.
    #[must_use]
    pub fn bound(&self) -> u16 {
        u16::try_from(self.values.len()).unwrap_or(u16::MAX)
    }

    /// Adds to the text.
    #[must_use]
    pub fn and(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }
}
