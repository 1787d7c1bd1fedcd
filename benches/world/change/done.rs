//! Whether a directory is as a change leaves it.

use std::hash::Hash;

use shipgate::change::Change;
use shipgate::directory::MembershipRef;
use shipgate::{AnyRole, Directory, Grant, Holder, Role};

use super::Asked;

impl<Id: Hash + Ord + Clone> Asked<Id> {
    /// Whether it was done: whether the directory holds what the change was to bring about.
    pub(crate) fn is_done(&self, directory: &Directory<Id>) -> bool {
        let membership = |organization, account| membership(directory, organization, account);
        let on_cluster = |cluster: &Id, account| membership(directory.cluster::<Id>(cluster)?.organization(), account);
        let in_project = |project: &Id, account| membership(directory.project::<Id>(project)?.organization(), account);
        let in_team = |team: &Id, account| {
            membership(directory.team::<Id>(team)?.organization(), account)
                .map(|held| held.teams().any(|id| id == team))
        };
        match &self.change {
            Change::InviteMember { organization, account, kind, role, expires_at } => {
                let is_of_the_kind = directory.account::<Id>(account).is_some_and(|account| account.kind() == *kind);
                let invited =
                    |held: MembershipRef<'_, Id>| held.role() == role.as_ref() && held.expires_at() == *expires_at;
                is_of_the_kind && membership(organization, account).is_some_and(invited)
            }
            Change::ChangeRole { organization, account, to } => {
                membership(organization, account).is_some_and(|held| held.role() == to.as_ref())
            }
            Change::SetExpiry { organization, account, to } => {
                membership(organization, account).is_some_and(|held| held.expires_at() == *to)
            }
            Change::RemoveMember { organization, account } => membership(organization, account).is_none(),
            Change::TransferOwnership { organization, account } => {
                let has = |account, role| {
                    membership(organization, account).is_some_and(|held| held.role() == AnyRole::BuiltIn(role))
                };
                has(account, Role::Owner) && has(&self.by, Role::Admin)
            }
            Change::CreateRole { organization, role, definition } => directory
                .role::<Id>(role)
                .is_some_and(|held| (held.organization(), held.definition()) == (organization, *definition)),
            Change::UpdateRole { role, permissions } => {
                directory.role::<Id>(role).is_some_and(|held| held.definition().permissions() == *permissions)
            }
            Change::DeleteRole { role } => directory.role::<Id>(role).is_none(),
            Change::CreateTeam { organization, team } => {
                directory.team::<Id>(team).is_some_and(|held| held.organization() == organization)
            }
            Change::UpdateTeam { team } => directory.team::<Id>(team).is_some(),
            Change::DeleteTeam { team } => directory.team::<Id>(team).is_none(),
            Change::AddToTeam { team, account } => in_team(team, account) == Some(true),
            Change::RemoveFromTeam { team, account } => in_team(team, account) == Some(false),
            Change::SetClusterAccess { cluster, holder: Holder::Account(account), to } => {
                on_cluster(cluster, account).is_some_and(|held| held.cluster_access(cluster) == *to)
            }
            Change::SetClusterAccess { cluster, holder: Holder::Team(team), to } => {
                directory.team::<Id>(team).is_some_and(|held| {
                    grant_on(held.cluster_accesses().map(|(id, _, grant)| (id, grant)), cluster) == *to
                })
            }
            Change::SetProjectRole { project, holder: Holder::Account(account), to } => {
                in_project(project, account).is_some_and(|held| held.project_role(project) == *to)
            }
            Change::SetProjectRole { project, holder: Holder::Team(team), to } => directory
                .team::<Id>(team)
                .is_some_and(|held| grant_on(held.project_roles().map(|(id, _, grant)| (id, grant)), project) == *to),
            Change::UpdateOrganization { organization } => directory.organization::<Id>(organization).is_some(),
            Change::DeleteOrganization { organization } => directory.organization::<Id>(organization).is_none(),
            Change::CreateProject { organization, project, visibility } => directory
                .project::<Id>(project)
                .is_some_and(|held| held.organization() == organization && held.visibility() == *visibility),
            Change::UpdateProject { project, visibility } => {
                let is_as_wanted = |held| visibility.is_none_or(|wanted| wanted == held);
                directory.project::<Id>(project).is_some_and(|held| is_as_wanted(held.visibility()))
            }
            Change::DeleteProject { project } => directory.project::<Id>(project).is_none(),
            Change::CreateEnvironment { environment, project, cluster, namespace, protection } => {
                directory.environment::<Id>(environment).is_some_and(|held| {
                    (held.project(), held.cluster(), held.protection()) == (project, cluster, *protection)
                }) && directory.namespace::<Id>(environment) == Some(namespace)
            }
            Change::UpdateEnvironment { environment } => directory.environment::<Id>(environment).is_some(),
            Change::Retarget { environment, cluster, namespace } => {
                let is_there = directory.environment::<Id>(environment).is_some_and(|held| held.cluster() == cluster);
                is_there && (namespace.is_none() || directory.namespace::<Id>(environment) == namespace.as_deref())
            }
            Change::DeleteEnvironment { environment } => directory.environment::<Id>(environment).is_none(),
            Change::SetProtection { environment, to } => {
                directory.environment::<Id>(environment).is_some_and(|held| held.protection() == *to)
            }
            Change::ConnectCluster { organization, cluster, visibility } => directory
                .cluster::<Id>(cluster)
                .is_some_and(|held| held.organization() == organization && held.visibility() == *visibility),
            Change::UpdateCluster { cluster, visibility } => {
                let is_as_wanted = |held| visibility.is_none_or(|wanted| wanted == held);
                directory.cluster::<Id>(cluster).is_some_and(|held| is_as_wanted(held.visibility()))
            }
            Change::DisconnectCluster { cluster } => directory.cluster::<Id>(cluster).is_none(),
        }
    }
}

fn membership<'d, Id: Hash + Ord>(
    directory: &'d Directory<Id>,
    organization: &Id,
    account: &Id,
) -> Option<MembershipRef<'d, Id>> {
    directory.account::<Id>(account)?.membership::<Id>(organization)
}

fn grant_on<'a, Id: Eq + 'a, T>(mut grants: impl Iterator<Item = (&'a Id, Grant<T>)>, on: &Id) -> Option<Grant<T>> {
    grants.find_map(|(id, grant)| (id == on).then_some(grant))
}
