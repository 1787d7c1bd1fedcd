//! Removals: what goes with what is removed, from the inside out.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::Hash;

use crate::change::edit::{Edit, TeamMemberState};
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::grants::Holder;
use crate::model::membership::Membership;
use crate::model::role::ProjectRole;

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Removes an organization with everything that belongs to it.
    pub(crate) fn remove_organization_edits(&self, organization: &Id) -> Vec<Edit<Id>> {
        let Some(index) = self.index.organizations.get(organization) else { return Vec::new() };
        let mut edits = Vec::new();
        edits.extend(index.environments.iter().flat_map(|environment| self.remove_environment_edits(environment)));
        edits.extend(index.members.keys().flat_map(|account| self.remove_member_edits(organization, account)));
        edits.extend(index.teams.iter().flat_map(|team| self.remove_team_edits(team)));
        // Project roles and cluster access went with the members and the teams.
        edits.extend(index.projects.iter().map(|project| self.remove_project_edit(project)));
        edits.extend(index.clusters.iter().map(|cluster| self.remove_cluster_edit(cluster)));
        let role = |role: &Id| Edit::Role { role: role.clone(), from: self.role_state(role), to: None };
        edits.extend(index.roles.iter().map(role));
        let from = self.organization_state(organization);
        edits.push(Edit::Organization { organization: organization.clone(), from, to: None });
        edits
    }

    /// Removes a member with the grants and the places in teams.
    pub(crate) fn remove_member_edits(&self, organization: &Id, account: &Id) -> Vec<Edit<Id>> {
        let mut edits = self.remove_grants_edits(organization, account);
        let member = self.member_state(organization, account).map(|from| Edit::Member {
            organization: organization.clone(),
            account: account.clone(),
            from: Some(from),
            to: None,
        });
        edits.extend(member);
        edits
    }

    /// Removes everything that a membership has beside the role.
    pub(crate) fn remove_grants_edits(&self, organization: &Id, account: &Id) -> Vec<Edit<Id>> {
        let mut edits = self.remove_own_grants_edits(organization, account, |_| true, |_| true);
        let teams = self.membership(organization, account).into_iter().flat_map(Membership::teams);
        edits.extend(teams.map(|team| Edit::TeamMember {
            team: team.clone(),
            account: account.clone(),
            from: Some(TeamMemberState {}),
            to: None,
        }));
        edits
    }

    /// Removes the member's own overrides of these levels, and these roles in projects.
    pub(crate) fn remove_own_grants_edits(
        &self,
        organization: &Id,
        account: &Id,
        overrides: impl Fn(ClusterAccess) -> bool,
        roles: impl Fn(ProjectRole) -> bool,
    ) -> Vec<Edit<Id>> {
        let Some(membership) = self.membership(organization, account) else { return Vec::new() };
        let holder = || Holder::Account(account.clone());
        let mut edits = Vec::new();
        let accesses = membership.cluster_accesses().filter(|(_, _, grant)| overrides(grant.value()));
        edits.extend(accesses.map(|(cluster, _, grant)| Edit::ClusterAccess {
            cluster: cluster.clone(),
            holder: holder(),
            from: Some(grant),
            to: None,
        }));
        let roles = membership.project_roles().filter(|(_, _, grant)| roles(grant.value()));
        edits.extend(roles.map(|(project, _, grant)| Edit::ProjectRole {
            project: project.clone(),
            holder: holder(),
            from: Some(grant),
            to: None,
        }));
        edits
    }

    /// Removes a team with its grants, so that a later team with the same id starts without any.
    pub(crate) fn remove_team_edits(&self, id: &Id) -> Vec<Edit<Id>> {
        let Some(team) = self.team(id) else { return Vec::new() };
        let holder = || Holder::Team(id.clone());
        let mut edits = Vec::new();
        edits.extend(team.cluster_accesses().map(|(cluster, _, grant)| Edit::ClusterAccess {
            cluster: cluster.clone(),
            holder: holder(),
            from: Some(grant),
            to: None,
        }));
        edits.extend(team.project_roles().map(|(project, _, grant)| Edit::ProjectRole {
            project: project.clone(),
            holder: holder(),
            from: Some(grant),
            to: None,
        }));
        edits.push(Edit::Team { team: id.clone(), from: self.team_state(id), to: None });
        edits
    }

    /// Removes a project with the roles in it, so that a later project with the same id starts without any.
    pub(crate) fn remove_project_edits(&self, project: &Id) -> Vec<Edit<Id>> {
        let Some(index) = self.index.projects.get(project) else { return Vec::new() };
        let accounts = index.roles.iter().map(|(account, role)| (Holder::Account(account.clone()), *role));
        let teams = index.team_roles.iter().map(|(team, role)| (Holder::Team(team.clone()), *role));
        let mut edits: Vec<_> = accounts
            .chain(teams)
            .map(|(holder, role)| Edit::ProjectRole { project: project.clone(), holder, from: Some(role), to: None })
            .collect();
        edits.push(self.remove_project_edit(project));
        edits
    }

    fn remove_project_edit(&self, project: &Id) -> Edit<Id> {
        Edit::Project { project: project.clone(), from: self.project_state(project), to: None }
    }

    /// Removes a cluster with the access to it, so that a later cluster with the same id starts without any.
    pub(crate) fn remove_cluster_edits(&self, cluster: &Id) -> Vec<Edit<Id>> {
        let Some(index) = self.index.clusters.get(cluster) else { return Vec::new() };
        let accounts = index.overrides.iter().map(|(account, level)| (Holder::Account(account.clone()), *level));
        let teams = index.team_overrides.iter().map(|(team, level)| (Holder::Team(team.clone()), *level));
        let mut edits: Vec<_> = accounts
            .chain(teams)
            .map(|(holder, level)| Edit::ClusterAccess {
                cluster: cluster.clone(),
                holder,
                from: Some(level),
                to: None,
            })
            .collect();
        edits.push(self.remove_cluster_edit(cluster));
        edits
    }

    fn remove_cluster_edit(&self, cluster: &Id) -> Edit<Id> {
        Edit::Cluster { cluster: cluster.clone(), from: self.cluster_state(cluster), to: None }
    }

    pub(crate) fn remove_environment_edits(&self, environment: &Id) -> Vec<Edit<Id>> {
        let from = self.environment_state(environment);
        vec![Edit::Environment { environment: environment.clone(), from, to: None }]
    }
}
