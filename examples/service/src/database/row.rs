//! Rows, as both databases return them.

use shipgate::Time;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Row as _};

use crate::database::Error;

/// A row of a result.
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

/// The name or the number of a column.
pub trait Column: ColumnIndex<SqliteRow> + ColumnIndex<PgRow> {}

impl<T: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>> Column for T {}

macro_rules! get {
    ($row:expr, $column:expr) => {
        match $row {
            Row::Sqlite(row) => row.try_get($column)?,
            Row::Postgres(row) => row.try_get($column)?,
        }
    };
}

impl Row {
    /// A text.
    ///
    /// # Errors
    ///
    /// [`Error`] if the column is NULL, or is not of this type. So do the others.
    pub fn text(&self, column: impl Column) -> Result<String, Error> {
        Ok(get!(self, column))
    }

    /// A text or NULL.
    ///
    /// # Errors
    ///
    /// See [`Row::text`].
    pub fn optional_text(&self, column: impl Column) -> Result<Option<String>, Error> {
        Ok(get!(self, column))
    }

    /// A whole number.
    ///
    /// # Errors
    ///
    /// See [`Row::text`].
    pub fn integer(&self, column: impl Column) -> Result<i64, Error> {
        Ok(get!(self, column))
    }

    /// A whole number or NULL.
    ///
    /// # Errors
    ///
    /// See [`Row::text`].
    pub fn optional_integer(&self, column: impl Column) -> Result<Option<i64>, Error> {
        Ok(get!(self, column))
    }

    /// A whole number of two bytes or NULL.
    ///
    /// # Errors
    ///
    /// See [`Row::text`].
    pub fn optional_small(&self, column: impl Column) -> Result<Option<i16>, Error> {
        Ok(get!(self, column))
    }

    /// A truth value.
    ///
    /// # Errors
    ///
    /// See [`Row::text`].
    pub fn truth(&self, column: impl Column) -> Result<bool, Error> {
        Ok(get!(self, column))
    }

    /// A truth value or NULL.
    ///
    /// # Errors
    ///
    /// See [`Row::text`].
    pub fn optional_truth(&self, column: impl Column) -> Result<Option<bool>, Error> {
        Ok(get!(self, column))
    }

    /// A time.
    ///
    /// # Errors
    ///
    /// See [`Row::text`].
    pub fn time(&self, column: impl Column) -> Result<Time, Error> {
        self.integer(column).map(Time::from_millis)
    }

    /// A time or NULL.
    ///
    /// # Errors
    ///
    /// See [`Row::text`].
    pub fn optional_time(&self, column: impl Column) -> Result<Option<Time>, Error> {
        Ok(self.optional_integer(column)?.map(Time::from_millis))
    }

    /// A revision.
    ///
    /// # Errors
    ///
    /// See [`Row::text`].
    pub fn revision(&self, column: impl Column) -> Result<u64, Error> {
        let revision = self.integer(column)?;
        u64::try_from(revision).map_err(|_| Error::content(format!("{revision} is not a revision")))
    }
}
