//! Counting approvals.

use core::ops::ControlFlow;

use crate::model::account::{Account, AccountKind};
use crate::model::action::Action;
use crate::model::deployment::Deployment;
use crate::model::protection::{ApprovalRule, SelfApproval};
use crate::model::resource::Resource;
use crate::model::subject::Subject;
use crate::model::time::Now;
use crate::policy::decision::{Decision, MissingApprovals};
use crate::policy::gates::approves;
use crate::policy::inputs::Inputs;

/// The approvals that a deployment has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    /// The number of other accounts whose approval counts.
    pub(crate) by_others: u8,
    /// Whether the subject approved. Whether that counts is decided later, with the subject's role.
    pub(crate) by_subject: bool,
}

impl Given {
    pub(crate) const NONE: Self = Self { by_others: 0, by_subject: false };

    /// Counts the approvals of a deployment, each account once, up to the number that its rule requires.
    pub(crate) fn to<Id: Ord>(deployment: &Deployment<'_, Id>, subject: &Subject<'_, Id>) -> Self {
        let mut given = Self::NONE;
        let Some(rule) = deployment.environment.protection().rule() else { return given };
        let now = subject.now();
        // Room for the largest count that a rule can have, so that nothing is allocated.
        let mut counted = [None::<&Id>; ApprovalRule::MOST];
        deployment.each_approval(&mut |approval| {
            let by = approval.by;
            let excluded = rule.self_approval() == SelfApproval::Forbidden && is_requester(Some(by), deployment);
            if excluded || !now.before(approval.expires_at) {
                return ControlFlow::Continue(());
            }
            if subject.account.is_some_and(|account| account.id() == by.id()) {
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

/// Whether an account requested a deployment.
pub(crate) fn is_requester<Id: Eq>(account: Option<&Account<Id>>, deployment: &Deployment<'_, Id>) -> bool {
    account.is_some_and(|account| deployment.requested_by == Some(account.id()))
}

/// Whether an account's approval counts. The token that the account approved with does not matter.
fn counts<Id: Ord>(by: &Account<Id>, deployment: &Deployment<'_, Id>, rule: ApprovalRule, now: Now) -> bool {
    let approver = Subject { account: Some(by), token: None, now: now.time() };
    approves(&Inputs::of(&approver, Action::View, &Resource::Deployment(deployment)), by.kind(), rule)
}

/// The decision of an approval rule, for a subject of this kind.
pub(crate) fn decide_approval(inputs: &Inputs, kind: AccountKind, given: Given, rule: ApprovalRule) -> Decision {
    let own = given.by_subject && approves(&inputs.approving(), kind, rule);
    match rule.count().saturating_sub(given.by_others).saturating_sub(u8::from(own)) {
        0 => Decision::Allow,
        missing => Decision::RequireApproval(MissingApprovals { from: rule.from(), missing }),
    }
}
