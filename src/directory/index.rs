//! Reverse indexes: members, roles, teams, projects, clusters and environments by owner. Changes and lists read them;
//! decisions do not.

mod counts;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use core::borrow::Borrow;
use core::hash::Hash;
use core::mem;

pub(crate) use counts::Counts;

use crate::directory::table::Table;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::Orchestrator;
use crate::model::membership::Membership;
use crate::model::protection::Protection;
use crate::model::role::{Permissions, ProjectRole, RankedPermissions, Role};
use crate::model::sorted::Keyed;
use crate::model::time::Grant;

/// What belongs to each organization, custom role, team, project and cluster, in the order of the ids.
#[derive(Clone, Debug)]
pub(crate) struct Index<Id> {
    pub(crate) organizations: Table<OrganizationIndex<Id>>,
    pub(crate) roles: Table<RoleIndex<Id>>,
    pub(crate) teams: Table<TeamIndex<Id>>,
    pub(crate) projects: Table<ProjectIndex<Id>>,
    pub(crate) clusters: Table<ClusterIndex<Id>>,
}

impl<Id> Index<Id> {
    pub(crate) fn new() -> Self {
        Self {
            organizations: Table::new(),
            roles: Table::new(),
            teams: Table::new(),
            projects: Table::new(),
            clusters: Table::new(),
        }
    }
}

impl<Id: Hash + Ord> PartialEq for Index<Id> {
    fn eq(&self, other: &Self) -> bool {
        self.organizations == other.organizations
            && self.roles == other.roles
            && self.teams == other.teams
            && self.projects == other.projects
            && self.clusters == other.clusters
    }
}

impl<Id: Ord> Index<Id> {
    /// Frees unused capacity.
    pub(crate) fn shrink_to_fit(&mut self) {
        for organization in self.organizations.iter_mut() {
            pack(&mut organization.roles);
            pack(&mut organization.teams);
            pack(&mut organization.projects);
            pack(&mut organization.clusters);
            pack(&mut organization.environments);
        }
        for role in self.roles.iter_mut() {
            pack(&mut role.holders);
        }
        for team in self.teams.iter_mut() {
            pack(&mut team.members);
        }
        for project in self.projects.iter_mut() {
            pack(&mut project.environments);
            pack(&mut project.team_roles);
        }
        for cluster in self.clusters.iter_mut() {
            pack(&mut cluster.namespaces);
            pack(&mut cluster.team_overrides);
        }
    }
}

impl<Id: Hash + Ord> Index<Id> {
    /// The environment that uses this namespace of the cluster.
    pub(crate) fn environment_in<Q>(&self, cluster: &Q, namespace: &str) -> Option<&Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.clusters.get(cluster)?.namespaces.get(namespace)
    }

    /// Adds an environment. It needs an id for each place in the index, so that it clones none.
    ///
    /// They are two ids of the environment in the organization and in its cluster, one in the project, and one of its cluster.
    pub(crate) fn add_environment(&mut self, ids: [Id; 4], organization: &Id, project: &Id, stage: Stage<Id>) {
        let [in_organization, in_project, in_cluster, cluster] = ids;
        if let Some(index) = self.organizations.get_mut::<Id>(organization) {
            index.environments.insert(in_organization);
        }
        if let Some(index) = self.clusters.get_mut::<Id>(&stage.cluster) {
            index.namespaces.insert(stage.namespace.clone(), in_cluster);
        }
        if let Some(index) = self.projects.get_mut::<Id>(project) {
            index.counts.add(cluster, stage.protection);
            index.environments.insert(in_project, stage);
        }
    }

    /// Undoes [`Self::add_environment`]. Returns the counts of those that stay in the project.
    pub(crate) fn remove_environment(&mut self, id: &Id, organization: &Id, project: &Id) -> Option<&Counts<Id>> {
        if let Some(index) = self.organizations.get_mut::<Id>(organization) {
            index.environments.remove(id);
        }
        let project = self.projects.get_mut::<Id>(project)?;
        let stage = project.environments.remove(id)?;
        project.counts.remove(&stage.cluster, stage.protection);
        if let Some(index) = self.clusters.get_mut::<Id>(&stage.cluster) {
            index.namespaces.remove(&stage.namespace);
        }
        Some(&project.counts)
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
    pub(crate) roles: BTreeSet<Id>,
    pub(crate) teams: BTreeSet<Id>,
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
            roles: BTreeSet::new(),
            teams: BTreeSet::new(),
            projects: BTreeSet::new(),
            clusters: BTreeSet::new(),
            environments: BTreeSet::new(),
        }
    }

    /// Marks members who are in a team.
    pub(crate) fn set_in_teams(&mut self, members: &BTreeSet<Id>)
    where
        Id: Ord,
    {
        for account in members {
            if let Some(member) = self.members.get_mut(account) {
                *member = Grant::expiring(Member { in_teams: true, ..member.value() }, member.expires_at());
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
            && self.roles.is_empty()
            && self.teams.is_empty()
            && self.projects.is_empty()
            && self.clusters.is_empty()
            && self.environments.is_empty()
    }
}

/// What lists read of a member, so that they look up no account that is in no team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Member {
    pub(crate) kind: AccountKind,
    /// The rank of the membership's own role, even if a service account acts with a lower one.
    pub(crate) rank: Role,
    /// The permissions of the membership's own role.
    pub(crate) permissions: Permissions,
    /// Whether the member is in a team, whose grants the index has by team alone.
    pub(crate) in_teams: bool,
}

