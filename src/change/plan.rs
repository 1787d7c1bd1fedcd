//! What an allowed change does, fact by fact; or why it cannot be done.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::apply::{ChangeError, is_over};
use crate::change::edit::{ClusterState, Edit, EnvironmentState, OrganizationState, ProjectState};
use crate::directory::load::{EntityKind, name};
use crate::directory::store::Directory;
use crate::model::account::{AccountKind, Membership};
use crate::model::role::Role;
use crate::model::time::{Grant, Time};

/// What a change would do to the facts, in this order.
type Plan<Id> = Result<Vec<Edit<Id>>, ChangeError>;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// What a change that `decide` allows does. What is not held here was denied before.
    pub(crate) fn plan(&self, by: &Id, now: Option<Time>, change: &Change<Id>) -> Plan<Id> {
        match change {
            Change::InviteMember { organization, account, kind, role } => {
                self.plan_invitation(organization, account, *kind, *role, now)
            }
            Change::ChangeRole { organization, account, to } => {
                Ok(self.role(organization, account, |held| Grant::expiring(*to, held.expires_at())))
            }
            Change::SetExpiry { organization, account, to } => {
                Ok(self.role(organization, account, |held| Grant::expiring(held.value(), *to)))
            }
            Change::RemoveMember { organization, account } => Ok(self.removal(organization, account)),
            Change::TransferOwnership { organization, account } => {
                let owner = self.role(organization, account, |_| Grant::new(Role::Owner));
                let admin = self.role(organization, by, |held| Grant::expiring(Role::Admin, held.expires_at()));
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
                is_free(EntityKind::Project, project, self.project(project))?;
                let facts = ProjectState { organization: organization.clone(), visibility: *visibility };
                Ok(vec![Edit::Project { project: project.clone(), from: None, to: Some(facts) }])
            }
            Change::UpdateProject { project, visibility } => {
                let from = self.project_facts(project);
                let to =
                    from.clone().map(|from| ProjectState { visibility: visibility.unwrap_or(from.visibility), ..from });
                Ok(vec![Edit::Project { project: project.clone(), from, to }])
            }
            Change::DeleteProject { project } => Ok(self.project_removal(project)),
            Change::CreateEnvironment { environment, project, cluster, namespace, protection } => {
                is_free(EntityKind::Environment, environment, self.environment(environment))?;
                let facts = EnvironmentState {
                    project: project.clone(),
                    cluster: cluster.clone(),
                    namespace: namespace.clone(),
                    protection: *protection,
                };
                self.environment_edit(environment, None, facts)
            }
            Change::UpdateEnvironment { environment, namespace } => self.environment_update(environment, |held| {
                EnvironmentState { namespace: namespace.clone().or(held.namespace), ..held }
            }),
            Change::Retarget { environment, cluster, namespace } => self.environment_update(environment, |held| {
                let namespace = namespace.clone().or(held.namespace);
                EnvironmentState { cluster: cluster.clone(), namespace, ..held }
            }),
            Change::DeleteEnvironment { environment } => Ok(self.environment_removal(environment)),
            Change::SetProtection { environment, to } => {
                self.environment_update(environment, |held| EnvironmentState { protection: *to, ..held })
            }
            Change::ConnectCluster { organization, cluster } => {
                is_free(EntityKind::Cluster, cluster, self.cluster(cluster))?;
                let facts = ClusterState { organization: organization.clone(), orchestrator: None };
                Ok(vec![Edit::Cluster { cluster: cluster.clone(), from: None, to: Some(facts) }])
            }
            Change::DisconnectCluster { cluster } => Ok(self.cluster_removal(cluster)),
        }
    }

    /// What a new organization is, with its first Owner.
    pub(crate) fn plan_organization(&self, organization: &Id, owner: &Id, kind: AccountKind) -> Plan<Id> {
        is_free(EntityKind::Organization, organization, self.organization(organization))?;
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
        let held = self.membership(organization, account);
        if held.is_some_and(|held| !is_over(held, now)) {
            return Err(ChangeError::AlreadyMember { account: name(account), organization: name(organization) });
        }
        edits.push(Self::add_membership(organization, account, held.cloned(), acting(role, kind)?));
        Ok(edits)
    }

    /// What makes an account known, if it is not; one of another kind is refused.
    fn ensure_account(&self, account: &Id, kind: AccountKind) -> Plan<Id> {
        match self.account_kind(account) {
            None => Ok(vec![Edit::Account { account: account.clone(), from: None, to: Some(kind) }]),
            Some(held) if held == kind => Ok(Vec::new()),
            Some(held) => Err(ChangeError::OtherKind { account: name(account), held }),
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

    fn role(&self, organization: &Id, account: &Id, to: impl Fn(Grant<Role>) -> Grant<Role>) -> Vec<Edit<Id>> {
        let held = self.membership(organization, account).map(Membership::granted_role);
        let edit = held.map(|from| Edit::Role {
            organization: organization.clone(),
            account: account.clone(),
            from,
            to: to(from),
        });
        edit.into_iter().collect()
    }

    fn removal(&self, organization: &Id, account: &Id) -> Vec<Edit<Id>> {
        let held = self.membership(organization, account);
        let edit = held.map(|from| Edit::Membership {
            organization: organization.clone(),
            account: account.clone(),
            from: Some(from.clone()),
            to: None,
        });
        edit.into_iter().collect()
    }

    /// An organization goes with all that belongs to it, what is inside first.
    pub(crate) fn remove_organization(&self, organization: &Id) -> Vec<Edit<Id>> {
        let Some(of) = self.index.organizations.get(organization) else { return Vec::new() };
        let mut edits = Vec::new();
        edits.extend(of.members.keys().flat_map(|account| self.removal(organization, account)));
        edits.extend(of.environments.iter().flat_map(|environment| self.environment_removal(environment)));
        // With the members went what they were granted.
        edits.extend(of.projects.iter().map(|project| Edit::Project {
            project: project.clone(),
            from: self.project_facts(project),
            to: None,
        }));
        edits.extend(of.clusters.iter().map(|cluster| Edit::Cluster {
            cluster: cluster.clone(),
            from: self.cluster_facts(cluster),
            to: None,
        }));
        let from = self.organization_facts(organization);
        edits.push(Edit::Organization { organization: organization.clone(), from, to: None });
        edits
    }

    /// A project goes with every role in it: who gets the id later gets none of them.
    fn project_removal(&self, project: &Id) -> Vec<Edit<Id>> {
        let roles = self.index.projects.get(project).into_iter().flat_map(|of| &of.roles);
        let mut edits: Vec<_> = roles
            .map(|(account, role)| Edit::ProjectRole {
                project: project.clone(),
                account: account.clone(),
                from: Some(*role),
                to: None,
            })
            .collect();
        edits.push(Edit::Project { project: project.clone(), from: self.project_facts(project), to: None });
        edits
    }

    /// A cluster goes with every override on it: who gets the id later gets none of them.
    fn cluster_removal(&self, cluster: &Id) -> Vec<Edit<Id>> {
        let overrides = self.index.clusters.get(cluster).into_iter().flat_map(|of| &of.overrides);
        let mut edits: Vec<_> = overrides
            .map(|(account, level)| Edit::ClusterAccess {
                cluster: cluster.clone(),
                account: account.clone(),
                from: Some(*level),
                to: None,
            })
            .collect();
        edits.push(Edit::Cluster { cluster: cluster.clone(), from: self.cluster_facts(cluster), to: None });
        edits
    }

    fn environment_removal(&self, environment: &Id) -> Vec<Edit<Id>> {
        let from = self.environment_facts(environment);
        vec![Edit::Environment { environment: environment.clone(), from, to: None }]
    }

    fn environment_update(
        &self,
        environment: &Id,
        to: impl Fn(EnvironmentState<Id>) -> EnvironmentState<Id>,
    ) -> Plan<Id> {
        match self.environment_facts(environment) {
            Some(held) => self.environment_edit(environment, Some(held.clone()), to(held)),
            None => Ok(Vec::new()),
        }
    }

    /// An environment becomes this, unless another has its namespace: one would deploy over the other.
    fn environment_edit(&self, id: &Id, from: Option<EnvironmentState<Id>>, to: EnvironmentState<Id>) -> Plan<Id> {
        if let Some(namespace) = to.namespace.as_ref().filter(|namespace| !self.is_free(&to.cluster, namespace, id)) {
            return Err(ChangeError::NamespaceTaken { namespace: name(namespace), cluster: name(&to.cluster) });
        }
        Ok(vec![Edit::Environment { environment: id.clone(), from, to: Some(to) }])
    }
}

/// An id that is held is refused in one form of words, in whatever organization it is.
fn is_free<T, Id: Display>(kind: EntityKind, id: &Id, held: Option<&T>) -> Result<(), ChangeError> {
    if held.is_some() { Err(ChangeError::Taken { kind, id: name(id) }) } else { Ok(()) }
}

/// The role, unless it is that of an Owner for a service account, which never acts as one.
fn acting(role: Role, kind: AccountKind) -> Result<Role, ChangeError> {
    if kind.acting(role) == role { Ok(role) } else { Err(ChangeError::ServiceOwner) }
}
