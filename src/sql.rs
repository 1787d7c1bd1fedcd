//! Conditions as SQL: text and parameters for you to execute. shipgate connects to no database.

mod clause;
mod column;
mod dialect;

pub use clause::{Clause, Parameter};
pub use column::{Column, ColumnError, Columns, EnvironmentColumns};
pub use dialect::Dialect;
