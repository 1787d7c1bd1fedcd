//! The resources on which a subject may perform an action.

use core::borrow::Borrow;
use core::hash::Hash;

use crate::directory::index::OrganizationIndex;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::Account;
use crate::model::action::Action;
use crate::model::project::Project;
use crate::model::resource::Resource;
use crate::model::subject::Subject;
use crate::policy::decide::{decide, decide_here};
use crate::policy::decision::Decision;
use crate::policy::inputs::state_of;
use crate::policy::reason::Reason;
use crate::query::class::{Class, Memo, unless_denied};

impl<Id: Hash + Ord> Directory<Id> {
    /// Lists the resources on which this subject may perform an action, and the actions that it may perform on a resource,
    /// with the decisions of [`Directory::decide`].
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Action, ActionSet, Decision, Directory, Protection, ResourceId, Role, SubjectId, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "alice".into(), Role::Developer, None)?;
    /// rows.cluster("us-east".into(), "acme-corp")?;
    /// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
    /// rows.environment("shop-dev".into(), "shop", "us-east", None, Protection::NONE)?;
    /// rows.environment("shop-production".into(), "shop", "us-east", None, Protection::LOCKED)?;
    /// let directory = rows.build();
    ///
    /// let alice = directory.what_may(SubjectId::new("alice"));
    /// let deployable: Vec<_> = alice.environments(Action::Deploy, "acme-corp").map(|(id, _)| id).collect();
    /// assert_eq!(deployable, ["shop-dev"]);
    ///
    /// let actions = alice.actions(ResourceId::Environment("shop-production"));
    /// assert_eq!(actions.allowed(), ActionSet::VIEW | ActionSet::READ_VARIABLES | ActionSet::RESTART);
    /// assert!(actions.with_approval().is_empty());
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    pub fn what_may<'a, Q>(&'a self, subject: SubjectId<'a, Id, Q>) -> Search<'a, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        Search { directory: self, subject, facts: self.subject(&subject) }
    }
}

/// The resources on which a subject may perform an action, and the actions that it may perform on a resource.
///
/// Each list has the ids of the resources for which [`Directory::decide`] does not deny the action, with the decision. It is
/// lazy, sorted by id, and empty if the organization, project, cluster or environment that you pass does not exist.
#[derive(Debug)]
pub struct Search<'a, Id, Q: ?Sized = Id> {
    pub(crate) directory: &'a Directory<Id>,
    pub(crate) subject: SubjectId<'a, Id, Q>,
    facts: Subject<'a, Id>,
}

