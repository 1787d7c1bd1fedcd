//! Changes in acme-corp, in few words.

use shipgate::change::Change;
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Grant, Holder, ProjectRole, Protection, RoleDefinition, Time, Visibility,
};

use super::{ACME, Id};

pub(super) fn invite(account: Id, role: impl Into<AnyRole<Id>>) -> Change<Id> {
    Change::invite_member(ACME, account, AccountKind::User, role, None)
}

pub(super) fn invite_until(account: Id, role: impl Into<AnyRole<Id>>, end: Time) -> Change<Id> {
    Change::invite_member(ACME, account, AccountKind::User, role, Some(end))
}

pub(super) fn invite_service(account: Id, role: impl Into<AnyRole<Id>>) -> Change<Id> {
    Change::invite_member(ACME, account, AccountKind::Service, role, None)
}

pub(super) fn change_role(account: Id, to: impl Into<AnyRole<Id>>) -> Change<Id> {
    Change::change_role(ACME, account, to)
}

pub(super) fn set_expiry(account: Id, to: Option<Time>) -> Change<Id> {
    Change::set_expiry(ACME, account, to)
}

pub(super) fn remove(account: Id) -> Change<Id> {
    Change::remove_member(ACME, account)
}

pub(super) fn transfer(account: Id) -> Change<Id> {
    Change::transfer_ownership(ACME, account)
}

pub(super) fn create_role(role: Id, definition: RoleDefinition) -> Change<Id> {
    Change::create_role(ACME, role, definition)
}

pub(super) fn join(account: Id) -> Change<Id> {
    Change::add_to_team("ops", account)
}

pub(super) fn leave(account: Id) -> Change<Id> {
    Change::remove_from_team("ops", account)
}

pub(super) fn set_access(cluster: Id, account: Id, to: impl Into<Option<Grant<ClusterAccess>>>) -> Change<Id> {
    Change::set_cluster_access(cluster, Holder::Account(account), to.into())
}

pub(super) fn set_access_of_ops(cluster: Id, to: impl Into<Option<Grant<ClusterAccess>>>) -> Change<Id> {
    Change::set_cluster_access(cluster, Holder::Team("ops"), to.into())
}

pub(super) fn set_project_role(project: Id, account: Id, to: impl Into<Option<Grant<ProjectRole>>>) -> Change<Id> {
    Change::set_project_role(project, Holder::Account(account), to.into())
}

pub(super) fn set_project_role_of_ops(project: Id, to: impl Into<Option<Grant<ProjectRole>>>) -> Change<Id> {
    Change::set_project_role(project, Holder::Team("ops"), to.into())
}

pub(super) fn create_project(project: Id) -> Change<Id> {
    Change::create_project(ACME, project, Visibility::Members)
}

pub(super) fn show_project(project: Id, visibility: Visibility) -> Change<Id> {
    Change::update_project(project, Some(visibility))
}

pub(super) fn delete_project(project: Id) -> Change<Id> {
    Change::delete_project(project)
}

pub(super) fn connect(cluster: Id) -> Change<Id> {
    Change::connect_cluster(ACME, cluster, Visibility::Organization)
}

pub(super) fn show_cluster(cluster: Id, visibility: Visibility) -> Change<Id> {
    Change::update_cluster(cluster, Some(visibility))
}

pub(super) fn disconnect(cluster: Id) -> Change<Id> {
    Change::disconnect_cluster(cluster)
}

/// Creates an unprotected environment, in a namespace of its name.
pub(super) fn create(environment: Id, project: Id, cluster: Id) -> Change<Id> {
    create_in(environment, project, cluster, environment)
}

pub(super) fn create_in(environment: Id, project: Id, cluster: Id, namespace: &str) -> Change<Id> {
    Change::create_environment(environment, project, cluster, namespace, Protection::NONE)
}

/// Moves an environment, in the namespace that it has.
pub(super) fn retarget(environment: Id, cluster: Id) -> Change<Id> {
    Change::retarget(environment, cluster, None)
}

pub(super) fn retarget_into(environment: Id, cluster: Id, namespace: &str) -> Change<Id> {
    Change::retarget(environment, cluster, Some(namespace.into()))
}

pub(super) fn protect(environment: Id, to: Protection) -> Change<Id> {
    Change::set_protection(environment, to)
}

pub(super) fn delete(environment: Id) -> Change<Id> {
    Change::delete_environment(environment)
}
