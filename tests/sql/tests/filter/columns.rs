//! Names of columns, as a database reads them.

use shipgate::sql::{Column, Columns, Dialect};
use shipgate::{AccountKind, Action, Directory, Role, SubjectId, Visibility};

use crate::it::filter::database::{Database, Table};
use crate::sqlite::Sqlite;

const ACME: u64 = 0;
const OLIVIA: u64 = 0;

/// acme-corp, with one cluster.
fn acme() -> Directory<u64> {
    let mut rows = Directory::builder();
    rows.organization(ACME).unwrap();
    rows.member(&ACME, OLIVIA, AccountKind::User, Role::Owner, None).unwrap();
    rows.cluster(7, &ACME, Visibility::Organization).unwrap();
    rows.build()
}

#[test]
fn in_sqlite_a_column_that_is_not_there_is_an_error_and_not_a_text() {
    let directory = acme();
    let mut database = Sqlite::new();
    database.load(&directory);
    let condition = directory.filter(&SubjectId::new(&OLIVIA), Action::View, &ACME).clusters();
    let select = |id: &str| {
        let columns = Columns { organization: Column::new("organization").unwrap(), id: Column::new(id).unwrap() };
        database.rows_where(Table::Clusters, &condition.sql(Dialect::Sqlite, &columns, 1))
    };
    assert_eq!(select("id"), Ok([7].into()));
    assert_eq!(select(r#""ID""#), Ok([7].into()));
    for missing in ["idd", r#""idd""#, "t.idd", r#""7""#] {
        let error = select(missing).unwrap_err();
        assert!(error.starts_with("no such column: "), "{error}");
    }
}
