//! Subjects and resources whose facts were found once, and which are asked about many times.

use core::borrow::Borrow;
use core::fmt;
use core::hash::Hash;
use core::ptr;

use crate::directory::lookup::{ById, Fact, FindSubject, KnownSubject, WithoutCustomRole, look_up};
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::action::Action;
use crate::model::fact::{ResourceFact, SubjectFact};
use crate::model::names::copy;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::policy::asked::Asked;
use crate::policy::decide::decide_here;
use crate::policy::decision::Decision;
use crate::policy::reason::Reason;

impl<Id: Hash + Ord> Directory<Id> {
    /// Finds a subject, to ask many questions for it: its account is looked up once.
    ///
    /// An unknown account, or one that is of another kind than the subject requires, has no memberships, so that what it asks
    /// is denied.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Action, Directory, ResourceId, Role, SubjectId, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
    /// for project in ["billing", "shop"] {
    ///     rows.project(project.into(), "acme-corp", Visibility::Organization)?;
    /// }
    /// let directory = rows.build();
    ///
    /// let alice = directory.subject(&SubjectId::new("alice"));
    /// let visible = |project: &&str| alice.decide(Action::View, ResourceId::Project(*project)).is_allowed();
    /// assert_eq!(["billing", "shop", "wiki"].into_iter().filter(visible).collect::<Vec<_>>(), ["billing", "shop"]);
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn subject<'a, Q>(&'a self, subject: &SubjectId<'a, Id, Q>) -> ResolvedSubject<'a, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        ResolvedSubject(self.resolve_subject(subject))
    }

    /// Finds a resource, to ask many questions about it: its facts are looked up once.
    ///
    /// What does not exist is an unknown resource, about which every question is denied. What a new environment or a deployment
    /// refers to is looked up by each question, since these are no facts of a directory.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Action, Decision, Directory, Reason, ResourceId, Role, SubjectId};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "olivia".into(), AccountKind::User, Role::Owner, None)?;
    /// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
    /// let directory = rows.build();
    ///
    /// let acme = directory.resource(ResourceId::Organization("acme-corp"));
    /// let may_create = |account| acme.decide(&SubjectId::new(account), Action::CreateProject).is_allowed();
    /// assert_eq!(["alice", "olivia"].map(may_create), [false, true]);
    ///
    /// let globex = directory.resource(ResourceId::Organization("globex"));
    /// let denied = globex.decide(&SubjectId::new("olivia"), Action::View);
    /// assert_eq!(denied, Decision::Deny(Reason::UnknownResource));
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn resource<'a, Q>(&'a self, resource: ResourceRef<'a, Id, Q>) -> ResolvedResource<'a, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let found = match resource {
            ResourceId::Organization(id) => self.organizations.get(id).map(Fact::Organization).map(Found::Fact),
            ResourceId::Project(id) => self.projects.get(id).map(Fact::Project).map(Found::Fact),
            ResourceId::Environment(id) => self.environments.get(id).map(Fact::Environment).map(Found::Fact),
            ResourceId::Cluster(id) => self.clusters.get(id).map(Fact::Cluster).map(Found::Fact),
            ResourceId::NewEnvironment { .. } | ResourceId::Deployment { .. } => Some(Found::Named(resource)),
            ResourceId::Member { .. }
            | ResourceId::Role(_)
            | ResourceId::Team(_)
            | ResourceId::TeamMember { .. }
            | ResourceId::ProjectMember { .. }
            | ResourceId::ProjectTeam { .. }
            | ResourceId::Placement { .. }
            | ResourceId::ClusterMember { .. }
            | ResourceId::ClusterTeam { .. } => self.resolve_resource(resource).map(Found::Facts),
        };
        ResolvedResource { directory: self, found: found.unwrap_or(Found::Nothing) }
    }
}

/// A subject that a [`Directory`] has found. [`Directory::subject`] makes one.
#[derive(Debug)]
pub struct ResolvedSubject<'a, Id>(KnownSubject<'a, Id>);

copy!(ResolvedSubject);

impl<Id: Hash + Ord> ResolvedSubject<'_, Id> {
    /// May the subject perform this action on the resource with this id? Returns what [`Directory::decide`] returns.
    #[inline]
    pub fn decide<Q>(&self, action: Action<&Q>, resource: ResourceRef<'_, Id, Q>) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.0.directory.decide_for(self.0, action, resource)
    }

    /// May the subject perform this action on a resource that was found too? Returns what [`Directory::decide`] returns.
    ///
    /// A resource of another directory, or of the same one after a change, is denied as unknown.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Action, Directory, ResourceId, Role, SubjectId, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// let directory = rows.build();
    ///
    /// // Which buttons to show.
    /// let alice = directory.subject(&SubjectId::new("alice"));
    /// let us_east = directory.resource(ResourceId::Cluster("us-east"));
    /// let buttons = [Action::View, Action::Deploy, Action::Manage].map(|action| alice.decide_on(action, &us_east).is_allowed());
    /// assert_eq!(buttons, [true, true, false]);
    ///
    /// let other = directory.clone();
    /// assert!(!alice.decide_on(Action::View, &other.resource(ResourceId::Cluster("us-east"))).is_allowed());
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[inline]
    pub fn decide_on<Q>(&self, action: Action<&Q>, resource: &ResolvedResource<'_, Id, Q>) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        if ptr::eq(self.0.directory, resource.directory) {
            resource.decide_for(self.0, action)
        } else {
            Decision::Deny(Reason::UnknownResource)
        }
    }
}

