//! Why the database was not asked, or what it has cannot be read.

use sqlx::error::ErrorKind;

/// The database could not be asked, or what it has cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be asked.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// What it has cannot be read.
    #[error("the database has what cannot be read: {0}")]
    Content(String),
}

impl Error {
    /// What the database has is wrong, as this sentence says.
    #[expect(clippy::needless_pass_by_value, reason = "so that it is the function of a `map_err`")]
    pub fn content(what: impl ToString) -> Self {
        Self::Content(what.to_string())
    }

    /// Whether a key is there already.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.kind() == Some(ErrorKind::UniqueViolation)
    }

    /// Whether a column that cannot be NULL would be.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.kind() == Some(ErrorKind::NotNullViolation)
    }

    fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Database(sqlx::Error::Database(error)) => Some(error.kind()),
            Self::Database(_) | Self::Content(_) => None,
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::content(error)
    }
}
