//! Resources: what a question is about, as facts and by id.

use alloc::string::String;
use alloc::vec::Vec;
use core::borrow::Borrow;

use crate::model::account::Account;
use crate::model::cluster::Cluster;
use crate::model::custom_role::CustomRole;
use crate::model::deployment::{ApprovalId, Deployment};
use crate::model::environment::{Environment, NewEnvironment};
use crate::model::names::{copy, names};
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::protection::Protection;
use crate::model::team::Team;

names! {
    /// The kinds of resource that a question can be about.
    pub enum ResourceKind: "resource type" {
        /// An organization, the tenant that everything else belongs to.
        Organization = "organization",
        /// A member of an organization.
        Member = "member",
        /// A custom role.
        Role = "role",
        /// A team.
        Team = "team",
        /// A member of the organization, with regard to one team.
        TeamMember = "team_member",
        /// A project.
        Project = "project",
        /// A member of the organization, with regard to one project.
        ProjectMember = "project_member",
        /// A team, with regard to one project.
        ProjectTeam = "project_team",
        /// An environment of a project, existing or proposed.
        Environment = "environment",
        /// An environment and the cluster to move it to.
        Placement = "placement",
        /// A requested deployment to an environment.
        Deployment = "deployment",
        /// A cluster.
        Cluster = "cluster",
        /// A member of the organization, with regard to one cluster.
        ClusterMember = "cluster_member",
        /// A team, with regard to one cluster.
        ClusterTeam = "cluster_team",
    }
}

