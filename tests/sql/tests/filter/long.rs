//! Lists that are longer than the number of parameters that a database takes.

use std::collections::BTreeSet;

use shipgate::query::{Condition, Selection};
use shipgate::{AccountKind, Action, ActionSet, Directory, Role, SubjectId, Token, Visibility};

use crate::it::filter::database::{Database, Table};
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

/// SQLite takes 32,766 parameters, PostgreSQL 65,535.
const LONG: u64 = 66_000;

const ACME: u64 = 0;
const GLOBEX: u64 = 1;
const ALICE: u64 = 0;

/// acme-corp, where alice is a Developer, has this number of clusters. globex has one, with the next id.
fn directory(clusters: u64) -> Directory<u64> {
    let mut rows = Directory::builder();
    for organization in [ACME, GLOBEX] {
        rows.organization(organization).unwrap();
        rows.member(&organization, ALICE, AccountKind::User, Role::Developer, None).unwrap();
    }
    for id in 0..clusters {
        rows.cluster(id, &ACME, Visibility::Organization).unwrap();
    }
    rows.cluster(clusters, &GLOBEX, Visibility::Organization).unwrap();
    rows.build()
}

#[test]
fn in_sqlite_a_list_may_be_longer_than_the_number_of_parameters() {
    selects_by_long_lists(&mut Sqlite::new());
}

#[test]
fn in_postgresql_a_list_may_be_longer_than_the_number_of_parameters() {
    if let Some(mut database) = Postgres::connect() {
        selects_by_long_lists(&mut database);
    }
}

fn selects_by_long_lists(database: &mut impl Database<u64>) {
    let directory = directory(3 * LONG);
    database.load(&directory);
    let is_long = |condition: &Condition<u64>, list: fn(&Selection<u64>) -> Option<usize>| {
        assert_eq!(list(condition.selection()), Some(usize::try_from(LONG).unwrap()));
    };

    let few = Token::new(ActionSet::VIEW).for_clusters(0..LONG);
    let filter = directory.filter(&SubjectId::new(&ALICE).with_token(&few), Action::View, &ACME);
    is_long(&filter.clusters(), |selection| if let Selection::Only(ids) = selection { Some(ids.len()) } else { None });
    assert_eq!(database.select(&directory, Table::Clusters, &filter), (0..LONG).collect::<BTreeSet<_>>());

    let most = Token::new(ActionSet::VIEW).for_clusters(LONG..=3 * LONG);
    let filter = directory.filter(&SubjectId::new(&ALICE).with_token(&most), Action::View, &ACME);
    assert_eq!(database.select(&directory, Table::Clusters, &filter), (LONG..3 * LONG).collect::<BTreeSet<_>>());
    let filter = filter.open_to_new_rows();
    is_long(
        &filter.clusters(),
        |selection| if let Selection::Except(ids) = selection { Some(ids.len()) } else { None },
    );
    assert_eq!(database.select(&directory, Table::Clusters, &filter), (LONG..3 * LONG).collect::<BTreeSet<_>>());
}
