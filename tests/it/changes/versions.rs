//! What a shared directory does is what a directory does, and a snapshot stays what it was.

use std::sync::Arc;

use proptest::prelude::*;
use shipgate::change::{BatchError, Change, Record};
use shipgate::{
    AccountKind, ClusterAccess, Directory, Grant, Holder, Protection, Role, SharedDirectory, SubjectId, Visibility,
};

use super::config;
use super::model::Attempt;
use super::reached::{Try, beginning, drawn, tried, tries};
use super::rows::load;
use super::twin::{Twin, batch, only, subject};
use crate::oracle::Id;
use crate::testing::dense;
use crate::testing::random::Random;
use crate::world::held::put;

/// A directory at some time, and what was seen of the shared one then.
type Seen = (Directory<Id>, Arc<Directory<Id>>);

fn seen(directory: &Directory<Id>, shared: &SharedDirectory<Id>) -> Seen {
    (directory.clone(), shared.snapshot().into())
}

fn assert_same(seen: &[Seen]) {
    for (then, snapshot) in seen {
        assert!(**snapshot == *then, "a snapshot does not change");
        assert!(*then == **snapshot, "a snapshot does not change");
    }
}

fn attempted(shared: &SharedDirectory<Id>, attempt: &Attempt, id: Id) -> Result<Record<Id>, BatchError> {
    match attempt {
        Attempt::Founding { organization, owner, kind, at } => {
            shared.create_organization(id, *organization, *owner, *kind, *at).map_err(only)
        }
        Attempt::Change(actor, change) => shared.change(id, &subject(actor), change.clone()).map_err(only),
        Attempt::Batch { changes, decided_on } => shared.change_all(id, batch(changes, *decided_on)),
    }
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn a_shared_directory_does_what_a_directory_does_and_snapshots_stay(
        beginning in beginning(),
        tries in tries(16),
    ) {
        let mut twin = Twin::of(beginning.clone());
        let (shared, following) = (SharedDirectory::new(load(&beginning)), SharedDirectory::new(load(&beginning)));
        let mut all = vec![seen(&twin.directory, &shared)];
        for bytes in &tries {
            follow(&mut twin, &shared, &following, bytes);
            all.push(seen(&twin.directory, &shared));
        }
        assert_same(&all);
        assert!(*following.snapshot() == twin.directory);
    }
}

/// Makes an attempt on all, the last of which applies the records.
fn follow(twin: &mut Twin, shared: &SharedDirectory<Id>, following: &SharedDirectory<Id>, bytes: &Try) {
    let (attempt, id) = (drawn(twin, bytes), twin.next_record());
    let before = twin.directory.clone();
    let (_, outcome, questions) = tried(twin, bytes);
    let made = attempted(shared, &attempt, id);
    assert_eq!(made.is_ok(), outcome.is_ok(), "{attempt:?}: {made:?}");
    match made {
        Ok(record) => {
            assert_eq!(twin.records.last(), Some(&record), "{attempt:?}");
            following.apply(record).unwrap_or_else(|error| panic!("{attempt:?}: {error}"));
        }
        Err(_) => assert!(*shared.snapshot() == before, "refused, yet something changed: {attempt:?}"),
    }
    for question in &questions {
        let expected = twin.answers(question);
        let found = put(question, |by, action, on| (shared.decide(by, action, on), shared.exposure(by, on)));
        assert_eq!(found, expected, "{question:?}");
    }
}

#[test]
fn a_shared_directory_is_equal_to_the_one_that_it_was_made_of() {
    for seed in 0..if cfg!(miri) { 2 } else { 64 } {
        let directory = Directory::try_from(dense(seed)).expect("the rows load");
        let shared = SharedDirectory::new(directory.clone());
        let snapshot = shared.snapshot();
        assert!(*snapshot == directory && snapshot.rows() == directory.rows());
        assert!(directory == *snapshot);
        let counts = [snapshot.accounts().len(), snapshot.clusters().len(), snapshot.environments().len()];
        assert_eq!(counts, [directory.accounts().len(), directory.clusters().len(), directory.environments().len()]);

        // A clone is a directory of its own, also of what was a snapshot.
        let mut own: Directory<_> = snapshot.clone();
        let organizations: Vec<u64> = own.organizations().map(|organization| *organization.id()).collect();
        for organization in &organizations {
            own.detach(organization);
        }
        assert!(own == Directory::new() && *snapshot == directory);
        shared.replace(own);
        assert!(*shared.snapshot() == Directory::new() && *snapshot == directory);
    }
}

