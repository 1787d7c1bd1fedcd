//! The database: SQLite or PostgreSQL, and one way to ask both.

mod error;
mod load;
mod log;
mod migrations;
mod open;
mod row;
mod table_rows;
mod transaction;
mod value;

pub use error::Error;
pub use load::Loaded;
pub use log::Stored;
pub use open::{Kind, OpenError};
pub use row::Row;
use shipgate::Time;
use shipgate::sql::Dialect;
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
pub(crate) use table_rows::{protection, role, word};
pub use transaction::{Done, Step, Transaction};
pub use value::{Query, Value};

/// A pool of connections to the database.
#[derive(Clone, Debug)]
pub enum Database {
    /// SQLite.
    Sqlite(SqlitePool),
    /// PostgreSQL.
    Postgres(PgPool),
}

impl Database {
    /// The dialect of its SQL.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// All rows of a query.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database cannot be asked.
    pub async fn rows(&self, query: Query) -> Result<Vec<Row>, Error> {
        Ok(match self {
            Self::Sqlite(pool) => {
                let rows = sqlite(query).fetch_all(pool).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(pool) => {
                let rows = postgres(query).fetch_all(pool).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row of a query, if it has one.
    ///
    /// # Errors
    ///
    /// See [`Database::rows`].
    pub async fn row(&self, query: Query) -> Result<Option<Row>, Error> {
        Ok(match self {
            Self::Sqlite(pool) => sqlite(query).fetch_optional(pool).await?.map(Row::Sqlite),
            Self::Postgres(pool) => postgres(query).fetch_optional(pool).await?.map(Row::Postgres),
        })
    }

    /// Executes a statement, and returns how many rows it changed.
    ///
    /// # Errors
    ///
    /// See [`Database::rows`].
    pub async fn execute(&self, query: Query) -> Result<u64, Error> {
        Ok(match self {
            Self::Sqlite(pool) => sqlite(query).execute(pool).await?.rows_affected(),
            Self::Postgres(pool) => postgres(query).execute(pool).await?.rows_affected(),
        })
    }

    /// The condition that a column has one of the texts of a list, which is the value with this number.
    #[must_use]
    pub fn is_one_of(&self, column: &str, number: u16) -> String {
        match self {
            Self::Sqlite(_) => format!("{column} IN (SELECT value FROM json_each(${number}))"),
            Self::Postgres(_) => format!("{column} = ANY(${number})"),
        }
    }

    /// An expression that is sorted and compared byte for byte.
    #[must_use]
    pub fn sorted(&self, expression: &str) -> String {
        match self {
            Self::Sqlite(_) => expression.to_owned(),
            Self::Postgres(_) => format!("({expression} COLLATE \"C\")"),
        }
    }

    /// The time of the database's clock.
    ///
    /// # Errors
    ///
    /// See [`Database::rows`].
    pub async fn time(&self) -> Result<Time, Error> {
        let text = match self {
            Self::Sqlite(_) => "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
            Self::Postgres(_) => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        };
        match self.row(Query::new(text)).await? {
            Some(row) => row.time(0),
            None => Err(Error::content("the database tells no time")),
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

type SqliteQuery = sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;
type PostgresQuery = sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>;

fn sqlite(Query { text, values }: Query) -> SqliteQuery {
    values.into_iter().fold(sqlx::query(AssertSqlSafe(text)), |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Integer(number) => query.bind(number),
        Value::Small(number) => query.bind(number),
        Value::Boolean(truth) => query.bind(truth),
        Value::Texts(texts) => query.bind(serde_json::Value::from(texts).to_string()),
        Value::Integers(numbers) => query.bind(serde_json::Value::from(numbers).to_string()),
    })
}

fn postgres(Query { text, values }: Query) -> PostgresQuery {
    values.into_iter().fold(sqlx::query(AssertSqlSafe(text)), |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Integer(number) => query.bind(number),
        Value::Small(number) => query.bind(number),
        Value::Boolean(truth) => query.bind(truth),
        Value::Texts(texts) => query.bind(texts),
        Value::Integers(numbers) => query.bind(numbers),
    })
}
