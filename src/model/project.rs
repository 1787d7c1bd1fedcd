//! Projects, and who can see them.

use crate::model::cluster::Cluster;
use crate::model::counted::Counted;
use crate::model::names::names;
use crate::model::protection::{Protection, Safeguard};
use crate::model::sorted::SharedSorted;

names! {
    /// Who can see a project or a cluster.
    pub enum Visibility: "visibility" {
        /// Every member of the organization, except those with the role Billing.
        Organization = "organization",
        /// Owners, Admins, and the Developers and Viewers who have a role in the project or access to the cluster, of their
        /// own or by a team.
        Members = "members",
    }
}

/// A project: environments that are managed together. Members can have a role of their own in it ([`ProjectRole`]).
///
/// [`ProjectRole`]: crate::ProjectRole
///
/// # Examples
///
/// ```
/// use shipgate::{Cluster, Project, Protection, Role, Visibility};
///
/// let us_east = Cluster::new("us-east", "acme-corp");
/// let shop = Project::new("shop", "acme-corp")
///     .with_visibility(Visibility::Members)
///     .with_environments([(&us_east, Protection::NONE), (&us_east, Protection::RESTRICTED)]);
/// assert_eq!(shop.environments(), 2);
/// assert_eq!(shop.clusters().count(), 1);
/// assert_eq!(shop.safeguard().deployer(), Role::Admin);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Project<Id> {
    id: Id,
    organization: Id,
    visibility: Visibility,
    environments: u32,
    safeguard: Safeguard,
    /// The clusters that the environments deploy to, with who can see each.
    clusters: SharedSorted<(Id, Visibility)>,
}

impl<Id> Project<Id> {
    /// A project without environments that the whole organization can see.
    #[must_use]
    pub fn new(id: Id, organization: Id) -> Self {
        Self {
            id,
            organization,
            visibility: Visibility::Organization,
            environments: 0,
            safeguard: Safeguard::NONE,
            clusters: SharedSorted::new(),
        }
    }

    /// Sets who can see the project.
    #[must_use]
    pub fn with_visibility(self, visibility: Visibility) -> Self {
        Self { visibility, ..self }
    }
}

impl<Id: Ord + Clone> Project<Id> {
    /// Adds environments, each with the cluster that it deploys to and its protection. They count for the number of
    /// environments, for the project's clusters, and for its safeguard, which is the highest of all its environments.
    #[must_use]
    pub fn with_environments<'a>(
        mut self,
        environments: impl IntoIterator<Item = (&'a Cluster<Id>, Protection)>,
    ) -> Self
    where
        Id: 'a,
    {
        for (cluster, protection) in environments {
            self.add_environment((cluster.id().clone(), cluster.visibility()), protection);
        }
        self
    }
}

impl<Id: Ord + Clone> Project<Id> {
    /// Adds an environment with its cluster.
    pub(crate) fn add_environment(&mut self, cluster: (Id, Visibility), protection: Protection) {
        self.environments = self.environments.saturating_add(1);
        self.safeguard = self.safeguard.join(protection.safeguard());
        self.clusters.insert(cluster);
    }

    /// Removes an environment. The others have this safeguard together, and the cluster is removed if it is none of theirs.
    #[cfg(feature = "directory")]
    pub(crate) fn remove_environment(&mut self, safeguard: Safeguard, unused: Option<&Id>) {
        self.environments = self.environments.saturating_sub(1);
        self.safeguard = safeguard;
        if let Some(cluster) = unused {
            self.clusters.remove(cluster);
        }
    }

    /// Sets what the environments require together.
    #[cfg(feature = "directory")]
    pub(crate) fn set_safeguard(&mut self, safeguard: Safeguard) {
        self.safeguard = safeguard;
    }

    /// Sets who can see one of the clusters.
    #[cfg(feature = "directory")]
    pub(crate) fn set_cluster_visibility(&mut self, cluster: &Id, visibility: Visibility) {
        if let Some((_, present)) = self.clusters.get_mut(cluster) {
            *present = visibility;
        }
    }
}

#[cfg(feature = "directory")]
impl<Id: Clone> Project<Id> {
    /// Makes it a copy of its own of all that copies share.
    pub(crate) fn separate(&mut self) {
        self.clusters.separate();
    }
}

#[cfg(feature = "serde")]
impl<Id: Ord> Project<Id> {
    /// Sets the number of environments, their joint safeguard and their clusters.
    pub(crate) fn with_joint(
        self,
        environments: u32,
        safeguard: Safeguard,
        clusters: impl IntoIterator<Item = (Id, Visibility)>,
    ) -> Self {
        Self { environments, safeguard, clusters: clusters.into_iter().collect(), ..self }
    }
}

impl<Id> Project<Id> {
    #[cfg(feature = "directory")]
    pub(crate) fn set_visibility(&mut self, visibility: Visibility) {
        self.visibility = visibility;
    }

    /// The clusters that the project's environments deploy to, in the order of their ids, each with who can see it.
    pub fn clusters(&self) -> impl ExactSizeIterator<Item = (&Id, Visibility)> {
        let clusters = self.clusters.iter().map(|(id, visibility)| (id, *visibility));
        Counted { items: clusters, left: self.clusters.len() }
    }

    /// The id of the project.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that the project belongs to.
    #[must_use]
    #[inline]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// Who can see the project.
    #[must_use]
    #[inline]
    pub const fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// The number of environments in the project. It cannot be deleted while there are any.
    #[must_use]
    #[inline]
    pub const fn environments(&self) -> u32 {
        self.environments
    }

    /// The roles that the project's environments require: the highest of each.
    #[must_use]
    #[inline]
    pub const fn safeguard(&self) -> Safeguard {
        self.safeguard
    }
}
