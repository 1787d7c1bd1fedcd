//! What a question can be about.

use crate::model::account::Account;
use crate::model::cluster::Cluster;
use crate::model::deployment::Deployment;
use crate::model::environment::{Environment, NewEnvironment};
use crate::model::names::{copy, names};
use crate::model::organization::Organization;
use crate::model::project::Project;

names! {
    /// The kinds of resource that a question can be about.
    pub enum ResourceKind: "resource type" {
        /// A tenant.
        Organization = "organization",
        /// An account as a member of an organization.
        Member = "member",
        /// A project.
        Project = "project",
        /// A member of the organization, in a project.
        ProjectMember = "project_member",
        /// An environment of a project, held or proposed.
        Environment = "environment",
        /// An environment, and the cluster that it is to move to.
        Placement = "placement",
        /// A deployment into an environment.
        Deployment = "deployment",
        /// A cluster.
        Cluster = "cluster",
        /// A member of the organization, on a cluster.
        ClusterMember = "cluster_member",
    }
}

/// What a question is about: the facts of one resource, borrowed.
///
/// Where a resource relates an account to something, `None` stands for an account that nobody knows: it has no
/// memberships.
#[derive(Debug)]
pub enum Resource<'a, Id> {
    /// An organization.
    Organization(&'a Organization<Id>),
    /// An account as a member of an organization.
    Member(&'a Organization<Id>, Option<&'a Account<Id>>),
    /// A project.
    Project(&'a Project<Id>),
    /// An account as a member of a project.
    ProjectMember(&'a Project<Id>, Option<&'a Account<Id>>),
    /// An environment.
    Environment(&'a Environment<Id>),
    /// An environment that does not exist yet: of the kind `environment` as well.
    NewEnvironment(NewEnvironment<'a, Id>),
    /// An environment, and the cluster that it is to move to.
    Placement {
        /// The environment.
        environment: &'a Environment<Id>,
        /// The cluster that it is to move to.
        to: &'a Cluster<Id>,
    },
    /// A deployment.
    Deployment(&'a Deployment<'a, Id>),
    /// A cluster.
    Cluster(&'a Cluster<Id>),
    /// An account as a member on a cluster.
    ClusterMember(&'a Cluster<Id>, Option<&'a Account<Id>>),
}

impl<Id> Resource<'_, Id> {
    /// The organization that it belongs to.
    pub(crate) const fn organization(&self) -> &Id {
        match self {
            Self::Organization(organization) | Self::Member(organization, _) => organization.id(),
            Self::Project(project) | Self::ProjectMember(project, _) => project.organization(),
            Self::Environment(environment) | Self::Placement { environment, .. } => environment.organization(),
            Self::NewEnvironment(proposal) => proposal.project.organization(),
            Self::Deployment(deployment) => deployment.environment.organization(),
            Self::Cluster(cluster) | Self::ClusterMember(cluster, _) => cluster.organization(),
        }
    }

    /// Its kind.
    #[must_use]
    #[inline]
    pub const fn kind(&self) -> ResourceKind {
        match self {
            Self::Organization(..) => ResourceKind::Organization,
            Self::Member(..) => ResourceKind::Member,
            Self::Project(..) => ResourceKind::Project,
            Self::ProjectMember(..) => ResourceKind::ProjectMember,
            Self::Environment(..) | Self::NewEnvironment(..) => ResourceKind::Environment,
            Self::Placement { .. } => ResourceKind::Placement,
            Self::Deployment(..) => ResourceKind::Deployment,
            Self::Cluster(..) => ResourceKind::Cluster,
            Self::ClusterMember(..) => ResourceKind::ClusterMember,
        }
    }
}

copy!(Resource);
