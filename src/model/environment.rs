//! Environments, existing and proposed.

use crate::model::cluster::Cluster;
use crate::model::names::copy;
use crate::model::project::{Project, Visibility};
use crate::model::protection::Protection;

/// An environment: a stage of a project, such as production, on a cluster of the same organization.
///
/// # Examples
///
/// ```
/// use shipgate::{Cluster, Environment, Project, Protection};
///
/// let shop = Project::new("shop", "acme-corp");
/// let us_east = Cluster::new("us-east", "acme-corp");
/// let production = Environment::new("shop-production", &shop, &us_east, Protection::LOCKED)?;
/// assert_eq!(production.cluster(), &"us-east");
///
/// let foreign = Cluster::new("eu-west", "globex");
/// assert!(Environment::new("shop-eu", &shop, &foreign, Protection::NONE).is_err());
/// # Ok::<(), shipgate::model::ForeignClusterError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Environment<Id> {
    id: Id,
    organization: Id,
    project: Id,
    cluster: Id,
    visibility: Visibility,
    cluster_visibility: Visibility,
    protection: Protection,
}

impl<Id: Eq + Clone> Environment<Id> {
    /// An environment of a project, deployed to a cluster.
    ///
    /// # Errors
    ///
    /// [`ForeignClusterError`] if the project and the cluster belong to different organizations.
    pub fn new(
        id: Id,
        project: &Project<Id>,
        cluster: &Cluster<Id>,
        protection: Protection,
    ) -> Result<Self, ForeignClusterError> {
        if project.organization() != cluster.organization() {
            return Err(ForeignClusterError);
        }
        Ok(Self {
            id,
            organization: project.organization().clone(),
            project: project.id().clone(),
            cluster: cluster.id().clone(),
            visibility: project.visibility(),
            cluster_visibility: cluster.visibility(),
            protection,
        })
    }
}

impl<Id> Environment<Id> {
    /// An environment of these ids (its own, those of the organization, of the project and of the cluster), and of who can see
    /// the project and the cluster.
    #[cfg(feature = "directory")]
    pub(crate) fn from_ids(
        [id, organization, project, cluster]: [Id; 4],
        [visibility, cluster_visibility]: [Visibility; 2],
        protection: Protection,
    ) -> Self {
        Self { id, organization, project, cluster, visibility, cluster_visibility, protection }
    }

    /// The id of the environment.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that the environment belongs to.
    #[must_use]
    #[inline]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// The project that the environment belongs to.
    #[must_use]
    #[inline]
    pub const fn project(&self) -> &Id {
        &self.project
    }

    /// The cluster that the environment is deployed to.
    #[must_use]
    #[inline]
    pub const fn cluster(&self) -> &Id {
        &self.cluster
    }

    /// Who can see the environment's project.
    #[must_use]
    #[inline]
    pub const fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// Who can see the cluster that the environment is deployed to.
    #[must_use]
    #[inline]
    pub const fn cluster_visibility(&self) -> Visibility {
        self.cluster_visibility
    }

    /// How the environment is protected.
    #[must_use]
    #[inline]
    pub const fn protection(&self) -> Protection {
        self.protection
    }
}

/// The project and the cluster of an environment belong to different organizations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cluster belongs to another organization than the project: choose a cluster of the project's organization")]
pub struct ForeignClusterError;

/// An environment that does not exist yet: what an [`Environment`] would be, borrowed from its project and cluster.
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Action, Cluster, Decision, Membership, Project, NewEnvironment, Protection, Resource, Role, Subject, decide};
///
/// let shop = Project::new("shop", "acme-corp");
/// let us_east = Cluster::new("us-east", "acme-corp");
/// let carol = Account::user("carol").with(Membership::new("acme-corp", Role::Admin))?;
///
/// let proposed = NewEnvironment::new(Some(&"shop-preview"), &shop, &us_east, Protection::NONE);
/// assert_eq!(decide(&Subject::new(&carol), Action::Create, Resource::NewEnvironment(proposed)), Decision::Allow);
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Debug)]
pub struct NewEnvironment<'a, Id> {
    pub(crate) id: Option<&'a Id>,
    pub(crate) project: &'a Project<Id>,
    pub(crate) cluster: &'a Cluster<Id>,
    pub(crate) protection: Protection,
}

impl<'a, Id> NewEnvironment<'a, Id> {
    /// A proposed environment.
    ///
    /// Without an `id`, a token that is restricted to environments does not cover it. If the project and the cluster belong
    /// to different organizations, every action on it is denied with [`Reason::ForeignResource`](crate::Reason).
    #[must_use]
    pub const fn new(
        id: Option<&'a Id>,
        project: &'a Project<Id>,
        cluster: &'a Cluster<Id>,
        protection: Protection,
    ) -> Self {
        Self { id, project, cluster, protection }
    }
}

copy!(NewEnvironment);
