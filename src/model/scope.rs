//! What a resource belongs to.

use crate::model::fact::{ClusterFact, EnvironmentFact, OrganizationFact, ProjectFact, ResourceFact};
use crate::model::names::copy;
use crate::model::project::Visibility;
use crate::model::protection::{Protection, Safeguard};

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
    pub(crate) fn of(resource: &ResourceFact<'a, Id>) -> Self {
        match *resource {
            ResourceFact::Organization(organization) | ResourceFact::Member(organization, _) => {
                Self::organization(organization)
            }
            ResourceFact::Role(role) => Self::bare(role.organization()),
            ResourceFact::Team(team) | ResourceFact::TeamMember(team, _) => Self::bare(team.organization()),
            ResourceFact::Project(project)
            | ResourceFact::ProjectMember(project, _)
            | ResourceFact::ProjectTeam(project, _) => Self::project(project),
            ResourceFact::Environment(environment) => Self::environment(environment),
            ResourceFact::Deployment(deployment) => Self::environment(deployment.environment),
            ResourceFact::Placement { environment, to: cluster } => Self {
                // A placement on the present cluster involves only that one.
                clusters: [
                    Some((environment.cluster(), environment.cluster_visibility())),
                    Some((cluster.id(), cluster.visibility())).filter(|(id, _)| *id != environment.cluster()),
                ],
                ..Self::environment(environment)
            },
            ResourceFact::NewEnvironment(proposal) => Self {
                environment: proposal.id,
                clusters: [Some((proposal.cluster.id(), proposal.cluster.visibility())), None],
                protection: proposal.protection,
                joint: None,
                ..Self::project(proposal.project)
            },
            ResourceFact::Cluster(cluster)
            | ResourceFact::ClusterMember(cluster, _)
            | ResourceFact::ClusterTeam(cluster, _) => Self::cluster(cluster),
        }
    }

    #[inline]
    fn organization(organization: OrganizationFact<'a, Id>) -> Self {
        Self::bare(organization.id())
    }

    #[inline]
    fn project(project: ProjectFact<'a, Id>) -> Self {
        Self {
            project: Some((project.id(), project.visibility())),
            joint: Some(project.safeguard()),
            ..Self::bare(project.organization())
        }
    }

    #[inline]
    fn environment(environment: EnvironmentFact<'a, Id>) -> Self {
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
    fn cluster(cluster: ClusterFact<'a, Id>) -> Self {
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
