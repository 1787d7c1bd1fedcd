//! Reverse indexes: members, roles, teams, projects, clusters and environments by owner. Changes and lists read them;
//! decisions do not.

mod counts;
mod member;

use alloc::sync::Arc;
use core::borrow::Borrow;
use core::hash::Hash;
use core::mem;

pub(crate) use counts::Counts;
pub(crate) use member::Member;

use crate::directory::list::List;
use crate::directory::numbers::Number;
use crate::directory::set::Set;
use crate::directory::table::{Shared, Table};
use crate::model::access::ClusterAccess;
use crate::model::cluster::Orchestrator;
use crate::model::fact::EnvironmentFact;
use crate::model::protection::Protection;
use crate::model::role::ProjectRole;
use crate::model::sorted::Keyed;
use crate::model::time::Grant;

/// What belongs to each organization, custom role, team, project and cluster, in the order of the ids.
#[derive(Clone, Debug)]
pub(crate) struct Index<Id> {
    pub(crate) organizations: Entries<OrganizationIndex<Id>>,
    pub(crate) roles: Entries<RoleIndex<Id>>,
    pub(crate) teams: Entries<TeamIndex<Id>>,
    pub(crate) projects: Entries<ProjectIndex<Id>>,
    pub(crate) clusters: Entries<ClusterIndex<Id>>,
}

impl<Id> Index<Id> {
    pub(crate) fn new() -> Self {
        Self {
            organizations: Entries::new(),
            roles: Entries::new(),
            teams: Entries::new(),
            projects: Entries::new(),
            clusters: Entries::new(),
        }
    }

    pub(crate) fn open() -> Self {
        Self {
            organizations: Entries::open(),
            roles: Entries::open(),
            teams: Entries::open(),
            projects: Entries::open(),
            clusters: Entries::open(),
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

impl<Id: Clone> Index<Id> {
    /// Frees unused capacity.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.organizations.for_each_mut(|organization| {
            organization.roles.shrink_to_fit();
            organization.teams.shrink_to_fit();
            organization.projects.shrink_to_fit();
            organization.clusters.shrink_to_fit();
            organization.environments.shrink_to_fit();
        });
        self.roles.for_each_mut(|role| role.holders.shrink_to_fit());
        self.teams.for_each_mut(|team| team.members.shrink_to_fit());
        self.projects.for_each_mut(|project| {
            project.environments.shrink_to_fit();
            project.team_roles.shrink_to_fit();
        });
        self.clusters.for_each_mut(|cluster| {
            cluster.namespaces.shrink_to_fit();
            cluster.team_overrides.shrink_to_fit();
        });
    }
}

impl<Id: Clone> Shared for Index<Id> {
    fn separate(&mut self) {
        self.organizations.0.separate();
        self.roles.0.separate();
        self.teams.0.separate();
        self.projects.0.separate();
        self.clusters.0.separate();
    }
}

impl<Id> Index<Id> {
    /// Makes the next version of it cheap.
    pub(crate) fn share(&mut self) {
        self.organizations.0.share();
        self.roles.0.share();
        self.teams.0.share();
        self.projects.0.share();
        self.clusters.0.share();
    }
}

impl<Id: Hash + Ord> Index<Id> {
    /// Ends the adding of rows.
    pub(crate) fn close(&mut self) {
        self.organizations.0.close();
        self.roles.0.close();
        self.teams.0.close();
        self.projects.0.close();
        self.clusters.0.close();
    }

    /// The environment that uses this namespace of the cluster.
    pub(crate) fn environment_in<Q>(&self, cluster: &Q, namespace: &str) -> Option<&Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.clusters.get(cluster)?.namespaces.get(namespace)
    }
}

impl<Id: Hash + Ord + Clone> Index<Id> {
    /// Adds an environment. It needs an id for each place in the index, so that it clones none.
    ///
    /// They are two ids of the environment in the organization and in its cluster, one in the project, and one of its cluster.
    pub(crate) fn add_environment(&mut self, ids: [Id; 4], organization: &Id, project: &Id, stage: Stage) {
        let [in_organization, in_project, in_cluster, cluster] = ids;
        if let Some(index) = self.organizations.get_mut::<Id>(organization) {
            index.environments.insert(in_organization);
        }
        if let Some(index) = self.clusters.get_mut::<Id>(&cluster) {
            index.namespaces.insert(Arc::clone(&stage.namespace), in_cluster);
        }
        if let Some(index) = self.projects.get_mut::<Id>(project) {
            index.counts.add(cluster, stage.protection);
            index.environments.insert(in_project, stage);
        }
    }

