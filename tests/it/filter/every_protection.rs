//! An organization with an environment of every protection, and the actions that read one.

use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Permission, SelfApproval};
use shipgate::{
    AccountKind, Action, AnyRole, Directory, Grant, Holder, ProjectRole, Protection, Role, RoleDefinition,
    RolePermissions, Visibility,
};

/// Every protection there is.
fn every_protection() -> Vec<Protection> {
    let mut protections = vec![Protection::NONE, Protection::RESTRICTED];
    for from in ApprovalFrom::ALL {
        for self_approval in SelfApproval::ALL {
            for bypass in Bypass::ALL {
                let rule = ApprovalRule::new(from).with_self_approval(self_approval).with_bypass(bypass);
                for rule in (1..=u8::MAX).map(|count| rule.with_count(count).unwrap()) {
                    protections.extend([Protection::reviewed(rule), Protection::restricted(rule)]);
                    protections.extend(Protection::locked(rule));
                }
            }
        }
    }
    assert_eq!(protections.len(), 2 + (2 * 2 * 2 + 2) * 3 * 255);
    protections
}

/// Protections whose counts are at the ends and in between.
fn protections_to_set() -> impl Iterator<Item = Protection> {
    let telling = |protection: &Protection| protection.rule().is_none_or(|rule| matches!(rule.count(), 1 | 2 | 255));
    every_protection().into_iter().filter(telling)
}

pub(crate) const ACME: u64 = 1;
pub(crate) const US_EAST: u64 = 1;
pub(crate) const SHOP: u64 = 1;

/// acme-corp with an environment of each protection; its members' ids are the places of their roles. One more is a Developer
/// who is an Admin of the project, the next a Viewer by rank who manages protection, and the last a program.
pub(crate) fn acme() -> Directory<u64> {
    let mut rows = Directory::builder();
    rows.organization(ACME).unwrap();
    for role in Role::ALL {
        rows.member(&ACME, role.index() as u64, AccountKind::User, role, None).unwrap();
    }
    let permissions = RolePermissions::new([Permission::View, Permission::ManageProtection]).unwrap();
    rows.role(KEEPER, &ACME, RoleDefinition::new(Role::Viewer, permissions).unwrap()).unwrap();
    rows.cluster(US_EAST, &ACME, Visibility::Organization).unwrap();
    rows.project(SHOP, &ACME, Visibility::Organization).unwrap();
    rows.member(&ACME, MEMBERS - 3, AccountKind::User, Role::Developer, None).unwrap();
    rows.project_role(&SHOP, Holder::Account(&(MEMBERS - 3)), Grant::new(ProjectRole::Admin)).unwrap();
    rows.member(&ACME, MEMBERS - 2, AccountKind::User, AnyRole::Custom(KEEPER), None).unwrap();
    rows.member(&ACME, MEMBERS - 1, AccountKind::Service, Role::Owner, None).unwrap();
    for (id, protection) in (0..).zip(every_protection()) {
        rows.environment(id, &SHOP, &US_EAST, &format!("shop-{id}"), protection).unwrap();
    }
    rows.build()
}

pub(crate) const MEMBERS: u64 = Role::ALL.len() as u64 + 3;
const KEEPER: u64 = 1;

/// What reads a protection, and what does not.
pub(crate) fn actions() -> impl Iterator<Item = Action<&'static u64>> {
    let others = [
        Action::View,
        Action::WriteVariables,
        Action::Exec,
        Action::UPDATE,
        Action::Delete,
        Action::Restart,
        Action::Deploy,
        Action::BreakGlass,
    ];
    others.into_iter().chain(protections_to_set().map(|to| Action::SetProtection { to }))
}
