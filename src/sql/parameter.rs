//! Values to bind to placeholders.

use alloc::borrow::Cow;

use crate::sql::table::ColumnType;

/// A value to bind to a placeholder.
///
/// # Examples
///
/// For SQLite, with `serde_json` and rusqlite:
///
/// ```rust,ignore
/// use rusqlite::types::Value;
/// use shipgate::sql::Parameter;
///
/// /// SQLite takes a list as the text of one JSON array.
/// pub fn bound(parameter: &Parameter<'_, String>) -> serde_json::Result<Value> {
///     Ok(match parameter {
///         Parameter::Id(id) => Value::Text((*id).clone()),
///         Parameter::Ids(ids) => Value::Text(serde_json::to_string(ids)?),
///         Parameter::Text(text) => Value::Text(text.to_string()),
///         Parameter::BigInt(number) => Value::Integer(*number),
///         Parameter::SmallInt(number) => Value::Integer((*number).into()),
///         Parameter::Boolean(truth) => Value::Integer((*truth).into()),
///         Parameter::Null(_) => Value::Null,
///     })
/// }
/// ```
///
/// For PostgreSQL, with the `postgres` crate:
///
/// ```rust,ignore
/// use postgres::types::ToSql;
/// use shipgate::sql::{ColumnType, Parameter};
///
/// /// PostgreSQL takes a list as one array, and NULL with its type.
/// pub fn bound(parameter: &Parameter<'_, String>) -> Box<dyn ToSql + Sync> {
///     match parameter {
///         Parameter::Id(id) => Box::new((*id).clone()),
///         Parameter::Ids(ids) => Box::new(ids.to_vec()),
///         Parameter::Text(text) => Box::new(text.to_string()),
///         Parameter::BigInt(number) => Box::new(*number),
///         Parameter::SmallInt(number) => Box::new(*number),
///         Parameter::Boolean(truth) => Box::new(*truth),
///         Parameter::Null(ColumnType::Id | ColumnType::Text) => Box::new(None::<String>),
///         Parameter::Null(ColumnType::BigInt) => Box::new(None::<i64>),
///         Parameter::Null(ColumnType::SmallInt) => Box::new(None::<i16>),
///         Parameter::Null(ColumnType::Boolean) => Box::new(None::<bool>),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter<'a, Id> {
    /// An id.
    Id(&'a Id),
    /// A list of ids. Bind an array for PostgreSQL, and the text of a JSON array for SQLite.
    Ids(&'a [Id]),
    /// A text.
    Text(Cow<'a, str>),
    /// A time in milliseconds since the Unix epoch, a revision, or a version of the policy.
    BigInt(i64),
    /// A number of approvals, 1 to 255. In a table of your own, it has the type of your column.
    SmallInt(i16),
    /// A truth value. SQLite stores 0 or 1.
    Boolean(bool),
    /// NULL, for a column of this type.
    Null(ColumnType),
}
