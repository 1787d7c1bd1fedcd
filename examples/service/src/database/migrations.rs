//! The tables: those of the library, and those of the service.

use shipgate::Time;
use shipgate::sql::Dialect;

use crate::database::{Database, Error, Query, Transaction};

/// The statements of each version, in order. A version that was released is never changed: add another one.
fn migrations(dialect: Dialect) -> [&'static str; 3] {
    let library = match dialect {
        Dialect::Postgres => include_str!("../../migrations/0001_library.postgresql.sql"),
        Dialect::Sqlite => include_str!("../../migrations/0001_library.sqlite.sql"),
    };
    [library, include_str!("../../migrations/0002_service.sql"), include_str!("../../migrations/0003_reviews.sql")]
}

/// The statements of a file. None has a semicolon within it.
fn statements(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.split(';').map(str::trim).filter(|statement| !statement.is_empty())
}

impl Database {
    /// Brings the tables to the present version. Instances that start at once wait for each other.
    pub(super) async fn migrate(&self) -> Result<(), Error> {
        let mut transaction = self.write().await?;
        if let Transaction::Postgres(_) = transaction {
            // The number is the service's own.
            transaction.execute(Query::new("SELECT pg_advisory_xact_lock(7364112)")).await?;
        }
        let made =
            "CREATE TABLE IF NOT EXISTS service_migrations (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)";
        transaction.execute(Query::new(made)).await?;
        let present = transaction.row(Query::new("SELECT COALESCE(MAX(version), 0) FROM service_migrations")).await?;
        let present = present.map_or(Ok(0), |row| row.integer(0))?;
        for (version, file) in (1..).zip(migrations(self.dialect())) {
            if version > present {
                apply(&mut transaction, version, file).await?;
            }
        }
        transaction.commit().await
    }
}

async fn apply(transaction: &mut Transaction, version: i64, file: &'static str) -> Result<(), Error> {
    for statement in statements(file) {
        transaction.execute(Query::new(statement)).await?;
    }
    let now = Time::from(std::time::SystemTime::now());
    let query = Query::new("INSERT INTO service_migrations (version, applied_at) VALUES ($1, $2)");
    transaction.execute(query.bind(version).bind(now)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use shipgate::sql::{IdType, schema};

    use super::*;

    /// With `UPDATE_MIGRATIONS=1` it writes the files, for a library whose schema has changed before the first release.
    #[test]
    fn the_first_migration_is_the_schema_of_the_library() {
        for (dialect, name) in [(Dialect::Postgres, "postgresql"), (Dialect::Sqlite, "sqlite")] {
            let expected = schema(dialect, IdType::Text);
            let path = format!("{}/migrations/0001_library.{name}.sql", env!("CARGO_MANIFEST_DIR"));
            if std::env::var_os("UPDATE_MIGRATIONS").is_some() {
                let text = expected.join(";\n") + ";\n";
                std::fs::write(&path, text).unwrap();
                continue;
            }
            let [library, ..] = migrations(dialect);
            let found: Vec<_> = statements(library).collect();
            assert_eq!(found, expected, "{path}");
        }
    }
}