impl<'a, Id, Q> Search<'a, Id, Q>
where
    Id: Hash + Ord + Borrow<Q>,
    Q: Hash + Ord + ?Sized,
{
    /// The organizations on which the subject may perform this action.
    pub fn organizations(&self, action: Action) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let memberships = subject.account().into_iter().flat_map(Account::memberships);
        memberships.filter_map(move |membership| {
            let organization = directory.organizations.get::<Id>(membership.organization())?;
            unless_denied(organization.id(), decide(subject, action, Resource::Organization(organization)))
        })
    }

    /// The projects of an organization on which the subject may perform this action.
    pub fn projects(
        &self,
        action: Action,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let index = self.own_organization(organization);
        let projects = index.into_iter().flat_map(|index| directory.projects_of::<Id>(index.id()));
        projects.filter_map(move |project| {
            unless_denied(project.id(), decide_here(&subject, action, Resource::Project(project)))
        })
    }

    /// The clusters of an organization on which the subject may perform this action.
    pub fn clusters(
        &self,
        action: Action,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let index = self.own_organization(organization);
        let clusters = index.into_iter().flat_map(|index| directory.clusters_of::<Id>(index.id()));
        clusters.filter_map(move |cluster| {
            unless_denied(cluster.id(), decide_here(&subject, action, Resource::Cluster(cluster)))
        })
    }

    /// The environments of an organization on which the subject may perform this action, sorted by project and then by id.
    pub fn environments(
        &self,
        action: Action,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject, now) = (self.directory, self.facts, self.facts.now());
        let membership = subject.account().and_then(|account| account.membership(organization));
        let index = self.own_organization(organization);
        let projects = index.into_iter().flat_map(|index| &index.projects);
        let environments = projects.filter_map(|id| directory.index.projects.get::<Id>(id)).flat_map(move |project| {
            let visibility = directory.projects.get::<Id>(project.id()).map(Project::visibility);
            let role = state_of(membership.and_then(|membership| membership.project_role::<Id>(project.id())), now);
            let project_class = Class::default().and(visibility).and(role);
            project.environments.iter().map(move |(id, stage)| (id, stage, project_class))
        });
        let mut memo = Memo::new();
        environments.filter_map(move |(id, stage, project_class)| {
            let evaluate = || {
                let environment = directory.environments.get::<Id>(id);
                environment.map_or(Decision::Deny(Reason::UnknownResource), |environment| {
                    decide(subject, action, Resource::Environment(environment))
                })
            };
            // A token can be restricted to single environments, so they do not fall into classes.
            let decision = if subject.token.is_some() {
                evaluate()
            } else {
                let level =
                    state_of(membership.and_then(|membership| membership.cluster_access::<Id>(&stage.cluster)), now);
                memo.get_or_insert_with(project_class.and(level).and(stage.protection), evaluate)
            };
            unless_denied(id, decision)
        })
    }

    /// The clusters that `environment` could be moved to for which the subject may perform `action` on the placement.
    pub fn placements(
        &self,
        action: Action,
        environment: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let environment = directory.environments.get(environment);
        environment.into_iter().flat_map(move |environment| {
            directory.clusters_of::<Id>(environment.organization()).filter_map(move |cluster| {
                unless_denied(cluster.id(), decide(subject, action, Resource::Placement { environment, to: cluster }))
            })
        })
    }

    /// The members of an organization on whom the subject may perform this action, including those whose membership has
    /// expired.
    pub fn members(
        &self,
        action: Action,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let organization = directory.organizations.get(organization);
        organization.into_iter().flat_map(move |organization| {
            let about = move |account| Resource::Member(organization, Some(account));
            accounts(directory, organization.id(), move |account| decide(subject, action, about(account)))
        })
    }

    /// The members of a project's organization on whom the subject may perform this action with regard to the project.
    pub fn project_members(
        &self,
        action: Action,
        project: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        directory.projects.get(project).into_iter().flat_map(move |project| {
            let about = move |account| Resource::ProjectMember(project, Some(account));
            accounts(directory, project.organization(), move |account| decide(subject, action, about(account)))
        })
    }

    /// The members of a cluster's organization on whom the subject may perform this action with regard to the cluster.
    pub fn cluster_members(
        &self,
        action: Action,
        cluster: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        directory.clusters.get(cluster).into_iter().flat_map(move |cluster| {
            let about = move |account| Resource::ClusterMember(cluster, Some(account));
            accounts(directory, cluster.organization(), move |account| decide(subject, action, about(account)))
        })
    }

    /// An organization, if the subject is a member of it. Only members are ever allowed anything there.
    fn own_organization(&self, organization: &Q) -> Option<&'a OrganizationIndex<Id>> {
        self.facts.account()?.membership(organization)?;
        self.directory.index.organizations.get(organization)
    }
}

/// The members of an organization for whom the decision is not a denial.
fn accounts<'a, Id: Hash + Ord>(
    directory: &'a Directory<Id>,
    organization: &Id,
    decide: impl Fn(&'a Account<Id>) -> Decision,
) -> impl Iterator<Item = (&'a Id, Decision)> {
    directory.members_of::<Id>(organization).filter_map(move |account| unless_denied(account.id(), decide(account)))
}
