//! Protections: every one of them is judged, of those who stand differently.

use shipgate::model::{ApprovalFrom, ApprovalRule, ProtectionLevel, SelfApproval};
use shipgate::{
    Action, Decision, Directory, Environment, Grant, ProjectRole, Protection, ResourceId, Role, SubjectId, Visibility,
};

use super::database::{Database, Table};
use super::postgres::Postgres;
use super::rows::{Row, Rows};
use super::sqlite::Sqlite;

/// Every protection there is.
fn every_protection() -> Vec<Protection> {
    let mut protections = vec![Protection::NONE, Protection::RESTRICTED];
    for from in ApprovalFrom::ALL {
        for self_approval in SelfApproval::ALL {
            for count in 1..=u8::MAX {
                let rule = ApprovalRule::new(from).with_self_approval(self_approval).with_count(count).unwrap();
                protections.push(Protection::restricted(rule));
                protections.extend(Protection::locked(rule));
            }
        }
    }
    assert_eq!(protections.len(), 2 + 2 * 2 * 255 + 2 * 255);
    protections
}

/// Protections whose counts are at the ends and in between.
fn protections_to_set() -> impl Iterator<Item = Protection> {
    let telling =
        |protection: &Protection| protection.rule().is_none_or(|rule| matches!(rule.count(), 1..=3 | 254 | 255));
    every_protection().into_iter().filter(telling)
}

const ACME: u64 = 1;
const US_EAST: u64 = 1;
const SHOP: u64 = 1;

/// acme-corp with an environment of each protection; its members' ids are the places of their roles, and one more is a
/// Developer who is an Admin of the project.
fn acme() -> Directory<u64> {
    let mut rows = Directory::builder();
    rows.organization(ACME).unwrap();
    for role in Role::ALL {
        rows.member(&ACME, role.index() as u64, role, None).unwrap();
    }
    rows.cluster(US_EAST, &ACME).unwrap();
    rows.project(SHOP, &ACME, Visibility::Organization).unwrap();
    rows.member(&ACME, MEMBERS - 1, Role::Developer, None).unwrap();
    rows.project_role(&SHOP, &(MEMBERS - 1), Grant::new(ProjectRole::Admin)).unwrap();
    for (id, protection) in (0..).zip(every_protection()) {
        rows.environment(id, &SHOP, &US_EAST, None, protection).unwrap();
    }
    rows.build()
}

const MEMBERS: u64 = Role::ALL.len() as u64 + 1;

/// What reads a protection.
fn actions() -> impl Iterator<Item = Action> {
    let others =
        [Action::View, Action::WriteVariables, Action::Update, Action::Delete, Action::Restart, Action::Deploy];
    others.into_iter().chain(protections_to_set().map(|to| Action::SetProtection { to }))
}

#[test]
fn every_protection_is_selected_as_it_is_decided() {
    let directory = acme();
    for (id, action) in (0..MEMBERS).flat_map(|id| actions().map(move |action| (id, action))) {
        let subject = SubjectId::new(&id);
        let filter = directory.filter(&subject, action, &ACME);
        let (allowed, not_denied) = (filter.environments(), filter.or_awaiting_approval().environments());
        for environment in directory.environments() {
            let decision = directory.decide(&subject, action, ResourceId::Environment(environment.id()));
            let denied = matches!(decision, Decision::Deny(_));
            assert_eq!(allowed.selects(environment), decision == Decision::Allow, "{id} {action:?} {environment:?}");
            assert_eq!(not_denied.selects(environment), !denied, "{id} {action:?} {environment:?}");
        }
    }
}

#[test]
fn in_sqlite_every_protection_is_selected_as_it_is_decided() {
    selects_every_protection_as_it_is_decided(&mut Sqlite::new());
}

#[test]
fn in_postgresql_every_protection_is_selected_as_it_is_decided() {
    if let Some(mut database) = Postgres::connect() {
        selects_every_protection_as_it_is_decided(&mut database);
    }
}

