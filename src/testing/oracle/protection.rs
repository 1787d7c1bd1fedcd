//! Environment protection: who deploys, who keeps, who loosens, and what loosens.

use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, ProtectionLevel, SelfApproval};
use shipgate::{Protection, Role};

use super::facts::{Id, World};
use super::roles::includes;
use super::table::Guard;

/// The rank that a protection asks of who guards it in this way.
pub(crate) fn guardian(guard: Guard, protection: Protection) -> Role {
    match guard {
        Guard::Deployer => deployer(protection),
        Guard::Keeper => keeper(protection),
        Guard::Custodian => custodian(protection),
    }
}

/// The rank to deploy.
pub(crate) fn deployer(protection: Protection) -> Role {
    match protection.level() {
        ProtectionLevel::None | ProtectionLevel::Reviewed => Role::Developer,
        ProtectionLevel::Restricted => Role::Admin,
        ProtectionLevel::Locked => Role::Owner,
    }
}

/// The rank for what decides what runs.
pub(crate) fn keeper(protection: Protection) -> Role {
    match protection.level() {
        ProtectionLevel::None => Role::Developer,
        ProtectionLevel::Reviewed | ProtectionLevel::Restricted => {
            protection.rule().map_or(Role::Admin, |rule| approving_rank(rule.from()))
        }
        ProtectionLevel::Locked => Role::Owner,
    }
}

/// The rank to loosen, update, retarget and delete.
pub(crate) fn custodian(protection: Protection) -> Role {
    match protection.level() {
        ProtectionLevel::None => Role::Admin,
        ProtectionLevel::Reviewed | ProtectionLevel::Restricted | ProtectionLevel::Locked => keeper(protection),
    }
}

pub(crate) fn approving_rank(from: ApprovalFrom) -> Role {
    match from {
        ApprovalFrom::Admin => Role::Admin,
        ApprovalFrom::Owner => Role::Owner,
    }
}

/// The rank from which on a rule may be bypassed.
pub(crate) fn bypassing_rank(rule: ApprovalRule) -> Option<Role> {
    match rule.bypass() {
        Bypass::None => None,
        Bypass::Admin => Some(Role::Admin),
        Bypass::Owner => Some(Role::Owner),
    }
}

/// Whether `b` lets something through that `a` stops.
pub(crate) fn loosens(b: Protection, a: Protection) -> bool {
    if !includes(deployer(b), deployer(a)) {
        return true;
    }
    let Some(old) = a.rule() else { return false };
    let Some(new) = b.rule() else { return true };
    let newly_self = old.self_approval() == SelfApproval::Forbidden && new.self_approval() == SelfApproval::Allowed;
    let width = |rule: ApprovalRule| match rule.bypass() {
        Bypass::None => 0,
        Bypass::Owner => 1,
        Bypass::Admin => 2,
    };
    !includes(approving_rank(new.from()), approving_rank(old.from()))
        || new.count() < old.count()
        || newly_self
        || width(new) > width(old)
}

impl World {
    /// The highest rank that a project's environments ask for, all of them.
    pub(crate) fn guardian_of_project(&self, guard: Guard, project: Id) -> Role {
        let mut highest = guardian(guard, Protection::NONE);
        for (_, protection) in self.environments_of_project(project) {
            let rank = guardian(guard, protection);
            if includes(rank, highest) {
                highest = rank;
            }
        }
        highest
    }
}
