//! The resources on which a subject may perform an action.

use core::borrow::Borrow;
use core::hash::Hash;
use core::iter;

use crate::directory::index::OrganizationIndex;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::action::Action;
use crate::model::fact::{AccountFact, ClusterFact, ProjectFact, ResourceFact, RoleFact, SubjectFact, TeamFact};
use crate::policy::asked::Asked;
use crate::policy::decide::{decide_here, decide_of};
use crate::policy::decision::Decision;
use crate::query::class::unless_denied;
use crate::query::environments::Environments;

impl<Id: Hash + Ord> Directory<Id> {
    /// Lists the resources on which this subject may perform an action, and the actions that it may perform on a resource,
    /// with the decisions of [`Directory::decide`].
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Action, ActionSet, Decision, Directory, Protection, ResourceId, Role, SubjectId, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
    /// rows.environment("shop-dev".into(), "shop", "us-east", "shop-dev", Protection::NONE)?;
    /// rows.environment("shop-production".into(), "shop", "us-east", "shop-production", Protection::LOCKED)?;
    /// let directory = rows.build();
    ///
    /// let alice = directory.what_may(SubjectId::new("alice"));
    /// let deployable: Vec<_> = alice.environments(Action::Deploy, "acme-corp").map(|(id, _)| id).collect();
    /// assert_eq!(deployable, ["shop-dev"]);
    ///
    /// let actions = alice.actions(ResourceId::Environment("shop-production"));
    /// let readable = ActionSet::VIEW | ActionSet::VIEW_LOGS | ActionSet::READ_VARIABLES;
    /// assert_eq!(actions.allowed(), readable | ActionSet::RESTART);
    /// assert!(actions.with_approval().is_empty());
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    pub fn what_may<'a, Q>(&'a self, subject: SubjectId<'a, Id, Q>) -> Search<'a, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        Search { directory: self, subject, facts: self.subject_fact(&subject) }
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
    facts: SubjectFact<'a, Id>,
}

