//! Resources: organizations, projects, environments, and what a question can be about.

use crate::account::Account;
use crate::cluster::Cluster;
use crate::deployment::Deployment;
use crate::names::names;
use crate::protection::{Protection, Safeguard};

/// An organization: the tenant that everything else belongs to.
///
/// # Examples
///
/// ```
/// use shipgate::Organization;
///
/// let acme = Organization::new("acme-corp", 2);
/// assert_eq!(acme.owners(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Organization<Id> {
    id: Id,
    owners: u32,
}

impl<Id> Organization<Id> {
    /// An organization with so many permanent Owners: users, not service accounts, whose membership has no expiry. The
    /// last of them cannot be removed, demoted or given an expiry.
    #[must_use]
    pub const fn new(id: Id, owners: u32) -> Self {
        Self { id, owners }
    }

    /// Its id.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// How many permanent Owners it has.
    #[must_use]
    #[inline]
    pub const fn owners(&self) -> u32 {
        self.owners
    }

    #[cfg(feature = "directory")]
    pub(crate) fn add_owner(&mut self) {
        self.owners = self.owners.saturating_add(1);
    }

    #[cfg(feature = "directory")]
    pub(crate) fn remove_owner(&mut self) {
        self.owners = self.owners.saturating_sub(1);
    }
}

names! {
    /// Who sees a project.
    pub enum Visibility: "visibility" {
        /// Every member of the organization whose role may.
        Organization = "organization",
        /// Owners, Admins, and those with a role in the project.
        Members = "members",
    }
}

/// A project: environments that are managed together, with members of its own.
///
/// # Examples
///
/// ```
/// use shipgate::{Project, Protection, Role, Visibility};
///
/// let shop = Project::new("shop", "acme-corp")
///     .with_visibility(Visibility::Members)
///     .with_environments([Protection::NONE, Protection::RESTRICTED]);
/// assert_eq!(shop.environments(), 2);
/// assert_eq!(shop.safeguard().deployer(), Role::Admin);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Project<Id> {
    id: Id,
    organization: Id,
    visibility: Visibility,
    environments: u32,
    safeguard: Safeguard,
}

impl<Id> Project<Id> {
    /// A project without environments, visible to the organization.
    #[must_use]
    pub const fn new(id: Id, organization: Id) -> Self {
        Self { id, organization, visibility: Visibility::Organization, environments: 0, safeguard: Safeguard::NONE }
    }

    /// The same project, seen by others.
    #[must_use]
    pub fn with_visibility(self, visibility: Visibility) -> Self {
        Self { visibility, ..self }
    }

    /// The same project, with these environments beside those it has: they are counted, and its safeguard becomes the
    /// highest of each.
    #[must_use]
    pub fn with_environments(mut self, protections: impl IntoIterator<Item = Protection>) -> Self {
        for protection in protections {
            self.add_environment(protection);
        }
        self
    }

    pub(crate) fn add_environment(&mut self, protection: Protection) {
        self.environments = self.environments.saturating_add(1);
        self.safeguard = self.safeguard.join(protection.safeguard());
    }

    /// Counts these environments, and no others.
    #[cfg(feature = "directory")]
    pub(crate) fn set_environments(&mut self, protections: impl Iterator<Item = Protection>) {
        self.environments = 0;
        self.safeguard = Safeguard::NONE;
        for protection in protections {
            self.add_environment(protection);
        }
    }

    #[cfg(feature = "directory")]
    pub(crate) fn set_visibility(&mut self, visibility: Visibility) {
        self.visibility = visibility;
    }

    /// The same project with so many environments, whose safeguards join to this one.
    #[cfg(feature = "serde")]
    pub(crate) fn holding(self, environments: u32, safeguard: Safeguard) -> Self {
        Self { environments, safeguard, ..self }
    }

    /// Its id.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that it belongs to.
    #[must_use]
    #[inline]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// Who sees it.
    #[must_use]
    #[inline]
    pub const fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// How many environments it has. It cannot be deleted while there is one.
    #[must_use]
    #[inline]
    pub const fn environments(&self) -> u32 {
        self.environments
    }

    /// The highest safeguard of its environments.
    #[must_use]
    #[inline]
    pub const fn safeguard(&self) -> Safeguard {
        self.safeguard
    }
}

/// An environment: a stage of a project, on a cluster of the same organization.
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
/// # Ok::<(), shipgate::ForeignCluster>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Environment<Id> {
    id: Id,
    organization: Id,
    project: Id,
    cluster: Id,
    visibility: Visibility,
    protection: Protection,
}

impl<Id: Eq + Clone> Environment<Id> {
    /// An environment of a project, deployed to a cluster.
    ///
    /// # Errors
    ///
    /// [`ForeignCluster`] where the cluster belongs to another organization than the project.
    pub fn new(
        id: Id,
        project: &Project<Id>,
        cluster: &Cluster<Id>,
        protection: Protection,
    ) -> Result<Self, ForeignCluster> {
        if project.organization() != cluster.organization() {
            return Err(ForeignCluster);
        }
        Ok(Self {
            id,
            organization: project.organization().clone(),
            project: project.id().clone(),
            cluster: cluster.id().clone(),
            visibility: project.visibility(),
            protection,
        })
    }
}

impl<Id> Environment<Id> {
    #[cfg(feature = "directory")]
    pub(crate) fn set_visibility(&mut self, visibility: Visibility) {
        self.visibility = visibility;
    }

