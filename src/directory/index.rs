//! What belongs to what: the facts in the other direction. A decision never reads it; changes and lists do.

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

/// What belongs to each organization, project and cluster, in the order of ids.
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
    /// Gives back the room that was taken in advance.
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
    /// Whether an environment has this namespace of a cluster.
    pub(crate) fn is_taken<Q>(&self, cluster: &Q, namespace: &str) -> bool
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.clusters.get(cluster).is_some_and(|of| of.namespaces.contains(namespace))
    }
}

impl<Id: Hash + Ord + Clone> Index<Id> {
    /// Puts an environment with its project, and into a namespace of its cluster.
    pub(crate) fn add_environment(&mut self, id: Id, project: &Project<Id>, stage: Stage<Id>, namespace: Option<&str>) {
        if let Some(of) = self.organizations.get_mut::<Id>(project.organization()) {
            of.environments.insert(id.clone());
        }
        if let Some(namespace) = namespace {
            if let Some(of) = self.clusters.get_mut::<Id>(&stage.cluster) {
                of.namespaces.insert(namespace.into());
            }
            self.namespaces.get_or_insert((id.clone(), namespace.into()));
        }
        if let Some(of) = self.projects.get_mut::<Id>(project.id()) {
            of.environments.insert(id, stage);
        }
    }

    /// Takes out what [`Self::add_environment`] put in.
    pub(crate) fn remove_environment(&mut self, id: &Id, project: &Project<Id>, cluster: &Id) {
        if let Some(of) = self.organizations.get_mut::<Id>(project.organization()) {
            of.environments.remove(id);
        }
        if let Some(of) = self.projects.get_mut::<Id>(project.id()) {
            of.environments.remove(id);
        }
        let Some((_, namespace)) = self.namespaces.remove::<Id>(id) else { return };
        if let Some(of) = self.clusters.get_mut::<Id>(cluster) {
            of.namespaces.remove(&namespace);
        }
    }
}

/// What was filled in order is half empty; made anew, its nodes are full.
fn pack<T: Default + IntoIterator + FromIterator<T::Item>>(tree: &mut T) {
    *tree = mem::take(tree).into_iter().collect();
}

/// What belongs to an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrganizationIndex<Id> {
    id: Id,
    /// What each member is, until the membership's expiry.
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

/// What a member is, whatever was granted beside the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Member {
    pub(crate) kind: AccountKind,
    /// The role that the membership names.
    pub(crate) role: Role,
}

/// What belongs to a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectIndex<Id> {
    id: Id,
    /// The roles in it, by account.
    pub(crate) roles: BTreeMap<Id, Grant<ProjectRole>>,
    pub(crate) environments: BTreeMap<Id, Stage<Id>>,
}

/// What an answer about an environment depends on, beside its project.
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
    /// The overrides on it, by account.
    pub(crate) overrides: BTreeMap<Id, Grant<ClusterAccess>>,
    /// The namespaces that are taken.
    pub(crate) namespaces: BTreeSet<String>,
    /// What runs it, if that is known.
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

/// What belongs to something is found by its id.
macro_rules! found_by_id {
    ($($of:ident),+) => {
        $(
            impl<Id> Keyed for $of<Id> {
                type Key = Id;

                fn key(&self) -> &Id {
                    &self.id
                }
            }
        )+
    };
}

found_by_id!(OrganizationIndex, ProjectIndex, ClusterIndex);