impl Member {
    /// The index of a membership, of an account of this kind.
    pub(crate) fn of<Id>(kind: AccountKind, membership: &Membership<Id>) -> Grant<Self> {
        let (rank, permissions) = (membership.rank(), membership.permissions());
        let member = Self { kind, rank, permissions, in_teams: membership.teams().len() > 0 };
        Grant::expiring(member, membership.expires_at())
    }

    /// The role that the member acts with.
    pub(crate) const fn acting(self) -> RankedPermissions {
        match (self.kind, self.rank) {
            (AccountKind::Service, Role::Owner) => RankedPermissions::built_in(Role::Admin),
            (AccountKind::Service | AccountKind::User, rank) => {
                RankedPermissions { rank, permissions: self.permissions }
            }
        }
    }
}

/// What belongs to a custom role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleIndex<Id> {
    id: Id,
    /// The members who have the role, by account.
    pub(crate) holders: BTreeSet<Id>,
}

impl<Id> RoleIndex<Id> {
    pub(crate) const fn new(id: Id) -> Self {
        Self { id, holders: BTreeSet::new() }
    }
}

/// What belongs to a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TeamIndex<Id> {
    id: Id,
    /// The members, by account.
    pub(crate) members: BTreeSet<Id>,
}

impl<Id> TeamIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn new(id: Id) -> Self {
        Self { id, members: BTreeSet::new() }
    }
}

/// What belongs to a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectIndex<Id> {
    id: Id,
    /// The members' own roles in the project, by account.
    pub(crate) roles: BTreeMap<Id, Grant<ProjectRole>>,
    /// The teams' roles in the project, by team.
    pub(crate) team_roles: BTreeMap<Id, Grant<ProjectRole>>,
    pub(crate) environments: BTreeMap<Id, Stage<Id>>,
    counts: Counts<Id>,
}

/// What a decision about an environment depends on, besides its project; and its namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stage<Id> {
    pub(crate) cluster: Id,
    pub(crate) protection: Protection,
    pub(crate) namespace: String,
}

impl<Id> ProjectIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) fn new(id: Id) -> Self {
        Self {
            id,
            roles: BTreeMap::new(),
            team_roles: BTreeMap::new(),
            environments: BTreeMap::new(),
            counts: Counts::new(),
        }
    }
}

/// What belongs to a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClusterIndex<Id> {
    id: Id,
    /// The members' own overrides, by account.
    pub(crate) overrides: BTreeMap<Id, Grant<ClusterAccess>>,
    /// The teams' overrides, by team.
    pub(crate) team_overrides: BTreeMap<Id, Grant<ClusterAccess>>,
    /// The environments on the cluster, by their namespaces.
    pub(crate) namespaces: BTreeMap<String, Id>,
    /// The orchestrator, if known.
    pub(crate) orchestrator: Option<Orchestrator>,
}

impl<Id> ClusterIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn new(id: Id, orchestrator: Option<Orchestrator>) -> Self {
        Self {
            id,
            overrides: BTreeMap::new(),
            team_overrides: BTreeMap::new(),
            namespaces: BTreeMap::new(),
            orchestrator,
        }
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

keyed_by_id!(OrganizationIndex, RoleIndex, TeamIndex, ProjectIndex, ClusterIndex);
