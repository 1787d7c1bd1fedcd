//! Sequences of changes, made by the library and by a model of plain maps: both do the same, hold the same and answer the
//! same, and the records of what was done do it again.

mod attach;
mod batches;
mod claims;
mod clone_panics;
mod laws;
pub(crate) mod model;
mod platform;
mod proposals;
mod reach;
pub(crate) mod reached;
pub(crate) mod records;
mod removals;
pub(crate) mod rows;
mod streams;
#[cfg(feature = "authzen")]
mod tampering;
pub(crate) mod twin;
#[cfg(feature = "shared")]
mod versions;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use shipgate::Directory;

use self::model::Model;
#[cfg(feature = "authzen")]
use self::reached::acme;
use self::reached::{beginning, drawn, tried, tries, twin_after};
use self::twin::Twin;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(3_072))]

    #[test]
    fn a_directory_makes_refuses_holds_and_answers_what_the_model_does(beginning in beginning(), tries in tries(24)) {
        let mut twin = Twin::of(beginning);
        for bytes in &tries {
            let (_, _, questions) = tried(&mut twin, bytes);
            for question in &questions {
                twin.asked(question);
            }
        }
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn a_proposal_changes_nothing_and_its_record_does_what_the_change_does(
        beginning in beginning(),
        tries in tries(16),
    ) {
        let mut twin = Twin::of(beginning);
        for bytes in &tries {
            twin.proposes(&drawn(&twin, bytes));
            let _made_or_refused = tried(&mut twin, bytes);
        }
    }

    #[test]
    fn records_rebuild_an_equal_directory_from_nothing(tries in tries(24)) {
        let twin = twin_after(&Model::default(), &tries);
        twin.leads_on(Directory::new(), 0);
    }

    #[test]
    fn records_lead_on_from_every_state_that_was_loaded(beginning in beginning(), tries in tries(16)) {
        twin_after(&beginning, &tries).follows_its_records();
    }

    #[test]
    fn a_record_that_skips_or_repeats_one_is_refused(beginning in beginning(), tries in tries(16)) {
        twin_after(&beginning, &tries).refuses_records_out_of_turn();
    }

    #[test]
    fn a_record_of_other_facts_is_refused_or_leads_to_what_stands_by_itself(
        beginning in beginning(),
        tries in tries(16),
    ) {
        let twin = twin_after(&beginning, &tries);
        twin.refuses_records_of_other_facts(twin.before.iter().map(|(model, _)| model));
    }
}

#[cfg(feature = "authzen")]
proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn a_record_that_is_undone_gives_back_what_was(tries in tries(24)) {
        twin_after(&acme(), &tries).goes_back_by_undone_records();
    }

    #[test]
    fn a_record_with_other_edits_than_those_of_its_change_is_refused(tries in tries(16)) {
        twin_after(&acme(), &tries).refuses_other_edits();
    }

    #[test]
    fn a_record_that_was_tampered_with_is_refused_or_leads_to_what_stands_by_itself(tries in tries(16)) {
        twin_after(&acme(), &tries).withstands_tampering();
    }
}
