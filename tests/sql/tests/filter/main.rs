//! The library's filters in real databases: SQLite in memory, and PostgreSQL if `DATABASE_URL` names one.

mod columns;
mod engine;
mod hostile;
mod long;
mod postgres;
mod protections;
mod rows;
mod sqlite;

/// The worlds and filters of the library's own tests.
#[expect(dead_code, unused_imports, reason = "those tests use more of it")]
#[path = "../../../it"]
mod it {
    pub(crate) mod changes {
        pub(crate) mod model;
        pub(crate) mod reached;
        pub(crate) mod records;
        pub(crate) mod rows;
        pub(crate) mod twin;
    }
    pub(crate) mod filter {
        pub(crate) mod agreement;
        pub(crate) mod database;
        pub(crate) mod every_protection;
    }
    pub(crate) mod oracle;
    pub(crate) mod strategies;
    pub(crate) mod world;
}
#[path = "../../../../fuzz/src"]
mod corpora {
    pub(crate) mod attempts;
}
#[expect(dead_code, unreachable_pub, reason = "those tests use a part of the kit, by path")]
#[path = "../../../../src/testing/strategy.rs"]
mod kit;
/// The kit that those tests use.
#[expect(dead_code, unreachable_pub, unused_imports, reason = "those tests use a part of the kit, by path")]
#[path = "../../../../src/testing.rs"]
mod testing;
use it::{changes, oracle, strategies, world};

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use engine::Stored;
use hostile::Hostile;
use it::filter::agreement::{EVERY_ORGANIZATION, asked, config, selects_what_is_allowed};
use postgres::Postgres;
use sqlite::Sqlite;

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn in_sqlite_a_filter_selects_what_is_allowed((world, askers, actions) in asked()) {
        let mut database = Sqlite::new();
        selects_what_is_allowed::<u64>(&world, &askers, &actions, EVERY_ORGANIZATION, &mut database);
        selects_what_is_allowed::<String>(&world, &askers, &actions, EVERY_ORGANIZATION, &mut database);
        selects_what_is_allowed::<Hostile>(&world, &askers, &actions, EVERY_ORGANIZATION, &mut database);
    }
}

#[test]
fn in_postgresql_a_filter_selects_what_is_allowed_by_numbers() {
    selects_what_is_allowed_in_postgresql::<u64>();
}

#[test]
fn in_postgresql_a_filter_selects_what_is_allowed_by_names() {
    selects_what_is_allowed_in_postgresql::<String>();
}

#[test]
fn in_postgresql_a_filter_selects_what_is_allowed_by_hostile_names() {
    selects_what_is_allowed_in_postgresql::<Hostile>();
}

fn selects_what_is_allowed_in_postgresql<N: Stored>() {
    let Some(database) = Postgres::connect() else { return };
    let database = RefCell::new(database);
    let outcome = TestRunner::new(config(4)).run(&asked(), |(world, askers, actions)| {
        selects_what_is_allowed::<N>(&world, &askers, &actions, 0..2, &mut *database.borrow_mut());
        Ok(())
    });
    outcome.unwrap();
}
