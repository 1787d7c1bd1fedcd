//! What the subject of a change must be allowed to do, and where.

use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::error::ChangeError;
use crate::directory::error::{EntityKind, name};
use crate::directory::store::Directory;
use crate::model::action::Action;
use crate::model::fact::{ClusterFact, EnvironmentFact, OrganizationFact, ProjectFact, RoleFact, TeamFact};
use crate::model::grants::Holder;
use crate::model::parameter::Update;
use crate::model::project::Visibility;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::time::{Grant, Time};

impl<Id> Change<Id> {
    /// The action that the subject must be allowed to perform, and the resource.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::change::Change;
    /// use shipgate::{Action, ResourceId};
    ///
    /// let delete = Change::<String>::delete_project("shop");
    /// assert_eq!(delete.question::<str>(), (Action::Delete, ResourceId::Project("shop")));
    /// ```
    #[must_use]
    pub fn question<Q: ?Sized>(&self) -> (Action<&Q>, ResourceRef<'_, Id, Q>)
    where
        Id: Borrow<Q>,
    {
        match self {
            Self::InviteMember { organization, role, expires_at, .. } => {
                let role = role.as_ref().map(Borrow::borrow);
                let action = Action::InviteMember { role, expires_at: *expires_at };
                (action, ResourceId::Organization(organization.borrow()))
            }
            Self::ChangeRole { organization, account, to } => {
                (Action::ChangeRole { to: to.as_ref().map(Borrow::borrow) }, member(organization, account))
            }
            Self::SetExpiry { organization, account, to } => {
                (Action::SetExpiry { to: *to }, member(organization, account))
            }
            Self::RemoveMember { organization, account } => (Action::Remove, member(organization, account)),
            Self::TransferOwnership { organization, account } => {
                (Action::TransferOwnership, member(organization, account))
            }
            Self::CreateRole { organization, definition, .. } => {
                (Action::CreateRole { role: *definition }, ResourceId::Organization(organization.borrow()))
            }
            Self::UpdateRole { role, permissions } => {
                (Action::Update { to: Update::Permissions(*permissions) }, ResourceId::Role(role.borrow()))
            }
            Self::DeleteRole { role } => (Action::Delete, ResourceId::Role(role.borrow())),
            Self::CreateTeam { organization, .. } => {
                (Action::CreateTeam, ResourceId::Organization(organization.borrow()))
            }
            Self::UpdateTeam { team } => (Action::UPDATE, ResourceId::Team(team.borrow())),
            Self::DeleteTeam { team } => (Action::Delete, ResourceId::Team(team.borrow())),
            Self::AddToTeam { team, account } => (Action::AddToTeam, team_member(team, account)),
            Self::RemoveFromTeam { team, account } => (Action::RemoveFromTeam, team_member(team, account)),
            Self::SetClusterAccess { cluster, holder, to } => {
                let cluster = cluster.borrow();
                let resource = match holder {
                    Holder::Account(account) => ResourceId::ClusterMember { cluster, account: account.borrow() },
                    Holder::Team(team) => ResourceId::ClusterTeam { cluster, team: team.borrow() },
                };
                (Action::SetClusterAccess { to: *to }, resource)
            }
            Self::SetProjectRole { project, holder, to } => {
                let project = project.borrow();
                let resource = match holder {
                    Holder::Account(account) => ResourceId::ProjectMember { project, account: account.borrow() },
                    Holder::Team(team) => ResourceId::ProjectTeam { project, team: team.borrow() },
                };
                (Action::SetProjectRole { to: *to }, resource)
            }
            Self::UpdateOrganization { organization } => {
                (Action::UPDATE, ResourceId::Organization(organization.borrow()))
            }
            Self::DeleteOrganization { organization } => {
                (Action::Delete, ResourceId::Organization(organization.borrow()))
            }
            Self::CreateProject { organization, .. } => {
                (Action::CreateProject, ResourceId::Organization(organization.borrow()))
            }
            Self::UpdateProject { project, visibility } => {
                (Action::Update { to: update(*visibility) }, ResourceId::Project(project.borrow()))
            }
            Self::DeleteProject { project } => (Action::Delete, ResourceId::Project(project.borrow())),
            Self::CreateEnvironment { environment, project, cluster, protection, .. } => (
                Action::Create,
                ResourceId::NewEnvironment {
                    id: environment.borrow(),
                    project: project.borrow(),
                    cluster: cluster.borrow(),
                    protection: *protection,
                },
            ),
            Self::UpdateEnvironment { environment } => (Action::UPDATE, ResourceId::Environment(environment.borrow())),
            Self::Retarget { environment, cluster, .. } => {
                (Action::Retarget, ResourceId::Placement { environment: environment.borrow(), to: cluster.borrow() })
            }
            Self::DeleteEnvironment { environment } => (Action::Delete, ResourceId::Environment(environment.borrow())),
            Self::SetProtection { environment, to } => {
                (Action::SetProtection { to: *to }, ResourceId::Environment(environment.borrow()))
            }
            Self::ConnectCluster { organization, .. } => {
                (Action::ConnectCluster, ResourceId::Organization(organization.borrow()))
            }
            Self::UpdateCluster { cluster, visibility } => {
                (Action::Update { to: update(*visibility) }, ResourceId::Cluster(cluster.borrow()))
            }
            Self::DisconnectCluster { cluster } => (Action::Delete, ResourceId::Cluster(cluster.borrow())),
        }
    }

    /// The time that the change says, if it says one.
    pub(crate) fn time(&self) -> Option<Time> {
        match self {
            Self::InviteMember { expires_at, .. } => *expires_at,
            Self::SetExpiry { to, .. } => *to,
            Self::SetClusterAccess { to, .. } => to.as_ref().and_then(Grant::expires_at),
            Self::SetProjectRole { to, .. } => to.as_ref().and_then(Grant::expires_at),
            Self::ChangeRole { .. }
            | Self::RemoveMember { .. }
            | Self::TransferOwnership { .. }
            | Self::CreateRole { .. }
            | Self::UpdateRole { .. }
            | Self::DeleteRole { .. }
            | Self::CreateTeam { .. }
            | Self::UpdateTeam { .. }
            | Self::DeleteTeam { .. }
            | Self::AddToTeam { .. }
            | Self::RemoveFromTeam { .. }
            | Self::UpdateOrganization { .. }
            | Self::DeleteOrganization { .. }
            | Self::CreateProject { .. }
            | Self::UpdateProject { .. }
            | Self::DeleteProject { .. }
            | Self::CreateEnvironment { .. }
            | Self::UpdateEnvironment { .. }
            | Self::Retarget { .. }
            | Self::DeleteEnvironment { .. }
            | Self::SetProtection { .. }
            | Self::ConnectCluster { .. }
            | Self::UpdateCluster { .. }
            | Self::DisconnectCluster { .. } => None,
        }
    }
}

impl<Id: Hash + Ord + Display> Directory<Id> {
    /// The organization that a change is in.
    pub(crate) fn organization_of<'a>(&'a self, change: &'a Change<Id>) -> Result<&'a Id, ChangeError> {
        let (kind, id, organization) = match change {
            Change::InviteMember { organization: id, .. }
            | Change::ChangeRole { organization: id, .. }
            | Change::SetExpiry { organization: id, .. }
            | Change::RemoveMember { organization: id, .. }
            | Change::TransferOwnership { organization: id, .. }
            | Change::CreateRole { organization: id, .. }
            | Change::CreateTeam { organization: id, .. }
            | Change::UpdateOrganization { organization: id }
            | Change::DeleteOrganization { organization: id }
            | Change::CreateProject { organization: id, .. }
            | Change::ConnectCluster { organization: id, .. } => {
                (EntityKind::Organization, id, self.organization_fact(id).map(OrganizationFact::id))
            }
            Change::UpdateRole { role: id, .. } | Change::DeleteRole { role: id } => {
                (EntityKind::Role, id, self.role_fact(id).map(RoleFact::organization))
            }
            Change::UpdateTeam { team: id }
            | Change::DeleteTeam { team: id }
            | Change::AddToTeam { team: id, .. }
            | Change::RemoveFromTeam { team: id, .. } => {
                (EntityKind::Team, id, self.team_fact(id).map(TeamFact::organization))
            }
            Change::SetClusterAccess { cluster: id, .. }
            | Change::UpdateCluster { cluster: id, .. }
            | Change::DisconnectCluster { cluster: id } => {
                (EntityKind::Cluster, id, self.cluster_fact(id).map(ClusterFact::organization))
            }
            Change::SetProjectRole { project: id, .. }
            | Change::UpdateProject { project: id, .. }
            | Change::DeleteProject { project: id }
            | Change::CreateEnvironment { project: id, .. } => {
                (EntityKind::Project, id, self.project_fact(id).map(ProjectFact::organization))
            }
            Change::UpdateEnvironment { environment: id }
            | Change::Retarget { environment: id, .. }
            | Change::DeleteEnvironment { environment: id }
            | Change::SetProtection { environment: id, .. } => {
                (EntityKind::Environment, id, self.environment_fact(id).map(EnvironmentFact::organization))
            }
        };
        organization.ok_or_else(|| ChangeError::Unknown { kind, id: name(id) })
    }
}

fn member<'a, Id: Borrow<Q>, Q: ?Sized>(organization: &'a Id, account: &'a Id) -> ResourceRef<'a, Id, Q> {
    ResourceId::Member { organization: organization.borrow(), account: account.borrow() }
}

fn team_member<'a, Id: Borrow<Q>, Q: ?Sized>(team: &'a Id, account: &'a Id) -> ResourceRef<'a, Id, Q> {
    ResourceId::TeamMember { team: team.borrow(), account: account.borrow() }
}

fn update(visibility: Option<Visibility>) -> Update {
    visibility.map_or(Update::Settings, Update::Visibility)
}
