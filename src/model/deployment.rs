//! Deployments and their approvals.

use alloc::string::String;
use core::fmt;

use crate::model::account::Account;
use crate::model::environment::Environment;
use crate::model::fact::{ApprovalSource, DeploymentFact, EnvironmentFact};
use crate::model::names::copy;
use crate::model::time::Time;

/// An approval of a deployment, with the account that gave it.
///
/// The approver is judged by the facts that you pass, so pass the account as it is *now*: an approval by someone who has
/// been demoted or removed no longer counts. An approval counts if
///
/// - the approver is a user, not a service account;
/// - the role that counts for the approver in the project has the permission `approve`, and where the rule asks for Owners, the
///   rank owner;
/// - the approver may view the deployment;
/// - it was given for the deployment's release and, if it is bound to a cluster, for the one that the environment is on now;
/// - it has not expired; and
/// - unless the rule allows self-approval, the approver did not request the deployment, is not the one on whose behalf it was
///   requested, and does not carry it out.
///
/// Each account counts once.
///
/// The rule is in the guide: [approvals](crate::_guide::policy#approvals).
#[derive(Debug)]
pub struct Approval<'a, Id> {
    pub(crate) by: &'a Account<Id>,
    pub(crate) release: Option<&'a str>,
    pub(crate) cluster: Option<&'a Id>,
    pub(crate) expires_at: Option<Time>,
}

impl<'a, Id> Approval<'a, Id> {
    /// An approval without expiry, of a deployment that names no release, on any cluster.
    #[must_use]
    pub const fn new(by: &'a Account<Id>) -> Self {
        Self { by, release: None, cluster: None, expires_at: None }
    }

    /// Binds the approval to a release: it does not count for another one.
    #[must_use]
    pub const fn for_release(self, release: &'a str) -> Self {
        Self { release: Some(release), ..self }
    }

    /// Binds the approval to a cluster: it does not count where the environment has been moved to another one.
    #[must_use]
    pub const fn on_cluster(self, cluster: &'a Id) -> Self {
        Self { cluster: Some(cluster), ..self }
    }

    /// Sets the expiry: the approval counts while the present time is before it.
    #[must_use]
    pub const fn until(self, expiry: Time) -> Self {
        Self { expires_at: Some(expiry), ..self }
    }
}

/// An approval of a deployment, by the id of the account that gave it. See [`Approval`](crate::Approval).
///
/// # Examples
///
/// ```
/// use shipgate::{Time, model::ApprovalId};
///
/// let approval = ApprovalId::new("olivia").for_release("v1.4.2").until(Time::from_millis(1_798_761_600_000));
/// assert_eq!((approval.by, approval.release.as_deref()), ("olivia", Some("v1.4.2")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApprovalId<I> {
    /// The account that gave the approval.
    pub by: I,
    /// The release that it was given for; `None` for a deployment that names no release.
    pub release: Option<String>,
    /// The cluster that it was given for; `None` for any.
    pub cluster: Option<I>,
    /// When the approval expires; `None` if it does not.
    pub expires_at: Option<Time>,
}

impl<I> ApprovalId<I> {
    /// An approval without expiry, of a deployment that names no release, on any cluster.
    #[must_use]
    pub const fn new(by: I) -> Self {
        Self { by, release: None, cluster: None, expires_at: None }
    }

    /// Binds the approval to a release: it does not count for another one.
    #[must_use]
    pub fn for_release(self, release: impl Into<String>) -> Self {
        Self { release: Some(release.into()), ..self }
    }

    /// Binds the approval to a cluster: it does not count where the environment has been moved to another one.
    #[must_use]
    pub fn on_cluster(self, cluster: I) -> Self {
        Self { cluster: Some(cluster), ..self }
    }

    /// Sets the expiry: the approval counts while the present time is before it.
    #[must_use]
    pub fn until(self, expiry: Time) -> Self {
        Self { expires_at: Some(expiry), ..self }
    }

    /// Replaces each id by `id(&old)`.
    pub(crate) fn map_ids<J>(&self, id: impl Fn(&I) -> J) -> ApprovalId<J> {
        ApprovalId {
            by: id(&self.by),
            release: self.release.clone(),
            cluster: self.cluster.as_ref().map(id),
            expires_at: self.expires_at,
        }
    }
}

/// A requested deployment to an environment: who requested it, for whom, which release it carries, and who has approved it.
///
/// Name the release wherever you know it: an approval counts only for the release that it was given for.
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
    environment: &'a Environment<Id>,
    fact: DeploymentFact<'a, Id>,
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
        let fact = DeploymentFact {
            environment: EnvironmentFact::of(environment),
            requested_by: Some(requested_by),
            on_behalf_of: None,
            release: None,
            approvals: ApprovalSource::Slice(approvals),
        };
        Self { environment, fact }
    }

    /// Sets the account on whose behalf the deployment was requested. Its approval counts no more than the requester's.
    #[must_use]
    pub const fn on_behalf_of(self, account: &'a Id) -> Self {
        Self { fact: DeploymentFact { on_behalf_of: Some(account), ..self.fact }, ..self }
    }

    /// Sets the release that the deployment carries.
    #[must_use]
    pub const fn with_release(self, release: &'a str) -> Self {
        Self { fact: DeploymentFact { release: Some(release), ..self.fact }, ..self }
    }

    /// The environment to deploy to.
    #[must_use]
    pub const fn environment(&self) -> &'a Environment<Id> {
        self.environment
    }

    /// The deployment as the policy reads it.
    pub(crate) const fn fact(&self) -> &DeploymentFact<'a, Id> {
        &self.fact
    }
}

impl<Id: fmt::Debug> fmt::Debug for Deployment<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fact.fmt(f)
    }
}

copy!(Approval, Deployment);
