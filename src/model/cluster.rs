//! Clusters.

use crate::model::names::names;
use crate::model::project::Visibility;

names! {
    /// The orchestrator of a cluster. It affects no decision.
    pub enum Orchestrator: "orchestrator" {
        /// Kubernetes.
        Kubernetes = "kubernetes",
        /// Docker Swarm.
        Swarm = "swarm",
        /// Docker Compose, on a single host.
        Compose = "compose",
    }
}

/// A cluster, where environments run. It belongs to one organization.
///
/// # Examples
///
/// ```
/// use shipgate::Cluster;
///
/// let us_east = Cluster::new("us-east", "acme-corp").with_environments(2);
/// assert_eq!(us_east.environments(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cluster<Id> {
    id: Id,
    organization: Id,
    visibility: Visibility,
    environments: u32,
}

impl<Id> Cluster<Id> {
    /// A cluster without environments that the whole organization can see.
    #[must_use]
    pub const fn new(id: Id, organization: Id) -> Self {
        Self { id, organization, visibility: Visibility::Organization, environments: 0 }
    }

    /// Sets who can see the cluster. If it is [`Visibility::Members`], Developers and Viewers have access only by an
    /// override, of their own or of a team.
    #[must_use]
    pub fn with_visibility(self, visibility: Visibility) -> Self {
        Self { visibility, ..self }
    }

    /// Sets the number of environments deployed to this cluster. It cannot be disconnected while there are any.
    #[must_use]
    pub fn with_environments(self, environments: u32) -> Self {
        Self { environments, ..self }
    }

    #[cfg(feature = "directory")]
    pub(crate) fn set_visibility(&mut self, visibility: Visibility) {
        self.visibility = visibility;
    }

    #[cfg(feature = "directory")]
    pub(crate) fn add_environment(&mut self) {
        self.environments = self.environments.saturating_add(1);
    }

    #[cfg(feature = "directory")]
    pub(crate) fn remove_environment(&mut self) {
        self.environments = self.environments.saturating_sub(1);
    }

    /// The id of the cluster.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that the cluster belongs to.
    #[must_use]
    #[inline]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// Who can see the cluster.
    #[must_use]
    #[inline]
    pub const fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// The number of environments deployed to this cluster.
    #[must_use]
    #[inline]
    pub const fn environments(&self) -> u32 {
        self.environments
    }
}