/// What a question is about: the facts of one resource, borrowed.
///
/// A reference to an [`Organization`], a [`CustomRole`], a [`Team`], a [`Project`], an [`Environment`], a [`Cluster`] or a
/// [`Deployment`] converts into a resource, so `decide(&alice, Action::View, &shop)` needs no variant. Pass `None` in place of an account that does not
/// exist.
#[derive(Debug)]
pub enum Resource<'a, Id> {
    /// An organization.
    Organization(&'a Organization<Id>),
    /// A member of an organization.
    Member(&'a Organization<Id>, Option<&'a Account<Id>>),
    /// A custom role.
    Role(&'a CustomRole<Id>),
    /// A team.
    Team(&'a Team<Id>),
    /// A member of the team's organization, with regard to this team.
    TeamMember(&'a Team<Id>, Option<&'a Account<Id>>),
    /// A project.
    Project(&'a Project<Id>),
    /// A member of the project's organization, with regard to this project.
    ProjectMember(&'a Project<Id>, Option<&'a Account<Id>>),
    /// A team of the project's organization, with regard to this project.
    ProjectTeam(&'a Project<Id>, &'a Team<Id>),
    /// An environment.
    Environment(&'a Environment<Id>),
    /// An environment that does not exist yet. Its kind is [`ResourceKind::Environment`] too.
    NewEnvironment(NewEnvironment<'a, Id>),
    /// An environment and the cluster to move it to.
    Placement {
        /// The environment.
        environment: &'a Environment<Id>,
        /// The cluster to move it to.
        to: &'a Cluster<Id>,
    },
    /// A requested deployment.
    Deployment(&'a Deployment<'a, Id>),
    /// A cluster.
    Cluster(&'a Cluster<Id>),
    /// A member of the cluster's organization, with regard to this cluster.
    ClusterMember(&'a Cluster<Id>, Option<&'a Account<Id>>),
    /// A team of the cluster's organization, with regard to this cluster.
    ClusterTeam(&'a Cluster<Id>, &'a Team<Id>),
}

impl<Id> Resource<'_, Id> {
    /// The kind of the resource.
    #[must_use]
    #[inline]
    pub const fn kind(&self) -> ResourceKind {
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

copy!(Resource);

/// Implements `From` for the resources that consist of one fact.
macro_rules! from_facts {
    ($($fact:ident),+) => {
        $(
            impl<'a, Id> From<&'a $fact<Id>> for Resource<'a, Id> {
                #[inline]
                fn from(fact: &'a $fact<Id>) -> Self {
                    Self::$fact(fact)
                }
            }
        )+
    };
}

from_facts!(Organization, Team, Project, Environment, Cluster);

impl<'a, Id> From<&'a CustomRole<Id>> for Resource<'a, Id> {
    fn from(role: &'a CustomRole<Id>) -> Self {
        Self::Role(role)
    }
}

impl<'a, Id> From<&'a Deployment<'a, Id>> for Resource<'a, Id> {
    fn from(deployment: &'a Deployment<'a, Id>) -> Self {
        Self::Deployment(deployment)
    }
}

impl<'a, Id> From<NewEnvironment<'a, Id>> for Resource<'a, Id> {
    fn from(environment: NewEnvironment<'a, Id>) -> Self {
        Self::NewEnvironment(environment)
    }
}

/// A resource by id.
///
/// It owns its ids (`ResourceId<String>`) or borrows them. A directory takes borrowed ids, for example
/// `ResourceId<&str, &[ApprovalId<String>], &str>`; [`ResourceId::borrowed`] borrows from an owned resource.
///
/// `I` is the type of an id, `A` the type of a deployment's approvals, and `S` the type of its release.
///
/// # Examples
///
/// ```
/// use shipgate::{ResourceId, model::{ApprovalId, ResourceKind}};
///
/// let production: ResourceId<String> = ResourceId::Environment("shop-production".into());
/// let borrowed: ResourceId<&str, &[ApprovalId<String>], &str> = production.borrowed();
/// assert_eq!(borrowed, ResourceId::Environment("shop-production"));
/// assert_eq!(borrowed.kind(), ResourceKind::Environment);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceId<I, A = Vec<ApprovalId<I>>, S = String> {
    /// An organization.
    Organization(I),
    /// A member of an organization.
    Member {
        /// The organization.
        organization: I,
        /// The member.
        account: I,
    },
    /// A custom role.
    Role(I),
    /// A team.
    Team(I),
    /// A member of the team's organization, with regard to this team.
    TeamMember {
        /// The team.
        team: I,
        /// The member.
        account: I,
    },
    /// A project.
    Project(I),
    /// A member of the project's organization, with regard to this project.
    ProjectMember {
        /// The project.
        project: I,
        /// The member.
        account: I,
    },
    /// A team of the project's organization, with regard to this project.
    ProjectTeam {
        /// The project.
        project: I,
        /// The team.
        team: I,
    },
    /// An environment.
    Environment(I),
    /// An environment that does not exist yet.
    NewEnvironment {
        /// The id that it would have.
        id: I,
        /// The project that it would belong to.
        project: I,
        /// The cluster that it would be deployed to.
        cluster: I,
        /// The protection that it would have.
        protection: Protection,
    },
    /// An environment and the cluster to move it to.
    Placement {
        /// The environment.
        environment: I,
        /// The cluster to move it to.
        to: I,
    },
    /// A requested deployment.
    Deployment {
        /// The environment to deploy to.
        environment: I,
        /// The account that requested it.
        requested_by: I,
        /// The account on whose behalf it was requested, if that is another one.
        on_behalf_of: Option<I>,
        /// The release that it carries, if it is known.
        release: Option<S>,
        /// The approvals given so far.
        approvals: A,
    },
    /// A cluster.
    Cluster(I),
    /// A member of the cluster's organization, with regard to this cluster.
    ClusterMember {
        /// The cluster.
        cluster: I,
        /// The member.
        account: I,
    },
    /// A team of the cluster's organization, with regard to this cluster.
    ClusterTeam {
        /// The cluster.
        cluster: I,
        /// The team.
        team: I,
    },
}

/// A resource as a directory takes it: ids borrowed as `Q`, approvals borrowed as they are stored.
#[cfg(feature = "directory")]
pub(crate) type ResourceRef<'a, Id, Q> = ResourceKey<'a, Id, &'a Q>;

/// The same, where each id is looked up by a key.
#[cfg(feature = "directory")]
pub(crate) type ResourceKey<'a, Id, K> = ResourceId<K, &'a [ApprovalId<Id>], &'a str>;

impl<I, A, S> ResourceId<I, A, S> {
    /// The kind of the resource.
    #[must_use]
    pub const fn kind(&self) -> ResourceKind {
        match self {
            Self::Organization(_) => ResourceKind::Organization,
            Self::Member { .. } => ResourceKind::Member,
            Self::Role(_) => ResourceKind::Role,
            Self::Team(_) => ResourceKind::Team,
            Self::TeamMember { .. } => ResourceKind::TeamMember,
            Self::Project(_) => ResourceKind::Project,
            Self::ProjectMember { .. } => ResourceKind::ProjectMember,
            Self::ProjectTeam { .. } => ResourceKind::ProjectTeam,
            Self::Environment(_) | Self::NewEnvironment { .. } => ResourceKind::Environment,
            Self::Placement { .. } => ResourceKind::Placement,
            Self::Deployment { .. } => ResourceKind::Deployment,
            Self::Cluster(_) => ResourceKind::Cluster,
            Self::ClusterMember { .. } => ResourceKind::ClusterMember,
            Self::ClusterTeam { .. } => ResourceKind::ClusterTeam,
        }
    }

    /// Converts the ids, the approvals and the release.
    pub(crate) fn map<'a, J, B, T>(
        &'a self,
        id: impl Fn(&'a I) -> J,
        approvals: impl FnOnce(&'a A) -> B,
        release: impl FnOnce(&'a S) -> T,
    ) -> ResourceId<J, B, T> {
        match self {
            Self::Organization(organization) => ResourceId::Organization(id(organization)),
            Self::Member { organization, account } => {
                ResourceId::Member { organization: id(organization), account: id(account) }
            }
            Self::Role(role) => ResourceId::Role(id(role)),
            Self::Team(team) => ResourceId::Team(id(team)),
            Self::TeamMember { team, account } => ResourceId::TeamMember { team: id(team), account: id(account) },
            Self::Project(project) => ResourceId::Project(id(project)),
            Self::ProjectMember { project, account } => {
                ResourceId::ProjectMember { project: id(project), account: id(account) }
            }
            Self::ProjectTeam { project, team } => ResourceId::ProjectTeam { project: id(project), team: id(team) },
            Self::Environment(environment) => ResourceId::Environment(id(environment)),
            Self::NewEnvironment { id: new, project, cluster, protection } => ResourceId::NewEnvironment {
                id: id(new),
                project: id(project),
                cluster: id(cluster),
                protection: *protection,
            },
            Self::Placement { environment, to } => ResourceId::Placement { environment: id(environment), to: id(to) },
            Self::Deployment { environment, requested_by, on_behalf_of, release: carried, approvals: given } => {
                ResourceId::Deployment {
                    environment: id(environment),
                    requested_by: id(requested_by),
                    on_behalf_of: on_behalf_of.as_ref().map(id),
                    release: carried.as_ref().map(release),
                    approvals: approvals(given),
                }
            }
            Self::Cluster(cluster) => ResourceId::Cluster(id(cluster)),
            Self::ClusterMember { cluster, account } => {
                ResourceId::ClusterMember { cluster: id(cluster), account: id(account) }
            }
            Self::ClusterTeam { cluster, team } => ResourceId::ClusterTeam { cluster: id(cluster), team: id(team) },
        }
    }
}

impl<I> ResourceId<I> {
    /// Borrows the ids, the approvals and the release, as a directory takes them. Allocates nothing.
    #[must_use]
    pub fn borrowed<Q: ?Sized>(&self) -> ResourceId<&Q, &[ApprovalId<I>], &str>
    where
        I: Borrow<Q>,
    {
        self.map(Borrow::borrow, Vec::as_slice, String::as_str)
    }

    /// Replaces each id by `id(&old)`.
    #[must_use]
    pub fn map_ids<J>(&self, id: impl Fn(&I) -> J) -> ResourceId<J> {
        let approvals =
            |approvals: &Vec<ApprovalId<I>>| approvals.iter().map(|approval| approval.map_ids(&id)).collect();
        self.map(&id, approvals, String::clone)
    }
}