const ACME: Id = 1;
const OLIVIA: Id = 1;
const SHOP: Id = 1;
const ON_CALL: Id = 1;
const US_EAST: Id = 1;
const EU_WEST: Id = 2;

/// An organization whose members, and environments, are on many pages and in many chunks.
fn large(members: Id) -> Directory<Id> {
    let mut rows = Directory::builder();
    rows.organization(ACME).expect("it is the first");
    rows.member(&ACME, OLIVIA, AccountKind::User, Role::Owner, None).expect("she is new");
    rows.project(SHOP, &ACME, Visibility::Organization).expect("it is new");
    rows.team(ON_CALL, &ACME).expect("it is new");
    for cluster in US_EAST..=3 {
        rows.cluster(cluster, &ACME, Visibility::Organization).expect("it is new");
    }
    for account in 2..=members {
        rows.member(&ACME, account, AccountKind::User, Role::Developer, None).expect("they are new");
        rows.environment(account, &SHOP, &US_EAST, &format!("shop-{account}"), Protection::NONE).expect("it is new");
        rows.cluster_access(&US_EAST, Holder::Account(&account), ClusterAccess::View).expect("it is the first");
    }
    rows.build()
}

/// A change of something that may be there.
fn any_change(random: &mut Random, members: Id, step: Id) -> Change<Id> {
    let account = 2 + random.next() % (members + step);
    match random.next() % 8 {
        0 => Change::invite_member(ACME, members + step, AccountKind::User, Role::Viewer, None),
        1 => Change::remove_member(ACME, account),
        2 => Change::change_role(ACME, account, Role::Admin),
        3 => Change::set_cluster_access(
            1 + account % 3,
            Holder::Account(account),
            Some(Grant::new(ClusterAccess::Deploy)),
        ),
        4 => Change::create_environment(members + step, SHOP, EU_WEST, format!("new-{step}"), Protection::LOCKED),
        5 => Change::delete_environment(account),
        6 => Change::set_protection(account, Protection::RESTRICTED),
        _ => Change::add_to_team(ON_CALL, account),
    }
}

#[test]
fn snapshots_that_are_held_for_many_changes_stay_while_the_present_moves_on() {
    let (members, steps) = if cfg!(miri) { (150, 12) } else { (1_500, 1_200) };
    let mut directory = large(members);
    let shared = SharedDirectory::new(directory.clone());
    let (mut random, olivia, mut made) = (Random::new(7), SubjectId::new(&OLIVIA), 0);
    let mut all = vec![seen(&directory, &shared)];
    for step in 1..=steps {
        let change = any_change(&mut random, members, step);
        let [here, there] =
            [directory.change(step, &olivia, change.clone()), shared.change(step, &olivia, change.clone())];
        assert_eq!(here, there, "{change:?}");
        made += u64::from(here.is_ok());
        if step % (steps / 6) == 0 {
            all.push(seen(&directory, &shared));
        }
    }
    assert!(made > steps / 3, "{made} of {steps}");
    assert_same(&all);
    assert!(*shared.snapshot() == directory && *shared.snapshot() != *all[0].1);

    // What touches everything: the visibility of all environments, the grants of all members of a team, and the end.
    for change in [
        Change::update_project(SHOP, Some(Visibility::Members)),
        Change::set_cluster_access(EU_WEST, Holder::Team(ON_CALL), Some(Grant::new(ClusterAccess::View))),
        Change::update_cluster(US_EAST, Some(Visibility::Members)),
        Change::delete_organization(ACME),
    ] {
        let id = steps + 1 + all.len() as Id;
        let [here, there] = [directory.change(id, &olivia, change.clone()), shared.change(id, &olivia, change.clone())];
        assert!(here.is_ok() && here == there, "{change:?}: {here:?}");
        all.push(seen(&directory, &shared));
    }
    assert_same(&all);
    assert!(*shared.snapshot() == Directory::new());
}
