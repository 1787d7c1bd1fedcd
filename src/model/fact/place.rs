//! Organizations, projects, clusters and environments.

use core::fmt;

use super::handle;
use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
use crate::model::names::copy;
use crate::model::organization::Organization;
use crate::model::project::{Project, Visibility};
use crate::model::protection::{Protection, Safeguard};

handle! {
    /// An organization.
    OrganizationFact of Organization
}

impl<'a, Id> OrganizationFact<'a, Id> {
    #[inline]
    pub(crate) fn id(self) -> &'a Id {
        self.0.id()
    }

    /// The number of permanent Owners.
    #[inline]
    pub(crate) fn owners(self) -> u32 {
        self.0.owners()
    }
}

handle! {
    /// A project.
    ProjectFact of Project
}

impl<'a, Id> ProjectFact<'a, Id> {
    #[inline]
    pub(crate) fn id(self) -> &'a Id {
        self.0.id()
    }

    #[inline]
    pub(crate) fn organization(self) -> &'a Id {
        self.0.organization()
    }

    /// Who can see the project.
    #[inline]
    pub(crate) fn visibility(self) -> Visibility {
        self.0.visibility()
    }

    /// The number of environments in the project.
    pub(crate) fn environments(self) -> u32 {
        self.0.environments()
    }

    /// The ranks that the project's environments require: the highest of each.
    #[inline]
    pub(crate) fn safeguard(self) -> Safeguard {
        self.0.safeguard()
    }

    /// The clusters that the project's environments deploy to, in the order of their ids, each with who can see it.
    pub(crate) fn clusters(self) -> impl ExactSizeIterator<Item = (&'a Id, Visibility)> + use<'a, Id> {
        self.0.clusters()
    }
}

handle! {
    /// A cluster.
    ClusterFact of Cluster
}

impl<'a, Id> ClusterFact<'a, Id> {
    #[inline]
    pub(crate) fn id(self) -> &'a Id {
        self.0.id()
    }

    #[inline]
    pub(crate) fn organization(self) -> &'a Id {
        self.0.organization()
    }

    /// Who can see the cluster.
    #[inline]
    pub(crate) fn visibility(self) -> Visibility {
        self.0.visibility()
    }

    /// The number of environments deployed to the cluster.
    pub(crate) fn environments(self) -> u32 {
        self.0.environments()
    }
}

/// An environment, in parts: a directory keeps what the environment belongs to elsewhere.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct EnvironmentFact<'a, Id> {
    id: &'a Id,
    organization: &'a Id,
    project: &'a Id,
    cluster: &'a Id,
    visibility: Visibility,
    cluster_visibility: Visibility,
    protection: Protection,
}

copy!(EnvironmentFact);

impl<'a, Id> From<&'a Environment<Id>> for EnvironmentFact<'a, Id> {
    #[inline]
    fn from(environment: &'a Environment<Id>) -> Self {
        Self::of(environment)
    }
}

impl<'a, Id> EnvironmentFact<'a, Id> {
    #[inline]
    pub(crate) const fn of(environment: &'a Environment<Id>) -> Self {
        Self {
            id: environment.id(),
            organization: environment.organization(),
            project: environment.project(),
            cluster: environment.cluster(),
            visibility: environment.visibility(),
            cluster_visibility: environment.cluster_visibility(),
            protection: environment.protection(),
        }
    }

    /// The environment of these ids (its own, those of the organization, of the project and of the cluster), and of who can see the
    /// project and the cluster.
    #[cfg(feature = "directory")]
    #[inline]
    pub(crate) const fn from_ids(
        [id, organization, project, cluster]: [&'a Id; 4],
        [visibility, cluster_visibility]: [Visibility; 2],
        protection: Protection,
    ) -> Self {
        Self { id, organization, project, cluster, visibility, cluster_visibility, protection }
    }

    #[inline]
    pub(crate) const fn id(self) -> &'a Id {
        self.id
    }

    #[inline]
    pub(crate) const fn organization(self) -> &'a Id {
        self.organization
    }

    #[inline]
    pub(crate) const fn project(self) -> &'a Id {
        self.project
    }

    #[inline]
    pub(crate) const fn cluster(self) -> &'a Id {
        self.cluster
    }

    /// Who can see the environment's project.
    #[inline]
    pub(crate) const fn visibility(self) -> Visibility {
        self.visibility
    }

    /// Who can see the cluster that the environment is deployed to.
    #[inline]
    pub(crate) const fn cluster_visibility(self) -> Visibility {
        self.cluster_visibility
    }

    #[inline]
    pub(crate) const fn protection(self) -> Protection {
        self.protection
    }
}

impl<Id: fmt::Debug> fmt::Debug for EnvironmentFact<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("id", self.id())
            .field("organization", self.organization())
            .field("project", self.project())
            .field("cluster", self.cluster())
            .field("visibility", &self.visibility())
            .field("cluster_visibility", &self.cluster_visibility())
            .field("protection", &self.protection())
            .finish()
    }
}

#[cfg(feature = "directory")]
mod clone {
    use super::{
        Cluster, ClusterFact, Environment, EnvironmentFact, Organization, OrganizationFact, Project, ProjectFact,
    };

    impl<Id: Clone> OrganizationFact<'_, Id> {
        pub(crate) fn to_organization(self) -> Organization<Id> {
            self.0.clone()
        }
    }

    impl<Id: Clone> ProjectFact<'_, Id> {
        pub(crate) fn to_project(self) -> Project<Id> {
            let mut project = self.0.clone();
            // What the directory changes in place must not be somebody else's too: it would clone ids half-way.
            project.separate();
            project
        }
    }

    impl<Id: Clone> ClusterFact<'_, Id> {
        pub(crate) fn to_cluster(self) -> Cluster<Id> {
            self.0.clone()
        }
    }

    impl<Id: Clone> EnvironmentFact<'_, Id> {
        pub(crate) fn to_environment(self) -> Environment<Id> {
            let ids = [self.id, self.organization, self.project, self.cluster].map(Id::clone);
            Environment::from_ids(ids, [self.visibility, self.cluster_visibility], self.protection)
        }
    }
}
