//! What answers a filter: a database, or the condition itself.

use std::collections::BTreeSet;

use shipgate::model::ApprovalId;
use shipgate::model::ResourceKind;
use shipgate::query::Filter;
use shipgate::sql::{Clause, Column, Columns, Dialect, EnvironmentColumns};
use shipgate::{Directory, ResourceId};

use super::rows::Rows;
use crate::world::Name;

/// An id that a database can hold.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Table {
    Clusters,
    Projects,
    Environments,
}

impl Table {
    pub(crate) const ALL: [Self; 3] = [Self::Clusters, Self::Projects, Self::Environments];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Clusters => "clusters",
            Self::Projects => "projects",
            Self::Environments => "environments",
        }
    }

    pub(crate) const fn kind(self) -> ResourceKind {
        match self {
            Self::Clusters => ResourceKind::Cluster,
            Self::Projects => ResourceKind::Project,
            Self::Environments => ResourceKind::Environment,
        }
    }

    /// What a row of this id is about.
    pub(crate) const fn resource<N>(self, id: &N) -> ResourceId<&N, &[ApprovalId<N>]> {
        match self {
            Self::Clusters => ResourceId::Cluster(id),
            Self::Projects => ResourceId::Project(id),
            Self::Environments => ResourceId::Environment(id),
        }
    }

    /// A filter's condition on this table, called `t`, in a statement that has a parameter of its own.
    pub(crate) fn ask<N: Stored, A>(
        self,
        filter: &Filter<'_, N>,
        dialect: Dialect,
        ask: impl FnOnce(&Clause<'_, N>) -> A,
    ) -> A {
        match self {
            Self::Clusters => ask(&filter.clusters().sql(dialect, &columns(), 1)),
            Self::Projects => ask(&filter.projects().sql(dialect, &columns(), 1)),
            Self::Environments => ask(&filter.environments().sql(dialect, &environment_columns(), 1)),
        }
    }
}

pub(crate) trait Database {
    /// Holds these rows, and no others.
    fn load<N: Stored>(&mut self, rows: &Rows<N>);

    /// The ids of the rows that a filter selects, of whatever organization.
    fn select<N: Stored>(&mut self, directory: &Directory<N>, table: Table, filter: &Filter<'_, N>) -> BTreeSet<N>;
}

/// The conditions themselves.
pub(crate) struct Memory;

impl Database for Memory {
    fn load<N: Stored>(&mut self, _: &Rows<N>) {}

    fn select<N: Stored>(&mut self, directory: &Directory<N>, table: Table, filter: &Filter<'_, N>) -> BTreeSet<N> {
        match table {
            Table::Clusters => {
                let condition = filter.clusters();
                let of =
                    directory.clusters().filter(|cluster| Some(cluster.organization()) == condition.organization());
                of.map(shipgate::Cluster::id).filter(|id| condition.selection().contains(*id)).cloned().collect()
            }
            Table::Projects => {
                let condition = filter.projects();
                let of =
                    directory.projects().filter(|project| Some(project.organization()) == condition.organization());
                of.map(shipgate::Project::id).filter(|id| condition.selection().contains(*id)).cloned().collect()
            }
            Table::Environments => {
                let condition = filter.environments();
                let selected = directory.environments().filter(|environment| condition.selects(environment));
                selected.map(shipgate::Environment::id).cloned().collect()
            }
        }
    }
}

/// A column's name that needs every kind of quoting.
pub(crate) const CLUSTER: &str = r#"the "cluster`"#;

/// The statements that make the tables, for ids and booleans of these types.
pub(crate) fn schema(id: &str, boolean: &str) -> String {
    let cluster = CLUSTER.replace('"', "\"\"");
    format!(
        r#"
        CREATE TEMPORARY TABLE clusters (organization {id}, id {id});
        CREATE TEMPORARY TABLE projects (organization {id}, id {id});
        CREATE TEMPORARY TABLE environments (
            organization {id}, id {id}, project {id}, "{cluster}" {id},
            protection text, approval_from text, approval_count smallint, self_approval {boolean}
        );
        "#
    )
}

pub(crate) fn columns() -> Columns {
    Columns { organization: column("t.organization"), id: column("t.id") }
}

pub(crate) fn environment_columns() -> EnvironmentColumns {
    EnvironmentColumns {
        organization: column("t.organization"),
        id: column("t.id"),
        project: column("t.project"),
        cluster: column(&format!("\"t\".\"{}\"", CLUSTER.replace('"', "\"\""))),
        protection: column("Protection"),
        approval_from: column("approval_from"),
        approval_count: column("approval_count"),
        self_approval: column("self_approval"),
    }
}

fn column(name: &str) -> Column {
    Column::new(name).expect("the name of a column")
}
