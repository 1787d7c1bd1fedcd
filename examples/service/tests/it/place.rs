//! Databases of the tests.

use sqlx::Connection;
use tempfile::TempDir;

/// An empty database, which is gone afterwards.
pub(crate) struct Place {
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl Place {
    /// Of each kind that there is.
    pub(crate) async fn each() -> Vec<Self> {
        let mut places = vec![Self::sqlite()];
        places.extend(Self::postgresql().await);
        places
    }

    /// In PostgreSQL, where `DATABASE_URL` names a server.
    pub(crate) async fn postgresql() -> Option<Self> {
        let server = std::env::var("DATABASE_URL").ok()?;
        Some(Self::postgres(&server).await)
    }

    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}/access.db", folder.path().display());
        Self { url, _folder: Some(folder) }
    }

    async fn postgres(server: &str) -> Self {
        let name = shipgate_service::ids::new("test");
        let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
        let text = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(text).execute(&mut connection).await.unwrap();
        let (address, _) = server.rsplit_once('/').unwrap();
        Self { url: format!("{address}/{name}"), _folder: None }
    }
}
