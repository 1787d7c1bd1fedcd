//! Whether a directory is as a change leaves it.

use shipgate::change::Change;
use shipgate::{Directory, Membership, Role};

use super::Asked;

impl Asked {
    /// Whether it was done: whether the directory holds what the change was to bring about.
    pub(crate) fn is_done(&self, directory: &Directory<u64>) -> bool {
        let membership = |organization, account| directory.account(account)?.membership(organization);
        let on_cluster = |cluster, account| membership(directory.cluster(cluster)?.organization(), account);
        let in_project = |project, account| membership(directory.project(project)?.organization(), account);
        match &self.change {
            Change::InviteMember { organization, account, kind, role } => {
                let is_of_the_kind = directory.account(account).is_some_and(|account| account.kind() == *kind);
                let invited = |held: &Membership<u64>| held.role() == *role && held.expires_at().is_none();
                is_of_the_kind && membership(organization, account).is_some_and(invited)
            }
            Change::ChangeRole { organization, account, to } => {
                membership(organization, account).is_some_and(|held| held.role() == *to)
            }
            Change::SetExpiry { organization, account, to } => {
                membership(organization, account).is_some_and(|held| held.expires_at() == *to)
            }
            Change::RemoveMember { organization, account } => membership(organization, account).is_none(),
            Change::TransferOwnership { organization, account } => {
                let role = |account| membership(organization, account).map(Membership::role);
                role(account) == Some(Role::Owner) && role(&self.by) == Some(Role::Admin)
            }
            Change::SetClusterAccess { cluster, account, to } => {
                on_cluster(cluster, account).is_some_and(|held| held.cluster_access(cluster) == *to)
            }
            Change::SetProjectRole { project, account, to } => {
                in_project(project, account).is_some_and(|held| held.project_role(project) == *to)
            }
            Change::UpdateOrganization { organization } => directory.organization(organization).is_some(),
            Change::DeleteOrganization { organization } => directory.organization(organization).is_none(),
            Change::CreateProject { organization, project, visibility } => directory
                .project(project)
                .is_some_and(|held| held.organization() == organization && held.visibility() == *visibility),
            Change::UpdateProject { project, visibility } => {
                let is_as_wanted = |held| visibility.is_none_or(|wanted| wanted == held);
                directory.project(project).is_some_and(|held| is_as_wanted(held.visibility()))
            }
            Change::DeleteProject { project } => directory.project(project).is_none(),
            Change::CreateEnvironment { environment, project, cluster, namespace, protection } => {
                directory.environment(environment).is_some_and(|held| {
                    (held.project(), held.cluster(), held.protection()) == (project, cluster, *protection)
                }) && directory.namespace(environment) == namespace.as_deref()
            }
            Change::UpdateEnvironment { environment, namespace } => {
                let is_held = directory.environment(environment).is_some();
                is_held && (namespace.is_none() || directory.namespace(environment) == namespace.as_deref())
            }
            Change::Retarget { environment, cluster, namespace } => {
                let is_there = directory.environment(environment).is_some_and(|held| held.cluster() == cluster);
                is_there && (namespace.is_none() || directory.namespace(environment) == namespace.as_deref())
            }
            Change::DeleteEnvironment { environment } => directory.environment(environment).is_none(),
            Change::SetProtection { environment, to } => {
                directory.environment(environment).is_some_and(|held| held.protection() == *to)
            }
            Change::ConnectCluster { organization, cluster } => {
                directory.cluster(cluster).is_some_and(|held| held.organization() == organization)
            }
            Change::DisconnectCluster { cluster } => directory.cluster(cluster).is_none(),
        }
    }
}
