//! Transactions.

use crate::database::{Database, Error, Query, Row, postgres, sqlite};

/// A transaction. It is rolled back unless it is committed.
pub enum Transaction {
    /// In SQLite.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    /// In PostgreSQL.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Database {
    /// Begins a transaction that writes. In SQLite it waits for its turn at once, and not in the middle.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database cannot be asked.
    pub async fn write(&self) -> Result<Transaction, Error> {
        Ok(match self {
            Self::Sqlite(pool) => Transaction::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that reads a single state.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database cannot be asked.
    pub async fn read(&self) -> Result<Transaction, Error> {
        Ok(match self {
            Self::Sqlite(pool) => Transaction::Sqlite(pool.begin().await?),
            Self::Postgres(pool) => {
                Transaction::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }
}

/// A statement among others.
#[derive(Clone, Debug)]
pub enum Step {
    /// It may change nothing.
    May(Query),
    /// It must change something: otherwise what it is about is not there, or no longer as it was.
    Must(Query),
}

impl From<Query> for Step {
    fn from(query: Query) -> Self {
        Self::May(query)
    }
}

/// What became of several statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// They are executed.
    Yes,
    /// A key is there already.
    Taken,
    /// One that must change something changed nothing.
    Missing,
}

impl Database {
    /// Executes statements in one transaction, all or none.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database cannot be asked.
    pub async fn execute_all(&self, steps: Vec<Step>) -> Result<Done, Error> {
        let mut transaction = self.write().await?;
        let done = transaction.execute_all(steps).await?;
        if done == Done::Yes {
            transaction.commit().await?;
        }
        Ok(done)
    }
}

impl Transaction {
    /// Executes statements. Unless it returns [`Done::Yes`], nothing may be committed.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database cannot be asked.
    pub async fn execute_all(&mut self, steps: Vec<Step>) -> Result<Done, Error> {
        for step in steps {
            let (query, must) = match step {
                Step::May(query) => (query, false),
                Step::Must(query) => (query, true),
            };
            match self.execute(query).await {
                Ok(0) if must => return Ok(Done::Missing),
                Ok(_) => {}
                Err(error) if error.is_taken() => return Ok(Done::Taken),
                Err(error) => return Err(error),
            }
        }
        Ok(Done::Yes)
    }

    /// All rows of a query.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database cannot be asked.
    pub async fn rows(&mut self, query: Query) -> Result<Vec<Row>, Error> {
        Ok(match self {
            Self::Sqlite(transaction) => {
                let rows = sqlite(query).fetch_all(&mut **transaction).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(transaction) => {
                let rows = postgres(query).fetch_all(&mut **transaction).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row of a query, if it has one.
    ///
    /// # Errors
    ///
    /// See [`Transaction::rows`].
    pub async fn row(&mut self, query: Query) -> Result<Option<Row>, Error> {
        Ok(match self {
            Self::Sqlite(transaction) => sqlite(query).fetch_optional(&mut **transaction).await?.map(Row::Sqlite),
            Self::Postgres(transaction) => postgres(query).fetch_optional(&mut **transaction).await?.map(Row::Postgres),
        })
    }

    /// Executes a statement, and returns how many rows it changed.
    ///
    /// # Errors
    ///
    /// See [`Transaction::rows`].
    pub async fn execute(&mut self, query: Query) -> Result<u64, Error> {
        Ok(match self {
            Self::Sqlite(transaction) => sqlite(query).execute(&mut **transaction).await?.rows_affected(),
            Self::Postgres(transaction) => postgres(query).execute(&mut **transaction).await?.rows_affected(),
        })
    }

    /// Commits it. If that fails, the outcome is not known.
    ///
    /// # Errors
    ///
    /// See [`Transaction::rows`].
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}
