//! Decisions by id: looks up the facts and passes them to the policy.

use core::borrow::Borrow;
use core::hash::Hash;
use core::ops::ControlFlow;

use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::explain::{Explanation, explain};
use crate::model::account::Account;
use crate::model::action::Action;
use crate::model::deployment::{Approval, ApprovalId, Deployment, LookUpApprovals};
use crate::model::environment::NewEnvironment;
use crate::model::resource::{Resource, ResourceId, ResourceRef};
use crate::model::subject::Subject;
use crate::model::token::Token;
use crate::policy::decide::{decide_here, exposure};
use crate::policy::decision::{Decision, Denied, Exposure};
use crate::policy::reason::Reason;

impl<Id: Hash + Ord> Directory<Id> {
    /// May this subject perform this action on this resource?
    ///
    /// Looks up the facts and returns what [`decide`](crate::decide) returns for them. Before any gate is checked, it denies
    /// with [`Reason::UnknownResource`] if the resource or a part of it does not exist, or if a new environment or a placement
    /// names a cluster of another organization. An unknown account has no memberships.
    #[inline]
    pub fn decide<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let subject = self.subject(subject);
        // Most questions are about these three kinds. In an arm of its own, each is known at compile time.
        let decision = match resource {
            ResourceId::Environment(id) => {
                self.environment(id).map(|fact| decide_here(&subject, action, Resource::Environment(fact)))
            }
            ResourceId::Cluster(id) => {
                self.cluster(id).map(|fact| decide_here(&subject, action, Resource::Cluster(fact)))
            }
            ResourceId::Organization(id) => {
                self.organization(id).map(|fact| decide_here(&subject, action, Resource::Organization(fact)))
            }
            ResourceId::Member { .. }
            | ResourceId::Project(_)
            | ResourceId::ProjectMember { .. }
            | ResourceId::NewEnvironment { .. }
            | ResourceId::Placement { .. }
            | ResourceId::Deployment { .. }
            | ResourceId::ClusterMember { .. } => {
                self.with_resource(subject.token, resource, |resource| decide_here(&subject, action, resource))
            }
        };
        decision.unwrap_or(Decision::Deny(Reason::UnknownResource))
    }

    /// Requires that the subject may perform the action on the resource. Call it first in a request handler, with `?`.
    ///
    /// # Errors
    ///
    /// [`Denied`] if [`Directory::decide`] returns anything but [`Decision::Allow`]. It has the decision, whether the subject
    /// may see it, and the HTTP status to answer with.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Action, Directory, ResourceId, Role, SubjectId};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "alice".into(), Role::Developer, None)?;
    /// let directory = rows.build();
    ///
    /// let acme = ResourceId::Organization("acme-corp");
    /// let denied = directory.authorize(&SubjectId::new("alice"), Action::CreateProject, acme).unwrap_err();
    /// assert_eq!(denied.status(), 403);
    /// let hidden = directory.authorize(&SubjectId::new("mallory"), Action::CreateProject, acme).unwrap_err();
    /// assert_eq!(hidden.status(), 404);
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn authorize<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Result<(), Denied>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        Denied::unless_allowed(self.decide(subject, action, resource), || self.exposure(subject, resource))
    }

    /// Evaluates a question: calls [`Directory::authorize`] with its parts.
    ///
    /// # Errors
    ///
    /// [`Denied`] if the decision is anything but [`Decision::Allow`].
    pub fn evaluate(&self, question: &Question<Id>) -> Result<(), Denied> {
        self.authorize(&question.subject(), question.action, question.resource.borrowed::<Id>())
    }

    /// Whether a denial may be shown to the subject: it is hidden if the subject may not view the resource, or if the
    /// resource does not exist. See [`exposure`](crate::exposure()).
    #[must_use]
    pub fn exposure<Q>(&self, subject: &SubjectId<'_, Id, Q>, resource: ResourceRef<'_, Id, Q>) -> Exposure
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let subject = self.subject(subject);
        let exposure = self.with_resource(subject.token, resource, |resource| exposure(subject, resource));
        exposure.unwrap_or(Exposure::Hidden)
    }

    /// Explains the decision that [`Directory::decide`] makes. See [`explain`](crate::explain::explain()).
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::explain::Names;
    /// use shipgate::{Action, Directory, ResourceId, Role, SubjectId};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "alice".into(), Role::Developer, None)?;
    /// let directory = rows.build();
    ///
    /// let acme = ResourceId::Organization("acme-corp");
    /// let explanation = directory.explain(&SubjectId::new("alice"), Action::CreateProject, acme);
    /// assert_eq!(
    ///     explanation.for_user(&Names::new(&"alice", &"acme-corp")).to_string(),
    ///     "alice is a Developer, who may not create projects"
    /// );
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    pub fn explain<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Explanation
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let subject = self.subject(subject);
        let explanation = self.with_resource(subject.token, resource, |resource| explain(subject, action, resource));
        explanation.unwrap_or_else(|| Explanation::of_unknown_resource(action))
    }

    /// Calls `then` with the facts of a resource; `None` if the resource or a part of it does not exist.
    #[inline(never)]
    pub(crate) fn with_resource<Q, R>(
        &self,
        token: Option<&Token<Id>>,
        resource: ResourceRef<'_, Id, Q>,
        then: impl FnOnce(Resource<'_, Id>) -> R,
    ) -> Option<R>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        // Held here, so that `then` is called in one place and inlined there.
        let (named, deployment);
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
            ResourceId::NewEnvironment { id, project, cluster, protection } => {
                let (project, cluster) = (self.project(project)?, self.cluster(cluster)?);
                if project.organization() != cluster.organization() {
                    return None;
                }
                // Only a token reads the id, and only to find out whether it is restricted to that environment.
                let id = token.and_then(|token| token.environment(id));
                Resource::NewEnvironment(NewEnvironment::new(id, project, cluster, protection))
            }
            ResourceId::Placement { environment, to: cluster } => {
                let (environment, cluster) = (self.environment(environment)?, self.cluster(cluster)?);
                if environment.organization() != cluster.organization() {
                    return None;
                }
                Resource::Placement { environment, to: cluster }
            }
            ResourceId::Deployment { environment, requested_by, approvals } => {
                named = Named { directory: self, approvals };
                let requested_by = self.account(requested_by).map(Account::id);
                deployment = Deployment::looked_up(self.environment(environment)?, requested_by, &named);
                Resource::Deployment(&deployment)
            }
            ResourceId::Cluster(id) => Resource::Cluster(self.cluster(id)?),
            ResourceId::ClusterMember { cluster, account } => {
                Resource::ClusterMember(self.cluster(cluster)?, self.account(account))
            }
        };
        Some(then(resource))
    }

    #[inline]
    pub(crate) fn subject<'a, Q>(&'a self, subject: &SubjectId<'a, Id, Q>) -> Subject<'a, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let account = self.account(subject.id);
        let account = account.filter(|account| subject.kind.is_none_or(|kind| kind == account.kind()));
        Subject { account, token: subject.token, now: subject.now }
    }
}

/// Approvals by id, whose approvers are looked up one by one.
struct Named<'a, Id> {
    directory: &'a Directory<Id>,
    approvals: &'a [ApprovalId<Id>],
}

impl<Id: Hash + Ord> LookUpApprovals<Id> for Named<'_, Id> {
    fn each<'a>(&'a self, visit: &mut dyn FnMut(Approval<'a, Id>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.approvals.iter().try_for_each(|approval| match self.directory.account::<Id>(&approval.by) {
            Some(by) => visit(Approval { by, expires_at: approval.expires_at }),
            None => ControlFlow::Continue(()),
        })
    }
}
