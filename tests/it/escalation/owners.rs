//! Law 8: the last permanent Owner stays, and only a permanent Owner touches another: in every state that can be reached at
//! all, whoever acts, and after every batch of two.

use std::collections::BTreeSet;

use shipgate::change::{Batch, Change, ChangeError};
use shipgate::directory::{MemberRow, Rows};
use shipgate::{AccountKind, Directory, Reason, Role, Time};

use super::scene::{ACME, BEFORE, Id, LATER, NOW};
use super::search::{Changes, Move, Search, Seen, Sight, print};
use crate::world::fresh::fresh;

/// Users, and a service account: each may be anything that the others make of it.
const ACCOUNTS: [(Id, AccountKind); 4] = [
    ("olivia", AccountKind::User),
    ("oscar", AccountKind::User),
    ("carol", AccountKind::User),
    ("ci-bot", AccountKind::Service),
];

/// What a member is made, of all roles: above, beside and below.
const ROLES: [Role; 3] = [Role::Owner, Role::Admin, Role::Viewer];

/// The rule of the policy that a search takes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Without {
    Nothing,
    Rank,
    LastOwner,
}

#[test]
fn no_sequence_of_changes_takes_the_last_permanent_owner() {
    let mut sole_owners = BTreeSet::new();
    let seen = search(Without::Nothing, |sight| {
        if let [sole] = permanent_owners(sight.state)[..] {
            sole_owners.insert(sole);
        }
    });
    let seen = seen.unwrap_or_else(|fault| panic!("{fault}"));
    println!("whoever acts, for ever: {seen}");
    assert_eq!(sole_owners, BTreeSet::from(["olivia", "oscar", "carol"]), "each user comes to be the last, none goes");
    assert!(seen.states >= 1_000, "hardly anything was reached: {seen}");
}

#[test]
fn without_a_rule_owners_are_lost() {
    for without in [Without::Rank, Without::LastOwner] {
        match search(without, |_| {}) {
            Ok(seen) => panic!("{without:?} is a rule that nothing needs: {seen}"),
            Err(fault) => println!("without {without:?}, {fault}"),
        }
    }
}

#[test]
fn no_batch_of_two_accounts_takes_the_last_permanent_owner() {
    let moves = moves(Some(NOW));
    let mut states = vec![two_owners(), an_owner_and_one_for_a_time(), an_owner_and_a_bot_of_that_role()];
    let start = two_owners();
    let collected = Search { start: &start, moves: &moves, depth: 1, make: Move::make }.run(|sight| {
        states.extend(sight.is_new.then(|| sight.state.clone()));
        Ok(())
    });
    collected.expect("nothing is judged");

    let mut done = 0;
    for state in &states {
        for first in &moves {
            for second in moves.iter().filter(|second| second.who != first.who) {
                done += usize::from(is_done_as_one_after_the_other(state, first, second));
            }
        }
    }
    println!("{} states, {done} batches done", states.len());
    assert!(done >= 1_000, "hardly any batch was done: {done}");
}

