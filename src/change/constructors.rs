//! Constructors of changes, which take anything that converts into an id.

use alloc::string::String;

use crate::change::Change;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Time};

impl<Id> Change<Id> {
    /// Invites an account as a member, without expiry. See [`Change::InviteMember`].
    #[must_use]
    pub fn invite_member(organization: impl Into<Id>, account: impl Into<Id>, kind: AccountKind, role: Role) -> Self {
        Self::InviteMember { organization: organization.into(), account: account.into(), kind, role }
    }

    /// Gives a member a different role. See [`Change::ChangeRole`].
    #[must_use]
    pub fn change_role(organization: impl Into<Id>, account: impl Into<Id>, to: Role) -> Self {
        Self::ChangeRole { organization: organization.into(), account: account.into(), to }
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

    /// Sets a member's access to a cluster; `None` restores the role's default. See [`Change::SetClusterAccess`].
    #[must_use]
    pub fn set_cluster_access(
        cluster: impl Into<Id>,
        account: impl Into<Id>,
        to: Option<Grant<ClusterAccess>>,
    ) -> Self {
        Self::SetClusterAccess { cluster: cluster.into(), account: account.into(), to }
    }

    /// Sets a member's role in a project; `None` removes it. See [`Change::SetProjectRole`].
    #[must_use]
    pub fn set_project_role(project: impl Into<Id>, account: impl Into<Id>, to: Option<Grant<ProjectRole>>) -> Self {
        Self::SetProjectRole { project: project.into(), account: account.into(), to }
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

    /// Creates an environment, in a namespace of its cluster if one is named. See [`Change::CreateEnvironment`].
    #[must_use]
    pub fn create_environment(
        environment: impl Into<Id>,
        project: impl Into<Id>,
        cluster: impl Into<Id>,
        namespace: Option<String>,
        protection: Protection,
    ) -> Self {
        Self::CreateEnvironment {
            environment: environment.into(),
            project: project.into(),
            cluster: cluster.into(),
            namespace,
            protection,
        }
    }

    /// Changes the namespace of an environment; `None` leaves it as it is. See [`Change::UpdateEnvironment`].
    #[must_use]
    pub fn update_environment(environment: impl Into<Id>, namespace: Option<String>) -> Self {
        Self::UpdateEnvironment { environment: environment.into(), namespace }
    }

    /// Moves an environment to another cluster; with `None` it keeps its namespace. See [`Change::Retarget`].
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
    pub fn connect_cluster(organization: impl Into<Id>, cluster: impl Into<Id>) -> Self {
        Self::ConnectCluster { organization: organization.into(), cluster: cluster.into() }
    }

    /// Disconnects a cluster without environments. See [`Change::DisconnectCluster`].
    #[must_use]
    pub fn disconnect_cluster(cluster: impl Into<Id>) -> Self {
        Self::DisconnectCluster { cluster: cluster.into() }
    }
}
