//! A list page: the environments of an organization that a subject may deploy to.

use std::error::Error;

use postgres::Client;
use postgres::types::ToSql;
use rusqlite::{Connection, params_from_iter};
use shipgate::sql::{Column, ColumnError, Dialect, EnvironmentColumns};
use shipgate::{Action, Directory, SubjectId};

/// The columns of your table, here called `e` in the statement.
fn columns() -> Result<EnvironmentColumns, ColumnError> {
    Ok(EnvironmentColumns {
        organization: Column::new("e.organization")?,
        id: Column::new("e.id")?,
        project: Column::new("e.project")?,
        cluster: Column::new("e.cluster")?,
        protection: Column::new("e.protection")?,
        approval_from: Column::new("e.approval_from")?,
        approval_count: Column::new("e.approval_count")?,
        self_approval: Column::new("e.self_approval")?,
        bypass: Column::new("e.bypass")?,
    })
}

pub fn deployable_in_sqlite(
    connection: &Connection,
    directory: &Directory<String>,
    subject: &SubjectId<'_, String, str>,
    organization: &str,
) -> Result<Vec<String>, Box<dyn Error>> {
    let condition = directory.filter(subject, Action::Deploy, organization).environments();
    let clause = condition.sql(Dialect::Sqlite, &columns()?, 0);
    let text = format!("SELECT e.id FROM environments AS e WHERE {} ORDER BY e.id", clause.text());
    let bound: Vec<_> = clause.parameters().iter().map(crate::sqlite::bound).collect::<Result<_, _>>()?;
    let mut statement = connection.prepare(&text)?;
    let ids = statement.query_map(params_from_iter(bound), |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(ids)
}

pub fn deployable_in_postgresql(
    client: &mut Client,
    directory: &Directory<String>,
    subject: &SubjectId<'_, String, str>,
    organization: &str,
) -> Result<Vec<String>, Box<dyn Error>> {
    let condition = directory.filter(subject, Action::Deploy, organization).environments();
    let clause = condition.sql(Dialect::Postgres, &columns()?, 0);
    let text = format!("SELECT e.id FROM environments AS e WHERE {} ORDER BY e.id", clause.text());
    let bound: Vec<_> = clause.parameters().iter().map(crate::postgres::bound).collect();
    let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(AsRef::as_ref).collect();
    Ok(client.query(&text, &bound)?.iter().map(|row| row.get(0)).collect())
}
