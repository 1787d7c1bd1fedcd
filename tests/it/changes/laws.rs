//! What holds of every sequence of changes: nobody takes the last Owner, and nothing that is done in another organization
//! changes an answer.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;
use shipgate::change::Change;
use shipgate::{AccountKind, Decision, Directory, Role, SubjectId, Time};

use super::config;
use super::model::{Actor, Attempt, Model};
use super::reached::{beginning, tried, tries};
use super::rows::read;
use super::twin::Twin;
use crate::oracle::{Id, Question, World};
use crate::world::fresh::fresh;

const ACME: Id = 0;
const OLIVIA: Id = 1;
const CAROL: Id = 2;
const CI_BOT: Id = 3;
/// An expiry, a time before it, and a time when it is over.
const EXPIRY: Time = Time::from_millis(1);
const TIMES: [Option<Time>; 3] = [None, Some(Time::from_millis(0)), Some(EXPIRY)];

/// Whatever three accounts do to each other in an organization that has an Owner, to the end of all states: it has one.
#[test]
fn no_sequence_of_changes_takes_the_last_owner() {
    let mut founded = Directory::new();
    founded.create_organization(fresh(), ACME, OLIVIA, AccountKind::User, None).expect("nobody is there yet");
    let changes = changes_of_members();
    let mut seen = HashSet::from([members(&founded)]);
    let mut open = vec![founded];
    let mut refused = 0;
    while let Some(state) = open.pop() {
        for (account, now) in [OLIVIA, CAROL, CI_BOT].into_iter().flat_map(|who| TIMES.map(|now| (who, now))) {
            let subject = now.into_iter().fold(SubjectId::new(&account), SubjectId::<'_, Id>::at);
            for change in &changes {
                let (action, resource) = change.question();
                if state.decide(&subject, action, resource) != Decision::Allow {
                    refused += 1;
                    continue;
                }
                let mut next = state.clone();
                if next.change(fresh(), &subject, change.clone()).is_ok() {
                    let owners = read(&next).world.owners(ACME);
                    assert!(owners > 0, "{account} at {now:?} took the last Owner by {change:?} from {state:?}");
                    assert_eq!(next.organization(&ACME).map(shipgate::Organization::owners), Some(owners));
                    if seen.insert(members(&next)) {
                        open.push(next);
                    }
                }
            }
        }
    }
    // Each account is absent or has one of five roles, for good or not, in whatever combination has an Owner for good: of
    // the 11 × 11 × 9 states (the bot is never an Owner), the 10 × 10 × 9 have none.
    println!("{} states, {refused} changes refused", seen.len());
    assert_eq!(
        seen.len(),
        11 * 11 * 9 - 10 * 10 * 9,
        "the organization comes to every state but those without an Owner"
    );
}

fn changes_of_members() -> Vec<Change<Id>> {
    let mut changes = Vec::new();
    let (organization, kinds) = (ACME, [AccountKind::User, AccountKind::User, AccountKind::Service]);
    for (account, kind) in [OLIVIA, CAROL, CI_BOT].into_iter().zip(kinds) {
        for role in Role::ALL {
            let role = role.into();
            changes.extend([None, Some(EXPIRY)].map(|expires_at| Change::InviteMember {
                organization,
                account,
                kind,
                role,
                expires_at,
            }));
            changes.push(Change::ChangeRole { organization, account, to: role });
        }
        changes.extend([None, Some(EXPIRY)].map(|to| Change::SetExpiry { organization, account, to }));
        changes.push(Change::RemoveMember { organization, account });
        changes.push(Change::TransferOwnership { organization, account });
    }
    changes
}

/// Who is a member, as what, until when.
fn members(directory: &Directory<Id>) -> Vec<(Id, Role, Option<Time>)> {
    let membership = |account: &shipgate::Account<Id>| {
        let held = account.membership(&ACME).expect("a member has a membership");
        (*account.id(), held.rank(), held.expires_at())
    };
    directory.members_of(&ACME).map(membership).collect()
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn nothing_that_is_done_elsewhere_changes_an_answer(beginning in beginning(), tries in tries(16)) {
        let mut twin = Twin::of(beginning);
        for bytes in &tries {
            let before = twin.clone();
            let (attempt, _, questions) = tried(&mut twin, bytes);
            let touched = touched(&before.model, &attempt);
            for question in questions {
                let home = before.model.world.place(&question.resource).map(|place| place.organization);
                if home.is_some_and(|home| !touched.contains(&home)) {
                    prop_assert_eq!(before.answers(&question), twin.answers(&question), "{:?}: {:?}", attempt, question);
                }
            }
        }
    }
}

/// The organizations that an attempt is about.
fn touched(model: &Model, attempt: &Attempt) -> BTreeSet<Id> {
    match attempt {
        Attempt::Founding { organization, .. } => BTreeSet::from([*organization]),
        Attempt::Change(actor, change) => home(&model.world, actor, change).into_iter().collect(),
        Attempt::Batch { changes, .. } => {
            let mut after = model.clone();
            let mut touched = BTreeSet::new();
            for (actor, change) in changes {
                touched.extend(home(&after.world, actor, change));
                if after.change(actor, change).is_err() {
                    break;
                }
            }
            touched
        }
    }
}

fn home(world: &World, actor: &Actor, change: &Change<Id>) -> Option<Id> {
    let Question { resource, .. } = actor.question(change);
    world.place(&resource).map(|place| place.organization)
}
