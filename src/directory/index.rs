//! Reverse indexes: members, projects, clusters and environments by owner. Changes and lists read them; decisions do not.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use core::borrow::Borrow;
use core::hash::Hash;
use core::mem;

use crate::directory::table::Table;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::Orchestrator;
use crate::model::project::Project;
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::sorted::Keyed;
use crate::model::time::Grant;

/// What belongs to each organization, project and cluster, in the order of the ids.
#[derive(Clone, Debug)]
pub(crate) struct Index<Id> {
    pub(crate) organizations: Table<OrganizationIndex<Id>>,
    pub(crate) projects: Table<ProjectIndex<Id>>,
    pub(crate) clusters: Table<ClusterIndex<Id>>,
    /// The namespaces of the environments that have one.
    pub(crate) namespaces: Table<(Id, String)>,
}

impl<Id> Index<Id> {
    pub(crate) fn new() -> Self {
        Self { organizations: Table::new(), projects: Table::new(), clusters: Table::new(), namespaces: Table::new() }
    }
}

impl<Id: Hash + Ord> PartialEq for Index<Id> {
    fn eq(&self, other: &Self) -> bool {
        self.organizations == other.organizations
            && self.projects == other.projects
            && self.clusters == other.clusters
            && self.namespaces == other.namespaces
    }
}

impl<Id: Ord> Index<Id> {
    /// Frees unused capacity.
    pub(crate) fn shrink_to_fit(&mut self) {
        for organization in self.organizations.iter_mut() {
            pack(&mut organization.projects);
            pack(&mut organization.clusters);
            pack(&mut organization.environments);
        }
        for project in self.projects.iter_mut() {
            pack(&mut project.environments);
        }
    }
}

impl<Id: Hash + Ord> Index<Id> {
    /// Whether an environment uses this namespace of the cluster.
    pub(crate) fn is_taken<Q>(&self, cluster: &Q, namespace: &str) -> bool
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.clusters.get(cluster).is_some_and(|index| index.namespaces.contains(namespace))
    }
}

impl<Id: Hash + Ord + Clone> Index<Id> {
    pub(crate) fn add_environment(&mut self, id: Id, project: &Project<Id>, stage: Stage<Id>, namespace: Option<&str>) {
        if let Some(index) = self.organizations.get_mut::<Id>(project.organization()) {
            index.environments.insert(id.clone());
        }
        if let Some(namespace) = namespace {
            if let Some(index) = self.clusters.get_mut::<Id>(&stage.cluster) {
                index.namespaces.insert(namespace.into());
            }
            self.namespaces.get_or_insert((id.clone(), namespace.into()));
        }
        if let Some(index) = self.projects.get_mut::<Id>(project.id()) {
            index.environments.insert(id, stage);
        }
    }

    /// Undoes [`Self::add_environment`].
    pub(crate) fn remove_environment(&mut self, id: &Id, project: &Project<Id>, cluster: &Id) {
        if let Some(index) = self.organizations.get_mut::<Id>(project.organization()) {
            index.environments.remove(id);
        }
        if let Some(index) = self.projects.get_mut::<Id>(project.id()) {
            index.environments.remove(id);
        }
        let Some((_, namespace)) = self.namespaces.remove::<Id>(id) else { return };
        if let Some(index) = self.clusters.get_mut::<Id>(cluster) {
            index.namespaces.remove(&namespace);
        }
    }
}

/// Rebuilds a tree: filled in order its nodes are half empty, built at once they are full.
fn pack<T: Default + IntoIterator + FromIterator<T::Item>>(tree: &mut T) {
    *tree = mem::take(tree).into_iter().collect();
}

/// What belongs to an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrganizationIndex<Id> {
    id: Id,
    /// The members by account, with the expiry of each membership.
    pub(crate) members: BTreeMap<Id, Grant<Member>>,
    pub(crate) projects: BTreeSet<Id>,
    pub(crate) clusters: BTreeSet<Id>,
    pub(crate) environments: BTreeSet<Id>,
}

impl<Id> OrganizationIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn new(id: Id) -> Self {
        Self {
            id,
            members: BTreeMap::new(),
            projects: BTreeSet::new(),
            clusters: BTreeSet::new(),
            environments: BTreeSet::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.projects.is_empty() && self.clusters.is_empty() && self.environments.is_empty()
    }
}

/// The kind and the role of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Member {
    pub(crate) kind: AccountKind,
    /// The membership's own role, even if a service account acts with a lower one.
    pub(crate) role: Role,
}

/// What belongs to a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectIndex<Id> {
    id: Id,
    /// The project roles by account.
    pub(crate) roles: BTreeMap<Id, Grant<ProjectRole>>,
    pub(crate) environments: BTreeMap<Id, Stage<Id>>,
}

/// What a decision about an environment depends on, besides its project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stage<Id> {
    pub(crate) cluster: Id,
    pub(crate) protection: Protection,
}

impl<Id> ProjectIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn new(id: Id) -> Self {
        Self { id, roles: BTreeMap::new(), environments: BTreeMap::new() }
    }
}

/// What belongs to a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClusterIndex<Id> {
    id: Id,
    /// The overrides by account.
    pub(crate) overrides: BTreeMap<Id, Grant<ClusterAccess>>,
    /// The namespaces that environments use.
    pub(crate) namespaces: BTreeSet<String>,
    /// The orchestrator, if known.
    pub(crate) orchestrator: Option<Orchestrator>,
}

impl<Id> ClusterIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn new(id: Id) -> Self {
        Self { id, overrides: BTreeMap::new(), namespaces: BTreeSet::new(), orchestrator: None }
    }
}

macro_rules! keyed_by_id {
    ($($index:ident),+) => {
        $(
            impl<Id> Keyed for $index<Id> {
                type Key = Id;

                fn key(&self) -> &Id {
                    &self.id
                }
            }
        )+
    };
}

keyed_by_id!(OrganizationIndex, ProjectIndex, ClusterIndex);
