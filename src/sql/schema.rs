//! The statements that make the tables.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::model::names::names;
use crate::sql::dialect::Dialect;
use crate::sql::table::{ColumnType, Field, INDEXES, Index, Null, Table};
use crate::sql::text::names;

names! {
    /// The type of ids in PostgreSQL. In SQLite they are texts, whatever their type in your service: with another type, `'007'`
    /// and `'7'` would be one id. Bind them as texts there, and those in a list as JSON strings.
    pub enum IdType: "type of ids" {
        /// Texts, which are compared byte for byte.
        Text = "text",
        /// Whole numbers of 8 bytes.
        BigInt = "bigint",
        /// UUIDs.
        Uuid = "uuid",
    }
}

/// The statements that make the tables of [`Rows`](crate::directory::Rows), the table of ids and the log, with their indexes.
/// Execute each of them once.
///
/// The primary key of each table but [`Table::Ids`] begins with the organization, so that you can partition or distribute the
/// tables by it: add `PARTITION BY HASH (organization)` to a statement, for example. There are no foreign keys, because a
/// removal is one `DELETE` from each table. A word in a column is the wire name, as `as_str` returns it. Each [`Table`] says what
/// its columns have.
///
/// The key of the log is the organization and the revision, so that a revision is stored once. The records of an organization
/// that was deleted stay there, and its first revision is not stored again.
///
/// # Examples
///
/// ```
/// use shipgate::sql::{Dialect, IdType, schema};
///
/// let statements = schema(Dialect::Sqlite, IdType::Text);
/// let teams = "CREATE TABLE shipgate_teams (organization TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (organization, id))";
/// assert!(statements.iter().any(|statement| statement == teams));
/// ```
#[must_use]
pub fn schema(dialect: Dialect, ids: IdType) -> Vec<String> {
    let tables = Table::ALL.into_iter().map(|table| create_table(table, dialect, ids));
    tables.chain(INDEXES.iter().map(create_index)).collect()
}

fn create_table(table: Table, dialect: Dialect, ids: IdType) -> String {
    let layout = table.layout();
    let mut parts: Vec<_> = layout.fields().map(|field| column(field, dialect, ids)).collect();
    parts.push(format!("PRIMARY KEY ({})", names(layout.key)));
    parts.extend(layout.check.map(|check| format!("CHECK ({check})")));
    format!("CREATE TABLE {table} ({})", parts.join(", "))
}

fn column(field: &Field, dialect: Dialect, ids: IdType) -> String {
    let null = match field.null {
        Null::Never => " NOT NULL",
        Null::Allowed => "",
    };
    format!("{} {}{null}", field.name, type_name(field.holds, dialect, ids))
}

fn type_name(holds: ColumnType, dialect: Dialect, ids: IdType) -> &'static str {
    match holds {
        ColumnType::Id => id_type_name(dialect, ids),
        ColumnType::Text => "TEXT",
        ColumnType::BigInt => "BIGINT",
        ColumnType::SmallInt => "SMALLINT",
        ColumnType::Boolean => "BOOLEAN",
    }
}

/// In PostgreSQL, the collation makes an index of ids sort them byte for byte, as a directory does. SQLite does so by itself.
fn id_type_name(dialect: Dialect, ids: IdType) -> &'static str {
    match (dialect, ids) {
        (Dialect::Sqlite, IdType::Text | IdType::BigInt | IdType::Uuid) => "TEXT",
        (Dialect::Postgres, IdType::Text) => r#"TEXT COLLATE "C""#,
        (Dialect::Postgres, IdType::BigInt) => "BIGINT",
        (Dialect::Postgres, IdType::Uuid) => "UUID",
    }
}

fn create_index(index: &Index) -> String {
    let Index { name, create, table, columns } = index;
    format!("{create} {name} ON {table} ({columns})")
}
