//! Whatever the platform does, the rows are sound: generated changes, of every kind.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use shipgate::change::{Change, ChangeError, Platform};
use shipgate::{Directory, Time};

use crate::changes::model::Attempt;
use crate::changes::reached::{beginning, drawn, tries};
use crate::changes::rows::{load, read};
use crate::changes::twin::Twin;
use crate::oracle::Id;

#[test]
fn whatever_the_platform_does_the_rows_are_sound() {
    let (mut made, mut refusals) = (BTreeMap::<String, u32>::new(), BTreeMap::<String, u32>::new());
    let mut runner = TestRunner::deterministic();
    for case in 0..1_200_u32 {
        let mut twin = Twin::of(beginning().new_tree(&mut runner).expect("a beginning").current());
        for bytes in tries(24).new_tree(&mut runner).expect("tries").current() {
            for change in changes(&drawn(&twin, &bytes)) {
                let counted = match tried(&mut twin.directory, &change, case) {
                    Ok(()) => made.entry(name(&change)),
                    Err(error) => refusals.entry(name(&error)),
                };
                *counted.or_default() += 1;
                // What is drawn next is drawn on what there is now.
                twin.model = read(&twin.directory);
            }
        }
    }
    println!("{made:#?}\n{refusals:#?}");
    assert_eq!(made.len(), 27, "every change but a transfer of ownership is made: {made:?}");
    for refusal in [
        "AlreadyInTeam",
        "AlreadyMember",
        "Foreign",
        "LastOwner",
        "Namespace",
        "NamespaceTaken",
        "NeedsMember",
        "NotAMember",
        "NotEmpty",
        "NotInTeam",
        "OtherKind",
        "Role",
        "ServiceOwner",
        "Taken",
        "Time",
        "Unknown",
    ] {
        assert!(refusals.contains_key(refusal), "{refusal} is never said: {refusals:?}");
    }
}

/// The changes of an attempt, whoever would make them.
fn changes(attempt: &Attempt) -> Vec<Change<Id>> {
    match attempt {
        Attempt::Founding { .. } => Vec::new(),
        Attempt::Change(_, change) => vec![change.clone()],
        Attempt::Batch { changes, .. } => changes.iter().map(|(_, change)| change.clone()).collect(),
    }
}

/// Makes a change, if it can be made. The directory is what loading its rows gives, and an Owner is left where one was.
fn tried(directory: &mut Directory<Id>, change: &Change<Id>, case: u32) -> Result<(), ChangeError> {
    let platform = Platform::new("support", Time::from_millis(2));
    let gives_way = case.is_multiple_of(2);
    let platform = if gives_way { platform.even_the_last_owner() } else { platform };
    let before = directory.clone();
    let proposed = directory.propose_as_platform(7_777, change.clone(), platform, "ticket 4711");
    assert!(*directory == before, "only proposed, yet something changed: {change:?}");
    let record = proposed?;
    assert_eq!(directory.apply(&record), Ok(()), "{record:?}");
    assert!(*directory == load(&read(directory)), "{record:?} on {before:?}: {directory:?}");
    assert!(Directory::try_from(directory.rows()).is_ok(), "{record:?} on {before:?}");
    if let (Some(was), Some(is)) =
        (before.organization(record.organization()), directory.organization(record.organization()))
    {
        assert!(gives_way || was.owners() == 0 || is.owners() > 0, "{record:?} took the last Owner from {before:?}");
    }
    Ok(())
}

/// The name of a variant.
fn name(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
