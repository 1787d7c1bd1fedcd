//! What a resource belongs to.

use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
use crate::model::names::copy;
use crate::model::organization::Organization;
use crate::model::project::{Project, Visibility};
use crate::model::protection::{Protection, Safeguard};
use crate::model::resource::Resource;

/// What a resource belongs to, by the ids that a token can be restricted to, and how it is protected.
pub(crate) struct Scope<'a, Id> {
    pub(crate) organization: &'a Id,
    pub(crate) project: Option<(&'a Id, Visibility)>,
    pub(crate) environment: Option<&'a Id>,
    pub(crate) clusters: [Option<(&'a Id, Visibility)>; 2],
    pub(crate) protection: Protection,
    /// If the resource is a project or something in it but no environment: what guards all its environments together.
    pub(crate) joint: Option<Safeguard>,
}

copy!(Scope);

impl<'a, Id: Eq> Scope<'a, Id> {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "measured: if the caller knows the kind of resource, the match disappears"
    )]
    pub(crate) fn of(resource: &Resource<'a, Id>) -> Self {
        match *resource {
            Resource::Organization(organization) | Resource::Member(organization, _) => {
                Self::organization(organization)
            }
            Resource::Role(role) => Self::bare(role.organization()),
            Resource::Team(team) | Resource::TeamMember(team, _) => Self::bare(team.organization()),
            Resource::Project(project) | Resource::ProjectMember(project, _) | Resource::ProjectTeam(project, _) => {
                Self::project(project)
            }
            Resource::Environment(environment) => Self::environment(environment),
            Resource::Deployment(deployment) => Self::environment(deployment.environment),
            Resource::Placement { environment, to: cluster } => Self {
                // A placement on the present cluster involves only that one.
                clusters: [
                    Some((environment.cluster(), environment.cluster_visibility())),
                    Some((cluster.id(), cluster.visibility())).filter(|(id, _)| *id != environment.cluster()),
                ],
                ..Self::environment(environment)
            },
            Resource::NewEnvironment(proposal) => Self {
                environment: proposal.id,
                clusters: [Some((proposal.cluster.id(), proposal.cluster.visibility())), None],
                protection: proposal.protection,
                joint: None,
                ..Self::project(proposal.project)
            },
            Resource::Cluster(cluster) | Resource::ClusterMember(cluster, _) | Resource::ClusterTeam(cluster, _) => {
                Self::cluster(cluster)
            }
        }
    }

    #[inline]
    fn organization(organization: &'a Organization<Id>) -> Self {
        Self::bare(organization.id())
    }

    #[inline]
    fn project(project: &'a Project<Id>) -> Self {
        Self {
            project: Some((project.id(), project.visibility())),
            joint: Some(project.safeguard()),
            ..Self::bare(project.organization())
        }
    }

    #[inline]
    fn environment(environment: &'a Environment<Id>) -> Self {
        Self {
            organization: environment.organization(),
            project: Some((environment.project(), environment.visibility())),
            environment: Some(environment.id()),
            clusters: [Some((environment.cluster(), environment.cluster_visibility())), None],
            protection: environment.protection(),
            joint: None,
        }
    }

    #[inline]
    fn cluster(cluster: &'a Cluster<Id>) -> Self {
        Self { clusters: [Some((cluster.id(), cluster.visibility())), None], ..Self::bare(cluster.organization()) }
    }

    #[inline]
    fn bare(organization: &'a Id) -> Self {
        Self {
            organization,
            project: None,
            environment: None,
            clusters: [None, None],
            protection: Protection::NONE,
            joint: None,
        }
    }
}
