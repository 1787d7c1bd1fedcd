//! The sequences say something only of what is tried: every change is made, alone and in a batch, and every refusal met.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use shipgate::policy::ReasonCode;

use super::model::{Attempt, Refused};
use super::reached::{beginning, tried, tries};
use super::twin::Twin;
use crate::corpora::is_of_changes;

#[test]
fn every_change_is_made_and_every_refusal_is_met() {
    let mut made: BTreeMap<(&str, String), u32> = BTreeMap::new();
    let mut refusals: BTreeMap<&str, u32> = BTreeMap::new();
    let mut runner = TestRunner::deterministic();
    for _ in 0..3_600 {
        let mut twin = Twin::of(beginning().new_tree(&mut runner).expect("a beginning").current());
        for bytes in tries(24).new_tree(&mut runner).expect("tries").current() {
            let (attempt, outcome, _) = tried(&mut twin, &bytes);
            match outcome {
                Ok(()) => cells(&attempt).for_each(|cell| *made.entry(cell).or_default() += 1),
                Err(refused) => {
                    let in_a_batch = matches!(refused, Refused::At(1.., _)).then_some("in a batch");
                    for name in refused.names().into_iter().chain(in_a_batch) {
                        *refusals.entry(name).or_default() += 1;
                    }
                }
            }
        }
    }

    println!("{made:#?}\n{refusals:#?}");
    for how in ["alone", "in a batch"] {
        let changes = made.keys().filter(|(so, _)| *so == how).count();
        assert_eq!(changes, 30, "some change is never made {how}: {made:?}");
    }
    assert!(made.values().all(|count| *count >= 5), "some change is hardly ever made: {made:?}");
    let reasons = ReasonCode::ALL.into_iter().filter(|reason| is_of_changes(*reason));
    let others = [
        "taken",
        "namespace",
        "namespace_taken",
        "already_member",
        "already_in_team",
        "not_in_team",
        "other_kind",
        "service_owner",
        "time",
        "stale",
        "several_organizations",
        "several_times",
        "in a batch",
    ];
    for name in reasons.map(ReasonCode::as_str).chain(others) {
        assert!(refusals.get(name).is_some_and(|count| *count >= 3), "{name} is hardly ever said: {refusals:?}");
    }
}

/// What was made, and whether alone: a change is known by its row of the action table.
fn cells(attempt: &Attempt) -> impl Iterator<Item = (&'static str, String)> {
    let (how, changes) = match attempt {
        Attempt::Founding { .. } => ("alone", Vec::new()),
        Attempt::Change(actor, change) => ("alone", vec![actor.question(change)]),
        Attempt::Batch { changes, .. } => {
            ("in a batch", changes.iter().map(|(actor, change)| actor.question(change)).collect())
        }
    };
    changes.into_iter().map(move |asked| (how, format!("{} {}", asked.action.kind(), asked.resource.kind())))
}

/// Nothing is claimed of an edit that nobody tampered with.
#[cfg(feature = "authzen")]
#[test]
fn every_kind_of_edit_is_tampered_with_to_each_end() {
    use super::reached::{acme, twin_after};
    use super::tampering::{Fate, Fates};

    let mut fates = Fates::new();
    let mut runner = TestRunner::deterministic();
    for _ in 0..48 {
        let tries = tries(16).new_tree(&mut runner).expect("tries").current();
        for (fate, count) in twin_after(&acme(), &tries).withstands_tampering() {
            *fates.entry(fate).or_default() += count;
        }
    }

    println!("{fates:#?}");
    let kinds = [
        "organization",
        "role",
        "member",
        "team",
        "team_member",
        "cluster_access",
        "project_role",
        "project",
        "cluster",
        "environment",
        "remove",
    ];
    let reached = |kind: &str, fate| fates.contains_key(&(kind.to_owned(), fate));
    for kind in kinds {
        assert!(reached(kind, Fate::NotRead), "whatever is done to an edit of {kind}, it is read");
        assert!(reached(kind, Fate::Refused), "whatever is done to an edit of {kind}, it is applied");
    }
    for kind in ["left out", "doubled", "turned round"] {
        assert!(reached(kind, Fate::Refused), "edits that are {kind} are never refused");
    }
    for field in ["revision", "previous", "organization"] {
        let moved = format!("the {field} of a record");
        assert!(reached(&moved, Fate::Refused), "{moved} is never tampered with");
        assert!(!reached(&moved, Fate::Applied) && !reached(&moved, Fate::NotRead), "whatever is done to {moved}");
    }
    for kind in kinds {
        assert!(reached(kind, Fate::Applied), "whatever is done to an edit of {kind}, it is refused");
    }
}
