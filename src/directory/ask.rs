//! Questions by id, and the facts that they name.

use core::borrow::Borrow;
use core::hash::Hash;
use core::ops::ControlFlow;

use super::Directory;
use crate::account::{Account, AccountKind};
use crate::action::Action;
use crate::decide::{decide_here, exposure};
use crate::decision::{Decision, Exposure};
use crate::deployment::{Approval, Deployment, LookUpApprovals};
use crate::explain::{Explanation, explain};
use crate::protection::Protection;
use crate::resource::{Proposal, Resource, ResourceKind};
use crate::subject::{Subject, Token};
use crate::time::Time;

/// Who asks, by id: an account, and optionally its kind, the token it came with and the present time.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, ActionSet, SubjectId, Time, Token};
///
/// let token = Token::<String>::new(ActionSet::VIEW);
/// let bot = SubjectId::new("ci-bot")
///     .of_kind(AccountKind::Service)
///     .with_token(&token)
///     .at(Time::from_millis(1_795_219_200_000));
/// assert_eq!(bot.id(), "ci-bot");
/// ```
#[derive(Debug)]
pub struct SubjectId<'a, Id, Q: ?Sized = Id> {
    id: &'a Q,
    kind: Option<AccountKind>,
    token: Option<&'a Token<Id>>,
    now: Option<Time>,
}

impl<Id, Q: ?Sized> Clone for SubjectId<'_, Id, Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, Q: ?Sized> Copy for SubjectId<'_, Id, Q> {}

impl<'a, Id, Q: ?Sized> SubjectId<'a, Id, Q> {
    /// The account of this id, without a token and without a time.
    #[must_use]
    #[inline]
    pub const fn new(id: &'a Q) -> Self {
        Self { id, kind: None, token: None, now: None }
    }

    /// The same subject, if its account is of this kind; where it is not, it is an account without memberships.
    #[must_use]
    #[inline]
    pub const fn of_kind(self, kind: AccountKind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// The same subject, at this time.
    #[must_use]
    #[inline]
    pub const fn at(self, now: Time) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The same subject, coming with this token.
    #[must_use]
    #[inline]
    pub const fn with_token(self, token: &'a Token<Id>) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The same subject, at this time if there is one.
    pub(super) const fn at_if(self, now: Option<Time>) -> Self {
        Self { now, ..self }
    }

    pub(super) const fn now(&self) -> Option<Time> {
        self.now
    }

    /// The id of the account.
    #[must_use]
    pub const fn id(&self) -> &'a Q {
        self.id
    }
}

/// What a question is about, by id.
#[derive(Debug)]
pub enum ResourceId<'a, Q: ?Sized> {
    /// An organization.
    Organization(&'a Q),
    /// An account as a member of an organization.
    Member {
        /// The organization.
        organization: &'a Q,
        /// The member.
        account: &'a Q,
    },
    /// A project.
    Project(&'a Q),
    /// An account as a member of a project.
    ProjectMember {
        /// The project.
        project: &'a Q,
        /// The member.
        account: &'a Q,
    },
    /// An environment.
    Environment(&'a Q),
    /// An environment that does not exist yet.
    Proposal {
        /// The id that it would have.
        id: &'a Q,
        /// The project that it would belong to.
        project: &'a Q,
        /// The cluster that it would deploy to.
        cluster: &'a Q,
        /// How it would be protected.
        protection: Protection,
    },
    /// An environment, and the cluster that it is to move to.
    Placement {
        /// The environment.
        environment: &'a Q,
        /// The new cluster.
        cluster: &'a Q,
    },
    /// A deployment.
    Deployment {
        /// The environment that it goes into.
        environment: &'a Q,
        /// The account that requested it.
        requested_by: &'a Q,
        /// The approvals given so far.
        approvals: &'a [ApprovalId<'a, Q>],
    },
    /// A cluster.
    Cluster(&'a Q),
    /// An account as a member on a cluster.
    ClusterMember {
        /// The cluster.
        cluster: &'a Q,
        /// The member.
        account: &'a Q,
    },
}

impl<Q: ?Sized> Clone for ResourceId<'_, Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q: ?Sized> Copy for ResourceId<'_, Q> {}

impl<Q: ?Sized> ResourceId<'_, Q> {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> ResourceKind {
        match self {
            Self::Organization(_) => ResourceKind::Organization,
            Self::Member { .. } => ResourceKind::Member,
            Self::Project(_) => ResourceKind::Project,
            Self::ProjectMember { .. } => ResourceKind::ProjectMember,
            Self::Environment(_) | Self::Proposal { .. } => ResourceKind::Environment,
            Self::Placement { .. } => ResourceKind::Placement,
            Self::Deployment { .. } => ResourceKind::Deployment,
            Self::Cluster(_) => ResourceKind::Cluster,
            Self::ClusterMember { .. } => ResourceKind::ClusterMember,
        }
    }
}

/// An approval of a deployment, by the id of who gave it.
#[derive(Debug)]
pub struct ApprovalId<'a, Q: ?Sized> {
    /// Who gave it.
    pub by: &'a Q,
    /// When it ends, if it does.
    pub expires_at: Option<Time>,
}

impl<Q: ?Sized> Clone for ApprovalId<'_, Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q: ?Sized> Copy for ApprovalId<'_, Q> {}

/// What can be asked of the facts that ids name.
pub(super) trait Ask<Id> {
    type Answer;

    fn ask(self, subject: &Subject<'_, Id>, resource: Resource<'_, Id>) -> Self::Answer;
}

