//! Decisions by id: looks up the facts and passes them to the policy.

use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;
use core::ops::ControlFlow;

#[cfg(feature = "tracing")]
use crate::directory::event::Purpose;
use crate::directory::key::Key;
use crate::directory::lookup::{ById, Fact, FindSubject, WithoutCustomRole, look_up};
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::explain::Explanation;
use crate::model::action::Action;
use crate::model::deployment::ApprovalId;
use crate::model::fact::{
    AccountFact, ApprovalFact, DeploymentFact, LookUpApprovals, NewEnvironmentFact, ResourceFact, RoleFact, SubjectFact,
};
use crate::model::resource::{ResourceId, ResourceKey, ResourceRef};
use crate::model::token::Token;
use crate::policy::asked::Asked;
use crate::policy::decide::{decide_here, evaluate, exposure_of};
use crate::policy::decision::{Decision, Denied, Exposure};
use crate::policy::gates::FirstFailure;
use crate::policy::reason::Reason;

impl<Id: Hash + Ord> Directory<Id> {
    /// May this subject perform this action on this resource?
    ///
    /// Looks up the facts and returns what [`decide`](crate::decide) returns for them. Before any gate is checked, it denies
    /// with [`Reason::UnknownResource`] if the resource or a part of it does not exist, or the custom role that the action
    /// gives; and if such a role, the cluster of a new environment or a placement, or the team beside a project or a cluster
    /// belongs to another organization. An unknown account has no memberships.
    #[inline]
    pub fn decide<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.decide_for(ById { directory: self, subject }, action, resource)
    }

    /// Decides for the subject that `subject` finds.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: part of every decision by id")]
    pub(crate) fn decide_for<'a, Q>(
        &'a self,
        subject: impl FindSubject<'a, Id>,
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        if action.gives_custom_role() {
            return self.decide_on_custom_role(subject, action, (resource,));
        }
        // Most questions are about these kinds. In an arm of its own, each is known at compile time.
        let looked_up = match resource {
            ResourceId::Environment(id) => look_up(subject, action, self.environments.find(id).map(Fact::Environment)),
            ResourceId::Cluster(id) => look_up(subject, action, self.clusters.find(id).map(Fact::Cluster)),
            ResourceId::Organization(id) => {
                look_up(subject, action, self.organizations.find(id).map(Fact::Organization))
            }
            ResourceId::Project(id) => look_up(subject, action, self.projects.find(id).map(Fact::Project)),
            ResourceId::Member { .. }
            | ResourceId::Role(_)
            | ResourceId::Team(_)
            | ResourceId::TeamMember { .. }
            | ResourceId::ProjectMember { .. }
            | ResourceId::ProjectTeam { .. }
            | ResourceId::NewEnvironment { .. }
            | ResourceId::Placement { .. }
            | ResourceId::Deployment { .. }
            | ResourceId::ClusterMember { .. }
            | ResourceId::ClusterTeam { .. } => None,
        };
        match looked_up {
            Some(decision) => decision,
            None => self.decide_by_gates(subject, action, (resource,)),
        }
    }

    /// Decides on a resource of any kind, where the action gives no custom role.
    // Apart, and from the ids again, so that other questions do not pay for it. The resource comes in a tuple so that it is put
    // together only where this is called: passed alone, it would have to be in memory from the start.
    #[inline(never)]
    fn decide_by_gates<'a, Q>(
        &'a self,
        subject: impl FindSubject<'a, Id>,
        action: Action<&Q>,
        (resource,): (ResourceRef<'_, Id, Q>,),
    ) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let subject = SubjectFact::from(subject.find());
        let action = &WithoutCustomRole(action);
        let decision = self.with_resource(subject.tokens(), resource, |resource| {
            let asked = Asked { subject, action, resource };
            evaluate(&asked.inputs(), &asked, &mut FirstFailure)
        });
        decision.unwrap_or(Decision::Deny(Reason::UnknownResource))
    }

    /// Decides whether a custom role may be given.
    // Apart, and with the resource in a tuple, as above.
    #[inline(never)]
    fn decide_on_custom_role<'a, Q>(
        &'a self,
        subject: impl FindSubject<'a, Id>,
        action: Action<&Q>,
        (resource,): (ResourceRef<'_, Id, Q>,),
    ) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let subject = SubjectFact::from(subject.find());
        let decision = self.with_facts(&subject, action, resource, |action, resource| {
            decide_here(Asked { subject, action, resource })
        });
        decision.unwrap_or(Decision::Deny(Reason::UnknownResource))
    }

    /// Requires that the subject may perform the action on the resource. Call it first in a request handler, with `?`.
    ///
    /// With the feature `tracing`, the decision is [recorded](crate::_guide::enforcement#decision-records) as enforced.
    ///
    /// # Errors
    ///
    /// [`Denied`] if [`Directory::decide`] returns anything but [`Decision::Allow`]. It has the decision, whether the subject
    /// may see it, and the HTTP status to answer with.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Action, Directory, ResourceId, Role, SubjectId};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
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
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Result<(), Denied>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let answer = self.require(subject, action, resource);
        #[cfg(feature = "tracing")]
        self.record(Purpose::Enforced, subject, action, resource, answer);
        answer
    }

    /// Evaluates a question: answers as [`Directory::authorize`] does for its parts.
    ///
    /// With the feature `tracing`, the decision is [recorded](crate::_guide::enforcement#decision-records) as asked for only.
    ///
    /// # Errors
    ///
    /// [`Denied`] if the decision is anything but [`Decision::Allow`].
    pub fn evaluate(&self, question: &Question<Id>) -> Result<(), Denied>
    where
        Id: Display,
    {
        let (subject, action) = (question.subject(), question.action.as_ref());
        let resource = question.resource.borrowed::<Id>();
        let answer = self.require(&subject, action, resource);
        #[cfg(feature = "tracing")]
        self.record(Purpose::Asked, &subject, action, resource, answer);
        answer
    }

    /// [`Directory::authorize`], of which nothing is recorded.
    pub(crate) fn require<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Result<(), Denied>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        Denied::unless_allowed(self.decide(subject, action, resource), || self.exposure(subject, resource))
    }

    /// Whether a denial may be shown to the subject: it is hidden if the subject may not view the resource, or if the
    /// resource does not exist. See [`exposure`](crate::exposure()).
    #[must_use]
    pub fn exposure<Q>(&self, subject: &SubjectId<'_, Id, Q>, resource: ResourceRef<'_, Id, Q>) -> Exposure
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let subject = self.subject_fact(subject);
        let exposure = self.with_resource(subject.tokens(), resource, |resource| exposure_of(subject, resource));
        exposure.unwrap_or(Exposure::Hidden)
    }

    /// Explains the decision that [`Directory::decide`] makes. See [`explain`](crate::explain::explain()).
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::explain::Names;
    /// use shipgate::{AccountKind, Action, Directory, ResourceId, Role, SubjectId};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
    /// let directory = rows.build();
    ///
    /// let acme = ResourceId::Organization("acme-corp");
    /// let explanation = directory.explain(&SubjectId::new("alice"), Action::CreateProject, acme);
    /// assert_eq!(
    ///     explanation.for_user(&Names::new(&"alice", &"acme-corp")).to_string(),
    ///     "You are a Developer, who may not create projects"
    /// );
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    pub fn explain<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Explanation<Id>
    where
        Id: Borrow<Q> + Clone,
        Q: Hash + Ord + ?Sized,
    {
        let subject = self.subject_fact(subject);
        let explanation = self.with_facts(&subject, action, resource, |action, resource| {
            Explanation::of(&Asked { subject, action, resource })
        });
        explanation.unwrap_or_else(|| Explanation::of_unknown_resource(action.kind()))
    }

    /// Calls `then` with the action and the facts of a resource; `None` if the resource, a part of it or the custom role that
    /// the action gives does not exist, or if that role belongs to another organization.
    pub(crate) fn with_facts<'a, K, R>(
        &'a self,
        subject: &SubjectFact<'_, Id>,
        action: Action<K>,
        resource: ResourceKey<'_, Id, K>,
        then: impl FnOnce(Action<RoleFact<'a, Id>>, ResourceFact<'_, Id>) -> R,
    ) -> Option<R>
    where
        Id: Borrow<K::Id>,
        K: Key<Id: Hash + Ord>,
    {
        self.with_resource(subject.tokens(), resource, |resource| {
            Some(then(self.action_in(action, resource.organization())?, resource))
        })?
    }

    /// The action, with the custom role that it gives; `None` if the organization has no such role.
    #[inline]
    pub(crate) fn action_in<K>(&self, action: Action<K>, organization: &Id) -> Option<Action<RoleFact<'_, Id>>>
    where
        Id: Borrow<K::Id>,
        K: Key<Id: Hash + Ord>,
    {
        action.try_map(|key| self.role_fact(key.id()?).filter(|role| role.organization() == organization))
    }

    /// Calls `then` with the facts of a resource; `None` if the resource or a part of it does not exist.
    #[inline]
    pub(crate) fn with_resource<K, R>(
        &self,
        tokens: [Option<&Token<Id>>; 2],
        resource: ResourceKey<'_, Id, K>,
        then: impl FnOnce(ResourceFact<'_, Id>) -> R,
    ) -> Option<R>
    where
        Id: Borrow<K::Id>,
        K: Key<Id: Hash + Ord>,
    {
        // Held here, so that `then` is called in one place and inlined there.
        let (named, deployment);
        let resource = match resource {
            ResourceId::NewEnvironment { id, project, cluster, protection } => {
                let (project, cluster) = (self.project_fact(project.id()?)?, self.cluster_fact(cluster.id()?)?);
                require_equal(project.organization(), cluster.organization())?;
                // Only a token reads the id, and only to find out whether it is restricted to that environment.
                let id = tokens.into_iter().flatten().find_map(|token| token.environment(id.id()?));
                ResourceFact::NewEnvironment(NewEnvironmentFact { id, project, cluster, protection })
            }
            ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals } => {
                named = Named { directory: self, approvals };
                let known = |account: K| self.account_fact(account.id()?).map(AccountFact::id);
                let (requested_by, on_behalf_of) = (known(requested_by), on_behalf_of.and_then(known));
                let environment = self.environment_fact(environment.id()?)?;
                deployment = DeploymentFact::looked_up(environment, requested_by, on_behalf_of, release, &named);
                ResourceFact::Deployment(&deployment)
            }
            ResourceId::Organization(_)
            | ResourceId::Member { .. }
            | ResourceId::Role(_)
            | ResourceId::Team(_)
            | ResourceId::TeamMember { .. }
            | ResourceId::Project(_)
            | ResourceId::ProjectMember { .. }
            | ResourceId::ProjectTeam { .. }
            | ResourceId::Environment(_)
            | ResourceId::Placement { .. }
            | ResourceId::Cluster(_)
            | ResourceId::ClusterMember { .. }
            | ResourceId::ClusterTeam { .. } => self.resolve_resource(resource)?,
        };
        Some(then(resource))
    }

    /// The facts of a resource that consists of facts of the directory; `None` if it or a part of it does not exist, and for a
    /// new environment or a deployment, which say more than a directory has.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: otherwise the facts are written to memory and read again")]
    pub(crate) fn resolve_resource<K>(&self, resource: ResourceKey<'_, Id, K>) -> Option<ResourceFact<'_, Id>>
    where
        Id: Borrow<K::Id>,
        K: Key<Id: Hash + Ord>,
    {
        let known = |account: K| self.account_fact(account.id()?);
        let resource = match resource {
            ResourceId::Organization(id) => ResourceFact::Organization(self.organization_fact(id.id()?)?),
            ResourceId::Member { organization, account } => {
                ResourceFact::Member(self.organization_fact(organization.id()?)?, known(account))
            }
            ResourceId::Role(id) => ResourceFact::Role(self.role_fact(id.id()?)?),
            ResourceId::Team(id) => ResourceFact::Team(self.team_fact(id.id()?)?),
            ResourceId::TeamMember { team, account } => {
                ResourceFact::TeamMember(self.team_fact(team.id()?)?, known(account))
            }
            ResourceId::Project(id) => ResourceFact::Project(self.project_fact(id.id()?)?),
            ResourceId::ProjectMember { project, account } => {
                ResourceFact::ProjectMember(self.project_fact(project.id()?)?, known(account))
            }
            ResourceId::ProjectTeam { project, team } => {
                let (project, team) = (self.project_fact(project.id()?)?, self.team_fact(team.id()?)?);
                require_equal(project.organization(), team.organization())?;
                ResourceFact::ProjectTeam(project, team)
            }
            ResourceId::Environment(id) => ResourceFact::Environment(self.environment_fact(id.id()?)?),
            ResourceId::Placement { environment, to: cluster } => {
                let (environment, cluster) =
                    (self.environment_fact(environment.id()?)?, self.cluster_fact(cluster.id()?)?);
                require_equal(environment.organization(), cluster.organization())?;
                ResourceFact::Placement { environment, to: cluster }
            }
            ResourceId::NewEnvironment { .. } | ResourceId::Deployment { .. } => return None,
            ResourceId::Cluster(id) => ResourceFact::Cluster(self.cluster_fact(id.id()?)?),
            ResourceId::ClusterMember { cluster, account } => {
                ResourceFact::ClusterMember(self.cluster_fact(cluster.id()?)?, known(account))
            }
            ResourceId::ClusterTeam { cluster, team } => {
                let (cluster, team) = (self.cluster_fact(cluster.id()?)?, self.team_fact(team.id()?)?);
                require_equal(cluster.organization(), team.organization())?;
                ResourceFact::ClusterTeam(cluster, team)
            }
        };
        Some(resource)
    }

    #[inline]
    pub(crate) fn subject_fact<'a, Q>(&'a self, subject: &SubjectId<'a, Id, Q>) -> SubjectFact<'a, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.resolve_subject(subject).into()
    }
}

/// Something of another organization is as unknown as what does not exist.
fn require_equal<Id: Eq>(organization: &Id, other: &Id) -> Option<()> {
    (organization == other).then_some(())
}

/// Approvals by id, whose approvers are looked up one by one.
struct Named<'a, Id> {
    directory: &'a Directory<Id>,
    approvals: &'a [ApprovalId<Id>],
}

impl<Id: Hash + Ord> LookUpApprovals<Id> for Named<'_, Id> {
    fn each<'a>(&'a self, visit: &mut dyn FnMut(ApprovalFact<'a, Id>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.approvals.iter().try_for_each(|approval| match self.directory.account_fact::<Id>(&approval.by) {
            Some(by) => visit(ApprovalFact {
                by,
                release: approval.release.as_deref(),
                cluster: approval.cluster.as_ref(),
                expires_at: approval.expires_at,
            }),
            None => ControlFlow::Continue(()),
        })
    }
}