    /// Gives an environment of a project another protection. Returns the counts of all that are in the project.
    pub(crate) fn protect(&mut self, id: &Id, project: &Id, protection: Protection) -> Option<&Counts<Id>> {
        let project = self.projects.get_mut::<Id>(project)?;
        let stage = project.environments.get_mut(id)?;
        project.counts.replace(stage.protection, protection);
        stage.protection = protection;
        Some(&project.counts)
    }

    /// Moves an environment within its project, from a cluster to another one or the same. It needs an id of the environment and one
    /// of the cluster, so that it clones none. Returns the counts of all that are in the project.
    pub(crate) fn move_environment(
        &mut self,
        [id, project, from]: [&Id; 3],
        [in_cluster, cluster]: [Id; 2],
        stage: Stage,
    ) -> Option<&Counts<Id>> {
        let (namespace, protection) = (Arc::clone(&stage.namespace), stage.protection);
        let project = self.projects.get_mut::<Id>(project)?;
        let before = mem::replace(project.environments.get_mut(id)?, stage);
        if let Some(left) = self.clusters.get_mut::<Id>(from) {
            left.namespaces.remove(&before.namespace);
        }
        if let Some(entered) = self.clusters.get_mut::<Id>(&cluster) {
            entered.namespaces.insert(namespace, in_cluster);
        }
        project.counts.remove(from, before.protection);
        project.counts.add(cluster, protection);
        Some(&project.counts)
    }

    /// Undoes [`Self::add_environment`]. Returns the counts of those that stay in the project.
    pub(crate) fn remove_environment(&mut self, environment: EnvironmentFact<'_, Id>) -> Option<&Counts<Id>> {
        let (id, cluster) = (environment.id(), environment.cluster());
        if let Some(index) = self.organizations.get_mut::<Id>(environment.organization()) {
            index.environments.remove(id);
        }
        let project = self.projects.get_mut::<Id>(environment.project())?;
        let stage = project.environments.remove(id)?;
        project.counts.remove(cluster, stage.protection);
        if let Some(index) = self.clusters.get_mut::<Id>(cluster) {
            index.namespaces.remove(&stage.namespace);
        }
        Some(&project.counts)
    }
}

/// What belongs to things of one kind, by their ids. It is large, so a copy of a page of them shares each.
#[derive(Clone, Debug)]
pub(crate) struct Entries<T>(pub(crate) Table<Arc<T>>);

impl<T> Entries<T> {
    fn new() -> Self {
        Self(Table::new())
    }

    fn open() -> Self {
        Self(Table::open())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|entry| &**entry)
    }
}

impl<T: Clone> Entries<T> {
    fn for_each_mut(&mut self, mut change: impl FnMut(&mut T)) {
        self.0.for_each_mut(|entry| change(Arc::make_mut(entry)));
    }
}

impl<T: Keyed<Key: Hash + Eq>> Entries<T> {
    pub(crate) fn get<Q>(&self, id: &Q) -> Option<&T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.get(id).map(|entry| &**entry)
    }
}

impl<T: Keyed<Key: Hash + Eq> + Clone> Entries<T> {
    /// The entry, to be changed. It is copied if another version has it.
    pub(crate) fn get_mut<Q>(&mut self, id: &Q) -> Option<&mut T>
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.get_mut(id).map(Arc::make_mut)
    }

    /// Changes an entry, if it is there.
    pub(crate) fn change(&mut self, id: &T::Key, change: impl FnOnce(&mut T)) {
        self.get_mut::<T::Key>(id).map(change);
    }

    /// Makes room for more entries before they come.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// Adds an entry, if there is none with its id.
    pub(crate) fn add(&mut self, entry: T) {
        drop(self.0.insert(Arc::new(entry)));
    }

    pub(crate) fn remove<Q>(&mut self, id: &Q)
    where
        T::Key: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        drop(self.0.remove(id));
    }
}

impl<T: Keyed<Key: Hash + Eq> + PartialEq> PartialEq for Entries<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// What belongs to an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrganizationIndex<Id> {
    id: Id,
    /// The members by account, with the expiry of each membership.
    pub(crate) members: List<Id, Grant<Member>>,
    pub(crate) roles: Set<Id>,
    pub(crate) teams: Set<Id>,
    pub(crate) projects: Set<Id>,
    pub(crate) clusters: Set<Id>,
    pub(crate) environments: Set<Id>,
}

