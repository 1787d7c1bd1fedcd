//! Looks for findings in the protection of environments: rules that no deployment can meet.

use core::hash::Hash;

use super::review::Review;
use super::{Finding, FindingCode, FindingPlace};
use crate::model::action::Action;
use crate::model::environment::Environment;
use crate::model::protection::{ApprovalRule, ProtectionLevel};
use crate::model::resource::{ResourceId, ResourceRef};
use crate::policy::decision::{Decision, MissingApprovals};

impl<'a, Id: Hash + Ord> Review<'a, Id> {
    pub(super) fn environments(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let environments = self.directory.environments_of::<Id>(self.index.id()).map(|environment| environment.0);
        let protected = environments.filter(|environment| environment.protection().level() != ProtectionLevel::None);
        protected.flat_map(move |environment| {
            let place = || FindingPlace::Environment(environment.id());
            let codes = [self.deployment_code(environment), bypass_code(environment)];
            codes.into_iter().flatten().map(move |code| Finding::new(code, place()))
        })
    }

    fn deployment_code(self, environment: &'a Environment<Id>) -> Option<FindingCode> {
        if self.could_be_deployed(environment) {
            None
        } else if environment.protection().rule().is_some_and(|rule| !self.could_be_met(environment, rule)) {
            Some(FindingCode::UnmeetableRule)
        } else {
            Some(FindingCode::UnapprovableEnvironment)
        }
    }

    /// Whether a member may deploy, or could if everyone who may approve did.
    fn could_be_deployed(self, environment: &'a Environment<Id>) -> bool {
        let resource = ResourceId::Environment(environment.id());
        let mut deployers = self.directory.who_may::<Id>(Action::Deploy, resource, Some(self.at));
        deployers.any(|(requester, decision)| match decision {
            Decision::Allow => true,
            Decision::RequireApproval(MissingApprovals { missing, .. }) => {
                self.approvers(environment, requester) >= usize::from(missing)
            }
            Decision::Deny(_) => false,
        })
    }

    /// The number of accounts that may approve a deployment requested by this account.
    fn approvers(self, environment: &'a Environment<Id>, requested_by: &'a Id) -> usize {
        let requested: ResourceRef<'_, Id, Id> = ResourceId::Deployment {
            environment: environment.id(),
            requested_by,
            on_behalf_of: None,
            release: None,
            approvals: &[],
        };
        self.directory.who_may(Action::Approve, requested, Some(self.at)).count()
    }

    /// Whether enough members may approve a deployment that none of them requested.
    fn could_be_met(self, environment: &Environment<Id>, rule: ApprovalRule) -> bool {
        let approvers = self.directory.approvers::<Id>(environment.id(), Some(self.at));
        approvers.take(rule.count().into()).count() == usize::from(rule.count())
    }
}

/// A rule that lets a rank deploy without approval that may not deploy.
fn bypass_code<Id>(environment: &Environment<Id>) -> Option<FindingCode> {
    let protection = environment.protection();
    let rank = protection.rule()?.bypass().rank()?;
    (!rank.includes(protection.safeguard().deployer())).then_some(FindingCode::UselessBypass)
}
