//! SQL: text and parameters for you to execute. shipgate connects to no database.
//!
//! - A [`Clause`] is the condition of a [`Filter`](crate::query::Filter), for a query of yours.
//! - [`schema`] makes tables of rows and of records, and [`statements`] store a record in them.
//! - [`rows_of`], [`last_record`], [`records_from`] and [`records_from_each`] read them.

mod clause;
mod column;
mod dialect;
mod parameter;
mod read;
mod schema;
mod statement;
mod table;
mod text;

pub use clause::Clause;
pub use column::{Column, ColumnError, Columns, EnvironmentColumns};
pub use dialect::Dialect;
pub use parameter::Parameter;
pub use read::{last_record, records_from, records_from_each, rows_of};
pub use schema::{IdType, schema};
pub use statement::{Statement, statements};
pub use table::{ColumnType, Table};
