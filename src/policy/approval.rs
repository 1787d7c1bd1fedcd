//! Counting approvals.

use core::ops::ControlFlow;

use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::fact::{AccountFact, ApprovalFact, DeploymentFact, ResourceFact, SubjectFact};
use crate::model::protection::{ApprovalFrom, ApprovalRule, SelfApproval};
use crate::model::role::{Permission, RankedPermissions, Role};
use crate::model::time::Now;
use crate::policy::asked::Asked;
use crate::policy::decision::{Decision, MissingApprovals};
use crate::policy::gates::{self, FirstFailure, lacks, pass_if};
use crate::policy::inputs::Inputs;
use crate::policy::reason::{Reason, RoleRequirement};

/// The approvals that a deployment has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    /// The number of other accounts whose approval counts.
    pub(crate) by_others: u8,
    /// Whether the subject approved, and the rule allows self-approval. Whether that counts is decided later, with the
    /// subject's role.
    pub(crate) by_subject: bool,
}

impl Given {
    pub(crate) const NONE: Self = Self { by_others: 0, by_subject: false };

    /// Counts the approvals of a deployment, each account once, up to the number that its rule requires.
    pub(crate) fn to<Id: Ord>(deployment: &DeploymentFact<'_, Id>, subject: &SubjectFact<'_, Id>) -> Self {
        let mut given = Self::NONE;
        let Some(rule) = deployment.environment.protection().rule() else { return given };
        let now = subject.now();
        // Room for the largest count that a rule can have, so that nothing is allocated.
        let mut counted = [None::<&Id>; ApprovalRule::MOST];
        deployment.each_approval(&mut |approval| {
            let by = approval.by;
            let by_subject = subject.account.is_some_and(|account| account.id() == by.id());
            let excluded = rule.self_approval() == SelfApproval::Forbidden
                && (by_subject || is_requested_by_or_for(Some(by), deployment));
            if excluded || !is_for(&approval, deployment, now) {
                return ControlFlow::Continue(());
            }
            if by_subject {
                given.by_subject = true;
                return ControlFlow::Continue(());
            }
            if !counts(by, deployment, rule, now) {
                return ControlFlow::Continue(());
            }
            for place in counted.iter_mut().take(usize::from(rule.count())) {
                match place {
                    Some(id) if *id == by.id() => return ControlFlow::Continue(()),
                    Some(_) => {}
                    None => {
                        *place = Some(by.id());
                        given.by_others = given.by_others.saturating_add(1);
                        return ControlFlow::Continue(());
                    }
                }
            }
            ControlFlow::Break(())
        });
        given
    }
}

/// Whether an account requested a deployment, or it was requested on the account's behalf.
pub(crate) fn is_requested_by_or_for<Id: Eq>(
    account: Option<AccountFact<'_, Id>>,
    deployment: &DeploymentFact<'_, Id>,
) -> bool {
    account.is_some_and(|account| {
        deployment.requested_by == Some(account.id()) || deployment.on_behalf_of == Some(account.id())
    })
}

/// Whether an approval was given for what is to be deployed, where it is to be deployed, and has not expired.
fn is_for<Id: Eq>(approval: &ApprovalFact<'_, Id>, deployment: &DeploymentFact<'_, Id>, now: Now) -> bool {
    now.before(approval.expires_at)
        && approval.release == deployment.release
        && approval.cluster.is_none_or(|cluster| cluster == deployment.environment.cluster())
}

/// Whether an account's approval counts. The token that the account approved with does not matter.
fn counts<Id: Ord>(by: AccountFact<'_, Id>, deployment: &DeploymentFact<'_, Id>, rule: ApprovalRule, now: Now) -> bool {
    let subject = SubjectFact::at(Some(by), now.time());
    let viewing = Asked { subject, action: Action::View, resource: ResourceFact::Deployment(deployment) };
    approves(&viewing.inputs(), &viewing, by.kind(), rule)
}

/// Whether an account's approval counts for a rule. `viewing` asks whether that account may view the deployment.
fn approves<Id: Ord>(viewing: &Inputs, asked: &Asked<'_, Id>, kind: AccountKind, rule: ApprovalRule) -> bool {
    // Viewing has no constraints and needs no approval, so there are no further gates.
    let passed = gates::pass(viewing, asked, &mut FirstFailure);
    kind == AccountKind::User && passed.is_ok_and(|passed| can_approve(passed.standing, rule).is_ok())
}

/// Whether a role can approve what a rule asks for.
pub(crate) fn can_approve(standing: RankedPermissions, rule: ApprovalRule) -> Result<(), Reason> {
    pass_if(standing.permissions.contains(Permission::Approve), lacks(standing, Permission::Approve))?;
    let (have, need) = (standing.rank, Role::Owner);
    let is_high_enough = rule.from() == ApprovalFrom::Admin || have.includes(need);
    pass_if(is_high_enough, Reason::RoleInsufficient { have, need: RoleRequirement::Role(need) })
}

/// The decision of an approval rule, for a subject of this kind.
pub(crate) fn decide_approval<Id: Ord>(
    inputs: &Inputs,
    asked: &Asked<'_, Id>,
    given: Given,
    rule: ApprovalRule,
) -> Decision {
    let own = given.by_subject && approves(&inputs.approving(), asked, asked.kind(), rule);
    decide_after(rule, given.by_others.saturating_add(u8::from(own)))
}

/// The decision of an approval rule, after this many approvals that count.
pub(crate) const fn decide_after(rule: ApprovalRule, approvals: u8) -> Decision {
    match rule.count().saturating_sub(approvals) {
        0 => Decision::Allow,
        missing => Decision::RequireApproval(MissingApprovals { from: rule.from(), missing }),
    }
}
