//! Deployments and their approvals.

use core::fmt;
use core::ops::ControlFlow;

use crate::model::account::Account;
use crate::model::environment::Environment;
use crate::model::names::copy;
use crate::model::time::Time;

/// An approval of a deployment, with the account that gave it.
///
/// The approver is judged by the facts that you pass, so pass the account as it is *now*: an approval by someone who has
/// been demoted or removed no longer counts. An approval counts if the approver
///
/// - is a user, not a service account;
/// - has an effective role in the project that includes the role that the rule requires;
/// - may view the deployment; and
/// - did not request the deployment, unless the rule allows self-approval.
///
/// Each account counts once.
#[derive(Debug)]
pub struct Approval<'a, Id> {
    pub(crate) by: &'a Account<Id>,
    pub(crate) expires_at: Option<Time>,
}

impl<'a, Id> Approval<'a, Id> {
    /// An approval without expiry.
    #[must_use]
    pub const fn new(by: &'a Account<Id>) -> Self {
        Self { by, expires_at: None }
    }

    /// Sets the expiry: the approval counts while the present time is before it.
    #[must_use]
    pub const fn until(self, expiry: Time) -> Self {
        Self { expires_at: Some(expiry), ..self }
    }
}

/// An approval of a deployment, by the id of the account that gave it.
///
/// # Examples
///
/// ```
/// use shipgate::{Time, model::ApprovalId};
///
/// let approval = ApprovalId::new("olivia").until(Time::from_millis(1_798_761_600_000));
/// assert_eq!(approval.by, "olivia");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ApprovalId<I> {
    /// The account that gave the approval.
    pub by: I,
    /// When the approval expires; `None` if it does not.
    pub expires_at: Option<Time>,
}

impl<I> ApprovalId<I> {
    /// An approval without expiry.
    #[must_use]
    pub const fn new(by: I) -> Self {
        Self { by, expires_at: None }
    }

    /// Sets the expiry: the approval counts while the present time is before it.
    #[must_use]
    pub fn until(self, expiry: Time) -> Self {
        Self { expires_at: Some(expiry), ..self }
    }
}

/// A requested deployment to an environment: who requested it, and who has approved it.
///
/// shipgate does not know what is to be deployed. When you store an approval, tie it to the exact request, including the
/// version, and pass only the approvals that were given for it.
///
/// # Examples
///
/// ```
/// use shipgate::{
///     Account, Action, Approval, Cluster, Decision, Deployment, Environment, Membership, Project, Protection, Resource,
///     Role, Subject, decide,
/// };
///
/// let olivia = Account::user("olivia").with(Membership::new("acme-corp", Role::Owner))?;
/// let oscar = Account::user("oscar").with(Membership::new("acme-corp", Role::Owner))?;
/// let shop = Project::new("shop", "acme-corp");
/// let us_east = Cluster::new("us-east", "acme-corp");
/// let production = Environment::new("shop-production", &shop, &us_east, Protection::LOCKED)?;
///
/// let approvals = [Approval::new(&oscar)];
/// let deployment = Deployment::new(&production, &"olivia", &approvals);
/// assert_eq!(decide(&Subject::new(&olivia), Action::Deploy, Resource::Deployment(&deployment)), Decision::Allow);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Deployment<'a, Id> {
    pub(crate) environment: &'a Environment<Id>,
    pub(crate) requested_by: Option<&'a Id>,
    approvals: ApprovalSource<'a, Id>,
}

impl<'a, Id> Deployment<'a, Id> {
    /// A deployment requested by this account. The order of the approvals does not matter, and a second approval by the
    /// same account adds nothing.
    #[must_use]
    pub const fn new(
        environment: &'a Environment<Id>,
        requested_by: &'a Id,
        approvals: &'a [Approval<'a, Id>],
    ) -> Self {
        Self { environment, requested_by: Some(requested_by), approvals: ApprovalSource::Slice(approvals) }
    }

    /// A deployment whose approvers are looked up one by one. `requested_by` is `None` if the account is unknown.
    #[cfg(feature = "directory")]
    pub(crate) const fn looked_up(
        environment: &'a Environment<Id>,
        requested_by: Option<&'a Id>,
        approvals: &'a dyn LookUpApprovals<Id>,
    ) -> Self {
        Self { environment, requested_by, approvals: ApprovalSource::LookedUp(approvals) }
    }

    /// The environment to deploy to.
    #[must_use]
    pub const fn environment(&self) -> &'a Environment<Id> {
        self.environment
    }

    /// Calls `visit` with each approval, until it breaks.
    pub(crate) fn each_approval(&self, visit: &mut dyn FnMut(Approval<'a, Id>) -> ControlFlow<()>) {
        let _: ControlFlow<()> = match self.approvals {
            ApprovalSource::Slice(approvals) => approvals.iter().try_for_each(|approval| visit(*approval)),
            #[cfg(feature = "directory")]
            ApprovalSource::LookedUp(approvals) => approvals.each(visit),
        };
    }
}

enum ApprovalSource<'a, Id> {
    Slice(&'a [Approval<'a, Id>]),
    #[cfg(feature = "directory")]
    LookedUp(&'a dyn LookUpApprovals<Id>),
}

/// Approvals that name their approvers by id.
#[cfg(feature = "directory")]
pub(crate) trait LookUpApprovals<Id> {
    /// Calls `visit` with each approval by a known account, until it breaks.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(Approval<'a, Id>) -> ControlFlow<()>) -> ControlFlow<()>;
}

impl<Id: fmt::Debug> fmt::Debug for Deployment<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("environment", self.environment)
            .field("requested_by", &self.requested_by)
            .finish_non_exhaustive()
    }
}

copy!(Approval, ApprovalSource, Deployment);
