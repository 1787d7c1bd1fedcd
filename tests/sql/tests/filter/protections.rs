//! Protections: a database selects the environments of each as `decide` does, and no broken row.

use shipgate::directory::EnvironmentRef;
use shipgate::model::ProtectionLevel;
use shipgate::{Action, Protection, Role, SubjectId};

use crate::engine::Engine;
use crate::it::filter::database::{Database, Table};
use crate::it::filter::every_protection::{ACME, MEMBERS, SHOP, US_EAST, acme, actions};
use crate::postgres::Postgres;
use crate::rows::{Row, Rows};
use crate::sqlite::Sqlite;

#[test]
fn in_sqlite_every_protection_is_selected_as_it_is_decided() {
    selects_every_protection_as_it_is_decided(&mut Sqlite::new());
}

#[test]
fn in_postgresql_every_protection_is_selected_as_it_is_decided() {
    if let Some(mut database) = Postgres::connect() {
        selects_every_protection_as_it_is_decided(&mut database);
    }
}

fn selects_every_protection_as_it_is_decided(database: &mut impl Engine) {
    let directory = acme();
    database.load(&directory);
    for (id, action) in (0..MEMBERS).flat_map(|id| actions().map(move |action| (id, action))) {
        let filter = directory.filter(&SubjectId::new(&id), action, &ACME);
        let condition = filter.environments();
        let expected = directory.environments().filter(|environment| condition.selects(&environment.to_environment()));
        let selected = database.select(&directory, Table::Environments, &filter);
        assert_eq!(selected, expected.map(EnvironmentRef::id).copied().collect(), "{id} {action:?}");
    }
}

/// A row of the environment 1, which is not protected.
fn row() -> Row<u64> {
    let directory = acme();
    let environment = directory.environments().find(|environment| environment.protection() == Protection::NONE);
    Row { ids: [ACME, 1, SHOP, US_EAST].map(Some), ..Row::of(environment.unwrap()) }
}

fn ruled(protection: &'static str) -> Row<u64> {
    let (from, count) = (Some("owner"), Some(1));
    let (self_approval, bypass) = (Some(false), Some("none"));
    let rule = Row { approval_from: from, approval_count: count, self_approval, bypass, ..row() };
    Row { protection: Some(protection), ..rule }
}

/// Rows that describe no environment: a value is missing, or two values contradict each other.
fn broken_rows() -> Vec<Row<u64>> {
    let mut rows = Vec::new();
    for whole in [row(), ruled("reviewed"), ruled("restricted"), ruled("locked")] {
        for missing in 0..4 {
            let mut ids = whole.ids;
            ids[missing] = None;
            rows.push(Row { ids, ..whole.clone() });
        }
        rows.push(Row { protection: None, ..whole.clone() });
        rows.push(Row { protection: Some("Locked"), ..whole });
    }
    for whole in [ruled("reviewed"), ruled("restricted"), ruled("locked")] {
        rows.push(Row { approval_count: None, ..whole.clone() });
        rows.push(Row { approval_count: Some(0), ..whole.clone() });
        rows.push(Row { approval_count: Some(256), ..whole.clone() });
        rows.push(Row { self_approval: None, ..whole.clone() });
        rows.push(Row { bypass: None, ..whole.clone() });
        rows.push(Row { bypass: Some("developer"), ..whole.clone() });
        rows.push(Row { approval_from: Some("developer"), ..whole });
    }
    rows.push(Row { approval_from: Some("admin"), ..ruled("locked") });
    rows.push(ruled("none"));
    rows
}

#[test]
fn in_sqlite_a_row_that_stands_for_no_environment_is_not_selected() {
    selects_no_broken_row(&mut Sqlite::new());
}

#[test]
fn in_postgresql_a_row_that_stands_for_no_environment_is_not_selected() {
    if let Some(mut database) = Postgres::connect() {
        selects_no_broken_row(&mut database);
    }
}

fn selects_no_broken_row(database: &mut impl Engine) {
    let directory = acme();
    let owner = Role::Owner.index() as u64;
    let filter = directory.filter(&SubjectId::new(&owner), Action::View, &ACME);
    for whole in [row(), ruled("reviewed"), ruled("restricted"), ruled("locked")] {
        database.load_rows(&Rows::of_environments(vec![whole]));
        assert_eq!(database.select(&directory, Table::Environments, &filter), [1].into(), "an Owner views all");
    }
    for broken in broken_rows() {
        database.load_rows(&Rows::of_environments(vec![broken.clone()]));
        assert!(database.select(&directory, Table::Environments, &filter).is_empty(), "{broken:?}");
    }
}

#[test]
fn in_sqlite_a_level_without_its_rule_is_what_it_stands_for() {
    selects_a_bare_level_as_what_it_stands_for(&mut Sqlite::new());
}

#[test]
fn in_postgresql_a_level_without_its_rule_is_what_it_stands_for() {
    if let Some(mut database) = Postgres::connect() {
        selects_a_bare_level_as_what_it_stands_for(&mut database);
    }
}

fn selects_a_bare_level_as_what_it_stands_for(database: &mut impl Engine) {
    let directory = acme();
    for level in ProtectionLevel::ALL {
        let expected = Protection::new(level, None).unwrap();
        let environment = directory.environments().find(|environment| environment.protection() == expected).unwrap();
        database.load_rows(&Rows::of_environments(vec![Row { protection: Some(level.as_str()), ..row() }]));
        for (id, action) in (0..MEMBERS).flat_map(|id| actions().map(move |action| (id, action))) {
            let filter = directory.filter(&SubjectId::new(&id), action, &ACME);
            let selected = !database.select(&directory, Table::Environments, &filter).is_empty();
            assert_eq!(
                selected,
                filter.environments().selects(&environment.to_environment()),
                "{id} {action:?} {level}"
            );
        }
    }
}