fn selects_every_protection_as_it_is_decided(database: &mut impl Database) {
    let directory = acme();
    database.load(&Rows::of(&directory));
    for (id, action) in (0..MEMBERS).flat_map(|id| actions().map(move |action| (id, action))) {
        let filter = directory.filter(&SubjectId::new(&id), action, &ACME);
        let condition = filter.environments();
        let expected = directory.environments().filter(|environment| condition.selects(environment));
        let selected = database.select(&directory, Table::Environments, &filter);
        assert_eq!(selected, expected.map(Environment::id).copied().collect(), "{id} {action:?}");
    }
}

/// A row of the environment 1, which is not protected.
fn row() -> Row<u64> {
    let directory = acme();
    let environment = directory.environments().find(|environment| environment.protection() == Protection::NONE);
    Row { ids: [ACME, 1, SHOP, US_EAST].map(Some), ..Row::of(environment.unwrap()) }
}

fn ruled(protection: &'static str) -> Row<u64> {
    let (from, count) = (Some("owner"), Some(1));
    let rule = Row { approval_from: from, approval_count: count, self_approval: Some(false), ..row() };
    Row { protection: Some(protection), ..rule }
}

/// Rows that stand for no environment, as something is missing or one thing contradicts another.
fn broken_rows() -> Vec<Row<u64>> {
    let mut rows = Vec::new();
    for whole in [row(), ruled("restricted"), ruled("locked")] {
        for missing in 0..4 {
            let mut ids = whole.ids;
            ids[missing] = None;
            rows.push(Row { ids, ..whole.clone() });
        }
        rows.push(Row { protection: None, ..whole.clone() });
        rows.push(Row { protection: Some("Locked"), ..whole });
    }
    for whole in [ruled("restricted"), ruled("locked")] {
        rows.push(Row { approval_count: None, ..whole.clone() });
        rows.push(Row { approval_count: Some(0), ..whole.clone() });
        rows.push(Row { approval_count: Some(256), ..whole.clone() });
        rows.push(Row { self_approval: None, ..whole.clone() });
        rows.push(Row { approval_from: Some("developer"), ..whole });
    }
    rows.push(Row { approval_from: Some("admin"), ..ruled("locked") });
    rows.push(ruled("none"));
    rows
}

#[test]
fn in_sqlite_a_row_that_stands_for_no_environment_is_not_selected() {
    selects_no_broken_row(&mut Sqlite::new());
}

#[test]
fn in_postgresql_a_row_that_stands_for_no_environment_is_not_selected() {
    if let Some(mut database) = Postgres::connect() {
        selects_no_broken_row(&mut database);
    }
}

fn selects_no_broken_row(database: &mut impl Database) {
    let directory = acme();
    let owner = Role::Owner.index() as u64;
    let filter = directory.filter(&SubjectId::new(&owner), Action::View, &ACME);
    for whole in [row(), ruled("restricted"), ruled("locked")] {
        database.load(&Rows::of_environments(vec![whole]));
        assert_eq!(database.select(&directory, Table::Environments, &filter), [1].into(), "an Owner views all");
    }
    for broken in broken_rows() {
        database.load(&Rows::of_environments(vec![broken.clone()]));
        assert!(database.select(&directory, Table::Environments, &filter).is_empty(), "{broken:?}");
    }
}

#[test]
fn in_sqlite_a_level_without_its_rule_is_what_it_stands_for() {
    selects_a_bare_level_as_what_it_stands_for(&mut Sqlite::new());
}

#[test]
fn in_postgresql_a_level_without_its_rule_is_what_it_stands_for() {
    if let Some(mut database) = Postgres::connect() {
        selects_a_bare_level_as_what_it_stands_for(&mut database);
    }
}

fn selects_a_bare_level_as_what_it_stands_for(database: &mut impl Database) {
    let directory = acme();
    for level in ProtectionLevel::ALL {
        let stands_for = Protection::new(level, None).unwrap();
        let environment = directory.environments().find(|environment| environment.protection() == stands_for).unwrap();
        database.load(&Rows::of_environments(vec![Row { protection: Some(level.as_str()), ..row() }]));
        for (id, action) in (0..MEMBERS).flat_map(|id| actions().map(move |action| (id, action))) {
            let filter = directory.filter(&SubjectId::new(&id), action, &ACME);
            let selected = !database.select(&directory, Table::Environments, &filter).is_empty();
            assert_eq!(selected, filter.environments().selects(environment), "{id} {action:?} {level}");
        }
    }
}
