//! Changes in acme-corp, in few words.

use shipgate::change::Change;
use shipgate::{AccountKind, ClusterAccess, Grant, ProjectRole, Protection, Role, Time, Visibility};

use super::{ACME, Id};

pub(super) fn invite(account: Id, role: Role) -> Change<Id> {
    Change::InviteMember { organization: ACME, account, kind: AccountKind::User, role }
}

pub(super) fn invite_service(account: Id, role: Role) -> Change<Id> {
    Change::InviteMember { organization: ACME, account, kind: AccountKind::Service, role }
}

pub(super) fn change_role(account: Id, to: Role) -> Change<Id> {
    Change::ChangeRole { organization: ACME, account, to }
}

pub(super) fn set_expiry(account: Id, to: Option<Time>) -> Change<Id> {
    Change::SetExpiry { organization: ACME, account, to }
}

pub(super) fn remove(account: Id) -> Change<Id> {
    Change::RemoveMember { organization: ACME, account }
}

pub(super) fn transfer(account: Id) -> Change<Id> {
    Change::TransferOwnership { organization: ACME, account }
}

pub(super) fn set_access(cluster: Id, account: Id, to: impl Into<Option<Grant<ClusterAccess>>>) -> Change<Id> {
    Change::SetClusterAccess { cluster, account, to: to.into() }
}

pub(super) fn set_project_role(project: Id, account: Id, to: impl Into<Option<Grant<ProjectRole>>>) -> Change<Id> {
    Change::SetProjectRole { project, account, to: to.into() }
}

pub(super) fn create_project(project: Id) -> Change<Id> {
    Change::CreateProject { organization: ACME, project, visibility: Visibility::Members }
}

pub(super) fn show_project(project: Id, visibility: Visibility) -> Change<Id> {
    Change::UpdateProject { project, visibility: Some(visibility) }
}

pub(super) fn delete_project(project: Id) -> Change<Id> {
    Change::DeleteProject { project }
}

pub(super) fn connect(cluster: Id) -> Change<Id> {
    Change::ConnectCluster { organization: ACME, cluster }
}

pub(super) fn disconnect(cluster: Id) -> Change<Id> {
    Change::DisconnectCluster { cluster }
}

/// Creates an unprotected environment, in a namespace where one is named.
pub(super) fn create(environment: Id, project: Id, cluster: Id, namespace: Option<&str>) -> Change<Id> {
    let namespace = namespace.map(Into::into);
    Change::CreateEnvironment { environment, project, cluster, namespace, protection: Protection::NONE }
}

pub(super) fn rename(environment: Id, namespace: &str) -> Change<Id> {
    Change::UpdateEnvironment { environment, namespace: Some(namespace.into()) }
}

pub(super) fn retarget(environment: Id, cluster: Id, namespace: Option<&str>) -> Change<Id> {
    Change::Retarget { environment, cluster, namespace: namespace.map(Into::into) }
}

pub(super) fn protect(environment: Id, to: Protection) -> Change<Id> {
    Change::SetProtection { environment, to }
}

pub(super) fn delete(environment: Id) -> Change<Id> {
    Change::DeleteEnvironment { environment }
}