impl<'a, Id, Q> Search<'a, Id, Q>
where
    Id: Hash + Ord + Borrow<Q>,
    Q: Hash + Ord + ?Sized,
{
    /// The organizations on which the subject may perform this action.
    pub fn organizations<'q>(
        &self,
        action: Action<&'q Q>,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, 'q, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let memberships = subject.account.into_iter().flat_map(AccountFact::memberships);
        memberships.filter_map(move |membership| {
            let organization = directory.organization_fact::<Id>(membership.organization())?;
            let action = directory.action_in(action, organization.id())?;
            unless_denied(organization.id(), decide_of(subject, action, ResourceFact::Organization(organization)))
        })
    }

    /// The members of an organization on whom the subject may perform this action, including those whose membership has
    /// expired.
    pub fn members(
        &self,
        action: Action<&Q>,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let organization = directory.organization_fact(organization);
        let asked = organization.and_then(|it| Some((it, directory.action_in(action, it.id())?)));
        asked.into_iter().flat_map(move |(organization, action)| {
            let about = move |account| ResourceFact::Member(organization, Some(account));
            accounts(directory, organization.id(), move |account| decide_of(subject, action, about(account)))
        })
    }

    /// The custom roles of an organization on which the subject may perform this action.
    pub fn roles(
        &self,
        action: Action<&Q>,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let asked = self.asked_in(action, organization);
        asked.into_iter().flat_map(move |(index, action)| {
            let roles = directory.roles_of::<Id>(index.id());
            roles.filter_map(move |role| {
                unless_denied(role.id(), decide_of(subject, action, ResourceFact::Role(role.0)))
            })
        })
    }

    /// The teams of an organization on which the subject may perform this action.
    pub fn teams(
        &self,
        action: Action<&Q>,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let asked = self.asked_in(action, organization);
        asked.into_iter().flat_map(move |(index, action)| {
            let teams = directory.teams_of::<Id>(index.id());
            teams.filter_map(move |team| {
                unless_denied(team.id(), decide_of(subject, action, ResourceFact::Team(team.0)))
            })
        })
    }

    /// The members of a team's organization on whom the subject may perform this action with regard to the team, whether they
    /// are in it or not.
    pub fn team_members(
        &self,
        action: Action<&Q>,
        team: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let team = directory.team_fact(team);
        let asked = team.and_then(|team| Some((team, directory.action_in(action, team.organization())?)));
        asked.into_iter().flat_map(move |(team, action)| {
            let about = move |account| ResourceFact::TeamMember(team, Some(account));
            accounts(directory, team.organization(), move |account| decide_of(subject, action, about(account)))
        })
    }

    /// The projects of an organization on which the subject may perform this action.
    pub fn projects(
        &self,
        action: Action<&Q>,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let asked = self.asked_in(action, organization);
        asked.into_iter().flat_map(move |(index, action)| {
            directory.projects_of::<Id>(index.id()).filter_map(move |project| {
                unless_denied(
                    project.id(),
                    decide_here(Asked { subject, action, resource: ResourceFact::Project(project.0) }),
                )
            })
        })
    }

    /// The members of a project's organization on whom the subject may perform this action with regard to the project.
    pub fn project_members(
        &self,
        action: Action<&Q>,
        project: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        self.asked_of_project(action, project).into_iter().flat_map(move |(project, action)| {
            let about = move |account| ResourceFact::ProjectMember(project, Some(account));
            accounts(directory, project.organization(), move |account| decide_of(subject, action, about(account)))
        })
    }

    /// The teams of a project's organization on which the subject may perform this action with regard to the project.
    pub fn project_teams(
        &self,
        action: Action<&Q>,
        project: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        self.asked_of_project(action, project).into_iter().flat_map(move |(project, action)| {
            let about = move |team| ResourceFact::ProjectTeam(project, team);
            teams(directory, project.organization(), move |team| decide_of(subject, action, about(team)))
        })
    }

    /// The environments of an organization on which the subject may perform this action, sorted by project and then by id.
    pub fn environments(
        &self,
        action: Action<&Q>,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let mut found = self.asked_in(action, organization).and_then(|(index, action)| {
            let number = self.directory.organizations.get(organization)?.number;
            Some(Environments::of(self.directory, self.facts, (action, index), number))
        });
        iter::from_fn(move || found.as_mut()?.next())
    }

    /// The clusters that `environment` could be moved to for which the subject may perform `action` on the placement.
    pub fn placements(
        &self,
        action: Action<&Q>,
        environment: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let environment = directory.environment_fact(environment);
        let asked = environment.and_then(|it| Some((it, directory.action_in(action, it.organization())?)));
        asked.into_iter().flat_map(move |(environment, action)| {
            directory.clusters_of::<Id>(environment.organization()).filter_map(move |cluster| {
                unless_denied(
                    cluster.id(),
                    decide_of(subject, action, ResourceFact::Placement { environment, to: cluster.0 }),
                )
            })
        })
    }

    /// The clusters of an organization on which the subject may perform this action.
    pub fn clusters(
        &self,
        action: Action<&Q>,
        organization: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        let asked = self.asked_in(action, organization);
        asked.into_iter().flat_map(move |(index, action)| {
            directory.clusters_of::<Id>(index.id()).filter_map(move |cluster| {
                unless_denied(
                    cluster.id(),
                    decide_here(Asked { subject, action, resource: ResourceFact::Cluster(cluster.0) }),
                )
            })
        })
    }

    /// The members of a cluster's organization on whom the subject may perform this action with regard to the cluster.
    pub fn cluster_members(
        &self,
        action: Action<&Q>,
        cluster: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        self.asked_of_cluster(action, cluster).into_iter().flat_map(move |(cluster, action)| {
            let about = move |account| ResourceFact::ClusterMember(cluster, Some(account));
            accounts(directory, cluster.organization(), move |account| decide_of(subject, action, about(account)))
        })
    }

    /// The teams of a cluster's organization on which the subject may perform this action with regard to the cluster.
    pub fn cluster_teams(
        &self,
        action: Action<&Q>,
        cluster: &Q,
    ) -> impl Iterator<Item = (&'a Id, Decision)> + use<'a, Id, Q> {
        let (directory, subject) = (self.directory, self.facts);
        self.asked_of_cluster(action, cluster).into_iter().flat_map(move |(cluster, action)| {
            let about = move |team| ResourceFact::ClusterTeam(cluster, team);
            teams(directory, cluster.organization(), move |team| decide_of(subject, action, about(team)))
        })
    }

    /// An organization, if the subject is a member of it, with the action. Only members are ever allowed anything there.
    fn asked_in(&self, action: Action<&Q>, organization: &Q) -> Option<(&'a OrganizationIndex<Id>, Given<'a, Id>)> {
        self.facts.account?.membership(organization)?;
        let index = self.directory.index.organizations.get(organization)?;
        Some((index, self.directory.action_in(action, index.id())?))
    }

    fn asked_of_project(&self, action: Action<&Q>, project: &Q) -> Option<(ProjectFact<'a, Id>, Given<'a, Id>)> {
        let project = self.directory.project_fact(project)?;
        Some((project, self.directory.action_in(action, project.organization())?))
    }

    fn asked_of_cluster(&self, action: Action<&Q>, cluster: &Q) -> Option<(ClusterFact<'a, Id>, Given<'a, Id>)> {
        let cluster = self.directory.cluster_fact(cluster)?;
        Some((cluster, self.directory.action_in(action, cluster.organization())?))
    }
}

/// An action with the custom role that it gives, if it gives one.
pub(super) type Given<'a, Id> = Action<RoleFact<'a, Id>>;

/// The members of an organization for whom the decision is not a denial.
fn accounts<'a, Id: Hash + Ord>(
    directory: &'a Directory<Id>,
    organization: &Id,
    decide: impl Fn(AccountFact<'a, Id>) -> Decision,
) -> impl Iterator<Item = (&'a Id, Decision)> {
    directory.members_of::<Id>(organization).filter_map(move |account| unless_denied(account.id(), decide(account.0)))
}

/// The teams of an organization for which the decision is not a denial.
fn teams<'a, Id: Hash + Ord>(
    directory: &'a Directory<Id>,
    organization: &Id,
    decide: impl Fn(TeamFact<'a, Id>) -> Decision,
) -> impl Iterator<Item = (&'a Id, Decision)> {
    directory.teams_of::<Id>(organization).filter_map(move |team| unless_denied(team.id(), decide(team.0)))
}
