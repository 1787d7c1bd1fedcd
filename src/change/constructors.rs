//! Constructors of changes, which take anything that converts into an id.

use alloc::string::String;

use crate::change::Change;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::custom_role::{AnyRole, RoleDefinition, RolePermissions};
use crate::model::grants::Holder;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, Time};

impl<Id> Change<Id> {
    /// Invites an account as a member, until an expiry if there is one. See [`Change::InviteMember`].
    #[must_use]
    pub fn invite_member(
        organization: impl Into<Id>,
        account: impl Into<Id>,
        kind: AccountKind,
        role: impl Into<AnyRole<Id>>,
        expires_at: Option<Time>,
    ) -> Self {
        let (organization, account, role) = (organization.into(), account.into(), role.into());
        Self::InviteMember { organization, account, kind, role, expires_at }
    }

    /// Gives a member a different role. See [`Change::ChangeRole`].
    #[must_use]
    pub fn change_role(organization: impl Into<Id>, account: impl Into<Id>, to: impl Into<AnyRole<Id>>) -> Self {
        Self::ChangeRole { organization: organization.into(), account: account.into(), to: to.into() }
    }

    /// Sets the expiry of a membership; `None` removes it. See [`Change::SetExpiry`].
    #[must_use]
    pub fn set_expiry(organization: impl Into<Id>, account: impl Into<Id>, to: Option<Time>) -> Self {
        Self::SetExpiry { organization: organization.into(), account: account.into(), to }
    }

    /// Removes a member. Members can remove themselves. See [`Change::RemoveMember`].
    #[must_use]
    pub fn remove_member(organization: impl Into<Id>, account: impl Into<Id>) -> Self {
        Self::RemoveMember { organization: organization.into(), account: account.into() }
    }

    /// Makes a member an Owner, and the subject an Admin. See [`Change::TransferOwnership`].
    #[must_use]
    pub fn transfer_ownership(organization: impl Into<Id>, account: impl Into<Id>) -> Self {
        Self::TransferOwnership { organization: organization.into(), account: account.into() }
    }

    /// Creates a custom role. See [`Change::CreateRole`].
    #[must_use]
    pub fn create_role(organization: impl Into<Id>, role: impl Into<Id>, definition: RoleDefinition) -> Self {
        Self::CreateRole { organization: organization.into(), role: role.into(), definition }
    }

    /// Changes the permissions of a custom role. See [`Change::UpdateRole`].
    #[must_use]
    pub fn update_role(role: impl Into<Id>, permissions: RolePermissions) -> Self {
        Self::UpdateRole { role: role.into(), permissions }
    }

    /// Deletes a custom role that no member has. See [`Change::DeleteRole`].
    #[must_use]
    pub fn delete_role(role: impl Into<Id>) -> Self {
        Self::DeleteRole { role: role.into() }
    }

    /// Creates a team. See [`Change::CreateTeam`].
    #[must_use]
    pub fn create_team(organization: impl Into<Id>, team: impl Into<Id>) -> Self {
        Self::CreateTeam { organization: organization.into(), team: team.into() }
    }

    /// Changes what your service stores about a team. See [`Change::UpdateTeam`].
    #[must_use]
    pub fn update_team(team: impl Into<Id>) -> Self {
        Self::UpdateTeam { team: team.into() }
    }

    /// Deletes a team without members. See [`Change::DeleteTeam`].
    #[must_use]
    pub fn delete_team(team: impl Into<Id>) -> Self {
        Self::DeleteTeam { team: team.into() }
    }

    /// Puts a member into a team. See [`Change::AddToTeam`].
    #[must_use]
    pub fn add_to_team(team: impl Into<Id>, account: impl Into<Id>) -> Self {
        Self::AddToTeam { team: team.into(), account: account.into() }
    }

    /// Takes a member out of a team. See [`Change::RemoveFromTeam`].
    #[must_use]
    pub fn remove_from_team(team: impl Into<Id>, account: impl Into<Id>) -> Self {
        Self::RemoveFromTeam { team: team.into(), account: account.into() }
    }

    /// Sets the access of a member or a team to a cluster; `None` removes it. See [`Change::SetClusterAccess`].
    #[must_use]
    pub fn set_cluster_access(
        cluster: impl Into<Id>,
        holder: Holder<impl Into<Id>>,
        to: Option<Grant<ClusterAccess>>,
    ) -> Self {
        Self::SetClusterAccess { cluster: cluster.into(), holder: holder.map(Into::into), to }
    }

