//! Filters: what their conditions select is what `decide` allows. The package `tests/sql` puts the same filters to databases.

pub(crate) mod agreement;
mod columns;
pub(crate) mod database;
mod docs;
pub(crate) mod every_protection;
mod protections;
mod text;

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use shipgate::ActionKind;
use shipgate::query::Selection;

use crate::oracle::{World, row};
use crate::world::held::Held;
use agreement::{EVERY_ORGANIZATION, as_subject, asked, config, ids, selects_what_is_allowed};
use database::{Database, Memory, Table};

/// An id that no world has.
const UNKNOWN: u64 = 1_000;

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
                let filter = directory.filter(subject, action.as_ref(), &0);
                alternatives += u32::from(filter.environments().alternatives().len() > 1);
                let open = filter.open_to_new_rows();
                for selection in [open.clusters().selection(), open.projects().selection()] {
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

    /// It names each cluster and project that it selects, unless it was told otherwise.
    #[test]
    fn a_filter_is_closed_to_what_the_directory_does_not_know((world, askers, actions) in asked()) {
        let held = Held::<u64>::of(&world);
        for (asker, action) in askers.iter().flat_map(|asker| actions.iter().map(move |action| (asker, *action))) {
            as_subject(asker, |subject| {
                let filter = held.directory().filter(subject, action.as_ref(), &0);
                let (environments, clusters, projects) = (filter.environments(), filter.clusters(), filter.projects());
                let alternatives = environments.alternatives().iter().flat_map(|it| [it.projects(), it.clusters()]);
                for selection in alternatives.chain([clusters.selection(), projects.selection()]) {
                    assert!(matches!(selection, Selection::Only(_) | Selection::None), "{selection:?}");
                    assert!(!selection.contains(&UNKNOWN), "{selection:?}");
                }
            });
        }
    }

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
                    let earlier = without.directory().filter(subject, action.as_ref(), &organization).environments();
                    let later = with.directory().filter(subject, action.as_ref(), &organization).environments();
                    assert_eq!(earlier, later, "{asker:?} {action:?} {organization}");
                }
            });
        }
    }
}
