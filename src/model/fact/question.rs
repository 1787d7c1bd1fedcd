//! Questions: the subject and the resource.

use super::{
    AccountFact, ClusterFact, DeploymentFact, EnvironmentFact, OrganizationFact, ProjectFact, RoleFact, TeamFact,
};
use crate::model::names::copy;
use crate::model::protection::Protection;
use crate::model::resource::{Resource, ResourceKind};
use crate::model::subject::Subject;
use crate::model::time::{Now, Time};
use crate::model::token::Token;

/// Who asks: an account, and optionally the tokens and the present time.
#[derive(Debug)]
pub(crate) struct SubjectFact<'a, Id> {
    /// `None` if it is unknown.
    pub(crate) account: Option<AccountFact<'a, Id>>,
    pub(crate) token: Option<&'a Token<Id>>,
    pub(crate) service_token: Option<&'a Token<Id>>,
    pub(crate) now: Option<Time>,
}

impl<'a, Id> SubjectFact<'a, Id> {
    /// An account without tokens.
    pub(crate) const fn at(account: Option<AccountFact<'a, Id>>, now: Option<Time>) -> Self {
        Self { account, token: None, service_token: None, now }
    }

    /// Both tokens, where there are any.
    #[cfg(feature = "directory")]
    #[inline]
    pub(crate) const fn tokens(&self) -> [Option<&'a Token<Id>>; 2] {
        [self.token, self.service_token]
    }

    #[inline]
    pub(crate) const fn now(&self) -> Now {
        Now::new(self.now)
    }
}

impl<'a, Id> From<Subject<'a, Id>> for SubjectFact<'a, Id> {
    #[inline]
    fn from(subject: Subject<'a, Id>) -> Self {
        let Subject { account, token, service_token, now } = subject;
        Self { account: account.map(AccountFact::from), token, service_token, now }
    }
}

/// What a question is about: see [`Resource`].
#[derive(Debug)]
pub(crate) enum ResourceFact<'a, Id> {
    Organization(OrganizationFact<'a, Id>),
    Member(OrganizationFact<'a, Id>, Option<AccountFact<'a, Id>>),
    Role(RoleFact<'a, Id>),
    Team(TeamFact<'a, Id>),
    TeamMember(TeamFact<'a, Id>, Option<AccountFact<'a, Id>>),
    Project(ProjectFact<'a, Id>),
    ProjectMember(ProjectFact<'a, Id>, Option<AccountFact<'a, Id>>),
    ProjectTeam(ProjectFact<'a, Id>, TeamFact<'a, Id>),
    Environment(EnvironmentFact<'a, Id>),
    NewEnvironment(NewEnvironmentFact<'a, Id>),
    Placement { environment: EnvironmentFact<'a, Id>, to: ClusterFact<'a, Id> },
    Deployment(&'a DeploymentFact<'a, Id>),
    Cluster(ClusterFact<'a, Id>),
    ClusterMember(ClusterFact<'a, Id>, Option<AccountFact<'a, Id>>),
    ClusterTeam(ClusterFact<'a, Id>, TeamFact<'a, Id>),
}

impl<'a, Id> ResourceFact<'a, Id> {
    /// The organization that the resource belongs to.
    pub(crate) fn organization(&self) -> &'a Id {
        match *self {
            Self::Organization(organization) | Self::Member(organization, _) => organization.id(),
            Self::Role(role) => role.organization(),
            Self::Team(team) | Self::TeamMember(team, _) => team.organization(),
            Self::Project(project) | Self::ProjectMember(project, _) | Self::ProjectTeam(project, _) => {
                project.organization()
            }
            Self::Environment(environment) | Self::Placement { environment, .. } => environment.organization(),
            Self::NewEnvironment(proposal) => proposal.project.organization(),
            Self::Deployment(deployment) => deployment.environment.organization(),
            Self::Cluster(cluster) | Self::ClusterMember(cluster, _) | Self::ClusterTeam(cluster, _) => {
                cluster.organization()
            }
        }
    }

    /// The kind of the resource.
    #[inline]
    pub(crate) const fn kind(&self) -> ResourceKind {
        match self {
            Self::Organization(..) => ResourceKind::Organization,
            Self::Member(..) => ResourceKind::Member,
            Self::Role(..) => ResourceKind::Role,
            Self::Team(..) => ResourceKind::Team,
            Self::TeamMember(..) => ResourceKind::TeamMember,
            Self::Project(..) => ResourceKind::Project,
            Self::ProjectMember(..) => ResourceKind::ProjectMember,
            Self::ProjectTeam(..) => ResourceKind::ProjectTeam,
            Self::Environment(..) | Self::NewEnvironment(..) => ResourceKind::Environment,
            Self::Placement { .. } => ResourceKind::Placement,
            Self::Deployment(..) => ResourceKind::Deployment,
            Self::Cluster(..) => ResourceKind::Cluster,
            Self::ClusterMember(..) => ResourceKind::ClusterMember,
            Self::ClusterTeam(..) => ResourceKind::ClusterTeam,
        }
    }
}

impl<'a, Id> From<Resource<'a, Id>> for ResourceFact<'a, Id> {
    fn from(resource: Resource<'a, Id>) -> Self {
        match resource {
            Resource::Organization(organization) => Self::Organization(organization.into()),
            Resource::Member(organization, member) => Self::Member(organization.into(), member.map(Into::into)),
            Resource::Role(role) => Self::Role(role.into()),
            Resource::Team(team) => Self::Team(team.into()),
            Resource::TeamMember(team, member) => Self::TeamMember(team.into(), member.map(Into::into)),
            Resource::Project(project) => Self::Project(project.into()),
            Resource::ProjectMember(project, member) => Self::ProjectMember(project.into(), member.map(Into::into)),
            Resource::ProjectTeam(project, team) => Self::ProjectTeam(project.into(), team.into()),
            Resource::Environment(environment) => Self::Environment(environment.into()),
            Resource::NewEnvironment(proposal) => Self::NewEnvironment(NewEnvironmentFact {
                id: proposal.id,
                project: proposal.project.into(),
                cluster: proposal.cluster.into(),
                protection: proposal.protection,
            }),
            Resource::Placement { environment, to } => {
                Self::Placement { environment: environment.into(), to: to.into() }
            }
            Resource::Deployment(deployment) => Self::Deployment(deployment.fact()),
            Resource::Cluster(cluster) => Self::Cluster(cluster.into()),
            Resource::ClusterMember(cluster, member) => Self::ClusterMember(cluster.into(), member.map(Into::into)),
            Resource::ClusterTeam(cluster, team) => Self::ClusterTeam(cluster.into(), team.into()),
        }
    }
}

/// An environment that does not exist yet.
#[derive(Debug)]
pub(crate) struct NewEnvironmentFact<'a, Id> {
    pub(crate) id: Option<&'a Id>,
    pub(crate) project: ProjectFact<'a, Id>,
    pub(crate) cluster: ClusterFact<'a, Id>,
    pub(crate) protection: Protection,
}

copy!(SubjectFact, ResourceFact, NewEnvironmentFact);
