//! Removals: what goes with what is removed, from the inside out.

use alloc::vec::Vec;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::edit::{Edit, Removed, TeamMemberState};
use crate::change::size::Size;
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::fact::MembershipFact;
use crate::model::grants::Holder;
use crate::model::role::ProjectRole;
use crate::model::time::Grant;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// The edit that removes something with all rows that belong to it.
    pub(crate) fn removal(&self, organization: &Id, removed: Removed<Id>) -> Edit<Id> {
        let restore = match &removed {
            Removed::Organization => None,
            Removed::Project(_) | Removed::Cluster(_) | Removed::Team(_) => {
                let restore = inverse(&self.rows_of_removal(organization, &removed));
                Size::of_edits(&restore).fits().then_some(restore)
            }
        };
        Edit::Remove { organization: organization.clone(), removed, restore }
    }
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// The rows that a removal removes, from the inside out.
    pub(crate) fn rows_of_removal(&self, organization: &Id, removed: &Removed<Id>) -> Vec<Edit<Id>> {
        match removed {
            Removed::Organization => self.rows_of_organization(organization),
            Removed::Project(project) => self.rows_of_project(organization, project),
            Removed::Cluster(cluster) => self.rows_of_cluster(organization, cluster),
            Removed::Team(team) => self.rows_of_team(organization, team),
        }
    }

    fn rows_of_organization(&self, organization: &Id) -> Vec<Edit<Id>> {
        let Some(index) = self.index.organizations.get(organization) else { return Vec::new() };
        let mut edits = Vec::new();
        edits.extend(
            index.environments.iter().map(|environment| self.remove_environment_edit(organization, environment)),
        );
        edits.extend(index.members.keys().flat_map(|account| self.remove_member_edits(organization, account)));
        edits.extend(index.teams.iter().flat_map(|team| self.rows_of_team(organization, team)));
        // Project roles and cluster access went with the members and the teams.
        edits.extend(index.projects.iter().map(|project| self.remove_project_edit(organization, project)));
        edits.extend(index.clusters.iter().map(|cluster| self.remove_cluster_edit(organization, cluster)));
        edits.extend(index.roles.iter().map(|role| Edit::Role {
            organization: organization.clone(),
            role: role.clone(),
            from: self.role_state(role),
            to: None,
        }));
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
        let teams = self.membership(organization, account).into_iter().flat_map(MembershipFact::teams);
        edits.extend(teams.map(|team| Edit::TeamMember {
            organization: organization.clone(),
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
        let accesses = membership.cluster_accesses().filter(|(_, _, grant)| overrides(grant.value()));
        let accesses = accesses.map(|(cluster, _, grant)| remove_access(organization, cluster, holder(), grant));
        let roles = membership.project_roles().filter(|(_, _, grant)| roles(grant.value()));
        let roles = roles.map(|(project, _, grant)| remove_role(organization, project, holder(), grant));
        accesses.chain(roles).collect()
    }

    /// Removes a team with its grants, so that a later team with the same id starts without any.
    fn rows_of_team(&self, organization: &Id, id: &Id) -> Vec<Edit<Id>> {
        let Some(team) = self.team_fact(id) else { return Vec::new() };
        let holder = || Holder::Team(id.clone());
        let accesses = team.cluster_accesses();
        let accesses = accesses.map(|(cluster, _, grant)| remove_access(organization, cluster, holder(), grant));
        let roles = team.project_roles();
        let roles = roles.map(|(project, _, grant)| remove_role(organization, project, holder(), grant));
        let (organization, team) = (organization.clone(), id.clone());
        let itself = Edit::Team { organization, team, from: self.team_state(id), to: None };
        accesses.chain(roles).chain([itself]).collect()
    }

    /// Removes a project with the roles in it, so that a later project with the same id starts without any.
    fn rows_of_project(&self, organization: &Id, project: &Id) -> Vec<Edit<Id>> {
        let Some(index) = self.index.projects.get(project) else { return Vec::new() };
        let accounts = index.roles.iter().map(|(account, role)| (Holder::Account(account.clone()), *role));
        let teams = index.team_roles.iter().map(|(team, role)| (Holder::Team(team.clone()), *role));
        let roles = accounts.chain(teams).map(|(holder, role)| remove_role(organization, project, holder, role));
        roles.chain([self.remove_project_edit(organization, project)]).collect()
    }

    fn remove_project_edit(&self, organization: &Id, project: &Id) -> Edit<Id> {
        let from = self.project_state(project);
        Edit::Project { organization: organization.clone(), project: project.clone(), from, to: None }
    }

    /// Removes a cluster with the access to it, so that a later cluster with the same id starts without any.
    fn rows_of_cluster(&self, organization: &Id, cluster: &Id) -> Vec<Edit<Id>> {
        let Some(index) = self.index.clusters.get(cluster) else { return Vec::new() };
        let accounts = index.overrides.iter().map(|(account, level)| (Holder::Account(account.clone()), *level));
        let teams = index.team_overrides.iter().map(|(team, level)| (Holder::Team(team.clone()), *level));
        let levels = accounts.chain(teams).map(|(holder, level)| remove_access(organization, cluster, holder, level));
        levels.chain([self.remove_cluster_edit(organization, cluster)]).collect()
    }

    fn remove_cluster_edit(&self, organization: &Id, cluster: &Id) -> Edit<Id> {
        let from = self.cluster_state(cluster);
        Edit::Cluster { organization: organization.clone(), cluster: cluster.clone(), from, to: None }
    }

    pub(crate) fn remove_environment_edit(&self, organization: &Id, environment: &Id) -> Edit<Id> {
        let from = self.environment_state(environment);
        Edit::Environment { organization: organization.clone(), environment: environment.clone(), from, to: None }
    }
}

/// The edits that undo edits of rows.
pub(crate) fn inverse<Id: Clone>(rows: &[Edit<Id>]) -> Vec<Edit<Id>> {
    rows.iter().rev().map(Edit::inverse).collect()
}

/// Whether edits undo edits of rows.
pub(crate) fn are_inverse<Id: Clone + PartialEq>(edits: &[Edit<Id>], rows: &[Edit<Id>]) -> bool {
    edits.len() == rows.len() && edits.iter().zip(rows.iter().rev()).all(|(edit, row)| *edit == row.inverse())
}

fn remove_access<Id: Clone>(
    organization: &Id,
    cluster: &Id,
    holder: Holder<Id>,
    grant: Grant<ClusterAccess>,
) -> Edit<Id> {
    let (organization, cluster) = (organization.clone(), cluster.clone());
    Edit::ClusterAccess { organization, cluster, holder, from: Some(grant), to: None }
}

fn remove_role<Id: Clone>(organization: &Id, project: &Id, holder: Holder<Id>, grant: Grant<ProjectRole>) -> Edit<Id> {
    let (organization, project) = (organization.clone(), project.clone());
    Edit::ProjectRole { organization, project, holder, from: Some(grant), to: None }
}
