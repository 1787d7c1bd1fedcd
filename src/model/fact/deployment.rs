//! Deployments and their approvals.

use core::fmt;
use core::ops::ControlFlow;

use super::{AccountFact, EnvironmentFact};
use crate::model::deployment::Approval;
use crate::model::names::copy;
use crate::model::time::Time;

/// A requested deployment to an environment.
pub(crate) struct DeploymentFact<'a, Id> {
    pub(crate) environment: EnvironmentFact<'a, Id>,
    pub(crate) requested_by: Option<&'a Id>,
    pub(crate) on_behalf_of: Option<&'a Id>,
    pub(crate) release: Option<&'a str>,
    pub(crate) approvals: ApprovalSource<'a, Id>,
}

impl<'a, Id> DeploymentFact<'a, Id> {
    /// A deployment whose approvers are looked up one by one. `requested_by` and `on_behalf_of` are `None` if the account is
    /// unknown.
    #[cfg(feature = "directory")]
    pub(crate) const fn looked_up(
        environment: EnvironmentFact<'a, Id>,
        requested_by: Option<&'a Id>,
        on_behalf_of: Option<&'a Id>,
        release: Option<&'a str>,
        approvals: &'a dyn LookUpApprovals<Id>,
    ) -> Self {
        Self { environment, requested_by, on_behalf_of, release, approvals: ApprovalSource::LookedUp(approvals) }
    }

    /// Calls `visit` with each approval, until it breaks.
    pub(crate) fn each_approval(&self, visit: &mut dyn FnMut(ApprovalFact<'a, Id>) -> ControlFlow<()>) {
        let _: ControlFlow<()> = match self.approvals {
            ApprovalSource::Slice(approvals) => approvals.iter().try_for_each(|approval| visit((*approval).into())),
            #[cfg(feature = "directory")]
            ApprovalSource::LookedUp(approvals) => approvals.each(visit),
        };
    }
}

impl<Id: fmt::Debug> fmt::Debug for DeploymentFact<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("environment", &self.environment)
            .field("requested_by", &self.requested_by)
            .field("on_behalf_of", &self.on_behalf_of)
            .field("release", &self.release)
            .finish_non_exhaustive()
    }
}

pub(crate) enum ApprovalSource<'a, Id> {
    Slice(&'a [Approval<'a, Id>]),
    #[cfg(feature = "directory")]
    LookedUp(&'a dyn LookUpApprovals<Id>),
}

/// Approvals that name their approvers by id.
#[cfg(feature = "directory")]
pub(crate) trait LookUpApprovals<Id> {
    /// Calls `visit` with each approval by a known account, until it breaks.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(ApprovalFact<'a, Id>) -> ControlFlow<()>) -> ControlFlow<()>;
}

/// An approval of a deployment.
#[derive(Debug)]
pub(crate) struct ApprovalFact<'a, Id> {
    pub(crate) by: AccountFact<'a, Id>,
    pub(crate) release: Option<&'a str>,
    pub(crate) cluster: Option<&'a Id>,
    pub(crate) expires_at: Option<Time>,
}

impl<'a, Id> From<Approval<'a, Id>> for ApprovalFact<'a, Id> {
    fn from(approval: Approval<'a, Id>) -> Self {
        let Approval { by, release, cluster, expires_at } = approval;
        Self { by: by.into(), release, cluster, expires_at }
    }
}

copy!(ApprovalFact, ApprovalSource, DeploymentFact);
