//! Filters: what their conditions select, in memory and in databases, is what `decide` allows.

mod columns;
mod database;
mod hostile;
mod long;
mod postgres;
mod protections;
mod rows;
mod sqlite;
mod text;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use shipgate::query::Selection;
use shipgate::{Action, ActionKind, Decision, Directory, SubjectId};

use crate::oracle::{Id, Question, World, row};
use crate::strategies::{every_action, populous_world, question, world};
use crate::world::held::Held;
use crate::world::{Name, token};
use database::{Database, Memory, Stored, Table};
use hostile::Hostile;
use postgres::Postgres;
use rows::Rows;
use sqlite::Sqlite;

/// One organization more than a world holds.
const EVERY_ORGANIZATION: Range<Id> = 0..4;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

/// A world, some who ask (of their questions only the subject counts), and what they ask to do.
fn asked() -> impl Strategy<Value = (World, Vec<Question>, Vec<Action>)> {
    let world = prop_oneof![1 => world(), 2 => populous_world()];
    (world, vec(question(), 3), every_action())
}

#[test]
fn generated_filters_reach_every_form_and_divide_what_every_row_is_about() {
    let mut runner = TestRunner::deterministic();
    let mut forms: BTreeMap<&str, u32> = BTreeMap::new();
    let mut divided: HashMap<(ActionKind, Table), u32> = HashMap::new();
    let mut alternatives = 0;
    for _ in 0..1_000 {
        let (world, askers, actions) = asked().new_tree(&mut runner).expect("something is asked").current();
        let held = Held::<u64>::of(&world);
        let directory = held.directory();
        for (asker, action) in askers.iter().flat_map(|asker| actions.iter().map(move |action| (asker, *action))) {
            as_subject(asker, |subject| {
                let filter = directory.filter(subject, action, &0);
                alternatives += u32::from(filter.environments().alternatives().len() > 1);
                for selection in [filter.clusters().selection(), filter.projects().selection()] {
                    *forms.entry(form(selection)).or_default() += 1;
                }
                for table in Table::ALL {
                    let selected = Memory.select(directory, table, &filter).len();
                    let all = ids(directory, table, &0).len();
                    *divided.entry((action.kind(), table)).or_default() += u32::from(0 < selected && selected < all);
                }
            });
        }
    }

    println!("{forms:#?}\n{divided:#?}\nmore than one alternative: {alternatives}");
    assert!(["all", "none", "except", "only"].iter().all(|form| forms.get(form).is_some_and(|count| *count >= 50)));
    assert!(alternatives >= 50, "there is hardly ever more than one alternative");
    for ((action, table), count) in divided {
        let expected = if row(action, table.kind()).is_some() { 5..=u32::MAX } else { 0..=0 };
        assert!(expected.contains(&count), "{action} divides the {table:?} {count} times");
    }
}

fn form(selection: &Selection<u64>) -> &'static str {
    match selection {
        Selection::All => "all",
        Selection::None => "none",
        Selection::Except(_) => "except",
        Selection::Only(_) => "only",
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn in_memory_a_filter_selects_what_is_allowed((world, askers, actions) in asked()) {
        selects_what_is_allowed::<u64>(&world, &askers, &actions, EVERY_ORGANIZATION, &mut Memory);
        selects_what_is_allowed::<String>(&world, &askers, &actions, EVERY_ORGANIZATION, &mut Memory);
    }

    #[test]
    fn a_filter_does_not_depend_on_which_environments_there_are((world, askers, actions) in asked()) {
        let without = World { environments: [].into(), ..world.clone() };
        let (with, without) = (Held::<u64>::of(&world), Held::<u64>::of(&without));
        for asker in &askers {
            as_subject(asker, |subject| {
                for (action, organization) in actions.iter().flat_map(|action| EVERY_ORGANIZATION.map(|id| (*action, id))) {
                    let earlier = without.directory().filter(subject, action, &organization).environments();
                    let later = with.directory().filter(subject, action, &organization).environments();
                    assert_eq!(earlier, later, "{asker:?} {action:?} {organization}");
                }
            });
        }
    }
}

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

/// Each filter selects exactly what the directory decides for, of each kind, in each organization.
fn selects_what_is_allowed<N: Stored>(
    world: &World,
    askers: &[Question],
    actions: &[Action],
    organizations: Range<Id>,
    database: &mut impl Database,
) {
    let held = Held::<N>::of(world);
    let directory = held.directory();
    database.load(&Rows::of(directory));
    for asker in askers {
        as_subject(asker, |subject| {
            for (action, id) in actions.iter().flat_map(|action| organizations.clone().map(|id| (*action, id))) {
                let organization = N::of(id);
                let filter = directory.filter(subject, action, &organization);
                for (table, id) in Table::ALL.into_iter().map(|table| (table, &organization)) {
                    let allowed = decided(directory, subject, action, table, id, Decision::is_allowed);
                    let selected = database.select(directory, table, &filter);
                    assert_eq!(selected, allowed, "{table:?} of {id:?} for {action:?}: {asker:?}");

                    let not_denied = |decision| !matches!(decision, Decision::Deny(_));
                    let not_denied = decided(directory, subject, action, table, id, not_denied);
                    let selected = database.select(directory, table, &filter.or_awaiting_approval());
                    assert_eq!(selected, not_denied, "{table:?} of {id:?} for {action:?} or awaiting: {asker:?}");
                }
            }
        });
    }
}

/// What of an organization the directory decides for.
fn decided<N: Stored>(
    directory: &Directory<N>,
    subject: &SubjectId<'_, N>,
    action: Action,
    table: Table,
    organization: &N,
    wanted: impl Fn(Decision) -> bool,
) -> BTreeSet<N> {
    let ids = ids(directory, table, organization).into_iter();
    ids.filter(|id| wanted(directory.decide(subject, action, table.resource(id)))).cloned().collect()
}

/// What an organization holds.
fn ids<'a, N: Stored>(directory: &'a Directory<N>, table: Table, organization: &N) -> Vec<&'a N> {
    match table {
        Table::Clusters => directory.clusters_of(organization).map(shipgate::Cluster::id).collect(),
        Table::Projects => directory.projects_of(organization).map(shipgate::Project::id).collect(),
        Table::Environments => directory.environments_of(organization).map(shipgate::Environment::id).collect(),
    }
}

/// Whoever a question is asked by.
fn as_subject<N: Name>(asker: &Question, ask: impl FnOnce(&SubjectId<'_, N>)) {
    let account = N::of(asker.account);
    let token = asker.token.as_ref().map(token);
    let mut subject = SubjectId::new(&account);
    if let Some(kind) = asker.kind {
        subject = subject.of_kind(kind);
    }
    if let Some(token) = &token {
        subject = subject.with_token(token);
    }
    if let Some(now) = asker.time {
        subject = subject.at(now);
    }
    ask(&subject);
}
