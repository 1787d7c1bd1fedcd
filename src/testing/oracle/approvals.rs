//! Approvals: which of them count.

use std::collections::BTreeSet;

use shipgate::model::{ApprovalFrom, ApprovalId, ApprovalRule, Permission, SelfApproval};
use shipgate::{AccountKind, ClusterAccess, MissingApprovals, Protection, Role};

use super::facts::Id;
use super::gates::Gates;
use super::grants::live;
use super::roles::Height;

impl Gates<'_> {
    /// The approvals that are missing, where the rule is neither absent nor met.
    pub(crate) fn missing_approvals(&self) -> Option<MissingApprovals> {
        let rule = self.place.protection.and_then(Protection::rule)?;
        let counted = self.place.approvals.iter().filter(|approval| self.counts(rule, approval));
        // Each account once.
        let accounts: BTreeSet<Id> = counted.map(|approval| approval.by).collect();
        let missing = usize::from(rule.count()).saturating_sub(accounts.len());
        let missing = u8::try_from(missing).unwrap_or(u8::MAX);
        (missing > 0).then_some(MissingApprovals { from: rule.from(), missing })
    }

    fn counts(&self, rule: ApprovalRule, approval: &ApprovalId<Id>) -> bool {
        let ApprovalId { by, release, cluster, expires_at } = approval;
        let now = self.question.time;
        if !live(*expires_at, now) {
            return false;
        }
        // For this release; without one, for a deployment without one.
        if release.as_ref() != self.place.release {
            return false;
        }
        // For the cluster that the environment is on now.
        if cluster.is_some() && *cluster != self.place.cluster {
            return false;
        }
        // A user.
        if self.world.kind_of(*by) != Some(AccountKind::User) {
            return false;
        }
        let oneself = self.place.is_requested_for(*by) || *by == self.question.account;
        if oneself && rule.self_approval() == SelfApproval::Forbidden {
            return false;
        }
        let Some(approver) = self.world.live_member(*by, self.place.organization, now) else { return false };
        let (Some(project), Some(cluster)) = (self.place.project, self.place.cluster) else { return false };
        let Some(standing) = approver.standing_at(project, now) else { return false };
        let level = approver.level_at(Some(project), cluster, now);
        standing.may(Permission::Approve)
            && (rule.from() == ApprovalFrom::Admin || standing.rank() == Role::Owner)
            // It may view the deployment.
            && standing.may(Permission::View)
            && level.is_at_least(ClusterAccess::View)
    }
}
