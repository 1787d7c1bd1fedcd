//! Views of projects, clusters and environments.

use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
use crate::model::fact::{ClusterFact, EnvironmentFact, ProjectFact};
use crate::model::names::copy;
use crate::model::project::{Project, Visibility};
use crate::model::protection::{Protection, Safeguard};

/// A project in a directory.
///
/// # Examples
///
/// ```
/// use shipgate::{Directory, Protection, Role, Visibility};
///
/// let mut rows = Directory::<&str>::builder();
/// rows.organization("acme-corp")?;
/// rows.cluster("us-east", "acme-corp", Visibility::Organization)?;
/// rows.project("shop", "acme-corp", Visibility::Members)?;
/// rows.environment("shop-production", "shop", "us-east", "shop-production", Protection::RESTRICTED)?;
/// let directory = rows.build();
///
/// let shop = directory.project("shop").unwrap();
/// assert_eq!(shop.visibility(), Visibility::Members);
/// assert_eq!(shop.environments(), 1);
/// assert_eq!(shop.safeguard().deployer(), Role::Admin);
/// assert_eq!(shop.clusters().collect::<Vec<_>>(), [(&"us-east", Visibility::Organization)]);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ProjectRef<'a, Id>(pub(crate) ProjectFact<'a, Id>);

impl<'a, Id> ProjectRef<'a, Id> {
    /// The id of the project.
    #[must_use]
    pub fn id(self) -> &'a Id {
        self.0.id()
    }

    /// The organization that the project belongs to.
    #[must_use]
    pub fn organization(self) -> &'a Id {
        self.0.organization()
    }

    /// Who can see the project.
    #[must_use]
    pub fn visibility(self) -> Visibility {
        self.0.visibility()
    }

    /// The number of environments in the project.
    #[must_use]
    pub fn environments(self) -> u32 {
        self.0.environments()
    }

    /// The roles that the project's environments require: the highest of each.
    #[must_use]
    pub fn safeguard(self) -> Safeguard {
        self.0.safeguard()
    }

    /// The clusters that the project's environments deploy to, in the order of their ids, each with who can see it.
    #[must_use]
    pub fn clusters(self) -> impl ExactSizeIterator<Item = (&'a Id, Visibility)> {
        self.0.clusters()
    }

    /// Clones the project.
    #[must_use]
    pub fn to_project(self) -> Project<Id>
    where
        Id: Clone,
    {
        self.0.to_project()
    }
}

/// A cluster in a directory.
///
/// # Examples
///
/// ```
/// use shipgate::{Directory, Visibility};
///
/// let mut rows = Directory::<&str>::builder();
/// rows.organization("acme-corp")?;
/// rows.cluster("us-east", "acme-corp", Visibility::Members)?;
/// let directory = rows.build();
///
/// let us_east = directory.cluster("us-east").unwrap();
/// assert_eq!(us_east.organization(), &"acme-corp");
/// assert_eq!(us_east.visibility(), Visibility::Members);
/// assert_eq!(us_east.environments(), 0);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ClusterRef<'a, Id>(pub(crate) ClusterFact<'a, Id>);

impl<'a, Id> ClusterRef<'a, Id> {
    /// The id of the cluster.
    #[must_use]
    pub fn id(self) -> &'a Id {
        self.0.id()
    }

    /// The organization that the cluster belongs to.
    #[must_use]
    pub fn organization(self) -> &'a Id {
        self.0.organization()
    }

    /// Who can see the cluster.
    #[must_use]
    pub fn visibility(self) -> Visibility {
        self.0.visibility()
    }

    /// The number of environments deployed to this cluster.
    #[must_use]
    pub fn environments(self) -> u32 {
        self.0.environments()
    }

    /// Clones the cluster.
    #[must_use]
    pub fn to_cluster(self) -> Cluster<Id>
    where
        Id: Clone,
    {
        self.0.to_cluster()
    }
}

/// An environment in a directory. Its namespace is given by [`Directory::namespace`](crate::Directory::namespace).
///
/// # Examples
///
/// ```
/// use shipgate::{Directory, Protection, Visibility};
///
/// let mut rows = Directory::<&str>::builder();
/// rows.organization("acme-corp")?;
/// rows.cluster("us-east", "acme-corp", Visibility::Organization)?;
/// rows.project("shop", "acme-corp", Visibility::Members)?;
/// rows.environment("shop-production", "shop", "us-east", "shop-production", Protection::LOCKED)?;
/// let directory = rows.build();
///
/// let production = directory.environment("shop-production").unwrap();
/// assert_eq!((production.project(), production.cluster()), (&"shop", &"us-east"));
/// assert_eq!(production.protection(), Protection::LOCKED);
/// assert_eq!(production.visibility(), Visibility::Members);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct EnvironmentRef<'a, Id>(pub(crate) EnvironmentFact<'a, Id>);

impl<'a, Id> EnvironmentRef<'a, Id> {
    /// The id of the environment.
    #[must_use]
    pub fn id(self) -> &'a Id {
        self.0.id()
    }

    /// The organization that the environment belongs to.
    #[must_use]
    pub fn organization(self) -> &'a Id {
        self.0.organization()
    }

    /// The project that the environment belongs to.
    #[must_use]
    pub fn project(self) -> &'a Id {
        self.0.project()
    }

    /// The cluster that the environment is deployed to.
    #[must_use]
    pub fn cluster(self) -> &'a Id {
        self.0.cluster()
    }

    /// Who can see the environment's project.
    #[must_use]
    pub fn visibility(self) -> Visibility {
        self.0.visibility()
    }

    /// Who can see the cluster that the environment is deployed to.
    #[must_use]
    pub fn cluster_visibility(self) -> Visibility {
        self.0.cluster_visibility()
    }

    /// How the environment is protected.
    #[must_use]
    pub fn protection(self) -> Protection {
        self.0.protection()
    }

    /// Clones the environment.
    #[must_use]
    pub fn to_environment(self) -> Environment<Id>
    where
        Id: Clone,
    {
        self.0.to_environment()
    }
}

copy!(ProjectRef, ClusterRef, EnvironmentRef);