    /// Sets the role of a member or a team in a project; `None` removes it. See [`Change::SetProjectRole`].
    #[must_use]
    pub fn set_project_role(
        project: impl Into<Id>,
        holder: Holder<impl Into<Id>>,
        to: Option<Grant<ProjectRole>>,
    ) -> Self {
        Self::SetProjectRole { project: project.into(), holder: holder.map(Into::into), to }
    }

    /// Changes what your service stores about an organization. See [`Change::UpdateOrganization`].
    #[must_use]
    pub fn update_organization(organization: impl Into<Id>) -> Self {
        Self::UpdateOrganization { organization: organization.into() }
    }

    /// Deletes an organization with everything that belongs to it. See [`Change::DeleteOrganization`].
    #[must_use]
    pub fn delete_organization(organization: impl Into<Id>) -> Self {
        Self::DeleteOrganization { organization: organization.into() }
    }

    /// Creates a project. See [`Change::CreateProject`].
    #[must_use]
    pub fn create_project(organization: impl Into<Id>, project: impl Into<Id>, visibility: Visibility) -> Self {
        Self::CreateProject { organization: organization.into(), project: project.into(), visibility }
    }

    /// Changes the visibility of a project; `None` leaves it as it is. See [`Change::UpdateProject`].
    #[must_use]
    pub fn update_project(project: impl Into<Id>, visibility: Option<Visibility>) -> Self {
        Self::UpdateProject { project: project.into(), visibility }
    }

    /// Deletes an empty project. See [`Change::DeleteProject`].
    #[must_use]
    pub fn delete_project(project: impl Into<Id>) -> Self {
        Self::DeleteProject { project: project.into() }
    }

    /// Creates an environment, in a namespace of its cluster. See [`Change::CreateEnvironment`].
    #[must_use]
    pub fn create_environment(
        environment: impl Into<Id>,
        project: impl Into<Id>,
        cluster: impl Into<Id>,
        namespace: impl Into<String>,
        protection: Protection,
    ) -> Self {
        Self::CreateEnvironment {
            environment: environment.into(),
            project: project.into(),
            cluster: cluster.into(),
            namespace: namespace.into(),
            protection,
        }
    }

    /// Changes what your service stores about an environment. See [`Change::UpdateEnvironment`].
    #[must_use]
    pub fn update_environment(environment: impl Into<Id>) -> Self {
        Self::UpdateEnvironment { environment: environment.into() }
    }

    /// Moves an environment to another cluster or namespace; with `None` it keeps its namespace. See [`Change::Retarget`].
    #[must_use]
    pub fn retarget(environment: impl Into<Id>, cluster: impl Into<Id>, namespace: Option<String>) -> Self {
        Self::Retarget { environment: environment.into(), cluster: cluster.into(), namespace }
    }

    /// Deletes an environment. See [`Change::DeleteEnvironment`].
    #[must_use]
    pub fn delete_environment(environment: impl Into<Id>) -> Self {
        Self::DeleteEnvironment { environment: environment.into() }
    }

    /// Changes the protection of an environment. See [`Change::SetProtection`].
    #[must_use]
    pub fn set_protection(environment: impl Into<Id>, to: Protection) -> Self {
        Self::SetProtection { environment: environment.into(), to }
    }

    /// Connects a cluster to an organization. See [`Change::ConnectCluster`].
    #[must_use]
    pub fn connect_cluster(organization: impl Into<Id>, cluster: impl Into<Id>, visibility: Visibility) -> Self {
        Self::ConnectCluster { organization: organization.into(), cluster: cluster.into(), visibility }
    }

    /// Changes the visibility of a cluster; `None` leaves it as it is. See [`Change::UpdateCluster`].
    #[must_use]
    pub fn update_cluster(cluster: impl Into<Id>, visibility: Option<Visibility>) -> Self {
        Self::UpdateCluster { cluster: cluster.into(), visibility }
    }

    /// Disconnects a cluster without environments. See [`Change::DisconnectCluster`].
    #[must_use]
    pub fn disconnect_cluster(cluster: impl Into<Id>) -> Self {
        Self::DisconnectCluster { cluster: cluster.into() }
    }
}
