//! Empty databases with the tables of the library.

use std::collections::BTreeSet;
use std::io::Write;

use ::postgres::{Client, NoTls};
use rusqlite::Connection;
use shipgate::sql::{Clause, Dialect, IdType, Table, schema};
use shipgate_sql::postgres::{self, Postgres};
use shipgate_sql::sqlite;
use shipgate_sql::store::Store;

/// A store whose tables a test can look into.
pub(crate) trait Database: Store {
    /// How many rows a table has.
    fn count(&mut self, table: Table) -> i64;

    /// The rows of the table of ids, in order: the kind, the id and the organization.
    fn ids(&mut self) -> Vec<[String; 3]>;

    /// The ids of the rows of a table that a clause selects.
    fn select(&mut self, table: Table, clause: &Clause<'_, String>) -> BTreeSet<String>;

    /// Executes a statement behind the library's back.
    fn execute(&mut self, text: &str);

    const DIALECT: Dialect;
}

const IDS: &str = "SELECT kind, id, organization FROM shipgate_ids";

impl Database for Connection {
    fn count(&mut self, table: Table) -> i64 {
        self.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    fn ids(&mut self) -> Vec<[String; 3]> {
        let mut query = self.prepare(IDS).unwrap();
        let rows = query.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?])).unwrap();
        sorted(rows.map(Result::unwrap).collect())
    }

    fn select(&mut self, table: Table, clause: &Clause<'_, String>) -> BTreeSet<String> {
        let bound: Vec<_> = clause.parameters().iter().map(|each| sqlite::bound(each).unwrap()).collect();
        let mut query = self.prepare(&format!("SELECT id FROM {table} WHERE {}", clause.text())).unwrap();
        let ids = query.query_map(rusqlite::params_from_iter(bound), |row| row.get(0)).unwrap();
        ids.map(Result::unwrap).collect()
    }

    fn execute(&mut self, text: &str) {
        self.execute_batch(text).unwrap();
    }

    const DIALECT: Dialect = Dialect::Sqlite;
}

impl Database for Postgres {
    fn count(&mut self, table: Table) -> i64 {
        self.client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).unwrap().get(0)
    }

    fn ids(&mut self) -> Vec<[String; 3]> {
        let rows = self.client.query(IDS, &[]).unwrap();
        sorted(rows.iter().map(|row| [row.get(0), row.get(1), row.get(2)]).collect())
    }

    fn select(&mut self, table: Table, clause: &Clause<'_, String>) -> BTreeSet<String> {
        let bound: Vec<_> = clause.parameters().iter().map(postgres::bound).collect();
        let bound: Vec<_> = bound.iter().map(AsRef::as_ref).collect();
        let text = format!("SELECT id FROM {table} WHERE {}", clause.text());
        self.client.query(&text, &bound).unwrap().iter().map(|row| row.get(0)).collect()
    }

    fn execute(&mut self, text: &str) {
        self.client.batch_execute(text).unwrap();
    }

    const DIALECT: Dialect = Dialect::Postgres;
}

fn sorted(mut ids: Vec<[String; 3]>) -> Vec<[String; 3]> {
    ids.sort();
    ids
}

pub(crate) fn in_sqlite() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&schema(Dialect::Sqlite, IdType::Text).join(";")).unwrap();
    connection
}

/// PostgreSQL with temporary tables; `None` if there is none.
pub(crate) fn in_postgres(ids: IdType) -> Option<Postgres> {
    postgres_with(&schema(Dialect::Postgres, ids))
}

/// PostgreSQL with each table but that of the ids in 16 partitions, by the organization.
pub(crate) fn in_partitions() -> Option<Postgres> {
    let mut statements = schema(Dialect::Postgres, IdType::Text);
    let mut partitions = Vec::new();
    for table in Table::ALL.into_iter().filter(|table| *table != Table::Ids) {
        let create = format!("CREATE TABLE {table} (");
        let found = statements.iter_mut().find(|statement| statement.starts_with(&create));
        found.expect("the schema has each table").push_str(" PARTITION BY HASH (organization)");
        partitions.extend((0..16).map(|part| {
            format!("CREATE TABLE {table}_{part} PARTITION OF {table} FOR VALUES WITH (MODULUS 16, REMAINDER {part})")
        }));
    }
    statements.extend(partitions);
    postgres_with(&statements)
}

fn postgres_with(statements: &[String]) -> Option<Postgres> {
    let mut client = connect()?;
    client.batch_execute("SET search_path TO pg_temp").unwrap();
    for statement in statements {
        client.batch_execute(statement).unwrap();
    }
    Some(Postgres::new(client))
}

pub(crate) fn connect() -> Option<Client> {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        // The output of a macro is not shown if the test passes.
        std::io::stderr().write_all(b"SKIPPED in PostgreSQL: no DATABASE_URL is given\n").unwrap();
        return None;
    };
    Some(Client::connect(&url, NoTls).unwrap())
}
