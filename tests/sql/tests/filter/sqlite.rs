//! SQLite, in memory.

use std::collections::BTreeSet;

use rusqlite::types::{ToSql, Value as Bound, ValueRef};
use rusqlite::{Connection, params_from_iter};
use shipgate::query::Filter;
use shipgate::sql::{Clause, Dialect, Parameter};

use crate::engine::{Engine, Stored, Value, ask, name, schema};
use crate::it::filter::database::Table;
use crate::rows::{Row, Rows};

pub(crate) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    pub(crate) fn new() -> Self {
        Self { connection: Connection::open_in_memory().unwrap() }
    }

    /// Returns the ids of the rows that a clause selects. The statement has one parameter before those of the clause.
    pub(crate) fn rows_where<N: Stored>(&self, table: Table, clause: &Clause<'_, N>) -> Result<BTreeSet<N>, String> {
        let text = format!("SELECT id FROM {} AS t WHERE ?1 = 'mine' AND {}", name(table), clause.text());
        let bound = [Bound::Text("mine".into())].into_iter().chain(clause.parameters().iter().map(bound));
        let mut statement = self.connection.prepare(&text).map_err(|error| format!("{error}: {text}"))?;
        let ids =
            statement.query_map(params_from_iter(bound), |row| row.get_ref(0).map(|value| N::of_value(read(value))));
        ids.and_then(Iterator::collect).map_err(|error| format!("{error}: {text}"))
    }
}

impl Engine for Sqlite {
    fn load_rows<N: Stored>(&mut self, rows: &Rows<N>) {
        self.connection = Connection::open_in_memory().unwrap();
        let id = match N::of(0).value() {
            Value::Number(_) => "INTEGER",
            Value::Text(_) => "TEXT",
        };
        let transaction = self.connection.transaction().unwrap();
        transaction.execute_batch(&schema(id, "BOOLEAN")).unwrap();
        for (table, rows) in [("clusters", &rows.clusters), ("projects", &rows.projects)] {
            let mut insert = transaction.prepare(&format!("INSERT INTO {table} VALUES (?, ?)")).unwrap();
            for row in rows {
                insert.execute(params_from_iter(row.each_ref().map(stored))).unwrap();
            }
        }
        let mut insert = transaction.prepare("INSERT INTO environments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").unwrap();
        for Row { ids, protection, approval_from, approval_count, self_approval, bypass } in &rows.environments {
            let ids = ids.each_ref().map(|id| id.as_ref().map(stored));
            let mut values: Vec<&dyn ToSql> = ids.iter().map(|id| id as &dyn ToSql).collect();
            values.extend([protection as &dyn ToSql, approval_from, approval_count, self_approval, bypass]);
            insert.execute(params_from_iter(values)).unwrap();
        }
        drop(insert);
        transaction.commit().unwrap();
    }

    fn selected<N: Stored>(&mut self, table: Table, filter: &Filter<'_, N>) -> BTreeSet<N> {
        ask(table, filter, Dialect::Sqlite, |clause| self.rows_where(table, clause)).unwrap()
    }
}

fn bound<N: Stored>(parameter: &Parameter<'_, N>) -> Bound {
    match parameter {
        Parameter::Id(id) => stored(*id),
        Parameter::Ids(ids) => Bound::Text(ids.iter().map(json).collect::<serde_json::Value>().to_string()),
        Parameter::SmallInt(number) => Bound::Integer((*number).into()),
        Parameter::Text(_) | Parameter::BigInt(_) | Parameter::Boolean(_) | Parameter::Null(_) => {
            panic!("not in a clause")
        }
    }
}

fn json<N: Stored>(id: &N) -> serde_json::Value {
    match id.value() {
        Value::Number(number) => number.into(),
        Value::Text(text) => text.into(),
    }
}

fn stored<N: Stored>(id: &N) -> Bound {
    match id.value() {
        Value::Number(number) => Bound::Integer(number),
        Value::Text(text) => Bound::Text(text),
    }
}

fn read(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Number(number),
        ValueRef::Text(_) => Value::Text(value.as_str().unwrap().to_owned()),
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => panic!("no id was stored so: {value:?}"),
    }
}
