//! Organizations, projects, clusters and environments.

use core::fmt;
use core::hash::{Hash, Hasher};

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

/// An environment.
pub(crate) struct EnvironmentFact<'a, Id> {
    fact: &'a Environment<Id>,
    /// That of the project. A directory has it there only, so that a change of it touches no environment.
    visibility: Visibility,
}

copy!(EnvironmentFact);

impl<'a, Id> From<&'a Environment<Id>> for EnvironmentFact<'a, Id> {
    #[inline]
    fn from(fact: &'a Environment<Id>) -> Self {
        Self::of(fact)
    }
}

impl<'a, Id> EnvironmentFact<'a, Id> {
    #[inline]
    pub(crate) const fn of(fact: &'a Environment<Id>) -> Self {
        Self { fact, visibility: fact.visibility() }
    }

    /// An environment in a project with this visibility, whatever the fact itself says.
    #[cfg(feature = "directory")]
    #[inline]
    pub(crate) const fn in_project(fact: &'a Environment<Id>, visibility: Visibility) -> Self {
        Self { fact, visibility }
    }

    #[inline]
    pub(crate) fn id(self) -> &'a Id {
        self.fact.id()
    }

    #[inline]
    pub(crate) fn organization(self) -> &'a Id {
        self.fact.organization()
    }

    #[inline]
    pub(crate) fn project(self) -> &'a Id {
        self.fact.project()
    }

    #[inline]
    pub(crate) fn cluster(self) -> &'a Id {
        self.fact.cluster()
    }

    /// Who can see the environment's project.
    #[inline]
    pub(crate) fn visibility(self) -> Visibility {
        self.visibility
    }

    /// Who can see the cluster that the environment is deployed to.
    #[inline]
    pub(crate) fn cluster_visibility(self) -> Visibility {
        self.fact.cluster_visibility()
    }

    #[inline]
    pub(crate) fn protection(self) -> Protection {
        self.fact.protection()
    }
}

impl<'a, Id> EnvironmentFact<'a, Id> {
    /// What it shows.
    fn shown(&self) -> ([&'a Id; 4], [Visibility; 2], Protection) {
        let ids = [self.id(), self.organization(), self.project(), self.cluster()];
        (ids, [self.visibility, self.cluster_visibility()], self.protection())
    }
}

impl<Id: PartialEq> PartialEq for EnvironmentFact<'_, Id> {
    fn eq(&self, other: &Self) -> bool {
        self.shown() == other.shown()
    }
}

impl<Id: Eq> Eq for EnvironmentFact<'_, Id> {}

impl<Id: Hash> Hash for EnvironmentFact<'_, Id> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.shown().hash(state);
    }
}

impl<Id: fmt::Debug> fmt::Debug for EnvironmentFact<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("id", self.id())
            .field("organization", self.organization())
            .field("project", self.project())
            .field("cluster", self.cluster())
            .field("visibility", &self.visibility)
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
            let mut environment = self.fact.clone();
            environment.set_visibility(self.visibility);
            environment
        }
    }
}
