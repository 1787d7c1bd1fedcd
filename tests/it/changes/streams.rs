//! Each organization is a stream: its rows at a revision are the records up to it, and it is answered about alone as it is
//! among others.

use proptest::prelude::*;
use shipgate::change::{Edit, Entry, Record};
use shipgate::{Action, Decision, Directory, Reason, ResourceId, SubjectId, Time};

use super::config;
use super::reached::{acme, beginning, tries, twin_after};
use super::rows::{alone, read, rows_of};
use super::twin::Twin;
use crate::oracle::{Id, Question};
use crate::strategies::questions;
use crate::world::doors::Doors;
use crate::world::held::put;

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn rows_at_a_revision_are_the_records_up_to_it_and_the_live_directory(
        beginning in beginning(),
        tries in tries(16),
    ) {
        twin_after(&beginning, &tries).is_its_rows_and_its_records();
    }

    #[test]
    fn an_organization_is_answered_about_alone_as_it_is_among_others(
        beginning in beginning(),
        tries in tries(16),
        questions in questions(),
    ) {
        let directory = twin_after(&beginning, &tries).directory;
        for organization in directory.organizations() {
            let alone = alone(&directory, organization.id());
            answers_alike(&alone, &directory, *organization.id(), &questions);
            lists_alike(&alone, &directory, *organization.id());
        }
    }

    #[test]
    fn a_record_is_applied_to_its_organization_alone_as_among_others(beginning in beginning(), tries in tries(16)) {
        let twin = twin_after(&beginning, &tries);
        let before = twin.before.iter().map(|(_, directory)| directory);
        for ((record, before), after) in twin.records.iter().zip(before).zip(twin.after()) {
            let organization = record.organization();
            let is_there = |directory: &Directory<Id>| directory.organization(organization).is_some();
            let part = |directory| if is_there(directory) { alone(directory, organization) } else { Directory::new() };
            let mut follower = part(before);
            prop_assert_eq!(follower.apply(record), Ok(()), "{:?}", record);
            prop_assert!(follower == part(after), "{:?}", record);
        }
    }

    #[test]
    fn what_is_removed_is_restored_by_its_record(tries in tries(24)) {
        twin_after(&acme(), &tries).restores_what_was_removed();
    }
}

impl Twin {
    /// After each record, the live directory is what the records lead to, each read from its text, and what the rows of each
    /// organization are when they are attached.
    fn is_its_rows_and_its_records(&self) {
        let first = self.before.first().map_or(&self.directory, |(_, directory)| directory);
        let mut follower = attached(first);
        for (record, live) in self.records.iter().zip(self.after()) {
            assert_eq!(follower.apply(&written_and_read(record)), Ok(()), "{record:?}");
            for same in [&follower, &attached(live)] {
                assert!(*same == *live, "after {record:?}: {same:?}, not {live:?}");
                assert_eq!(accounts(same), accounts(live), "after {record:?}");
                assert_eq!(same.rows(), live.rows(), "after {record:?}");
            }
        }
    }

    /// The edits that a removal has to restore are those that do, whatever policy made the record.
    fn restores_what_was_removed(&self) {
        for ((record, (_, before)), after) in self.records.iter().zip(&self.before).zip(self.after()) {
            let [Edit::Remove { restore: Some(restore), .. }] = record.edits().collect::<Vec<_>>()[..] else {
                continue;
            };
            let cause = record.entries()[0].cause().clone();
            let restored = Entry::new(cause, restore.clone());
            let next = Record::new(9_999, *record.organization(), record.revision() + 1, vec![restored]);
            let next = next.after(*record.id()).by_policy(Record::<Id>::POLICY - 1);
            let mut follower = after.clone();
            assert_eq!(follower.apply(&next), Ok(()), "{next:?}");
            assert_eq!(follower.rows(), before.rows(), "{record:?}");
        }
    }
}

/// A directory of the rows of each organization, attached one after the other.
fn attached(directory: &Directory<Id>) -> Directory<Id> {
    let mut attached = Directory::new();
    for organization in directory.rows().organizations.iter().rev() {
        let (rows, revision) = (rows_of(directory, &organization.id), directory.revision(&organization.id));
        let last = directory.last_record(&organization.id).copied();
        attached.attach(&rows, revision.expect("it is there"), last).expect("the rows are of one organization");
    }
    attached
}

/// Each account, with its kind and its memberships.
fn accounts(directory: &Directory<Id>) -> Vec<String> {
    let mut accounts: Vec<_> = directory.accounts().map(|account| format!("{account:?}")).collect();
    accounts.sort();
    accounts
}

#[cfg(feature = "authzen")]
fn written_and_read(record: &Record<Id>) -> Record<Id> {
    let text = serde_json::to_string(record).expect("all its times have a form in text");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[cfg(not(feature = "authzen"))]
fn written_and_read(record: &Record<Id>) -> Record<Id> {
    record.clone()
}

/// Every question about the organization has the same answer by every door. If it names something of another organization
/// too, it is denied here and there: that is nothing here.
fn answers_alike(alone: &Directory<Id>, among: &Directory<Id>, organization: Id, questions: &[Question]) {
    let (world, doors) = (read(among).world, Doors::of(&read(alone).world));
    let is_here =
        |question: &&Question| world.place(&question.resource).is_some_and(|place| place.organization == organization);
    for question in questions.iter().filter(is_here) {
        let [answer, expected] = [alone, among].map(|directory| {
            put(question, |subject, action, resource| {
                let verdicts: Vec<_> = directory.explain(subject, action, resource).verdicts().collect();
                (directory.decide(subject, action, resource), directory.exposure(subject, resource), verdicts)
            })
        });
        if answer.0 == Decision::Deny(Reason::UnknownResource) {
            let is_foreign = matches!(expected.0, Decision::Deny(_));
            assert!(is_foreign, "{question:?}: {answer:?}, not {expected:?}, on {among:?}");
        } else {
            assert_eq!(answer, expected, "{question:?} on {among:?}");
            assert!(doors.decide(question).iter().all(|decision| *decision == expected.0), "{question:?} on {among:?}");
        }
    }
}

/// Lists of what is there and of who may are the same, and so is what an administrator should look at.
fn lists_alike(alone: &Directory<Id>, among: &Directory<Id>, organization: Id) {
    let now = Time::from_millis(2);
    let [lists, expected] = [alone, among].map(|directory| {
        let mut lists = Vec::new();
        for account in 0..=5 {
            let search = directory.what_may(SubjectId::new(&account).at(now));
            for action in [Action::View, Action::Manage, Action::Deploy, Action::UPDATE] {
                lists.push(format!("{:?}", search.members(action, &organization).collect::<Vec<_>>()));
                lists.push(format!("{:?}", search.projects(action, &organization).collect::<Vec<_>>()));
                lists.push(format!("{:?}", search.clusters(action, &organization).collect::<Vec<_>>()));
                lists.push(format!("{:?}", search.environments(action, &organization).collect::<Vec<_>>()));
            }
        }
        for action in [Action::View, Action::Delete, Action::CreateProject] {
            let who = directory.who_may(action, ResourceId::Organization(&organization), Some(now));
            lists.push(format!("{:?}", who.collect::<Vec<_>>()));
        }
        lists.push(format!("{:?}", directory.findings(&organization, now).collect::<Vec<_>>()));
        lists
    });
    assert_eq!(lists, expected, "{organization} of {among:?}");
}
