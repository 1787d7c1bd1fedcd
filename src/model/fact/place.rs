//! Organizations, projects, clusters and environments.

use super::handle;
use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
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

handle! {
    /// An environment.
    EnvironmentFact of Environment
}

impl<'a, Id> EnvironmentFact<'a, Id> {
    #[inline]
    pub(crate) fn id(self) -> &'a Id {
        self.0.id()
    }

    #[inline]
    pub(crate) fn organization(self) -> &'a Id {
        self.0.organization()
    }

    #[inline]
    pub(crate) fn project(self) -> &'a Id {
        self.0.project()
    }

    #[inline]
    pub(crate) fn cluster(self) -> &'a Id {
        self.0.cluster()
    }

    /// Who can see the environment's project.
    #[inline]
    pub(crate) fn visibility(self) -> Visibility {
        self.0.visibility()
    }

    /// Who can see the cluster that the environment is deployed to.
    #[inline]
    pub(crate) fn cluster_visibility(self) -> Visibility {
        self.0.cluster_visibility()
    }

    #[inline]
    pub(crate) fn protection(self) -> Protection {
        self.0.protection()
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
            self.0.clone()
        }
    }

    impl<Id: Clone> ClusterFact<'_, Id> {
        pub(crate) fn to_cluster(self) -> Cluster<Id> {
            self.0.clone()
        }
    }

    impl<Id: Clone> EnvironmentFact<'_, Id> {
        pub(crate) fn to_environment(self) -> Environment<Id> {
            self.0.clone()
        }
    }
}
