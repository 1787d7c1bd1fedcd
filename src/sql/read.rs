//! Queries of the tables of rows and of the log.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::sql::dialect::Dialect;
use crate::sql::schema::IdType;
use crate::sql::table::Table;
use crate::sql::text::{names, placeholder};

/// The queries that read all rows of one organization, table by table. The parameter is the organization.
///
/// The columns are those of [`Table::columns`], and the rows are in the order of the key, that of
/// [`Rows::sort`](crate::directory::Rows::sort). Run the queries and [`last_record`] in one transaction that reads a single
/// state: `REPEATABLE READ` in PostgreSQL, any in SQLite. Then [`attach`](crate::Directory::attach) the rows. If there are
/// many, read them through a cursor.
///
/// # Examples
///
/// ```
/// use shipgate::sql::{Dialect, Table, rows_of};
///
/// let queries = rows_of(Dialect::Postgres);
/// let teams = "SELECT organization, id FROM shipgate_teams WHERE organization = $1 ORDER BY organization, id";
/// assert!(queries.contains(&(Table::Teams, teams.to_string())));
/// ```
#[must_use]
pub fn rows_of(dialect: Dialect) -> Vec<(Table, String)> {
    let organization = placeholder(dialect, 1);
    let query = |table: Table| {
        let columns = table.columns().collect::<Vec<_>>().join(", ");
        let key = names(table.layout().key);
        (table, format!("SELECT {columns} FROM {table} WHERE organization = {organization} ORDER BY {key}"))
    };
    Table::ROWS.map(query).to_vec()
}

/// The query that reads the revision and the id of the last record of one organization. The parameter is the organization.
///
/// # Examples
///
/// ```
/// use shipgate::sql::{Dialect, last_record};
///
/// assert_eq!(
///     last_record(Dialect::Sqlite),
///     "SELECT revision, id FROM shipgate_records WHERE organization = ?1 ORDER BY revision DESC LIMIT 1",
/// );
/// ```
#[must_use]
pub fn last_record(dialect: Dialect) -> String {
    let (log, organization) = (Table::Records, placeholder(dialect, 1));
    format!("SELECT revision, id FROM {log} WHERE organization = {organization} ORDER BY revision DESC LIMIT 1")
}

/// The query that reads the records of one organization from a revision on, that one included, in order. The parameters are the
/// organization and the revision. The columns are those of [`records_from_each`].
///
/// # Examples
///
/// ```
/// use shipgate::sql::{Dialect, records_from};
///
/// assert_eq!(
///     records_from(Dialect::Postgres),
///     "SELECT organization, revision, record FROM shipgate_records \
///      WHERE organization = $1 AND revision >= $2 ORDER BY revision",
/// );
/// ```
#[must_use]
pub fn records_from(dialect: Dialect) -> String {
    let (log, [organization, revision]) = (Table::Records, [1, 2].map(|number| placeholder(dialect, number)));
    format!(
        "SELECT organization, revision, record FROM {log} \
         WHERE organization = {organization} AND revision >= {revision} ORDER BY revision"
    )
}

/// The query that reads the records of many organizations, of each from a revision on, that one included. The columns are the
/// organization, the revision and the record's text, and the rows are in the order of the first two.
///
/// Read all that the query returns: a stream that is read in part looks as if it were up to date.
///
/// In PostgreSQL, the parameters are an array of organizations and an array of their revisions. In SQLite, the parameter is the
/// text of one JSON array of pairs, such as `[["acme-corp", 7], ["globex", 2]]`, with each id as a JSON string.
///
/// # Examples
///
/// ```
/// use shipgate::sql::{Dialect, IdType, records_from_each};
///
/// assert_eq!(
///     records_from_each(Dialect::Sqlite, IdType::Text),
///     "SELECT log.organization, log.revision, log.record FROM json_each(?1) AS known CROSS JOIN shipgate_records AS log \
///      WHERE log.organization = known.value ->> 0 AND log.revision >= known.value ->> 1 \
///      ORDER BY log.organization, log.revision",
/// );
/// ```
#[must_use]
pub fn records_from_each(dialect: Dialect, ids: IdType) -> String {
    let log = Table::Records;
    match dialect {
        // `LATERAL` and `BETWEEN` make PostgreSQL look up each stream by its key. Of a join by `>=` it expects a third of all
        // records, and reads the whole log.
        Dialect::Postgres => format!(
            "SELECT found.organization, found.revision, found.record \
             FROM unnest($1::{ids}[], $2::bigint[]) AS known (organization, revision) CROSS JOIN LATERAL \
             (SELECT log.organization, log.revision, log.record FROM {log} AS log \
             WHERE log.organization = known.organization AND log.revision BETWEEN known.revision AND {} \
             ORDER BY log.revision) AS found ORDER BY found.organization, found.revision",
            i64::MAX
        ),
        // The left side of a `CROSS JOIN` is the outer loop.
        Dialect::Sqlite => format!(
            "SELECT log.organization, log.revision, log.record FROM json_each(?1) AS known CROSS JOIN {log} AS log \
             WHERE log.organization = known.value ->> 0 AND log.revision >= known.value ->> 1 \
             ORDER BY log.organization, log.revision"
        ),
    }
}
