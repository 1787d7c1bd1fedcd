//! Environment protection: who deploys, who keeps, who approves.

use std::vec::Vec;

use shipgate::model::{ApprovalFrom, ApprovalId, Permission, ProtectionLevel, SelfApproval};
use shipgate::{AccountKind, ClusterAccess, MissingApprovals, Protection, Role, Time};

use super::facts::Place;
use super::roles::{grants, higher_or_equal, includes, live};
use super::{Id, World};

/// "deployer: role to deploy"
pub(crate) fn deployer(protection: Protection) -> Role {
    match protection.level() {
        ProtectionLevel::None => Role::Developer,
        ProtectionLevel::Restricted => Role::Admin,
        ProtectionLevel::Locked => Role::Owner,
    }
}

/// "custodian: role to loosen, retarget, delete"
pub(crate) fn custodian(protection: Protection) -> Role {
    match protection.level() {
        ProtectionLevel::None => Role::Admin,
        // "admin; owner where the rule is `from: owner`"
        ProtectionLevel::Restricted => match protection.rule() {
            Some(rule) if rule.from() == ApprovalFrom::Owner => Role::Owner,
            Some(_) | None => Role::Admin,
        },
        ProtectionLevel::Locked => Role::Owner,
    }
}

pub(crate) fn approving_role(from: ApprovalFrom) -> Role {
    match from {
        ApprovalFrom::Admin => Role::Admin,
        ApprovalFrom::Owner => Role::Owner,
    }
}

/// "`b` does not loosen `a` when deployer(b) includes deployer(a), and, where `a` has a rule, `b` has one whose `from`
/// includes that of `a`, whose `count` is no smaller, and whose `self_approval` is not newly true."
pub(crate) fn loosens(b: Protection, a: Protection) -> bool {
    if !includes(deployer(b), deployer(a)) {
        return true;
    }
    let Some(old) = a.rule() else { return false };
    let Some(new) = b.rule() else { return true };
    let newly_self = old.self_approval() == SelfApproval::Forbidden && new.self_approval() == SelfApproval::Allowed;
    !includes(approving_role(new.from()), approving_role(old.from())) || new.count() < old.count() || newly_self
}

impl World {
    /// "A project's safeguard is the highest of each over its environments": here, of the deployers.
    pub(crate) fn deployer_of_project(&self, project: Id) -> Role {
        let mut highest = Role::Developer;
        for protection in self.environments_of_project(project) {
            if includes(deployer(protection), highest) {
                highest = deployer(protection);
            }
        }
        highest
    }

    /// The approvals that are missing, where the rule is neither absent nor met.
    pub(crate) fn missing_approvals(&self, place: &Place<'_>, now: Option<Time>) -> Option<MissingApprovals> {
        let rule = place.protection?.rule()?;
        let mut counted: Vec<Id> = Vec::new();
        for approval in place.approvals {
            // "each account counts once"
            if self.approval_counts(place, approval, now) && !counted.contains(&approval.by) {
                counted.push(approval.by);
            }
        }
        let missing = usize::from(rule.count()).saturating_sub(counted.len());
        // A count is at most 255.
        let missing = u8::try_from(missing).unwrap_or(u8::MAX);
        (missing > 0).then_some(MissingApprovals { from: rule.from(), missing })
    }

    fn approval_counts(&self, place: &Place<'_>, approval: &ApprovalId<Id>, now: Option<Time>) -> bool {
        let Some(rule) = place.protection.and_then(Protection::rule) else { return false };
        // "the approval is not expired"
        if !live(approval.expires_at, now) {
            return false;
        }
        // "a user, not a service account"
        if self.kind_of(approval.by) != Some(AccountKind::User) {
            return false;
        }
        // "it is not the requester, unless `self_approval`"
        if place.requested_by == Some(approval.by) && rule.self_approval() == SelfApproval::Forbidden {
            return false;
        }
        // The approver's own effective role in the project must include `from`.
        let Some(standing) = self.standing(approval.by, place.organization, place.project, now) else { return false };
        if !includes(standing, approving_role(rule.from())) {
            return false;
        }
        // "it may View the deployment"
        let Some(cluster) = place.cluster else { return false };
        let level = self.level_on(approval.by, place.organization, cluster, standing, now);
        grants(standing, Permission::View) && higher_or_equal(level, ClusterAccess::View)
    }
}