    /// Its id.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that it belongs to.
    #[must_use]
    #[inline]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// The project that it belongs to.
    #[must_use]
    #[inline]
    pub const fn project(&self) -> &Id {
        &self.project
    }

    /// The cluster that it deploys to.
    #[must_use]
    #[inline]
    pub const fn cluster(&self) -> &Id {
        &self.cluster
    }

    /// Who sees its project.
    #[must_use]
    #[inline]
    pub const fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// How it is protected.
    #[must_use]
    #[inline]
    pub const fn protection(&self) -> Protection {
        self.protection
    }
}

/// A cluster of another organization than the project's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cluster belongs to another organization than the project: choose one of the project's organization")]
pub struct ForeignCluster;

/// An environment that does not exist yet, with what it would be: the facts of an [`Environment`], borrowed.
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Action, Cluster, Decision, Membership, Project, Proposal, Protection, Resource, Role, Subject, decide};
///
/// let shop = Project::new("shop", "acme-corp");
/// let us_east = Cluster::new("us-east", "acme-corp");
/// let carol = Account::user("carol").with(Membership::new("acme-corp", Role::Admin))?;
///
/// let proposed = Proposal::new(Some(&"shop-preview"), &shop, &us_east, Protection::NONE);
/// assert_eq!(decide(&Subject::new(&carol), Action::Create, Resource::Proposal(proposed)), Decision::Allow);
/// # Ok::<(), shipgate::AccountError>(())
/// ```
#[derive(Debug)]
pub struct Proposal<'a, Id> {
    pub(crate) id: Option<&'a Id>,
    pub(crate) project: &'a Project<Id>,
    pub(crate) cluster: &'a Cluster<Id>,
    pub(crate) protection: Protection,
}

impl<'a, Id> Proposal<'a, Id> {
    /// An environment as proposed. Without an id it is in no token's list of environments. Every action on it is denied
    /// as `foreign_resource` where the cluster belongs to another organization than the project.
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

names! {
    /// The kinds of resource that a question can be about.
    pub enum ResourceKind: "resource type" {
        /// A tenant.
        Organization = "organization",
        /// An account as a member of an organization.
        Member = "member",
        /// A project.
        Project = "project",
        /// A member of the organization, in a project.
        ProjectMember = "project_member",
        /// An environment of a project, held or proposed.
        Environment = "environment",
        /// An environment, and the cluster that it is to move to.
        Placement = "placement",
        /// A deployment into an environment.
        Deployment = "deployment",
        /// A cluster.
        Cluster = "cluster",
        /// A member of the organization, on a cluster.
        ClusterMember = "cluster_member",
    }
}

/// What a question is about: the facts of one resource, borrowed.
///
/// Where a resource relates an account to something, `None` stands for an account that nobody knows: it has no
/// memberships.
#[derive(Debug)]
pub enum Resource<'a, Id> {
    /// An organization.
    Organization(&'a Organization<Id>),
    /// An account as a member of an organization.
    Member(&'a Organization<Id>, Option<&'a Account<Id>>),
    /// A project.
    Project(&'a Project<Id>),
    /// An account as a member of a project.
    ProjectMember(&'a Project<Id>, Option<&'a Account<Id>>),
    /// An environment.
    Environment(&'a Environment<Id>),
    /// An environment that does not exist yet: of the kind `environment` as well.
    Proposal(Proposal<'a, Id>),
    /// An environment, and the cluster that it is to move to.
    Placement(&'a Environment<Id>, &'a Cluster<Id>),
    /// A deployment.
    Deployment(&'a Deployment<'a, Id>),
    /// A cluster.
    Cluster(&'a Cluster<Id>),
    /// An account as a member on a cluster.
    ClusterMember(&'a Cluster<Id>, Option<&'a Account<Id>>),
}

impl<Id> Resource<'_, Id> {
    /// The organization that it belongs to.
    pub(crate) const fn organization(&self) -> &Id {
        match self {
            Self::Organization(organization) | Self::Member(organization, _) => organization.id(),
            Self::Project(project) | Self::ProjectMember(project, _) => project.organization(),
            Self::Environment(environment) | Self::Placement(environment, _) => environment.organization(),
            Self::Proposal(proposal) => proposal.project.organization(),
            Self::Deployment(deployment) => deployment.environment.organization(),
            Self::Cluster(cluster) | Self::ClusterMember(cluster, _) => cluster.organization(),
        }
    }

    /// Its kind.
    #[must_use]
    #[inline]
    pub const fn kind(&self) -> ResourceKind {
        match self {
            Self::Organization(..) => ResourceKind::Organization,
            Self::Member(..) => ResourceKind::Member,
            Self::Project(..) => ResourceKind::Project,
            Self::ProjectMember(..) => ResourceKind::ProjectMember,
            Self::Environment(..) | Self::Proposal(..) => ResourceKind::Environment,
            Self::Placement(..) => ResourceKind::Placement,
            Self::Deployment(..) => ResourceKind::Deployment,
            Self::Cluster(..) => ResourceKind::Cluster,
            Self::ClusterMember(..) => ResourceKind::ClusterMember,
        }
    }
}

/// Borrows are `Copy` whatever the id; a derive would ask `Id: Copy`.
macro_rules! copy {
    ($($name:ident),+) => {
        $(
            impl<Id> Clone for $name<'_, Id> {
                #[inline]
                fn clone(&self) -> Self {
                    *self
                }
            }

            impl<Id> Copy for $name<'_, Id> {}
        )+
    };
}
pub(crate) use copy;

copy!(Proposal, Resource);
