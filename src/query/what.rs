//! What may she do this to.

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
use crate::query::class::Class;
use crate::query::class::{Memo, found};

impl<Id: Hash + Ord> Directory<Id> {
    /// What may this subject do, and to what: lists, each exactly [`Directory::decide`]'s answers.
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

/// A subject, and the directory that says what it may do.
///
/// Each list is lazy, of ids, and in their order; it has everything of its kind for which [`Directory::decide`] does not answer
/// with a denial, with that decision. For an organization, project, cluster or environment that is not held it is empty.
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
    /// The organizations that the subject may do this to.
    pub fn organizations(&self, action: Action) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let memberships = subject.account().into_iter().flat_map(Account::memberships);
        memberships.filter_map(move |membership| {
            let organization = directory.organizations.get::<Id>(membership.organization())?;
            found(organization.id(), decide(&subject, action, Resource::Organization(organization)))
        })
    }

    /// The projects of an organization that the subject may do this to.
    pub fn projects(
        &self,
        action: Action,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let of = self.organization_of_its_own(organization);
        let projects = of.into_iter().flat_map(|of| directory.projects_of::<Id>(of.id()));
        projects
            .filter_map(move |project| found(project.id(), decide_here(&subject, action, Resource::Project(project))))
    }

    /// The clusters of an organization that the subject may do this to.
    pub fn clusters(
        &self,
        action: Action,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let of = self.organization_of_its_own(organization);
        let clusters = of.into_iter().flat_map(|of| directory.clusters_of::<Id>(of.id()));
        clusters
            .filter_map(move |cluster| found(cluster.id(), decide_here(&subject, action, Resource::Cluster(cluster))))
    }

    /// The environments of an organization that the subject may do this to: project by project, and those of a project in
    /// the order of their ids.
    pub fn environments(
        &self,
        action: Action,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject, now) = (self.directory, self.facts, self.facts.now());
        let membership = subject.account().and_then(|account| account.membership(organization));
        let of = self.organization_of_its_own(organization);
        let projects = of.into_iter().flat_map(|of| &of.projects);
        let stages = projects.filter_map(|id| directory.index.projects.get::<Id>(id)).flat_map(move |of| {
            let visibility = directory.projects.get::<Id>(of.id()).map(Project::visibility);
            let role = state_of(membership.and_then(|membership| membership.project_role::<Id>(of.id())), now);
            let of_project = Class::default().and(visibility).and(role);
            of.environments.iter().map(move |(id, stage)| (id, stage, of_project))
        });
        let mut memo = Memo::new();
        stages.filter_map(move |(id, stage, of_project)| {
            let ask = || {
                let environment = directory.environments.get::<Id>(id);
                environment.map_or(Decision::Deny(Reason::UnknownResource), |environment| {
                    decide(&subject, action, Resource::Environment(environment))
                })
            };
            // A token names environments one by one.
            let decision = if subject.token.is_some() {
                ask()
            } else {
                let level =
                    state_of(membership.and_then(|membership| membership.cluster_access::<Id>(&stage.cluster)), now);
                memo.get_or_insert_with(of_project.and(level).and(stage.protection), ask)
            };
            found(id, decision)
        })
    }

    /// The clusters that the subject may do this to an environment with: those of its organization, each as its new one.
    pub fn placements(
        &self,
        action: Action,
        environment: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let environment = directory.environments.get(environment);
        environment.into_iter().flat_map(move |environment| {
            directory.clusters_of::<Id>(environment.organization()).filter_map(move |cluster| {
                found(cluster.id(), decide(&subject, action, Resource::Placement { environment, to: cluster }))
            })
        })
    }

    /// The members of an organization, live or not, that the subject may do this to.
    pub fn members(
        &self,
        action: Action,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let organization = directory.organizations.get(organization);
        organization.into_iter().flat_map(move |organization| {
            let about = move |account| Resource::Member(organization, Some(account));
            accounts(directory, organization.id(), move |account| decide(&subject, action, about(account)))
        })
    }

    /// The members of a project's organization that the subject may do this to, as members of that project.
    pub fn project_members(
        &self,
        action: Action,
        project: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        directory.projects.get(project).into_iter().flat_map(move |project| {
            let about = move |account| Resource::ProjectMember(project, Some(account));
            accounts(directory, project.organization(), move |account| decide(&subject, action, about(account)))
        })
    }

    /// The members of a cluster's organization that the subject may do this to, as members on that cluster.
    pub fn cluster_members(
        &self,
        action: Action,
        cluster: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        directory.clusters.get(cluster).into_iter().flat_map(move |cluster| {
            let about = move |account| Resource::ClusterMember(cluster, Some(account));
            accounts(directory, cluster.organization(), move |account| decide(&subject, action, about(account)))
        })
    }

    /// What an organization has, if the subject is a member of it: nobody else may do anything to that.
    fn organization_of_its_own(&self, organization: &Q) -> Option<&'a OrganizationIndex<Id>> {
        self.facts.account()?.membership(organization)?;
        self.directory.index.organizations.get(organization)
    }
}

/// The members of an organization for whom a decision is no denial.
fn accounts<'a, Id: Hash + Ord>(
    directory: &'a Directory<Id>,
    organization: &Id,
    decide: impl Fn(&'a Account<Id>) -> Decision,
) -> impl Iterator<Item = (&'a Id, Decision)> {
    directory.members_of::<Id>(organization).filter_map(move |account| found(account.id(), decide(account)))
}