/// Every state that can be reached, each judged by the law: at the first fault it ends.
fn search(without: Without, mut see: impl FnMut(&Sight<'_>)) -> Result<Seen, String> {
    let moves = [moves(Some(NOW)), moves(None)].concat();
    let start = two_owners();
    let make = |tried: &Move, state: &mut Directory<Id>| make(tried, state, without);
    Search { start: &start, moves: &moves, depth: usize::MAX, make }.run(|sight| {
        see(sight);
        judge(sight)
    })
}

fn judge(sight: &Sight<'_>) -> Result<(), String> {
    let Sight { before, state, path, .. } = sight;
    if permanent_owners(state).is_empty() {
        return Err(format!("no permanent Owner is left, by {path}"));
    }
    // Whoever was an Owner, for good or for a time, and is not touched but by a permanent Owner; or leaves.
    let who = sight.last().who;
    for (account, _) in ACCOUNTS {
        let membership =
            |world: &Directory<Id>| world.account(account).and_then(|account| account.membership(ACME)).cloned();
        let (was, is) = (membership(before), membership(state));
        let was_an_owner = was.as_ref().is_some_and(|was| was.rank() == Role::Owner) && is_a_user(account);
        let leaves = account == who && is.is_none();
        if was_an_owner && was != is && !leaves && !permanent_owners(before).contains(&who) {
            return Err(format!("an Owner is changed by one who is none, by {path}"));
        }
    }
    Ok(())
}

fn is_a_user(account: Id) -> bool {
    ACCOUNTS.iter().any(|(id, kind)| *id == account && *kind == AccountKind::User)
}

/// Makes a change that the policy allows, or would allow without a rule: then it is written into the rows.
fn make(tried: &Move, state: &mut Directory<Id>, without: Without) -> bool {
    let reason = match state.change(fresh(), &tried.subject(), tried.change.clone()) {
        Ok(_) => return true,
        Err(ChangeError::Denied(denied)) => denied.reason(),
        Err(_) => None,
    };
    let would_be_allowed = match (without, reason, &tried.change) {
        // *gives* denies with the same reason as *rank* what makes somebody an Owner.
        (Without::LastOwner, Some(Reason::LastOwner), _)
        | (Without::Rank, Some(Reason::Outranked { .. }), Change::RemoveMember { .. }) => true,
        (Without::Rank, Some(Reason::Outranked { .. }), Change::ChangeRole { to, .. }) => {
            *to != shipgate::AnyRole::BuiltIn(Role::Owner)
        }
        _ => false,
    };
    if !would_be_allowed {
        return false;
    }
    let mut rows = state.rows();
    write(&tried.change, &mut rows.members);
    let next = Directory::try_from(&rows).expect("the rows still fit each other");
    // The other rule is still there.
    let is_done = without == Without::LastOwner || !permanent_owners(&next).is_empty();
    if is_done {
        *state = next;
    }
    is_done
}

fn write(change: &Change<Id>, members: &mut Vec<MemberRow<Id>>) {
    match change {
        Change::RemoveMember { account, .. } => members.retain(|row| row.account != *account),
        Change::ChangeRole { account, to, .. } => {
            members.iter_mut().filter(|row| row.account == *account).for_each(|row| row.role = *to);
        }
        Change::SetExpiry { account, to, .. } => {
            members.iter_mut().filter(|row| row.account == *account).for_each(|row| row.expires_at = *to);
        }
        other => panic!("{other:?} is not written"),
    }
}

/// Whether the batch of both is done. It is if each would be done after the other, and does the same; else it does nothing.
fn is_done_as_one_after_the_other(state: &Directory<Id>, first: &Move, second: &Move) -> bool {
    let mut singly = state.clone();
    let both = [first, second].into_iter().all(|tried| tried.make(&mut singly));

    let mut together = state.clone();
    let batch = [first, second]
        .into_iter()
        .fold(Batch::new(), |batch, tried| batch.with(tried.subject(), tried.change.clone()));
    let done = together.change_all(fresh(), batch).is_ok();
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
    let mut rows = Rows::default();
    rows.organizations.push(shipgate::directory::OrganizationRow { id: ACME });
    for (account, role, expires_at) in members {
        let kind = if is_a_user(account) { AccountKind::User } else { AccountKind::Service };
        let (account, role, expires_at) = (*account, (*role).into(), *expires_at);
        rows.members.push(MemberRow { organization: ACME, account, kind, role, expires_at });
    }
    Directory::try_from(&rows).expect("the rows fit each other")
}

/// Everything that one account can try to make of another, or of itself; the organization stays.
fn moves(at: Option<Time>) -> Vec<Move> {
    let changes = changes();
    let each = |(who, _): (Id, AccountKind)| changes.iter().map(move |change| (who, change.clone()));
    ACCOUNTS.into_iter().flat_map(each).map(|(who, change)| Move { who, at, clock: 0, change }).collect()
}

fn changes() -> Changes {
    let mut changes = Changes::new();
    for (account, kind) in ACCOUNTS {
        let expiries = [None, Some(BEFORE), Some(LATER)];
        for role in ROLES {
            let invite = |until| Change::invite_member(ACME, account, kind, role, until);
            changes.extend([None, Some(LATER)].map(invite));
            changes.push(Change::change_role(ACME, account, role));
        }
        changes.extend(expiries.map(|to| Change::set_expiry(ACME, account, to)));
        changes.push(Change::remove_member(ACME, account));
        changes.push(Change::transfer_ownership(ACME, account));
    }
    changes
}

/// Reckoned from the memberships, beside what the organization counts itself.
fn permanent_owners(world: &Directory<Id>) -> Vec<Id> {
    let is_permanent_owner = |id: &Id| {
        let account = world.account(*id).filter(|account| account.kind() == AccountKind::User);
        let membership = account.and_then(|account| account.membership(ACME));
        membership.is_some_and(|membership| membership.rank() == Role::Owner && membership.expires_at().is_none())
    };
    let owners: Vec<_> = ACCOUNTS.map(|(id, _)| id).into_iter().filter(is_permanent_owner).collect();
    let counted = world.organization(ACME).map(|organization| usize::try_from(organization.owners()).expect("few"));
    assert_eq!(counted, Some(owners.len()), "{owners:?}");
    owners
}