impl<Id> OrganizationIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn new(id: Id) -> Self {
        Self {
            id,
            members: List::new(),
            roles: Set::new(),
            teams: Set::new(),
            projects: Set::new(),
            clusters: Set::new(),
            environments: Set::new(),
        }
    }

    /// Marks members who are in a team.
    pub(crate) fn set_in_teams(&mut self, members: &Set<Id>)
    where
        Id: Ord + Clone,
    {
        for account in members {
            if let Some(member) = self.members.get_mut(account) {
                *member = Grant::expiring(member.value().with_teams(), member.expires_at());
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

/// What belongs to a custom role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleIndex<Id> {
    id: Id,
    /// The members who have the role, by account.
    pub(crate) holders: Set<Id>,
}

impl<Id> RoleIndex<Id> {
    pub(crate) const fn new(id: Id) -> Self {
        Self { id, holders: Set::new() }
    }
}

/// What belongs to a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TeamIndex<Id> {
    id: Id,
    /// The members, by account.
    pub(crate) members: Set<Id>,
}

impl<Id> TeamIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn new(id: Id) -> Self {
        Self { id, members: Set::new() }
    }
}

/// What belongs to a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectIndex<Id> {
    id: Id,
    pub(crate) number: Number,
    /// The members' own roles in the project, by account.
    pub(crate) roles: List<Id, Grant<ProjectRole>>,
    /// The teams' roles in the project, by team.
    pub(crate) team_roles: List<Id, Grant<ProjectRole>>,
    pub(crate) environments: List<Id, Stage>,
    counts: Counts<Id>,
}

/// What a decision about an environment depends on, besides its project; and its namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stage {
    /// The number of the cluster.
    pub(crate) cluster: Number,
    pub(crate) protection: Protection,
    pub(crate) namespace: Arc<str>,
}

impl<Id> ProjectIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    /// What belongs to a new project, which is given its number later.
    pub(crate) fn new(id: Id) -> Self {
        Self {
            id,
            number: Number::default(),
            roles: List::new(),
            team_roles: List::new(),
            environments: List::new(),
            counts: Counts::new(),
        }
    }

    pub(crate) fn numbered(self, number: u32) -> Self {
        Self { number: Number(number), ..self }
    }

    /// Sets all of its environments. The ids of their clusters are found by number.
    pub(crate) fn set_environments<'a>(
        &mut self,
        environments: List<Id, Stage>,
        cluster: impl Fn(u32) -> Option<&'a Id>,
    ) where
        Id: Ord + Clone + 'a,
    {
        let placed = |stage: &Stage| Some((cluster(stage.cluster.0)?, stage.protection));
        self.counts = Counts::of(environments.values().filter_map(placed));
        self.environments = environments;
    }
}

/// What belongs to a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClusterIndex<Id> {
    id: Id,
    /// The members' own overrides, by account.
    pub(crate) overrides: List<Id, Grant<ClusterAccess>>,
    /// The teams' overrides, by team.
    pub(crate) team_overrides: List<Id, Grant<ClusterAccess>>,
    /// The environments on the cluster, by their namespaces.
    pub(crate) namespaces: List<Arc<str>, Id>,
    /// The orchestrator, if known.
    pub(crate) orchestrator: Option<Orchestrator>,
}

impl<Id> ClusterIndex<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn new(id: Id, orchestrator: Option<Orchestrator>) -> Self {
        Self { id, overrides: List::new(), team_overrides: List::new(), namespaces: List::new(), orchestrator }
    }
}

impl<Id: Clone> Shared for OrganizationIndex<Id> {
    fn separate(&mut self) {
        self.members.separate();
        self.roles.separate();
        self.teams.separate();
        self.projects.separate();
        self.clusters.separate();
        self.environments.separate();
    }
}

impl<Id: Clone> Shared for RoleIndex<Id> {
    fn separate(&mut self) {
        self.holders.separate();
    }
}

impl<Id: Clone> Shared for TeamIndex<Id> {
    fn separate(&mut self) {
        self.members.separate();
    }
}

impl<Id: Clone> Shared for ProjectIndex<Id> {
    fn separate(&mut self) {
        self.roles.separate();
        self.team_roles.separate();
        self.environments.separate();
    }
}

impl<Id: Clone> Shared for ClusterIndex<Id> {
    fn separate(&mut self) {
        self.overrides.separate();
        self.team_overrides.separate();
        self.namespaces.separate();
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
