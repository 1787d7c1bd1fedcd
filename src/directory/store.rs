//! The store: facts by id, in the very shape that `decide` reads, so that finding them is a borrow.

use core::borrow::Borrow;
use core::hash::Hash;

use crate::directory::index::Index;
use crate::directory::table::Table;
use crate::model::account::Account;
use crate::model::cluster::{Cluster, Orchestrator};
use crate::model::environment::Environment;
use crate::model::organization::Organization;
use crate::model::project::Project;

/// Facts by id: accounts with what they hold, organizations, projects, clusters and environments.
///
/// It keeps what is derived itself: how many permanent Owners an organization has, how many environments a project and a
/// cluster have, and a project's safeguard. Finding a fact takes constant time, deciding allocates nothing.
///
/// Ids of different kinds may be equal; those of one kind are unique in the whole directory. A `Directory<String>` is
/// asked by `&str`.
///
/// # Examples
///
/// ```
/// use shipgate::{Action, Decision, Directory, Protection, Reason, ResourceId, Role, SubjectId, Visibility};
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "alice".into(), Role::Developer, None)?;
/// rows.cluster("us-east".into(), "acme-corp")?;
/// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
/// rows.environment("shop-dev".into(), "shop", "us-east", None, Protection::NONE)?;
/// let directory = rows.build();
///
/// let alice = SubjectId::new("alice");
/// assert_eq!(directory.decide(&alice, Action::Deploy, ResourceId::Environment("shop-dev")), Decision::Allow);
/// assert_eq!(
///     directory.decide(&alice, Action::Deploy, ResourceId::Environment("shop-prod")),
///     Decision::Deny(Reason::UnknownResource)
/// );
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Directory<Id> {
    pub(crate) accounts: Table<Account<Id>>,
    pub(crate) organizations: Table<Organization<Id>>,
    pub(crate) projects: Table<Project<Id>>,
    pub(crate) clusters: Table<Cluster<Id>>,
    pub(crate) environments: Table<Environment<Id>>,
    pub(crate) index: Index<Id>,
    pub(crate) revision: u64,
}

/// An empty directory, at revision 0.
impl<Id> Default for Directory<Id> {
    fn default() -> Self {
        Self::new()
    }
}

/// Equal directories hold the same facts, namespaces included, at the same revision.
impl<Id: Hash + Ord> PartialEq for Directory<Id> {
    fn eq(&self, other: &Self) -> bool {
        self.revision == other.revision
            && self.accounts == other.accounts
            && self.organizations == other.organizations
            && self.projects == other.projects
            && self.clusters == other.clusters
            && self.environments == other.environments
            && self.index == other.index
    }
}

impl<Id: Hash + Ord> Eq for Directory<Id> {}

impl<Id> Directory<Id> {
    /// An empty directory, at revision 0.
    #[must_use]
    pub fn new() -> Self {
        Self {
            accounts: Table::new(),
            organizations: Table::new(),
            projects: Table::new(),
            clusters: Table::new(),
            environments: Table::new(),
            index: Index::new(),
            revision: 0,
        }
    }

    /// How many records of changes it holds: that of a directory that was loaded is 0, or what its builder was told.
    #[must_use]
    #[inline]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The accounts, in no particular order.
    #[must_use]
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = &Account<Id>> {
        self.accounts.iter()
    }

    /// The organizations, in no particular order.
    #[must_use]
    pub fn organizations(&self) -> impl ExactSizeIterator<Item = &Organization<Id>> {
        self.organizations.iter()
    }

    /// The projects, in no particular order.
    #[must_use]
    pub fn projects(&self) -> impl ExactSizeIterator<Item = &Project<Id>> {
        self.projects.iter()
    }

    /// The clusters, in no particular order.
    #[must_use]
    pub fn clusters(&self) -> impl ExactSizeIterator<Item = &Cluster<Id>> {
        self.clusters.iter()
    }

    /// The environments, in no particular order.
    #[must_use]
    pub fn environments(&self) -> impl ExactSizeIterator<Item = &Environment<Id>> {
        self.environments.iter()
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    /// The account of this id.
    #[must_use]
    #[inline]
    pub fn account<Q>(&self, id: &Q) -> Option<&Account<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.accounts.get(id)
    }

    /// The organization of this id.
    #[must_use]
    #[inline]
    pub fn organization<Q>(&self, id: &Q) -> Option<&Organization<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.organizations.get(id)
    }

    /// The project of this id.
    #[must_use]
    #[inline]
    pub fn project<Q>(&self, id: &Q) -> Option<&Project<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.projects.get(id)
    }

    /// The cluster of this id.
    #[must_use]
    #[inline]
    pub fn cluster<Q>(&self, id: &Q) -> Option<&Cluster<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.clusters.get(id)
    }

    /// The environment of this id.
    #[must_use]
    #[inline]
    pub fn environment<Q>(&self, id: &Q) -> Option<&Environment<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.environments.get(id)
    }

    /// The namespace of an environment, where it has one.
    #[must_use]
    pub fn namespace<Q>(&self, environment: &Q) -> Option<&str>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.index.namespaces.get(environment).map(|(_, namespace)| namespace.as_str())
    }

    /// What runs a cluster, if that is known. It decides nothing.
    #[must_use]
    pub fn orchestrator<Q>(&self, cluster: &Q) -> Option<Orchestrator>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.index.clusters.get(cluster)?.orchestrator
    }

    /// The members of an organization, live or not, in the order of their ids; none of an organization that is not held.
    pub fn members_of<Q>(&self, organization: &Q) -> impl Iterator<Item = &Account<Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let of = self.index.organizations.get(organization);
        of.into_iter().flat_map(|of| of.members.keys()).filter_map(|id| self.accounts.get::<Id>(id))
    }

    /// The projects of an organization, in the order of their ids; none of an organization that is not held.
    pub fn projects_of<Q>(&self, organization: &Q) -> impl Iterator<Item = &Project<Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let of = self.index.organizations.get(organization);
        of.into_iter().flat_map(|of| &of.projects).filter_map(|id| self.projects.get::<Id>(id))
    }

    /// The clusters of an organization, in the order of their ids; none of an organization that is not held.
    pub fn clusters_of<Q>(&self, organization: &Q) -> impl Iterator<Item = &Cluster<Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let of = self.index.organizations.get(organization);
        of.into_iter().flat_map(|of| &of.clusters).filter_map(|id| self.clusters.get::<Id>(id))
    }

    /// The environments of an organization, in the order of their ids; none of an organization that is not held.
    pub fn environments_of<Q>(&self, organization: &Q) -> impl Iterator<Item = &Environment<Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let of = self.index.organizations.get(organization);
        of.into_iter().flat_map(|of| &of.environments).filter_map(|id| self.environments.get::<Id>(id))
    }
}
