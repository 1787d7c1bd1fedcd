//! The dialects of SQL that a condition can be written in.

use crate::model::names::names;

names! {
    /// The dialect of SQL that a [`Clause`](crate::sql::Clause) or a [`Statement`](crate::sql::Statement) is written in.
    pub enum Dialect: "SQL dialect" {
        /// PostgreSQL. Placeholders are `$1`, `$2`, …, and a list is bound as an array.
        Postgres = "postgresql",
        /// SQLite 3.38 or later. Placeholders are `?1`, `?2`, …, and a list is bound as the text of a JSON array.
        Sqlite = "sqlite",
    }
}
