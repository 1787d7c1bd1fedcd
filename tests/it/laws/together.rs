//! Laws 7 and 8 over worlds as they come: whoever acts, in whatever order. `escalation` searches for what would break them.

use proptest::prelude::*;
use shipgate::change::Change;
use shipgate::{AccountKind, Directory, Role, SubjectId, Time};

use super::config;
use crate::changes::model::{Attempt, Model};
use crate::changes::reached::{Try, tries};
use crate::changes::rows::{load, read};
use crate::escalation::law::Law;
use crate::oracle::{Id, World};
use crate::strategies::any_world;
use crate::testing::draw::{Bytes, Draw};
use crate::world::fresh::fresh;

/// The times at which who holds what is judged: the last is after every expiry that is drawn.
const TIMES: [Time; 5] = [
    Time::from_millis(0),
    Time::from_millis(1),
    Time::from_millis(2),
    Time::from_millis(3),
    Time::from_millis(253_402_300_799_999),
];

/// The accounts that may be: those of a world, and those who are made members.
const ACCOUNTS: std::ops::Range<Id> = 0..8;

proptest! {
    #![proptest_config(config())]

    /// 7. No escalation, not even together.
    #[test]
    fn no_accounts_together_gain_what_none_of_them_held(
        world in any_world(),
        tries in tries(64),
        start in 0..TIMES.len() - 1,
    ) {
        let mut directory = load(&Model::of(world));
        let members = directory.members_of(&0).filter(|account| !is_an_owner(&directory, *account.id()));
        let mut accounts: Vec<Id> = members.map(|account| *account.id()).collect();
        let law = Law::of(&directory, 0, &accounts, &TIMES[start..]);
        let initial = read(&directory).world;
        for bytes in &tries {
            for change in changes(&directory, bytes).into_iter().filter(|change| !makes_anew(&initial, change)) {
                // Whoever of them may.
                let may = |who: &&Id| directory.clone().change(fresh(), &at(who, TIMES[start]), change.clone()).is_ok();
                let Some(who) = accounts.iter().find(may).copied() else { continue };
                directory.change(fresh(), &at(&who, TIMES[start]), change.clone()).expect("it may");
                if let Change::InviteMember { organization: 0, account, .. } = change {
                    accounts.extend((!accounts.contains(&account)).then_some(account));
                }
                if let Err(gain) = law.judge(&directory, &accounts, 0) {
                    prop_assert!(false, "{} by {}: {:?}", gain, who, change);
                }
            }
        }
    }

    /// 8. Last owner.
    #[test]
    fn no_accounts_together_take_the_last_permanent_owner(
        world in any_world(),
        tries in tries(64),
        now in proptest::option::of(proptest::sample::select(&TIMES[..])),
    ) {
        let mut directory = load(&Model::of(world));
        let had_one = !permanent_owners(&directory).is_empty();
        for bytes in &tries {
            for change in changes(&directory, bytes) {
                for who in ACCOUNTS {
                    let before = directory.clone();
                    let subject = SubjectId::new(&who);
                    let subject = now.map_or(subject, |now| subject.at(now));
                    if directory.change(fresh(), &subject, change.clone()).is_err() || directory.organization(&0).is_none() {
                        directory = before;
                        continue;
                    }
                    prop_assert!(!had_one || !permanent_owners(&directory).is_empty(), "{:?} by {}", change, who);
                    for account in ACCOUNTS.filter(|account| is_an_owner(&before, *account)) {
                        let [was, is] = [&before, &directory].map(|directory| {
                            let membership = directory.account(&account)?.membership(&0)?;
                            Some((membership.role(), membership.expires_at()))
                        });
                        let leaves = account == who && is.is_none();
                        let by_an_owner = permanent_owners(&before).contains(&who);
                        prop_assert!(was == is || leaves || by_an_owner, "{:?} of {} by {}", change, account, who);
                    }
                }
            }
        }
    }
}

fn at(who: &Id, now: Time) -> SubjectId<'_, Id> {
    SubjectId::new(who).at(now)
}

/// The changes that are drawn from bytes, whoever would make them.
fn changes(directory: &Directory<Id>, bytes: &Try) -> Vec<Change<Id>> {
    let model = read(directory);
    let mut draw = Draw::new(Bytes(bytes));
    draw.highest = 5;
    match draw.attempt(&model) {
        Attempt::Change(_, change) => vec![change],
        Attempt::Batch { changes, .. } => changes.into_iter().map(|(_, change)| change).collect(),
        Attempt::Founding { .. } => Vec::new(),
    }
}

/// Whether a change makes something of the start anew, which is something else then.
fn makes_anew(initial: &World, change: &Change<Id>) -> bool {
    match change {
        Change::CreateProject { project, .. } => initial.projects.contains_key(project),
        Change::ConnectCluster { cluster, .. } => initial.clusters.contains_key(cluster),
        _ => false,
    }
}

fn rank(directory: &Directory<Id>, account: Id) -> Option<Role> {
    Some(directory.account(&account)?.membership(&0)?.rank())
}

fn is_an_owner(directory: &Directory<Id>, account: Id) -> bool {
    let is_a_user = directory.account(&account).is_some_and(|account| account.kind() == AccountKind::User);
    is_a_user && rank(directory, account) == Some(Role::Owner)
}

fn permanent_owners(directory: &Directory<Id>) -> Vec<Id> {
    let is_permanent = |account: &Id| {
        let membership = directory.account(account).and_then(|account| account.membership(&0));
        membership.is_some_and(|membership| membership.expires_at().is_none())
    };
    ACCOUNTS.filter(|account| is_an_owner(directory, *account) && is_permanent(account)).collect()
}
