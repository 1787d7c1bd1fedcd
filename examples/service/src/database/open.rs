//! Opens a database.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::database::{Database, Error};

/// Which database, and where.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A file of SQLite's.
    Sqlite(Box<SqliteConnectOptions>),
    /// A server of PostgreSQL's.
    Postgres(Box<PgConnectOptions>),
}

/// The oldest PostgreSQL that the service runs on.
const OLDEST_POSTGRES: i64 = 15;

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(3);

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached, or refuses.
    #[error(
        "--database: cannot open it: {0}: check that the server runs, and the user, password and name in the address"
    )]
    Unreachable(#[source] Error),
    /// The server is too old.
    #[error("--database: this PostgreSQL is version {0}: use version {OLDEST_POSTGRES} or later")]
    TooOld(i64),
    /// The tables could not be made.
    #[error("--database: cannot make or update the tables: {0}")]
    Migration(#[source] Error),
}

/// From `sqlite:FILE`, or from an address that begins with `postgres://`.
impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(text).map_err(|error| error.to_string())?;
            return Ok(Self::Postgres(Box::new(options.application_name("shipgate-service"))));
        }
        match text.strip_prefix("sqlite:") {
            Some(file) if !file.is_empty() => {
                let options = SqliteConnectOptions::from_str(text).map_err(|error| error.to_string())?;
                Ok(Self::Sqlite(Box::new(options)))
            }
            Some(_) | None => Err("write `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`".to_owned()),
        }
    }
}

impl Database {
    /// Opens a database, with at most so many connections, and makes or updates its tables.
    ///
    /// # Errors
    ///
    /// [`OpenError`], which says what to do.
    pub async fn open(kind: &Kind, connections: u32) -> Result<Self, OpenError> {
        let database = match kind {
            Kind::Sqlite(options) => Self::open_sqlite(options, connections).await,
            Kind::Postgres(options) => Self::open_postgres(options, connections).await,
        };
        let database = database.map_err(OpenError::Unreachable)?;
        database.require_version().await?;
        database.migrate().await.map_err(OpenError::Migration)?;
        Ok(database)
    }

    /// What is committed survives a loss of power, and readers do not wait for a writer.
    async fn open_sqlite(options: &SqliteConnectOptions, connections: u32) -> Result<Self, Error> {
        let options = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE);
        Ok(Self::Sqlite(pool.connect_with(options).await?))
    }

    async fn open_postgres(options: &PgConnectOptions, connections: u32) -> Result<Self, Error> {
        let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE);
        Ok(Self::Postgres(pool.connect_with(options.clone()).await?))
    }

    async fn require_version(&self) -> Result<(), OpenError> {
        let Self::Postgres(_) = self else { return Ok(()) };
        let query = crate::database::Query::new("SELECT CAST(current_setting('server_version_num') AS BIGINT)");
        let row = self.row(query).await.map_err(OpenError::Unreachable)?;
        let number = row.map_or(Ok(0), |row| row.integer(0)).map_err(OpenError::Unreachable)?;
        let version = number / 10_000;
        if version < OLDEST_POSTGRES { Err(OpenError::TooOld(version)) } else { Ok(()) }
    }
}
