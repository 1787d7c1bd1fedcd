//! The same changes, of a directory with other ids.

use shipgate::change::Change;

use super::Asked;

impl Asked {
    /// Replaces each id.
    pub(crate) fn map_ids<J>(&self, id: impl Fn(u64) -> J) -> Asked<J> {
        Asked { organization: id(self.organization), by: id(self.by), change: map(&self.change, &id) }
    }
}

fn map<J>(change: &Change<u64>, id: &impl Fn(u64) -> J) -> Change<J> {
    match change.clone() {
        Change::InviteMember { organization, account, kind, role, expires_at } => Change::InviteMember {
            organization: id(organization),
            account: id(account),
            kind,
            role: role.map(id),
            expires_at,
        },
        Change::ChangeRole { organization, account, to } => {
            Change::ChangeRole { organization: id(organization), account: id(account), to: to.map(id) }
        }
        Change::SetExpiry { organization, account, to } => {
            Change::SetExpiry { organization: id(organization), account: id(account), to }
        }
        Change::RemoveMember { organization, account } => {
            Change::RemoveMember { organization: id(organization), account: id(account) }
        }
        Change::TransferOwnership { organization, account } => {
            Change::TransferOwnership { organization: id(organization), account: id(account) }
        }
        Change::CreateRole { organization, role, definition } => {
            Change::CreateRole { organization: id(organization), role: id(role), definition }
        }
        Change::UpdateRole { role, permissions } => Change::UpdateRole { role: id(role), permissions },
        Change::DeleteRole { role } => Change::DeleteRole { role: id(role) },
        Change::CreateTeam { organization, team } => {
            Change::CreateTeam { organization: id(organization), team: id(team) }
        }
        Change::UpdateTeam { team } => Change::UpdateTeam { team: id(team) },
        Change::DeleteTeam { team } => Change::DeleteTeam { team: id(team) },
        Change::AddToTeam { team, account } => Change::AddToTeam { team: id(team), account: id(account) },
        Change::RemoveFromTeam { team, account } => Change::RemoveFromTeam { team: id(team), account: id(account) },
        Change::SetClusterAccess { cluster, holder, to } => {
            Change::SetClusterAccess { cluster: id(cluster), holder: holder.map(id), to }
        }
        Change::SetProjectRole { project, holder, to } => {
            Change::SetProjectRole { project: id(project), holder: holder.map(id), to }
        }
        Change::UpdateOrganization { organization } => Change::UpdateOrganization { organization: id(organization) },
        Change::DeleteOrganization { organization } => Change::DeleteOrganization { organization: id(organization) },
        Change::CreateProject { organization, project, visibility } => {
            Change::CreateProject { organization: id(organization), project: id(project), visibility }
        }
        Change::UpdateProject { project, visibility } => Change::UpdateProject { project: id(project), visibility },
        Change::DeleteProject { project } => Change::DeleteProject { project: id(project) },
        Change::CreateEnvironment { environment, project, cluster, namespace, protection } => {
            Change::CreateEnvironment {
                environment: id(environment),
                project: id(project),
                cluster: id(cluster),
                namespace,
                protection,
            }
        }
        Change::UpdateEnvironment { environment } => Change::UpdateEnvironment { environment: id(environment) },
        Change::Retarget { environment, cluster, namespace } => {
            Change::Retarget { environment: id(environment), cluster: id(cluster), namespace }
        }
        Change::DeleteEnvironment { environment } => Change::DeleteEnvironment { environment: id(environment) },
        Change::SetProtection { environment, to } => Change::SetProtection { environment: id(environment), to },
        Change::ConnectCluster { organization, cluster, visibility } => {
            Change::ConnectCluster { organization: id(organization), cluster: id(cluster), visibility }
        }
        Change::UpdateCluster { cluster, visibility } => Change::UpdateCluster { cluster: id(cluster), visibility },
        Change::DisconnectCluster { cluster } => Change::DisconnectCluster { cluster: id(cluster) },
    }
}
