//! Pieces of SQL text. They are made of fixed names only: values are parameters.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::sql::dialect::Dialect;
use crate::sql::table::{FOLLOWS, Field, Table};

/// The placeholder of the parameter with this number, from 1.
pub(crate) fn placeholder(dialect: Dialect, number: usize) -> String {
    match dialect {
        Dialect::Postgres => format!("${number}"),
        Dialect::Sqlite => format!("?{number}"),
    }
}

/// `INSERT INTO t (a, b) VALUES ($1, $2)`, of all columns.
pub(crate) fn insert(table: Table, dialect: Dialect) -> String {
    let columns: Vec<_> = table.columns().collect();
    let values: Vec<_> = (1..=columns.len()).map(|number| placeholder(dialect, number)).collect();
    format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))
}

/// An insert into the log, which fails unless the log has the record before: another one, or none, would make `follows` NULL.
pub(crate) fn insert_record(dialect: Dialect) -> String {
    let log = Table::Records;
    let parameters = log.columns().take_while(|column| *column != FOLLOWS.name).count();
    let values: Vec<_> = (1..=parameters).map(|number| placeholder(dialect, number)).collect();
    let [organization, revision, previous] = [1, 2, 4].map(|number| placeholder(dialect, number));
    let columns = log.columns().collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO {log} ({columns}) VALUES ({}, COALESCE((SELECT last.revision FROM {log} AS last \
         WHERE last.organization = {organization} AND last.revision = CAST({revision} AS BIGINT) - 1 \
         AND last.id = {previous}), CASE WHEN CAST({revision} AS BIGINT) = 1 THEN 0 END))",
        values.join(", ")
    )
}

/// An insert that replaces the row with the same key, if there is one.
pub(crate) fn upsert(table: Table, dialect: Dialect) -> String {
    let layout = table.layout();
    let set: Vec<_> = layout.values.iter().map(|Field { name, .. }| format!("{name} = excluded.{name}")).collect();
    let instead = if set.is_empty() { "NOTHING".into() } else { format!("UPDATE SET {}", set.join(", ")) };
    format!("{} ON CONFLICT ({}) DO {instead}", insert(table, dialect), names(layout.key))
}

/// `DELETE FROM t WHERE a = $1 AND b = $2`.
pub(crate) fn delete<'a>(table: Table, columns: impl Iterator<Item = &'a str>, dialect: Dialect) -> String {
    let equals = columns.zip(1..).map(|(column, number)| format!("{column} = {}", placeholder(dialect, number)));
    format!("DELETE FROM {table} WHERE {}", equals.collect::<Vec<_>>().join(" AND "))
}

/// `a, b`.
pub(crate) fn names(fields: &[Field]) -> String {
    fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")
}
