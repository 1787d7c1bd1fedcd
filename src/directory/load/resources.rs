//! Clusters, projects and environments, and the grants on them.

use alloc::sync::Arc;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use super::{DirectoryBuilder, find_organization, require_new, require_writable, team_of};
use crate::directory::entry::{At, Entry};
use crate::directory::environment::EnvironmentRecord;
use crate::directory::error::{EntityKind, RowError, name};
use crate::directory::index::{ClusterIndex, ProjectIndex, Stage};
use crate::directory::members::given::{Held, find};
use crate::directory::members::word::One;
use crate::directory::numbers::{Number, Place, PlaceKind};
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::cluster::{Cluster, Orchestrator};
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
        let Directory { organizations, clusters, numbers, index, .. } = &mut self.directory;
        let of = find_organization(organizations, organization)?;
        require_new(clusters, EntityKind::Cluster, &id)?;
        let place = numbers.add_place(Place::new(id.clone(), visibility, PlaceKind::Cluster)).ok_or(RowError::Full)?;
        let number = At { organization: of.number, cluster: place, ..At::default() };
        let cluster = Cluster::new(id.clone(), of.id().clone()).with_visibility(visibility);
        drop(clusters.insert(Entry::placed(cluster, number)));
        index.clusters.add(ClusterIndex::new(id.clone(), None));
        self.clusters.push(of.number, id, ());
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
        if let Some((on, account)) = self.directory.add_cluster_access(cluster, holder, grant)? {
            self.overrides.push(on, account.clone(), grant);
        }
        Ok(())
    }

    /// The same, with an id to keep.
    #[cfg(feature = "authzen")]
    pub(crate) fn cluster_access_of(
        &mut self,
        cluster: &Id,
        holder: Holder<Id>,
        grant: Grant<ClusterAccess>,
    ) -> Result<(), RowError> {
        let granted = self.directory.add_cluster_access::<Id>(cluster, holder.as_ref(), grant)?.map(|(on, _)| on);
        if let (Some(on), Holder::Account(account)) = (granted, holder) {
            self.overrides.push(on, account, grant);
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
        let Directory { organizations, projects, numbers, index, .. } = &mut self.directory;
        let of = find_organization(organizations, organization)?;
        require_new(projects, EntityKind::Project, &id)?;
        let place = numbers.add_place(Place::new(id.clone(), visibility, PlaceKind::Project)).ok_or(RowError::Full)?;
        let number = At { organization: of.number, project: place, ..At::default() };
        let project = Project::new(id.clone(), of.id().clone()).with_visibility(visibility);
        drop(projects.insert(Entry::placed(project, number)));
        index.projects.add(ProjectIndex::new(id.clone()).numbered(place));
        self.projects.push(of.number, id, ());
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
        if let Some((on, account)) = self.directory.add_project_role(project, holder, grant)? {
            self.project_roles.push(on, account.clone(), grant);
        }
        Ok(())
    }

    /// The same, with an id to keep.
    #[cfg(feature = "authzen")]
    pub(crate) fn project_role_of(
        &mut self,
        project: &Id,
        holder: Holder<Id>,
        grant: Grant<ProjectRole>,
    ) -> Result<(), RowError> {
        let granted = self.directory.add_project_role::<Id>(project, holder.as_ref(), grant)?.map(|(on, _)| on);
        if let (Some(on), Holder::Account(account)) = (granted, holder) {
            self.project_roles.push(on, account, grant);
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
        if project.number.organization != cluster.number.organization {
            let (cluster, organization) = (name(cluster.id()), name(project.organization()));
            return Err(RowError::ForeignCluster { cluster, organization });
        }
        check_namespace(namespace).map_err(|error| RowError::Namespace { namespace: name(namespace), error })?;
        let on_cluster = index.clusters.get_mut::<Id>(cluster.id()).map(|index| &mut index.namespaces);
        if on_cluster.as_ref().is_some_and(|namespaces| namespaces.contains(namespace)) {
            return Err(RowError::NamespaceTaken { namespace: name(namespace), cluster: name(cluster.id()) });
        }
        require_new(environments, EntityKind::Environment, &id)?;
        let number = At { cluster: cluster.number.cluster, ..project.number };
        drop(environments.insert(EnvironmentRecord::new(id.clone(), number, cluster.visibility(), protection)));
        project.change(|project| project.add_environment((cluster.id().clone(), cluster.visibility()), protection));
        cluster.change(Cluster::add_environment);
        let stage = Stage { cluster: Number(number.cluster), protection, namespace: namespace.into() };
        if let Some(namespaces) = on_cluster {
            namespaces.insert(Arc::clone(&stage.namespace), id.clone());
        }
        self.environments.push(number.organization, id.clone(), ());
        self.stages.push(number.project, id, stage);
        Ok(())
    }
}

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// Adds an override. That of an account is not in the index yet: returns the number of the cluster, and the account.
    fn add_cluster_access<Q>(
        &mut self,
        cluster: &Q,
        holder: Holder<&Q>,
        grant: Grant<ClusterAccess>,
    ) -> Result<Option<(u32, &Id)>, RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        require_writable(grant.expires_at())?;
        let Directory { members, teams, clusters, numbers, index, .. } = self;
        let cluster = clusters.get(cluster).ok_or_else(|| RowError::unknown(EntityKind::Cluster, cluster))?;
        let duplicate = |kind, holder| RowError::DuplicateClusterAccess { kind, holder, cluster: name(cluster.id()) };
        let At { organization, cluster: place, .. } = cluster.number;
        match holder {
            Holder::Account(account) => {
                let has_room = members.have_room_for(1);
                let member = members.membership_mut(account, organization);
                let mut member = member.ok_or_else(|| RowError::not_a_member(account, cluster.organization()))?;
                if !has_room {
                    return Err(RowError::Full);
                }
                let one = grant.expires_at().is_none().then(|| One::of_access(place, grant.value()));
                let add = |held: &mut Held| held.overrides.add(place, grant, cluster.id(), &numbers.places);
                if !member.grant(one, numbers, add) {
                    return Err(duplicate(EntityKind::Account, name(account)));
                }
                return Ok(Some((place, member.account)));
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
        Ok(None)
    }

    /// Adds a project role. That of an account is not in the index yet: returns the number of the project, and the account.
    fn add_project_role<Q>(
        &mut self,
        project: &Q,
        holder: Holder<&Q>,
        grant: Grant<ProjectRole>,
    ) -> Result<Option<(u32, &Id)>, RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        require_writable(grant.expires_at())?;
        let Directory { members, teams, projects, numbers, index, .. } = self;
        let project = projects.get(project).ok_or_else(|| RowError::unknown(EntityKind::Project, project))?;
        let duplicate = |kind, holder| RowError::DuplicateProjectRole { kind, holder, project: name(project.id()) };
        let At { organization, project: place, .. } = project.number;
        match holder {
            Holder::Account(account) => {
                let has_room = members.have_room_for(1);
                let member = members.membership_mut(account, organization);
                let mut member = member.ok_or_else(|| RowError::not_a_member(account, project.organization()))?;
                if !has_room {
                    return Err(RowError::Full);
                }
                let one = grant.expires_at().is_none().then(|| One::of_project_role(place, grant.value()));
                let add = |held: &mut Held| held.project_roles.add(place, grant, project.id(), &numbers.places);
                if !member.grant(one, numbers, add) {
                    return Err(duplicate(EntityKind::Account, name(account)));
                }
                return Ok(Some((place, member.account)));
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
        Ok(None)
    }
}
