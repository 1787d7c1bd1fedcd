//! Plans: the edits that an allowed change makes, or why it cannot be made.

pub(crate) mod removal;

use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::edit::{
    ClusterState, Edit, EnvironmentState, MemberState, OrganizationState, ProjectState, Removed, RoleState,
    TeamMemberState, TeamState,
};
use crate::change::error::ChangeError;
use crate::directory::error::{EntityKind, name};
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::custom_role::{AnyRole, RoleDefinition, RolePermissions};
use crate::model::fact::{AccountFact, ClusterFact, EnvironmentFact, MembershipFact, ProjectFact, RoleFact, TeamFact};
use crate::model::grants::Holder;
use crate::model::namespace::check_namespace;
use crate::model::project::Visibility;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Now, Time};

/// The edits that a change makes, in order.
type Plan<Id> = Result<Vec<Edit<Id>>, ChangeError>;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// The edits of a change that is allowed, by a subject or by the platform. Everything that it refers to exists: otherwise it
    /// would have been denied.
    pub(crate) fn plan(&self, by: Option<&Id>, now: Option<Time>, change: &Change<Id>) -> Plan<Id> {
        match change {
            Change::InviteMember { organization, account, kind, role, expires_at } => {
                let to = MemberState { kind: *kind, role: role.clone(), expires_at: *expires_at };
                self.plan_invitation(organization, account, to, now)
            }
            Change::ChangeRole { organization, account, to } => Ok(self.change_role(organization, account, to)),
            Change::SetExpiry { organization, account, to } => {
                let expires_at = *to;
                Ok(self.edit_member(organization, account, |present| MemberState { expires_at, ..present }))
            }
            Change::RemoveMember { organization, account } => Ok(self.remove_member_edits(organization, account)),
            Change::TransferOwnership { organization, account } => {
                let mut edits = self.change_role(organization, account, &Role::Owner.into());
                edits.extend(by.into_iter().flat_map(|by| self.change_role(organization, by, &Role::Admin.into())));
                Ok(edits)
            }
            Change::CreateRole { organization, role, definition } => {
                require_free(EntityKind::Role, role, self.role_fact(role).is_some())?;
                let (organization, role, to) =
                    (organization.clone(), role.clone(), RoleState { definition: *definition });
                Ok(vec![Edit::Role { organization, role, from: None, to: Some(to) }])
            }
            Change::UpdateRole { role, permissions } => Ok(self.update_role_edits(role, *permissions)),
            Change::DeleteRole { role } => {
                Ok(self.role_fact(role).map(|present| self.role_edit(present, None)).into_iter().collect())
            }
            Change::CreateTeam { organization, team } => {
                require_free(EntityKind::Team, team, self.team_fact(team).is_some())?;
                let (organization, team) = (organization.clone(), team.clone());
                Ok(vec![Edit::Team { organization, team, from: None, to: Some(TeamState {}) }])
            }
            Change::DeleteTeam { team } => {
                let organization = self.team_fact(team).map(TeamFact::organization);
                Ok(self.removals(organization, Removed::Team(team.clone())))
            }
            Change::AddToTeam { team, account } => self.plan_place(team, account, Some(TeamMemberState {})),
            Change::RemoveFromTeam { team, account } => self.plan_place(team, account, None),
            Change::SetClusterAccess { cluster, holder, to } => Ok(self.set_cluster_access_edits(cluster, holder, *to)),
            Change::SetProjectRole { project, holder, to } => Ok(self.set_project_role_edits(project, holder, *to)),
            Change::UpdateOrganization { .. } | Change::UpdateTeam { .. } | Change::UpdateEnvironment { .. } => {
                Ok(Vec::new())
            }
            Change::DeleteOrganization { organization } => Ok(self.removals(Some(organization), Removed::Organization)),
            Change::CreateProject { organization, project, visibility } => {
                require_free(EntityKind::Project, project, self.project_fact(project).is_some())?;
                let to = Some(ProjectState { visibility: *visibility });
                Ok(vec![Edit::Project { organization: organization.clone(), project: project.clone(), from: None, to }])
            }
            Change::UpdateProject { project, visibility } => Ok(self.update_project_edits(project, *visibility)),
            Change::DeleteProject { project } => {
                let organization = self.project_fact(project).map(ProjectFact::organization);
                Ok(self.removals(organization, Removed::Project(project.clone())))
            }
            Change::CreateEnvironment { environment, project, cluster, namespace, protection } => {
                require_free(EntityKind::Environment, environment, self.environment_fact(environment).is_some())?;
                let (project, cluster, namespace) = (project.clone(), cluster.clone(), namespace.clone());
                let to = EnvironmentState { project, cluster, namespace, protection: *protection };
                match self.project_fact(&to.project).map(ProjectFact::organization) {
                    Some(organization) => self.edit_environment(organization, environment, None, to),
                    None => Ok(Vec::new()),
                }
            }
            Change::Retarget { environment, cluster, namespace } => self.update_environment(environment, |present| {
                let namespace = namespace.clone().unwrap_or(present.namespace);
                EnvironmentState { cluster: cluster.clone(), namespace, ..present }
            }),
            Change::DeleteEnvironment { environment } => {
                let organization = self.environment_fact(environment).map(EnvironmentFact::organization);
                let edit = organization.map(|organization| self.remove_environment_edit(organization, environment));
                Ok(edit.into_iter().collect())
            }
            Change::SetProtection { environment, to } => {
                self.update_environment(environment, |present| EnvironmentState { protection: *to, ..present })
            }
            Change::ConnectCluster { organization, cluster, visibility } => {
                require_free(EntityKind::Cluster, cluster, self.cluster_fact(cluster).is_some())?;
                let to = Some(ClusterState { orchestrator: None, visibility: *visibility });
                Ok(vec![Edit::Cluster { organization: organization.clone(), cluster: cluster.clone(), from: None, to }])
            }
            Change::UpdateCluster { cluster, visibility } => Ok(self.update_cluster_edits(cluster, *visibility)),
            Change::DisconnectCluster { cluster } => {
                let organization = self.cluster_fact(cluster).map(ClusterFact::organization);
                Ok(self.removals(organization, Removed::Cluster(cluster.clone())))
            }
        }
    }

    /// Permissions that do not suit the rank were denied.
    fn update_role_edits(&self, role: &Id, permissions: RolePermissions) -> Vec<Edit<Id>> {
        let Some(present) = self.role_fact(role) else { return Vec::new() };
        let definition = RoleDefinition::new(present.definition().rank(), permissions).ok();
        let to = definition.map(|definition| RoleState { definition });
        to.map(|to| self.role_edit(present, Some(to))).into_iter().collect()
    }

    fn set_cluster_access_edits(
        &self,
        cluster: &Id,
        holder: &Holder<Id>,
        to: Option<Grant<ClusterAccess>>,
    ) -> Vec<Edit<Id>> {
        let edit = self.cluster_fact(cluster).map(|present| Edit::ClusterAccess {
            organization: present.organization().clone(),
            cluster: cluster.clone(),
            holder: holder.clone(),
            from: self.cluster_access_of(cluster, holder.as_ref()),
            to,
        });
        edit.into_iter().collect()
    }

    fn set_project_role_edits(
        &self,
        project: &Id,
        holder: &Holder<Id>,
        to: Option<Grant<ProjectRole>>,
    ) -> Vec<Edit<Id>> {
        let edit = self.project_fact(project).map(|present| Edit::ProjectRole {
            organization: present.organization().clone(),
            project: project.clone(),
            holder: holder.clone(),
            from: self.project_role_of(project, holder.as_ref()),
            to,
        });
        edit.into_iter().collect()
    }

    fn update_project_edits(&self, project: &Id, visibility: Option<Visibility>) -> Vec<Edit<Id>> {
        let edit = self.project_fact(project).map(|present| Edit::Project {
            organization: present.organization().clone(),
            project: project.clone(),
            from: self.project_state(project),
            to: Some(ProjectState { visibility: visibility.unwrap_or(present.visibility()) }),
        });
        edit.into_iter().collect()
    }

    fn update_cluster_edits(&self, cluster: &Id, visibility: Option<Visibility>) -> Vec<Edit<Id>> {
        let edit = self.cluster_fact(cluster).map(|present| Edit::Cluster {
            organization: present.organization().clone(),
            cluster: cluster.clone(),
            from: self.cluster_state(cluster),
            to: Some(ClusterState {
                orchestrator: self.orchestrator(cluster),
                visibility: visibility.unwrap_or(present.visibility()),
            }),
        });
        edit.into_iter().collect()
    }

    fn role_edit(&self, present: RoleFact<'_, Id>, to: Option<RoleState>) -> Edit<Id> {
        let (organization, role) = (present.organization().clone(), present.id().clone());
        Edit::Role { organization, from: self.role_state(&role), role, to }
    }

    fn removals(&self, organization: Option<&Id>, removed: Removed<Id>) -> Vec<Edit<Id>> {
        organization.map(|organization| self.removal(organization, removed)).into_iter().collect()
    }

    /// The edits that create an organization with its first Owner.
    pub(crate) fn plan_organization(&self, organization: &Id, owner: &Id, kind: AccountKind) -> Plan<Id> {
        require_free(EntityKind::Organization, organization, self.organization_fact(organization).is_some())?;
        let to = MemberState { kind, role: Role::Owner.into(), expires_at: None };
        self.require_kind(owner, &to)?;
        let founded =
            Edit::Organization { organization: organization.clone(), from: None, to: Some(OrganizationState {}) };
        let (organization, account) = (organization.clone(), owner.clone());
        Ok(vec![founded, Edit::Member { organization, account, from: None, to: Some(to) }])
    }

    fn plan_invitation(&self, organization: &Id, account: &Id, to: MemberState<Id>, now: Option<Time>) -> Plan<Id> {
        let present = self.membership(organization, account);
        if present.is_some_and(|membership| !has_expired(membership, now)) {
            return Err(ChangeError::AlreadyMember { account: name(account), organization: name(organization) });
        }
        self.require_kind(account, &to)?;
        // What an expired membership had goes with it.
        let mut edits = self.remove_grants_edits(organization, account);
        edits.push(Edit::Member {
            organization: organization.clone(),
            account: account.clone(),
            from: self.member_state(organization, account),
            to: Some(to),
        });
        Ok(edits)
    }

    /// Fails for a service account that would be an Owner, and for an account that is a member with the other kind.
    fn require_kind(&self, account: &Id, to: &MemberState<Id>) -> Result<(), ChangeError> {
        if to.kind == AccountKind::Service && to.role == AnyRole::BuiltIn(Role::Owner) {
            return Err(ChangeError::ServiceOwner);
        }
        match self.account_fact(account).map(AccountFact::kind).filter(|present| *present != to.kind) {
            Some(present) => Err(ChangeError::OtherKind { account: name(account), present }),
            None => Ok(()),
        }
    }

    /// Gives a member another role, and takes the grants of their own that can no longer count.
    fn change_role(&self, organization: &Id, account: &Id, to: &AnyRole<Id>) -> Vec<Edit<Id>> {
        let rank = match to {
            AnyRole::BuiltIn(role) => Some(*role),
            AnyRole::Custom(id) => self.role_fact(id).map(RoleFact::definition).map(RoleDefinition::rank),
        };
        let mut edits = rank.map_or_else(Vec::new, |rank| self.remove_dead_grants_edits(organization, account, rank));
        edits.extend(self.edit_member(organization, account, |present| MemberState { role: to.clone(), ..present }));
        edits
    }

    fn remove_dead_grants_edits(&self, organization: &Id, account: &Id, rank: Role) -> Vec<Edit<Id>> {
        // No override counts for an Owner.
        let ceiling = (rank != Role::Owner).then_some(ClusterAccess::ceiling_of(rank));
        self.remove_own_grants_edits(
            organization,
            account,
            |level| ceiling.is_none_or(|ceiling| level > ceiling),
            |_| !rank.yields_to_project_roles(),
        )
    }

    fn edit_member(
        &self,
        organization: &Id,
        account: &Id,
        to: impl FnOnce(MemberState<Id>) -> MemberState<Id>,
    ) -> Vec<Edit<Id>> {
        let edit = self.member_state(organization, account).map(|from| Edit::Member {
            organization: organization.clone(),
            account: account.clone(),
            from: Some(from.clone()),
            to: Some(to(from)),
        });
        edit.into_iter().collect()
    }

    fn plan_place(&self, team: &Id, account: &Id, to: Option<TeamMemberState>) -> Plan<Id> {
        let from = self.team_member_state(team, account);
        match (&from, &to) {
            (Some(_), Some(_)) => Err(ChangeError::AlreadyInTeam { account: name(account), team: name(team) }),
            (None, None) => Err(ChangeError::NotInTeam { account: name(account), team: name(team) }),
            (None, Some(_)) | (Some(_), None) => {
                let organization = self.team_fact(team).map(|team| team.organization().clone());
                let (team, account) = (team.clone(), account.clone());
                let edit = organization.map(|organization| Edit::TeamMember { organization, team, account, from, to });
                Ok(edit.into_iter().collect())
            }
        }
    }

    fn update_environment(
        &self,
        environment: &Id,
        to: impl FnOnce(EnvironmentState<Id>) -> EnvironmentState<Id>,
    ) -> Plan<Id> {
        let organization = self.environment_fact(environment).map(EnvironmentFact::organization);
        match (organization, self.environment_state(environment)) {
            (Some(organization), Some(present)) => {
                self.edit_environment(organization, environment, Some(present.clone()), to(present))
            }
            (None, _) | (_, None) => Ok(Vec::new()),
        }
    }

    /// Fails if the namespace is none, or another environment has it, because one would overwrite the other.
    fn edit_environment(
        &self,
        organization: &Id,
        id: &Id,
        from: Option<EnvironmentState<Id>>,
        to: EnvironmentState<Id>,
    ) -> Plan<Id> {
        check_namespace(&to.namespace)?;
        if !self.is_free(&to.cluster, &to.namespace, id) {
            return Err(ChangeError::NamespaceTaken { namespace: name(&to.namespace), cluster: name(&to.cluster) });
        }
        let (organization, environment) = (organization.clone(), id.clone());
        Ok(vec![Edit::Environment { organization, environment, from, to: Some(to) }])
    }
}

/// Whether a membership is known to have expired. Without a time, it is not known.
pub(crate) fn has_expired<Id>(membership: MembershipFact<'_, Id>, now: Option<Time>) -> bool {
    Now::new(now).after(membership.expires_at())
}

/// A taken id gives the same error whichever organization it is in, so that errors reveal no other tenant.
fn require_free<Id: Display>(kind: EntityKind, id: &Id, is_taken: bool) -> Result<(), ChangeError> {
    if is_taken { Err(ChangeError::Taken { kind, id: name(id) }) } else { Ok(()) }
}
