//! Edits: what a change does to the facts, one by one. Applying the inverse edits in reverse order undoes a change.

mod apply;
mod check;

use alloc::string::String;
use core::hash::Hash;
use core::mem;

use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind, Membership};
use crate::model::cluster::Orchestrator;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::Grant;

/// One fact before and after a change. `None` means that the fact does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit<Id> {
    /// An account.
    Account {
        /// The account.
        account: Id,
        /// Its kind before the change.
        from: Option<AccountKind>,
        /// Its kind after the change.
        to: Option<AccountKind>,
    },
    /// An organization.
    Organization {
        /// The organization.
        organization: Id,
        /// The organization before the change.
        from: Option<OrganizationState>,
        /// The organization after the change.
        to: Option<OrganizationState>,
    },
    /// A membership, with everything that it grants.
    Membership {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
        /// The membership before the change.
        from: Option<Membership<Id>>,
        /// The membership after the change.
        to: Option<Membership<Id>>,
    },
    /// The role of a membership, with the membership's expiry.
    Role {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
        /// The role before the change.
        from: Grant<Role>,
        /// The role after the change.
        to: Grant<Role>,
    },
    /// A member's own access to a cluster.
    ClusterAccess {
        /// The cluster.
        cluster: Id,
        /// The member.
        account: Id,
        /// The access before the change.
        from: Option<Grant<ClusterAccess>>,
        /// The access after the change.
        to: Option<Grant<ClusterAccess>>,
    },
    /// A member's role in a project.
    ProjectRole {
        /// The project.
        project: Id,
        /// The member.
        account: Id,
        /// The role before the change.
        from: Option<Grant<ProjectRole>>,
        /// The role after the change.
        to: Option<Grant<ProjectRole>>,
    },
    /// A project.
    Project {
        /// The project.
        project: Id,
        /// The project before the change.
        from: Option<ProjectState<Id>>,
        /// The project after the change.
        to: Option<ProjectState<Id>>,
    },
    /// A cluster.
    Cluster {
        /// The cluster.
        cluster: Id,
        /// The cluster before the change.
        from: Option<ClusterState<Id>>,
        /// The cluster after the change.
        to: Option<ClusterState<Id>>,
    },
    /// An environment.
    Environment {
        /// The environment.
        environment: Id,
        /// The environment before the change.
        from: Option<EnvironmentState<Id>>,
        /// The environment after the change.
        to: Option<EnvironmentState<Id>>,
    },
}

/// The state of an organization in an [`Edit`]. It has no fields: the organization exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationState {}

/// The state of a project in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectState<Id> {
    /// The organization that the project belongs to.
    pub organization: Id,
    /// Who can see the project.
    pub visibility: Visibility,
}

/// The state of a cluster in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterState<Id> {
    /// The organization that the cluster belongs to.
    pub organization: Id,
    /// The orchestrator of the cluster, if known.
    pub orchestrator: Option<Orchestrator>,
}

/// The state of an environment in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentState<Id> {
    /// The project that the environment belongs to.
    pub project: Id,
    /// The cluster that the environment is deployed to.
    pub cluster: Id,
    /// The namespace on the cluster, if any.
    pub namespace: Option<String>,
    /// How the environment is protected.
    pub protection: Protection,
}

impl<Id: Clone> Edit<Id> {
    /// The edit that undoes this one.
    pub(crate) fn inverse(&self) -> Self {
        let mut edit = self.clone();
        match &mut edit {
            Self::Account { from, to, .. } => mem::swap(from, to),
            Self::Organization { from, to, .. } => mem::swap(from, to),
            Self::Membership { from, to, .. } => mem::swap(from, to),
            Self::Role { from, to, .. } => mem::swap(from, to),
            Self::ClusterAccess { from, to, .. } => mem::swap(from, to),
            Self::ProjectRole { from, to, .. } => mem::swap(from, to),
            Self::Project { from, to, .. } => mem::swap(from, to),
            Self::Cluster { from, to, .. } => mem::swap(from, to),
            Self::Environment { from, to, .. } => mem::swap(from, to),
        }
        edit
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    pub(crate) fn membership(&self, organization: &Id, account: &Id) -> Option<&Membership<Id>> {
        self.account(account)?.membership(organization)
    }
}

/// The present facts in the form that edits have.
impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn account_kind(&self, account: &Id) -> Option<AccountKind> {
        self.account(account).map(Account::kind)
    }

    pub(crate) fn organization_state(&self, organization: &Id) -> Option<OrganizationState> {
        self.organization(organization).map(|_| OrganizationState {})
    }

    pub(crate) fn project_state(&self, project: &Id) -> Option<ProjectState<Id>> {
        let project = self.project(project)?;
        Some(ProjectState { organization: project.organization().clone(), visibility: project.visibility() })
    }

    pub(crate) fn cluster_state(&self, cluster: &Id) -> Option<ClusterState<Id>> {
        let organization = self.cluster(cluster)?.organization().clone();
        Some(ClusterState { organization, orchestrator: self.orchestrator(cluster) })
    }

    pub(crate) fn environment_state(&self, environment: &Id) -> Option<EnvironmentState<Id>> {
        let present = self.environment(environment)?;
        Some(EnvironmentState {
            project: present.project().clone(),
            cluster: present.cluster().clone(),
            namespace: self.namespace(environment).map(Into::into),
            protection: present.protection(),
        })
    }

    pub(crate) fn cluster_access_of(&self, cluster: &Id, account: &Id) -> Option<Grant<ClusterAccess>> {
        self.membership(self.cluster(cluster)?.organization(), account)?.cluster_access(cluster)
    }

    pub(crate) fn project_role_of(&self, project: &Id, account: &Id) -> Option<Grant<ProjectRole>> {
        self.membership(self.project(project)?.organization(), account)?.project_role(project)
    }
}
