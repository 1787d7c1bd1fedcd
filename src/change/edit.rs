//! What a change does to the facts: one fact at a time, from what it was to what it is. Done backwards, it is undone.

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

/// What became of one fact: what it was, and what it is. `None` is no such fact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the ids of the fact, what it was and what it is")]
pub enum Edit<Id> {
    /// An account, and who is behind it.
    Account { account: Id, from: Option<AccountKind>, to: Option<AccountKind> },
    /// An organization: there, or not.
    Organization { organization: Id, from: Option<OrganizationState>, to: Option<OrganizationState> },
    /// A membership, with all that was granted with it.
    Membership { organization: Id, account: Id, from: Option<Membership<Id>>, to: Option<Membership<Id>> },
    /// The role of a membership, with its expiry.
    Role { organization: Id, account: Id, from: Grant<Role>, to: Grant<Role> },
    /// A member's override on a cluster.
    ClusterAccess { cluster: Id, account: Id, from: Option<Grant<ClusterAccess>>, to: Option<Grant<ClusterAccess>> },
    /// A member's role in a project.
    ProjectRole { project: Id, account: Id, from: Option<Grant<ProjectRole>>, to: Option<Grant<ProjectRole>> },
    /// A project.
    Project { project: Id, from: Option<ProjectState<Id>>, to: Option<ProjectState<Id>> },
    /// A cluster.
    Cluster { cluster: Id, from: Option<ClusterState<Id>>, to: Option<ClusterState<Id>> },
    /// An environment.
    Environment { environment: Id, from: Option<EnvironmentState<Id>>, to: Option<EnvironmentState<Id>> },
}

/// What there is of an organization by itself: it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationState {}

/// What a project is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectState<Id> {
    /// The organization that it belongs to.
    pub organization: Id,
    /// Who may see it.
    pub visibility: Visibility,
}

/// What a cluster is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterState<Id> {
    /// The organization that it belongs to.
    pub organization: Id,
    /// What runs it, if that is known.
    pub orchestrator: Option<Orchestrator>,
}

/// What an environment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentState<Id> {
    /// The project that it belongs to.
    pub project: Id,
    /// The cluster that it deploys to.
    pub cluster: Id,
    /// Its namespace on the cluster, if it has one.
    pub namespace: Option<String>,
    /// How it is protected.
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

/// The present facts, as edits have them.
impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn account_kind(&self, account: &Id) -> Option<AccountKind> {
        self.account(account).map(Account::kind)
    }

    pub(crate) fn organization_facts(&self, organization: &Id) -> Option<OrganizationState> {
        self.organization(organization).map(|_| OrganizationState {})
    }

    pub(crate) fn project_facts(&self, project: &Id) -> Option<ProjectState<Id>> {
        let project = self.project(project)?;
        Some(ProjectState { organization: project.organization().clone(), visibility: project.visibility() })
    }

    pub(crate) fn cluster_facts(&self, cluster: &Id) -> Option<ClusterState<Id>> {
        let organization = self.cluster(cluster)?.organization().clone();
        Some(ClusterState { organization, orchestrator: self.orchestrator(cluster) })
    }

    pub(crate) fn environment_facts(&self, environment: &Id) -> Option<EnvironmentState<Id>> {
        let held = self.environment(environment)?;
        Some(EnvironmentState {
            project: held.project().clone(),
            cluster: held.cluster().clone(),
            namespace: self.namespace(environment).map(Into::into),
            protection: held.protection(),
        })
    }

    pub(crate) fn cluster_access_of(&self, cluster: &Id, account: &Id) -> Option<Grant<ClusterAccess>> {
        self.membership(self.cluster(cluster)?.organization(), account)?.cluster_access(cluster)
    }

    pub(crate) fn project_role_of(&self, project: &Id, account: &Id) -> Option<Grant<ProjectRole>> {
        self.membership(self.project(project)?.organization(), account)?.project_role(project)
    }
}
