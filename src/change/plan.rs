//! Plans: the edits that an allowed change makes, or why it cannot be made.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::apply::{ChangeError, has_expired};
use crate::change::edit::{ClusterState, Edit, EnvironmentState, OrganizationState, ProjectState};
use crate::directory::error::{EntityKind, name};
use crate::directory::store::Directory;
use crate::model::account::{AccountKind, Membership};
use crate::model::role::Role;
use crate::model::time::{Grant, Time};

/// The edits that a change makes, in order.
type Plan<Id> = Result<Vec<Edit<Id>>, ChangeError>;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// The edits of a change that is allowed. Everything that it refers to exists: otherwise it would have been denied.
    pub(crate) fn plan(&self, by: &Id, now: Option<Time>, change: &Change<Id>) -> Plan<Id> {
        match change {
            Change::InviteMember { organization, account, kind, role } => {
                self.plan_invitation(organization, account, *kind, *role, now)
            }
            Change::ChangeRole { organization, account, to } => {
                Ok(self.edit_role(organization, account, |present| Grant::expiring(*to, present.expires_at())))
            }
            Change::SetExpiry { organization, account, to } => {
                Ok(self.edit_role(organization, account, |present| Grant::expiring(present.value(), *to)))
            }
            Change::RemoveMember { organization, account } => Ok(self.remove_member(organization, account)),
            Change::TransferOwnership { organization, account } => {
                let owner = self.edit_role(organization, account, |_| Grant::new(Role::Owner));
                let to_admin = |present: Grant<Role>| Grant::expiring(Role::Admin, present.expires_at());
                let admin = self.edit_role(organization, by, to_admin);
                Ok([owner, admin].concat())
            }
            Change::SetClusterAccess { cluster, account, to } => Ok(vec![Edit::ClusterAccess {
                from: self.cluster_access_of(cluster, account),
                cluster: cluster.clone(),
                account: account.clone(),
                to: *to,
            }]),
            Change::SetProjectRole { project, account, to } => Ok(vec![Edit::ProjectRole {
                from: self.project_role_of(project, account),
                project: project.clone(),
                account: account.clone(),
                to: *to,
            }]),
            Change::UpdateOrganization { .. } => Ok(Vec::new()),
            Change::DeleteOrganization { organization } => Ok(self.remove_organization(organization)),
            Change::CreateProject { organization, project, visibility } => {
                require_free(EntityKind::Project, project, self.project(project))?;
                let to = ProjectState { organization: organization.clone(), visibility: *visibility };
                Ok(vec![Edit::Project { project: project.clone(), from: None, to: Some(to) }])
            }
            Change::UpdateProject { project, visibility } => {
                let from = self.project_state(project);
                let to =
                    from.clone().map(|from| ProjectState { visibility: visibility.unwrap_or(from.visibility), ..from });
                Ok(vec![Edit::Project { project: project.clone(), from, to }])
            }
            Change::DeleteProject { project } => Ok(self.remove_project(project)),
            Change::CreateEnvironment { environment, project, cluster, namespace, protection } => {
                require_free(EntityKind::Environment, environment, self.environment(environment))?;
                let to = EnvironmentState {
                    project: project.clone(),
                    cluster: cluster.clone(),
                    namespace: namespace.clone(),
                    protection: *protection,
                };
                self.edit_environment(environment, None, to)
            }
            Change::UpdateEnvironment { environment, namespace } => self.update_environment(environment, |present| {
                EnvironmentState { namespace: namespace.clone().or(present.namespace), ..present }
            }),
            Change::Retarget { environment, cluster, namespace } => self.update_environment(environment, |present| {
                let namespace = namespace.clone().or(present.namespace);
                EnvironmentState { cluster: cluster.clone(), namespace, ..present }
            }),
            Change::DeleteEnvironment { environment } => Ok(self.remove_environment(environment)),
            Change::SetProtection { environment, to } => {
                self.update_environment(environment, |present| EnvironmentState { protection: *to, ..present })
            }
            Change::ConnectCluster { organization, cluster } => {
                require_free(EntityKind::Cluster, cluster, self.cluster(cluster))?;
                let to = ClusterState { organization: organization.clone(), orchestrator: None };
                Ok(vec![Edit::Cluster { cluster: cluster.clone(), from: None, to: Some(to) }])
            }
            Change::DisconnectCluster { cluster } => Ok(self.remove_cluster(cluster)),
        }
    }

    /// The edits that create an organization with its first Owner.
    pub(crate) fn plan_organization(&self, organization: &Id, owner: &Id, kind: AccountKind) -> Plan<Id> {
        require_free(EntityKind::Organization, organization, self.organization(organization))?;
        let mut edits =
            vec![Edit::Organization { organization: organization.clone(), from: None, to: Some(OrganizationState {}) }];
        edits.extend(self.ensure_account(owner, kind)?);
        edits.push(Self::add_membership(organization, owner, None, acting(Role::Owner, kind)?));
        Ok(edits)
    }

    fn plan_invitation(
        &self,
        organization: &Id,
        account: &Id,
        kind: AccountKind,
        role: Role,
        now: Option<Time>,
    ) -> Plan<Id> {
        let mut edits = self.ensure_account(account, kind)?;
        let present = self.membership(organization, account);
        if present.is_some_and(|membership| !has_expired(membership, now)) {
            return Err(ChangeError::AlreadyMember { account: name(account), organization: name(organization) });
        }
        edits.push(Self::add_membership(organization, account, present.cloned(), acting(role, kind)?));
        Ok(edits)
    }

    /// Creates an account if it does not exist. Fails if it exists and is of the other kind.
    fn ensure_account(&self, account: &Id, kind: AccountKind) -> Plan<Id> {
        match self.account_kind(account) {
            None => Ok(vec![Edit::Account { account: account.clone(), from: None, to: Some(kind) }]),
            Some(actual) if actual == kind => Ok(Vec::new()),
            Some(actual) => Err(ChangeError::OtherKind { account: name(account), held: actual }),
        }
    }

    fn add_membership(organization: &Id, account: &Id, from: Option<Membership<Id>>, role: Role) -> Edit<Id> {
        Edit::Membership {
            organization: organization.clone(),
            account: account.clone(),
            from,
            to: Some(Membership::new(organization.clone(), role)),
        }
    }

    fn edit_role(&self, organization: &Id, account: &Id, to: impl Fn(Grant<Role>) -> Grant<Role>) -> Vec<Edit<Id>> {
        let present = self.membership(organization, account).map(Membership::granted_role);
        let edit = present.map(|from| Edit::Role {
            organization: organization.clone(),
            account: account.clone(),
            from,
            to: to(from),
        });
        edit.into_iter().collect()
    }

    fn remove_member(&self, organization: &Id, account: &Id) -> Vec<Edit<Id>> {
        let present = self.membership(organization, account);
        let edit = present.map(|from| Edit::Membership {
            organization: organization.clone(),
            account: account.clone(),
            from: Some(from.clone()),
            to: None,
        });
        edit.into_iter().collect()
    }

    /// Removes an organization with everything that belongs to it, from the inside out.
    pub(crate) fn remove_organization(&self, organization: &Id) -> Vec<Edit<Id>> {
        let Some(index) = self.index.organizations.get(organization) else { return Vec::new() };
        let mut edits = Vec::new();
        edits.extend(index.members.keys().flat_map(|account| self.remove_member(organization, account)));
        edits.extend(index.environments.iter().flat_map(|environment| self.remove_environment(environment)));
        // Project roles and cluster access went with the members.
        edits.extend(index.projects.iter().map(|project| Edit::Project {
            project: project.clone(),
            from: self.project_state(project),
            to: None,
        }));
        edits.extend(index.clusters.iter().map(|cluster| Edit::Cluster {
            cluster: cluster.clone(),
            from: self.cluster_state(cluster),
            to: None,
        }));
        let from = self.organization_state(organization);
        edits.push(Edit::Organization { organization: organization.clone(), from, to: None });
        edits
    }

    /// Removes a project with the roles in it, so that a later project with the same id starts without any.
    fn remove_project(&self, project: &Id) -> Vec<Edit<Id>> {
        let roles = self.index.projects.get(project).into_iter().flat_map(|index| &index.roles);
        let mut edits: Vec<_> = roles
            .map(|(account, role)| Edit::ProjectRole {
                project: project.clone(),
                account: account.clone(),
                from: Some(*role),
                to: None,
            })
            .collect();
        edits.push(Edit::Project { project: project.clone(), from: self.project_state(project), to: None });
        edits
    }

    /// Removes a cluster with the access to it, so that a later cluster with the same id starts without any.
    fn remove_cluster(&self, cluster: &Id) -> Vec<Edit<Id>> {
        let overrides = self.index.clusters.get(cluster).into_iter().flat_map(|index| &index.overrides);
        let mut edits: Vec<_> = overrides
            .map(|(account, level)| Edit::ClusterAccess {
                cluster: cluster.clone(),
                account: account.clone(),
                from: Some(*level),
                to: None,
            })
            .collect();
        edits.push(Edit::Cluster { cluster: cluster.clone(), from: self.cluster_state(cluster), to: None });
        edits
    }

    fn remove_environment(&self, environment: &Id) -> Vec<Edit<Id>> {
        let from = self.environment_state(environment);
        vec![Edit::Environment { environment: environment.clone(), from, to: None }]
    }

    fn update_environment(
        &self,
        environment: &Id,
        to: impl Fn(EnvironmentState<Id>) -> EnvironmentState<Id>,
    ) -> Plan<Id> {
        match self.environment_state(environment) {
            Some(present) => self.edit_environment(environment, Some(present.clone()), to(present)),
            None => Ok(Vec::new()),
        }
    }

    /// Fails if another environment has the namespace, because one would overwrite the other.
    fn edit_environment(&self, id: &Id, from: Option<EnvironmentState<Id>>, to: EnvironmentState<Id>) -> Plan<Id> {
        if let Some(namespace) = to.namespace.as_ref().filter(|namespace| !self.is_free(&to.cluster, namespace, id)) {
            return Err(ChangeError::NamespaceTaken { namespace: name(namespace), cluster: name(&to.cluster) });
        }
        Ok(vec![Edit::Environment { environment: id.clone(), from, to: Some(to) }])
    }
}

/// A taken id gives the same error whichever organization it is in, so that errors reveal no other tenant.
fn require_free<T, Id: Display>(kind: EntityKind, id: &Id, present: Option<&T>) -> Result<(), ChangeError> {
    if present.is_some() { Err(ChangeError::Taken { kind, id: name(id) }) } else { Ok(()) }
}

/// The role. Fails for a service account that would be an Owner.
fn acting(role: Role, kind: AccountKind) -> Result<Role, ChangeError> {
    if kind.acting(role) == role { Ok(role) } else { Err(ChangeError::ServiceOwner) }
}
