//! Looks for findings in the protection of environments: rules that no deployment can meet.

use alloc::vec::Vec;
use core::hash::Hash;

use hashbrown::HashMap;

use super::review::Review;
use super::{Finding, FindingCode, FindingPlace};
use crate::directory::subject_id::SubjectId;
use crate::model::action::Action;
use crate::model::fact::EnvironmentFact;
use crate::model::project::Visibility;
use crate::model::protection::{Protection, ProtectionLevel};
use crate::model::resource::{ResourceId, ResourceRef};
use crate::policy::decision::{Decision, MissingApprovals};

/// What tells environments apart: who can see where they are, the project and the cluster where members have grants there, and
/// the protection.
type Stage<'a, Id> = ([Visibility; 2], [Option<&'a Id>; 2], Protection);

impl<'a, Id: Hash + Ord> Review<'a, Id> {
    /// Environments that nothing tells apart are reviewed once.
    pub(super) fn environments(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let environments = self.directory.environments_of::<Id>(self.index.id()).map(|environment| environment.0);
        let protected = environments.filter(|environment| environment.protection().level() != ProtectionLevel::None);
        let mut reviewed: HashMap<Stage<'a, Id>, Option<FindingCode>> = HashMap::new();
        protected.flat_map(move |environment| {
            let place = move || FindingPlace::Environment(environment.id());
            let stage = self.stage(environment);
            let deployment = *reviewed.entry(stage).or_insert_with(|| self.deployment_code(environment));
            let codes = [deployment, bypass_code(environment)];
            codes.into_iter().flatten().map(move |code| Finding::new(code, place()))
        })
    }

    fn stage(self, environment: EnvironmentFact<'a, Id>) -> Stage<'a, Id> {
        let index = &self.directory.index;
        let has_roles = |id: &&Id| {
            let project = index.projects.get::<Id>(id);
            project.is_some_and(|project| !project.roles.is_empty() || !project.team_roles.is_empty())
        };
        let has_overrides = |id: &&Id| {
            let cluster = index.clusters.get::<Id>(id);
            cluster.is_some_and(|cluster| !cluster.overrides.is_empty() || !cluster.team_overrides.is_empty())
        };
        let project = Some(environment.project()).filter(has_roles);
        let cluster = Some(environment.cluster()).filter(has_overrides);
        let visibility = [environment.visibility(), environment.cluster_visibility()];
        (visibility, [project, cluster], environment.protection())
    }

    fn deployment_code(self, environment: EnvironmentFact<'a, Id>) -> Option<FindingCode> {
        let rule = environment.protection().rule();
        let approvers = rule.map(|_| self.directory.approvers::<Id>(environment.id(), Some(self.at)));
        let approvers: Vec<&Id> = approvers.into_iter().flatten().collect();
        if self.could_be_deployed(environment, &approvers) {
            None
        } else if rule.is_some_and(|rule| approvers.len() < usize::from(rule.count())) {
            Some(FindingCode::UnmeetableRule)
        } else {
            Some(FindingCode::UnapprovableEnvironment)
        }
    }

    /// Whether a member may deploy, or could if everyone who may approve did.
    fn could_be_deployed(self, environment: EnvironmentFact<'a, Id>, approvers: &[&Id]) -> bool {
        let resource = ResourceId::Environment(environment.id());
        let mut deployers = self.directory.who_may::<Id>(Action::Deploy, resource, Some(self.at));
        deployers.any(|(requester, decision)| match decision {
            Decision::Allow => true,
            Decision::RequireApproval(MissingApprovals { missing, .. }) => {
                self.count_approvers(environment, requester, approvers) >= usize::from(missing)
            }
            Decision::Deny(_) => false,
        })
    }

    /// The number of accounts that may approve a deployment requested by this account: those who may approve one that no member
    /// requested, but for the requester, who is asked.
    fn count_approvers(self, environment: EnvironmentFact<'a, Id>, requested_by: &'a Id, approvers: &[&Id]) -> usize {
        if approvers.binary_search(&requested_by).is_err() {
            return approvers.len();
        }
        let deployment: ResourceRef<'_, Id, Id> = ResourceId::Deployment {
            environment: environment.id(),
            requested_by,
            on_behalf_of: None,
            release: None,
            approvals: &[],
        };
        let requester = SubjectId::new(requested_by).at(self.at);
        let counts = self.directory.decide(&requester, Action::Approve, deployment).is_allowed();
        approvers.len().saturating_sub(usize::from(!counts))
    }
}

/// A rule that lets a rank deploy without approval that may not deploy.
fn bypass_code<Id>(environment: EnvironmentFact<'_, Id>) -> Option<FindingCode> {
    let protection = environment.protection();
    let rank = protection.rule()?.bypass().rank()?;
    (!rank.includes(protection.safeguard().deployer())).then_some(FindingCode::UselessBypass)
}