/// For the decision.
pub(super) struct ForDecision(pub(super) Action);

impl<Id: Ord> Ask<Id> for ForDecision {
    type Answer = Decision;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: a kind that is known where it is asked costs no branch")]
    fn ask(self, subject: &Subject<'_, Id>, resource: Resource<'_, Id>) -> Decision {
        decide_here(subject, self.0, resource)
    }
}

/// For the exposure.
pub(super) struct ForExposure;

impl<Id: Ord> Ask<Id> for ForExposure {
    type Answer = Exposure;

    fn ask(self, subject: &Subject<'_, Id>, resource: Resource<'_, Id>) -> Exposure {
        exposure(subject, resource)
    }
}

/// For the explanation.
pub(super) struct ForExplanation(pub(super) Action);

impl<Id: Ord> Ask<Id> for ForExplanation {
    type Answer = Explanation;

    fn ask(self, subject: &Subject<'_, Id>, resource: Resource<'_, Id>) -> Explanation {
        explain(subject, self.0, resource)
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    /// Asks about the facts that ids name; `None` where the resource or a part of it is not held.
    #[inline]
    pub(super) fn ask<Q, A: Ask<Id>>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        resource: ResourceId<'_, Q>,
        ask: A,
    ) -> Option<A::Answer>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.ask_of(self.subject(subject), resource, ask)
    }

    /// [`Self::ask`], of a subject whose facts are known.
    #[inline]
    pub(super) fn ask_of<Q, A: Ask<Id>>(
        &self,
        facts: Subject<'_, Id>,
        resource: ResourceId<'_, Q>,
        ask: A,
    ) -> Option<A::Answer>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        // Asked in an arm of its own, what is asked about most is of a known kind.
        match resource {
            ResourceId::Environment(id) => Some(ask.ask(&facts, Resource::Environment(self.environment(id)?))),
            ResourceId::Cluster(id) => Some(ask.ask(&facts, Resource::Cluster(self.cluster(id)?))),
            ResourceId::Organization(id) => Some(ask.ask(&facts, Resource::Organization(self.organization(id)?))),
            ResourceId::Member { .. }
            | ResourceId::Project(_)
            | ResourceId::ProjectMember { .. }
            | ResourceId::Proposal { .. }
            | ResourceId::Placement { .. }
            | ResourceId::Deployment { .. }
            | ResourceId::ClusterMember { .. } => self.ask_rarely(&facts, resource, ask),
        }
    }

    #[inline(never)]
    fn ask_rarely<Q, A: Ask<Id>>(
        &self,
        facts: &Subject<'_, Id>,
        resource: ResourceId<'_, Q>,
        ask: A,
    ) -> Option<A::Answer>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let resource = match resource {
            ResourceId::Organization(id) => Resource::Organization(self.organization(id)?),
            ResourceId::Member { organization, account } => {
                Resource::Member(self.organization(organization)?, self.account(account))
            }
            ResourceId::Project(id) => Resource::Project(self.project(id)?),
            ResourceId::ProjectMember { project, account } => {
                Resource::ProjectMember(self.project(project)?, self.account(account))
            }
            ResourceId::Environment(id) => Resource::Environment(self.environment(id)?),
            ResourceId::Proposal { id, project, cluster, protection } => {
                let (project, cluster) = (self.project(project)?, self.cluster(cluster)?);
                if project.organization() != cluster.organization() {
                    return None;
                }
                // Only a token reads the id, and what it reads is whether its own environments have it.
                let id = facts.token.and_then(|token| token.environment(id));
                Resource::Proposal(Proposal::new(id, project, cluster, protection))
            }
            ResourceId::Placement { environment, cluster } => {
                let (environment, cluster) = (self.environment(environment)?, self.cluster(cluster)?);
                if environment.organization() != cluster.organization() {
                    return None;
                }
                Resource::Placement(environment, cluster)
            }
            ResourceId::Deployment { environment, requested_by, approvals } => {
                let approvals = Named { directory: self, approvals };
                let requested_by = self.account(requested_by).map(Account::id);
                let deployment = Deployment::looked_up(self.environment(environment)?, requested_by, &approvals);
                return Some(ask.ask(facts, Resource::Deployment(&deployment)));
            }
            ResourceId::Cluster(id) => Resource::Cluster(self.cluster(id)?),
            ResourceId::ClusterMember { cluster, account } => {
                Resource::ClusterMember(self.cluster(cluster)?, self.account(account))
            }
        };
        Some(ask.ask(facts, resource))
    }

    #[inline]
    pub(super) fn subject<'a, Q>(&'a self, subject: &SubjectId<'a, Id, Q>) -> Subject<'a, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let account = self.account(subject.id);
        let account = account.filter(|account| subject.kind.is_none_or(|kind| kind == account.kind()));
        Subject { account, token: subject.token, now: subject.now }
    }
}

/// Approvals whose approvers are looked up one by one.
struct Named<'a, Id, Q: ?Sized> {
    directory: &'a Directory<Id>,
    approvals: &'a [ApprovalId<'a, Q>],
}

impl<Id, Q> LookUpApprovals<Id> for Named<'_, Id, Q>
where
    Id: Hash + Ord + Borrow<Q>,
    Q: Hash + Ord + ?Sized,
{
    fn each<'a>(&'a self, see: &mut dyn FnMut(Approval<'a, Id>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.approvals.iter().try_for_each(|approval| match self.directory.account(approval.by) {
            Some(by) => see(Approval { by, expires_at: approval.expires_at }),
            None => ControlFlow::Continue(()),
        })
    }
}
