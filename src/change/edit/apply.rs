//! Applies edits: changes the fact, the counts that depend on it, and the index.

use core::hash::Hash;

use crate::change::edit::{ClusterState, Edit, EnvironmentState, OrganizationState, ProjectState};
use crate::directory::index::{ClusterIndex, Member, OrganizationIndex, ProjectIndex, Stage};
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind, Membership};
use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::Grant;

impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn apply(&mut self, edit: &Edit<Id>) {
        debug_assert!(self.check(edit), "the edit cannot be applied");
        match edit {
            Edit::Account { account, to: Some(kind), .. } => {
                self.accounts.get_or_insert(Account::new(account.clone(), *kind));
            }
            Edit::Account { account, to: None, .. } => drop(self.accounts.remove(account)),
            Edit::Organization { organization, to: Some(OrganizationState {}), .. } => {
                self.organizations.get_or_insert(Organization::new(organization.clone(), 0));
                self.index.organizations.get_or_insert(OrganizationIndex::new(organization.clone()));
            }
            Edit::Organization { organization, to: None, .. } => {
                self.organizations.remove(organization);
                self.index.organizations.remove(organization);
            }
            Edit::Membership { organization, account, to, .. } => {
                self.apply_membership(organization, account, to.as_ref());
            }
            Edit::Role { organization, account, to, .. } => self.apply_role(organization, account, *to),
            Edit::ClusterAccess { cluster, account, to, .. } => self.apply_cluster_access(cluster, account, *to),
            Edit::ProjectRole { project, account, to, .. } => self.apply_project_role(project, account, *to),
            Edit::Project { project, to, .. } => self.apply_project(project, to.as_ref()),
            Edit::Cluster { cluster, to, .. } => self.apply_cluster(cluster, to.as_ref()),
            Edit::Environment { environment, to, .. } => self.apply_environment(environment, to.as_ref()),
        }
    }

    fn apply_membership(&mut self, organization: &Id, id: &Id, to: Option<&Membership<Id>>) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        let kind = account.kind();
        let from = account.leave(organization);
        if let Some(to) = to {
            account.replace(to.clone());
        }
        for (cluster, _) in from.iter().flat_map(Membership::cluster_accesses) {
            if let Some(index) = self.index.clusters.get_mut(cluster) {
                index.overrides.remove(id);
            }
        }
        for (project, _) in from.iter().flat_map(Membership::project_roles) {
            if let Some(index) = self.index.projects.get_mut(project) {
                index.roles.remove(id);
            }
        }
        for (cluster, grant) in to.into_iter().flat_map(Membership::cluster_accesses) {
            if let Some(index) = self.index.clusters.get_mut(cluster) {
                index.overrides.insert(id.clone(), grant);
            }
        }
        for (project, grant) in to.into_iter().flat_map(Membership::project_roles) {
            if let Some(index) = self.index.projects.get_mut(project) {
                index.roles.insert(id.clone(), grant);
            }
        }
        let role = |membership: &Membership<Id>| membership.granted_role();
        self.apply_member(organization, id, kind, from.as_ref().map(role), to.map(role));
    }

    fn apply_role(&mut self, organization: &Id, id: &Id, to: Grant<Role>) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        let kind = account.kind();
        let Some(membership) = account.membership_mut(organization) else { return };
        let from = membership.granted_role();
        membership.replace_role(to);
        self.apply_member(organization, id, kind, Some(from), Some(to));
    }

    /// Updates an organization's index of members and its number of permanent Owners.
    fn apply_member(
        &mut self,
        organization: &Id,
        id: &Id,
        kind: AccountKind,
        from: Option<Grant<Role>>,
        to: Option<Grant<Role>>,
    ) {
        let is_permanent_owner = |role: Option<Grant<Role>>| {
            role.is_some_and(|role| kind.acting(role.value()) == Role::Owner && role.expires_at().is_none())
        };
        if let Some(organization) = self.organizations.get_mut(organization) {
            match (is_permanent_owner(from), is_permanent_owner(to)) {
                (true, false) => organization.remove_owner(),
                (false, true) => organization.add_owner(),
                (true, true) | (false, false) => {}
            }
        }
        let Some(index) = self.index.organizations.get_mut(organization) else { return };
        match to {
            Some(role) => {
                let member = Member { kind, role: role.value() };
                index.members.insert(id.clone(), Grant::expiring(member, role.expires_at()));
            }
            None => drop(index.members.remove(id)),
        }
    }

    fn apply_cluster_access(&mut self, cluster: &Id, id: &Id, to: Option<Grant<ClusterAccess>>) {
        let Some(organization) = self.clusters.get(cluster).map(Cluster::organization) else { return };
        let account = self.accounts.get_mut(id);
        if let Some(membership) = account.and_then(|account| account.membership_mut(organization)) {
            membership.replace_cluster_access(cluster.clone(), to);
        }
        let Some(index) = self.index.clusters.get_mut(cluster) else { return };
        match to {
            Some(grant) => drop(index.overrides.insert(id.clone(), grant)),
            None => drop(index.overrides.remove(id)),
        }
    }

    fn apply_project_role(&mut self, project: &Id, id: &Id, to: Option<Grant<ProjectRole>>) {
        let Some(organization) = self.projects.get(project).map(Project::organization) else { return };
        let account = self.accounts.get_mut(id);
        if let Some(membership) = account.and_then(|account| account.membership_mut(organization)) {
            membership.replace_project_role(project.clone(), to);
        }
        let Some(index) = self.index.projects.get_mut(project) else { return };
        match to {
            Some(grant) => drop(index.roles.insert(id.clone(), grant)),
            None => drop(index.roles.remove(id)),
        }
    }

    fn apply_project(&mut self, id: &Id, to: Option<&ProjectState<Id>>) {
        let Some(to) = to else {
            let project = self.projects.remove(id);
            if let Some(index) = project.and_then(|project| self.index.organizations.get_mut(project.organization())) {
                index.projects.remove(id);
            }
            self.index.projects.remove(id);
            return;
        };
        if let Some(index) = self.index.organizations.get_mut(&to.organization) {
            index.projects.insert(id.clone());
        }
        let index = self.index.projects.get_or_insert(ProjectIndex::new(id.clone()));
        let project = self.projects.get_or_insert(Project::new(id.clone(), to.organization.clone()));
        project.set_visibility(to.visibility);
        for environment in index.environments.keys() {
            if let Some(environment) = self.environments.get_mut(environment) {
                environment.set_visibility(to.visibility);
            }
        }
    }

    fn apply_cluster(&mut self, id: &Id, to: Option<&ClusterState<Id>>) {
        let Some(to) = to else {
            let cluster = self.clusters.remove(id);
            if let Some(index) = cluster.and_then(|cluster| self.index.organizations.get_mut(cluster.organization())) {
                index.clusters.remove(id);
            }
            self.index.clusters.remove(id);
            return;
        };
        if let Some(index) = self.index.organizations.get_mut(&to.organization) {
            index.clusters.insert(id.clone());
        }
        self.index.clusters.get_or_insert(ClusterIndex::new(id.clone())).orchestrator = to.orchestrator;
        self.clusters.get_or_insert(Cluster::new(id.clone(), to.organization.clone()));
    }

    fn apply_environment(&mut self, id: &Id, to: Option<&EnvironmentState<Id>>) {
        if let Some(present) = self.environments.remove(id) {
            if let Some(cluster) = self.clusters.get_mut(present.cluster()) {
                cluster.remove_environment();
            }
            if let Some(project) = self.projects.get(present.project()) {
                self.index.remove_environment(id, project, present.cluster());
            }
            self.count_environments(present.project());
        }
        let Some(to) = to else { return };
        let (Some(project), Some(cluster)) = (self.projects.get_mut(&to.project), self.clusters.get_mut(&to.cluster))
        else {
            return;
        };
        let Ok(environment) = Environment::new(id.clone(), project, cluster, to.protection) else { return };
        cluster.add_environment();
        project.add_environment(to.protection);
        let stage = Stage { cluster: cluster.id().clone(), protection: to.protection };
        self.index.add_environment(id.clone(), project, stage, to.namespace.as_deref());
        self.environments.get_or_insert(environment);
    }

    /// Recounts the environments of a project and joins their safeguards.
    fn count_environments(&mut self, project: &Id) {
        let Some(index) = self.index.projects.get(project) else { return };
        if let Some(project) = self.projects.get_mut(project) {
            project.set_environments(index.environments.values().map(|stage| stage.protection));
        }
    }
}
