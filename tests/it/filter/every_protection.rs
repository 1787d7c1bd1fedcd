//! An organization with an environment of every protection, and the actions that read one.

use shipgate::model::{ApprovalFrom, ApprovalRule, SelfApproval};
use shipgate::{Action, Directory, Grant, ProjectRole, Protection, Role, Visibility};

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

pub(crate) const ACME: u64 = 1;
pub(crate) const US_EAST: u64 = 1;
pub(crate) const SHOP: u64 = 1;

/// acme-corp with an environment of each protection; its members' ids are the places of their roles, and one more is a
/// Developer who is an Admin of the project.
pub(crate) fn acme() -> Directory<u64> {
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

pub(crate) const MEMBERS: u64 = Role::ALL.len() as u64 + 1;

/// What reads a protection.
pub(crate) fn actions() -> impl Iterator<Item = Action> {
    let others =
        [Action::View, Action::WriteVariables, Action::Update, Action::Delete, Action::Restart, Action::Deploy];
    others.into_iter().chain(protections_to_set().map(|to| Action::SetProtection { to }))
}
