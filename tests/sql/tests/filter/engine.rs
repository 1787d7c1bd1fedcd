//! What the tests need of a database: to store ids and rows, and to select by a clause.

use std::collections::BTreeSet;

use shipgate::Directory;
use shipgate::query::Filter;
use shipgate::sql::{Clause, Column, Columns, Dialect, EnvironmentColumns};

use crate::it::filter::database::{Database, Table};
use crate::it::world::Name;
use crate::rows::Rows;

/// A database that stores what it is given, whatever the type of the ids.
pub(crate) trait Engine {
    /// Replaces all rows with these.
    fn load_rows<N: Stored>(&mut self, rows: &Rows<N>);

    /// Returns the ids of the rows that a filter selects, whatever their organization.
    fn selected<N: Stored>(&mut self, table: Table, filter: &Filter<'_, N>) -> BTreeSet<N>;
}

impl<N: Stored, E: Engine> Database<N> for E {
    fn load(&mut self, directory: &Directory<N>) {
        self.load_rows(&Rows::of(directory));
    }

    fn select(&mut self, _: &Directory<N>, table: Table, filter: &Filter<'_, N>) -> BTreeSet<N> {
        self.selected(table, filter)
    }
}

/// An id that a database can store.
pub(crate) trait Stored: Name {
    fn value(&self) -> Value;
    fn of_value(value: Value) -> Self;
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Number(i64),
    Text(String),
}

impl Stored for u64 {
    fn value(&self) -> Value {
        Value::Number(i64::try_from(*self).unwrap())
    }

    fn of_value(value: Value) -> Self {
        match value {
            Value::Number(number) => Self::try_from(number).unwrap(),
            Value::Text(text) => panic!("{text:?} is stored in place of a number"),
        }
    }
}

impl Stored for String {
    fn value(&self) -> Value {
        Value::Text(self.clone())
    }

    fn of_value(value: Value) -> Self {
        match value {
            Value::Text(text) => text,
            Value::Number(number) => panic!("{number} is stored in place of a text"),
        }
    }
}

/// The name of a table in the schema.
pub(crate) const fn name(table: Table) -> &'static str {
    match table {
        Table::Clusters => "clusters",
        Table::Projects => "projects",
        Table::Environments => "environments",
    }
}

/// Passes on a filter's condition on a table, called `t`, in a statement that has one parameter of its own.
pub(crate) fn ask<N: Stored, A>(
    table: Table,
    filter: &Filter<'_, N>,
    dialect: Dialect,
    ask: impl FnOnce(&Clause<'_, N>) -> A,
) -> A {
    match table {
        Table::Clusters => ask(&filter.clusters().sql(dialect, &columns(), 1)),
        Table::Projects => ask(&filter.projects().sql(dialect, &columns(), 1)),
        Table::Environments => ask(&filter.environments().sql(dialect, &environment_columns(), 1)),
    }
}

/// A column's name that needs every kind of quoting.
const CLUSTER: &str = r#"the "cluster`"#;

/// The statements that make the tables, for ids and booleans of these types.
pub(crate) fn schema(id: &str, boolean: &str) -> String {
    let cluster = CLUSTER.replace('"', "\"\"");
    format!(
        r#"
        CREATE TEMPORARY TABLE clusters (organization {id}, id {id});
        CREATE TEMPORARY TABLE projects (organization {id}, id {id});
        CREATE TEMPORARY TABLE environments (
            organization {id}, id {id}, project {id}, "{cluster}" {id},
            protection text, approval_from text, approval_count smallint, self_approval {boolean}, bypass text
        );
        "#
    )
}

fn columns() -> Columns {
    Columns { organization: column("t.organization"), id: column("t.id") }
}

fn environment_columns() -> EnvironmentColumns {
    EnvironmentColumns {
        organization: column("t.organization"),
        id: column("t.id"),
        project: column("t.project"),
        cluster: column(&format!("\"t\".\"{}\"", CLUSTER.replace('"', "\"\""))),
        protection: column("Protection"),
        approval_from: column("approval_from"),
        approval_count: column("approval_count"),
        self_approval: column("self_approval"),
        bypass: column("bypass"),
    }
}

fn column(name: &str) -> Column {
    Column::new(name).expect("the name of a column")
}
