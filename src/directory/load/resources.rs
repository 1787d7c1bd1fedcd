//! Clusters, projects and environments, and the grants on them.

use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use super::{DirectoryBuilder, add_row, member, require_new, require_writable, team_of};
use crate::directory::entry::{At, Entry};
use crate::directory::error::{EntityKind, RowError, name};
use crate::directory::index::{ClusterIndex, ProjectIndex, Stage};
use crate::directory::members::given::{GivenList, find, set};
use crate::directory::numbers::{Place, PlaceKind};
use crate::directory::slots::Slots;
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::cluster::{Cluster, Orchestrator};
use crate::model::environment::Environment;
use crate::model::grants::Holder;
use crate::model::namespace::check_namespace;
use crate::model::project::{Project, Visibility};
use crate::model::protection::Protection;
use crate::model::role::ProjectRole;
use crate::model::time::Grant;

impl<Id: Hash + Ord + Clone + Display> DirectoryBuilder<Id> {
    /// A cluster of an organization.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the organization does not exist; [`RowError::Duplicate`] if any organization has a
    /// cluster with this id.
    pub fn cluster<Q>(&mut self, id: Id, organization: &Q, visibility: Visibility) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let organization = self.organization_id(organization)?;
        let cluster = Cluster::new(id.clone(), organization.clone()).with_visibility(visibility);
        let Directory { organizations, clusters, numbers, .. } = &mut self.directory;
        require_new(clusters, EntityKind::Cluster, &id)?;
        let of = organizations.get::<Id>(&organization).map_or(0, |organization| organization.number);
        let place = numbers.add_place(Place::new(id.clone(), visibility, PlaceKind::Cluster)).ok_or(RowError::Full)?;
        let number = At { organization: of, cluster: place, ..At::default() };
        drop(clusters.insert(Entry::placed(cluster, number)));
        let index = &mut self.directory.index;
        if let Some(of) = index.organizations.get_mut::<Id>(&organization) {
            of.clusters.insert(id.clone());
        }
        index.clusters.add(ClusterIndex::new(id, None));
        Ok(())
    }

    /// Sets what runs a cluster. It decides nothing.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the directory has no such cluster.
    pub fn orchestrator<Q>(&mut self, cluster: &Q, orchestrator: Orchestrator) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let of = self.directory.index.clusters.get_mut(cluster);
        of.ok_or_else(|| RowError::unknown(EntityKind::Cluster, cluster))?.orchestrator = Some(orchestrator);
        Ok(())
    }

    /// An override: the level of a member or a team on a cluster.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the cluster or the team does not exist; [`RowError::NotAMember`] if the account is not a
    /// member of its organization; [`RowError::ForeignTeam`] if the team belongs to another organization;
    /// [`RowError::DuplicateClusterAccess`] if the holder already has an override on it; [`RowError::Time`] if the expiry lies
    /// outside the years 0000 to 9999.
    pub fn cluster_access<Q>(
        &mut self,
        cluster: &Q,
        holder: Holder<&Q>,
        grant: impl Into<Grant<ClusterAccess>>,
    ) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let grant = grant.into();
        require_writable(grant.expires_at())?;
        let Directory { members, organizations, teams, clusters, numbers, index, .. } = &mut self.directory;
        let cluster = clusters.get(cluster).ok_or_else(|| RowError::unknown(EntityKind::Cluster, cluster))?;
        let duplicate = |kind, holder| RowError::DuplicateClusterAccess { kind, holder, cluster: name(cluster.id()) };
        let At { organization, cluster: place, .. } = cluster.number;
        match holder {
            Holder::Account(account) => {
                let id = member(members, organizations, account, cluster.organization())?;
                if !members.have_room_for(1) {
                    return Err(RowError::Full);
                }
                let places = &numbers.places;
                let is_new = members.change(account, organization, numbers, |line| {
                    set_new(&mut line.own.overrides, cluster.id(), (place, grant), places)
                });
                if is_new != Some(true) {
                    return Err(duplicate(EntityKind::Account, name(account)));
                }
                add_row(&mut self.overrides, cluster.id(), id, grant);
            }
            Holder::Team(team) => {
                let team = team_of(teams, team, cluster.organization())?;
                let held = numbers.teams.get(team.number()).map(|team| &team.held().overrides);
                if held.is_none_or(|held| find(held, cluster.id(), &numbers.places).is_ok()) {
                    return Err(duplicate(EntityKind::Team, name(team.id())));
                }
                numbers.set_team_access(team.number(), place, Some(grant));
                if let Some(index) = index.clusters.get_mut::<Id>(cluster.id()) {
                    index.team_overrides.insert(team.id().clone(), grant);
                }
            }
        }
        Ok(())
    }

    /// A project of an organization.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the organization does not exist; [`RowError::Duplicate`] if any organization has a
    /// project with this id.
    pub fn project<Q>(&mut self, id: Id, organization: &Q, visibility: Visibility) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let organization = self.organization_id(organization)?;
        let project = Project::new(id.clone(), organization.clone()).with_visibility(visibility);
        let Directory { organizations, projects, numbers, .. } = &mut self.directory;
        require_new(projects, EntityKind::Project, &id)?;
        let of = organizations.get::<Id>(&organization).map_or(0, |organization| organization.number);
        let place = numbers.add_place(Place::new(id.clone(), visibility, PlaceKind::Project)).ok_or(RowError::Full)?;
        let number = At { organization: of, project: place, ..At::default() };
        drop(projects.insert(Entry::placed(project, number)));
        let index = &mut self.directory.index;
        if let Some(of) = index.organizations.get_mut::<Id>(&organization) {
            of.projects.insert(id.clone());
        }
        index.projects.add(ProjectIndex::new(id));
        Ok(())
    }

    /// The role of a member or a team in a project.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the project or the team does not exist; [`RowError::NotAMember`] if the account is not a
    /// member of its organization; [`RowError::ForeignTeam`] if the team belongs to another organization;
    /// [`RowError::DuplicateProjectRole`] if the holder already has a role in it; [`RowError::Time`] if the expiry lies outside
    /// the years 0000 to 9999.
    pub fn project_role<Q>(
        &mut self,
        project: &Q,
        holder: Holder<&Q>,
        grant: impl Into<Grant<ProjectRole>>,
    ) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let grant = grant.into();
        require_writable(grant.expires_at())?;
        let Directory { members, organizations, teams, projects, numbers, index, .. } = &mut self.directory;
        let project = projects.get(project).ok_or_else(|| RowError::unknown(EntityKind::Project, project))?;
        let duplicate = |kind, holder| RowError::DuplicateProjectRole { kind, holder, project: name(project.id()) };
        let At { organization, project: place, .. } = project.number;
        match holder {
            Holder::Account(account) => {
                let id = member(members, organizations, account, project.organization())?;
                if !members.have_room_for(1) {
                    return Err(RowError::Full);
                }
                let places = &numbers.places;
                let is_new = members.change(account, organization, numbers, |line| {
                    set_new(&mut line.own.project_roles, project.id(), (place, grant), places)
                });
                if is_new != Some(true) {
                    return Err(duplicate(EntityKind::Account, name(account)));
                }
                add_row(&mut self.project_roles, project.id(), id, grant);
            }
            Holder::Team(team) => {
                let team = team_of(teams, team, project.organization())?;
                let held = numbers.teams.get(team.number()).map(|team| &team.held().project_roles);
                if held.is_none_or(|held| find(held, project.id(), &numbers.places).is_ok()) {
                    return Err(duplicate(EntityKind::Team, name(team.id())));
                }
                numbers.set_team_role(team.number(), place, Some(grant));
                if let Some(index) = index.projects.get_mut::<Id>(project.id()) {
                    index.team_roles.insert(team.id().clone(), grant);
                }
            }
        }
        Ok(())
    }

    /// An environment of a project, on a cluster of the same organization, in a namespace of it.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the project or the cluster does not exist; [`RowError::ForeignCluster`] if the cluster
    /// belongs to another organization; [`RowError::Namespace`] if the namespace has another form than namespaces have;
    /// [`RowError::NamespaceTaken`] if another environment has the namespace (one would deploy over the other);
    /// [`RowError::Duplicate`] if any organization has an environment with this id.
    pub fn environment<Q>(
        &mut self,
        id: Id,
        project: &Q,
        cluster: &Q,
        namespace: &str,
        protection: Protection,
    ) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let Directory { projects, clusters, environments, index, .. } = &mut self.directory;
        let project = projects.get_mut(project).ok_or_else(|| RowError::unknown(EntityKind::Project, project))?;
        let cluster = clusters.get_mut(cluster).ok_or_else(|| RowError::unknown(EntityKind::Cluster, cluster))?;
        let mut environment = Environment::new(id.clone(), project, cluster, protection).map_err(|_| {
            RowError::ForeignCluster { cluster: name(cluster.id()), organization: name(project.organization()) }
        })?;
        environment.set_visibility(Visibility::Organization);
        check_namespace(namespace).map_err(|error| RowError::Namespace { namespace: name(namespace), error })?;
        if index.environment_in::<Id>(cluster.id(), namespace).is_some() {
            return Err(RowError::NamespaceTaken { namespace: name(namespace), cluster: name(cluster.id()) });
        }
        let stage = Stage { cluster: cluster.id().clone(), protection, namespace: namespace.into() };
        require_new(environments, EntityKind::Environment, &id)?;
        let number = At { cluster: cluster.number.cluster, ..project.number };
        drop(environments.insert(Entry::placed(environment, number)));
        project.change(|project| project.add_environment((cluster.id().clone(), cluster.visibility()), protection));
        index.add_environment(
            [id.clone(), id.clone(), id, cluster.id().clone()],
            project.organization(),
            project.id(),
            stage,
        );
        cluster.change(Cluster::add_environment);
        Ok(())
    }
}

/// Adds a grant on a place. Returns whether there was none.
fn set_new<Id: Ord, T: Copy>(
    list: &mut GivenList<T>,
    id: &Id,
    (place, grant): (u32, Grant<T>),
    places: &Slots<Place<Id>>,
) -> bool {
    let is_new = find(list, id, places).is_err();
    if is_new {
        set(list, place, Some(grant), places);
    }
    is_new
}