/// A resource that a [`Directory`] has found. [`Directory::resource`] makes one.
pub struct ResolvedResource<'a, Id, Q: ?Sized = Id> {
    directory: &'a Directory<Id>,
    found: Found<'a, Id, Q>,
}

/// What was found of a resource.
enum Found<'a, Id, Q: ?Sized> {
    /// It or a part of it does not exist.
    Nothing,
    Fact(Fact<'a, Id>),
    Facts(ResourceFact<'a, Id>),
    /// It says more than a directory has, and is put together by each question.
    Named(ResourceRef<'a, Id, Q>),
}

impl<Id, Q: ?Sized> Clone for ResolvedResource<'_, Id, Q> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, Q: ?Sized> Copy for ResolvedResource<'_, Id, Q> {}

impl<Id, Q: ?Sized> Clone for Found<'_, Id, Q> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, Q: ?Sized> Copy for Found<'_, Id, Q> {}

impl<Id: fmt::Debug, Q: fmt::Debug + ?Sized> fmt::Debug for ResolvedResource<'_, Id, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resource = match self.found {
            Found::Nothing => None,
            Found::Fact(fact) => fact.resource(self.directory),
            Found::Facts(resource) => Some(resource),
            Found::Named(resource) => return f.debug_tuple("ResolvedResource").field(&resource).finish(),
        };
        match resource {
            Some(resource) => f.debug_tuple("ResolvedResource").field(&resource).finish(),
            None => f.write_str("ResolvedResource(unknown)"),
        }
    }
}

impl<Id, Q> ResolvedResource<'_, Id, Q>
where
    Id: Hash + Ord + Borrow<Q>,
    Q: Hash + Ord + ?Sized,
{
    /// May this subject perform this action on the resource? Returns what [`Directory::decide`] returns.
    #[inline]
    pub fn decide(&self, subject: &SubjectId<'_, Id, Q>, action: Action<&Q>) -> Decision {
        self.decide_for(ById { directory: self.directory, subject }, action)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: otherwise the subject and the action are written to memory")]
    fn decide_for<'s>(&'s self, subject: impl FindSubject<'s, Id>, action: Action<&Q>) -> Decision {
        if !action.gives_custom_role() {
            // In an arm of its own, each kind is known at compile time.
            let looked_up = match self.found {
                Found::Nothing => return Decision::Deny(Reason::UnknownResource),
                Found::Fact(Fact::Environment(on)) => look_up(subject, action, Some(Fact::Environment(on))),
                Found::Fact(Fact::Cluster(on)) => look_up(subject, action, Some(Fact::Cluster(on))),
                Found::Fact(Fact::Organization(on)) => look_up(subject, action, Some(Fact::Organization(on))),
                Found::Fact(Fact::Project(on)) => look_up(subject, action, Some(Fact::Project(on))),
                Found::Facts(_) | Found::Named(_) => None,
            };
            if let Some(decision) = looked_up {
                return decision;
            }
        }
        self.decide_by_gates(subject, action)
    }

    /// Decides what the tables cannot say.
    #[inline(never)]
    fn decide_by_gates<'s>(&'s self, subject: impl FindSubject<'s, Id>, action: Action<&Q>) -> Decision {
        let resource = match self.found {
            Found::Nothing => None,
            Found::Named(resource) => return self.directory.decide_for(subject, action, resource),
            Found::Fact(fact) => fact.resource(self.directory),
            Found::Facts(resource) => Some(resource),
        };
        let Some(resource) = resource else { return Decision::Deny(Reason::UnknownResource) };
        if action.gives_custom_role() {
            return self.decide_on_custom_role(subject.find().into(), action, resource);
        }
        decide_here(Asked { subject: subject.find().into(), action: WithoutCustomRole(action), resource })
    }

    /// Decides whether a custom role may be given. One of another organization is as unknown as one that does not exist.
    fn decide_on_custom_role(
        &self,
        subject: SubjectFact<'_, Id>,
        action: Action<&Q>,
        resource: ResourceFact<'_, Id>,
    ) -> Decision {
        match self.directory.action_in(action, resource.organization()) {
            Some(action) => decide_here(Asked { subject, action, resource }),
            None => Decision::Deny(Reason::UnknownResource),
        }
    }
}
