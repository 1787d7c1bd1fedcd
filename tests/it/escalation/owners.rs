//! The last permanent Owner stays, whoever acts: in every state that can be reached at all, and after every batch of two.

use std::collections::BTreeSet;

use shipgate::change::{Batch, Change};
use shipgate::{AccountKind, Directory, Role, SubjectId, Time};

use super::scene::{ACME, BEFORE, Id, LATER, NOW};
use super::search::{Move, Path, Search, Watch, print};

/// Users, and a service account: each may be anything that the others make of it.
const ACCOUNTS: [(Id, AccountKind); 4] = [
    ("olivia", AccountKind::User),
    ("oscar", AccountKind::User),
    ("carol", AccountKind::User),
    ("ci-bot", AccountKind::Service),
];

/// What a member is made, of all roles: above, beside and below.
const ROLES: [Role; 3] = [Role::Owner, Role::Admin, Role::Viewer];

#[test]
fn no_sequence_of_changes_takes_the_last_permanent_owner() {
    let moves = [moves(Some(NOW)), moves(None)].concat();
    let mut sole_owners = SoleOwners::default();
    let start = two_owners();
    let seen = Search { start: &start, moves: &moves, depth: usize::MAX }.run(&mut sole_owners);

    println!("whoever acts, for ever: {seen}");
    assert_eq!(
        sole_owners.0,
        BTreeSet::from(["olivia", "oscar", "carol"]),
        "each user comes to be the last, none goes"
    );
    assert!(seen.states >= 1_000, "hardly anything was reached: {seen}");
}

#[test]
fn no_batch_of_two_accounts_takes_the_last_permanent_owner() {
    let moves = moves(Some(NOW));
    let mut states = States(vec![two_owners(), an_owner_and_one_for_a_time(), an_owner_and_a_bot_of_that_role()]);
    let start = two_owners();
    Search { start: &start, moves: &moves, depth: 1 }.run(&mut states);

    let mut done = 0;
    for state in &states.0 {
        for first in &moves {
            for second in moves.iter().filter(|second| second.0.id() != first.0.id()) {
                done += usize::from(is_done_as_one_after_the_other(state, first, second));
            }
        }
    }
    println!("{} states, {done} batches done", states.0.len());
    assert!(done >= 1_000, "hardly any batch was done: {done}");
}

/// Whether the batch of both is done. It is if each would be done after the other, and does the same; else it does nothing.
fn is_done_as_one_after_the_other(state: &Directory<Id>, first: &Move<'_>, second: &Move<'_>) -> bool {
    let mut singly = state.clone();
    let both = [first, second].into_iter().all(|(who, change)| singly.change(who, change.clone()).is_ok());

    let mut together = state.clone();
    let batch = Batch::new().with(first.0, first.1.clone()).with(second.0, second.1.clone());
    let done = together.change_all(batch).is_ok();
    assert_eq!(done, both, "{first:?}, {second:?}");
    if done {
        assert_eq!(print(&together), print(&singly), "{first:?}, {second:?}");
        assert!(!permanent_owners(&together).is_empty(), "{first:?}, {second:?}");
    } else {
        assert_eq!(together, *state, "{first:?}, {second:?}");
    }
    done
}

fn two_owners() -> Directory<Id> {
    acme(&[("olivia", Role::Owner, None), ("oscar", Role::Owner, None), ("carol", Role::Admin, None)])
}

fn an_owner_and_one_for_a_time() -> Directory<Id> {
    acme(&[("olivia", Role::Owner, None), ("oscar", Role::Owner, Some(LATER)), ("carol", Role::Admin, Some(LATER))])
}

fn an_owner_and_a_bot_of_that_role() -> Directory<Id> {
    acme(&[("olivia", Role::Owner, None), ("ci-bot", Role::Owner, None), ("carol", Role::Admin, None)])
}

fn acme(members: &[(Id, Role, Option<Time>)]) -> Directory<Id> {
    let mut rows = Directory::builder();
    for (id, kind) in ACCOUNTS {
        rows.account(id, kind).expect("an account once");
    }
    rows.organization(ACME).expect("one organization");
    for (id, role, expires_at) in members {
        rows.member(ACME, id, *role, *expires_at).expect("a member once");
    }
    rows.build()
}

/// Everything that one account can try to make of another, or of itself; the organization stays.
fn moves(now: Option<Time>) -> Vec<Move<'static>> {
    let subject = |id: Id| now.map_or(SubjectId::new(id), |now| SubjectId::new(id).at(now));
    let each = |(who, _): (Id, AccountKind)| changes().into_iter().map(move |change| (subject(who), change));
    ACCOUNTS.into_iter().flat_map(each).collect()
}

fn changes() -> Vec<Change<Id>> {
    let organization = ACME;
    let mut changes = Vec::new();
    for (account, kind) in ACCOUNTS {
        changes.extend(ROLES.map(|role| Change::InviteMember { organization, account, kind, role }));
        changes.extend(ROLES.map(|to| Change::ChangeRole { organization, account, to }));
        changes.extend([None, Some(BEFORE), Some(LATER)].map(|to| Change::SetExpiry { organization, account, to }));
        changes.push(Change::RemoveMember { organization, account });
        changes.push(Change::TransferOwnership { organization, account });
    }
    changes
}

/// Reckoned from the memberships, beside what the organization counts itself.
fn permanent_owners(world: &Directory<Id>) -> Vec<Id> {
    let is_permanent_owner = |id: &Id| {
        let account = world.account(*id).filter(|account| account.kind() == AccountKind::User);
        let membership = account.and_then(|account| account.membership(ACME));
        membership.is_some_and(|held| held.role() == Role::Owner && held.expires_at().is_none())
    };
    let owners: Vec<_> = ACCOUNTS.map(|(id, _)| id).into_iter().filter(is_permanent_owner).collect();
    let counted = world.organization(ACME).map(|held| usize::try_from(held.owners()).expect("few"));
    assert_eq!(counted, Some(owners.len()), "{owners:?}");
    owners
}

/// Who was the only permanent Owner; there always is one.
#[derive(Default)]
struct SoleOwners(BTreeSet<Id>);

impl Watch for SoleOwners {
    fn see(&mut self, state: &Directory<Id>, path: Path<'_>) {
        match permanent_owners(state)[..] {
            [] => panic!("no permanent Owner is left, by {path}"),
            [sole] => drop(self.0.insert(sole)),
            [_, _, ..] => {}
        }
    }

    fn see_answers(&mut self, _: &Directory<Id>, _: &[bool]) {}
}

/// Every state that is seen.
struct States(Vec<Directory<Id>>);

impl Watch for States {
    fn see(&mut self, state: &Directory<Id>, _: Path<'_>) {
        self.0.push(state.clone());
    }

    fn see_answers(&mut self, _: &Directory<Id>, _: &[bool]) {}
}
