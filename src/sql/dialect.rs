//! The dialects of SQL that a condition can be written in.

use crate::model::names::names;

names! {
    /// The SQL that a [`Clause`] is written in.
    pub enum Dialect: "SQL dialect" {
        /// PostgreSQL: placeholders are `$1`, and a list is bound as an array.
        Postgres = "postgresql",
        /// SQLite, 3.38 or later: placeholders are `?1`, and a list is bound as the text of a JSON array.
        Sqlite = "sqlite",
    }
}
