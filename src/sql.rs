//! Conditions as SQL. It makes text and parameters, and runs nothing.

mod clause;
mod column;
mod dialect;

pub use clause::{Clause, Parameter};
pub use column::{Column, ColumnError, Columns, EnvironmentColumns};
pub use dialect::Dialect;
