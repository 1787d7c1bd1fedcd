//! PostgreSQL, if `DATABASE_URL` names one. Each connection has its own temporary tables.

use std::collections::BTreeSet;
use std::io::Write;

use postgres::types::ToSql;
use postgres::{Client, NoTls};
use shipgate::query::Filter;
use shipgate::sql::{Clause, Dialect, Parameter};

use crate::engine::{Engine, Stored, Value, ask, name, schema};
use crate::it::filter::database::Table;
use crate::rows::{Row, Rows};

pub(crate) struct Postgres {
    client: Client,
}

type Bound = Box<dyn ToSql + Sync>;

impl Postgres {
    /// Connects; without `DATABASE_URL`, prints that the test is skipped and returns `None`.
    pub(crate) fn connect() -> Option<Self> {
        let Ok(url) = std::env::var("DATABASE_URL") else {
            let mut stderr = std::io::stderr();
            // What a macro prints is not shown of a test that passes.
            stderr.write_all(b"SKIPPED in PostgreSQL: no DATABASE_URL is given\n").unwrap();
            return None;
        };
        let client = Client::connect(&url, NoTls).expect("DATABASE_URL names a PostgreSQL that answers");
        Some(Self { client })
    }

    /// Returns the ids of the rows that a clause selects. The statement has one parameter before those of the clause.
    pub(crate) fn rows_where<N: Stored>(
        &mut self,
        table: Table,
        clause: &Clause<'_, N>,
    ) -> Result<BTreeSet<N>, String> {
        let text = format!("SELECT id FROM {} AS t WHERE $1 = 'mine'::text AND {}", name(table), clause.text());
        let bound: Vec<Bound> =
            [Box::new("mine") as Bound].into_iter().chain(clause.parameters().iter().map(bound)).collect();
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(AsRef::as_ref).collect();
        let rows = self.client.query(&text, &bound).map_err(|error| format!("{error:?}: {text}"))?;
        let number = matches!(N::of(0).value(), Value::Number(_));
        let read = |row: &postgres::Row| if number { Value::Number(row.get(0)) } else { Value::Text(row.get(0)) };
        Ok(rows.iter().map(|row| N::of_value(read(row))).collect())
    }

    /// Inserts all rows with one statement, however many there are.
    fn insert<N: Stored>(&mut self, table: &str, rows: &[[N; 2]]) {
        let column = |place: usize| list(rows.iter().map(|row| row[place].clone()));
        let text = format!("INSERT INTO {table} SELECT * FROM unnest($1::{0}[], $2::{0}[])", type_of::<N>());
        self.client.execute(&text, &[&*column(0), &*column(1)]).unwrap();
    }
}

impl Engine for Postgres {
    fn load_rows<N: Stored>(&mut self, rows: &Rows<N>) {
        self.client.batch_execute("DROP TABLE IF EXISTS clusters, projects, environments").unwrap();
        self.client.batch_execute(&schema(type_of::<N>(), "boolean")).unwrap();
        self.insert("clusters", &rows.clusters);
        self.insert("projects", &rows.projects);
        let insert =
            self.client.prepare("INSERT INTO environments VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)").unwrap();
        let mut transaction = self.client.transaction().unwrap();
        for Row { ids, protection, approval_from, approval_count, self_approval, bypass } in &rows.environments {
            let ids = ids.each_ref().map(|id| stored(id.as_ref()));
            let mut values: Vec<&(dyn ToSql + Sync)> = ids.iter().map(AsRef::as_ref).collect();
            values.extend([protection as &(dyn ToSql + Sync), approval_from, approval_count, self_approval, bypass]);
            transaction.execute(&insert, &values).unwrap();
        }
        transaction.commit().unwrap();
    }

    fn selected<N: Stored>(&mut self, table: Table, filter: &Filter<'_, N>) -> BTreeSet<N> {
        ask(table, filter, Dialect::Postgres, |clause| self.rows_where(table, clause)).unwrap()
    }
}

fn type_of<N: Stored>() -> &'static str {
    match N::of(0).value() {
        Value::Number(_) => "bigint",
        Value::Text(_) => "text",
    }
}

fn bound<N: Stored>(parameter: &Parameter<'_, N>) -> Bound {
    match parameter {
        Parameter::Id(id) => stored(Some(*id)),
        Parameter::Ids(ids) => list(ids.iter().cloned()),
        Parameter::SmallInt(number) => Box::new(*number),
        Parameter::Text(_) | Parameter::BigInt(_) | Parameter::Boolean(_) | Parameter::Null(_) => {
            panic!("not in a clause")
        }
    }
}

fn stored<N: Stored>(id: Option<&N>) -> Bound {
    match N::of(0).value() {
        Value::Number(_) => Box::new(id.map(|id| number(id.value()))),
        Value::Text(_) => Box::new(id.map(|id| text(id.value()))),
    }
}

fn list<N: Stored>(ids: impl Iterator<Item = N>) -> Bound {
    match N::of(0).value() {
        Value::Number(_) => Box::new(ids.map(|id| number(id.value())).collect::<Vec<_>>()),
        Value::Text(_) => Box::new(ids.map(|id| text(id.value())).collect::<Vec<_>>()),
    }
}

fn number(value: Value) -> i64 {
    match value {
        Value::Number(number) => number,
        Value::Text(text) => panic!("{text:?} among numbers"),
    }
}

fn text(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::Number(number) => panic!("{number} among texts"),
    }
}
