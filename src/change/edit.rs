//! Edits: what a change does to the facts, row by row. Applying the inverse edits in reverse order undoes a change.

mod apply;
mod check;
mod prepare;
mod state;
mod step;

use alloc::string::String;
use core::mem;

pub(crate) use prepare::Prepared;

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::Orchestrator;
use crate::model::custom_role::{AnyRole, RoleDefinition};
use crate::model::grants::Holder;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, Time};

/// One row before and after a change. `None` means that the row does not exist.
///
/// A row that other rows belong to is added before them and removed after them: a removed member, for example, is the edits of
/// their grants and places in teams, then the edit of the member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit<Id> {
    /// An organization.
    Organization {
        /// The organization.
        organization: Id,
        /// The organization before the change.
        from: Option<OrganizationState>,
        /// The organization after the change.
        to: Option<OrganizationState>,
    },
    /// A custom role.
    Role {
        /// The custom role.
        role: Id,
        /// The role before the change.
        from: Option<RoleState<Id>>,
        /// The role after the change.
        to: Option<RoleState<Id>>,
    },
    /// A member of an organization.
    Member {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
        /// The member before the change.
        from: Option<MemberState<Id>>,
        /// The member after the change.
        to: Option<MemberState<Id>>,
    },
    /// A team.
    Team {
        /// The team.
        team: Id,
        /// The team before the change.
        from: Option<TeamState<Id>>,
        /// The team after the change.
        to: Option<TeamState<Id>>,
    },
    /// A member's place in a team.
    TeamMember {
        /// The team.
        team: Id,
        /// The member.
        account: Id,
        /// The place before the change.
        from: Option<TeamMemberState>,
        /// The place after the change.
        to: Option<TeamMemberState>,
    },
    /// The access of a member or a team to a cluster.
    ClusterAccess {
        /// The cluster.
        cluster: Id,
        /// The member or the team.
        holder: Holder<Id>,
        /// The access before the change.
        from: Option<Grant<ClusterAccess>>,
        /// The access after the change.
        to: Option<Grant<ClusterAccess>>,
    },
    /// The role of a member or a team in a project.
    ProjectRole {
        /// The project.
        project: Id,
        /// The member or the team.
        holder: Holder<Id>,
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

/// The state of a custom role in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleState<Id> {
    /// The organization that the role belongs to.
    pub organization: Id,
    /// The rank and the permissions.
    pub definition: RoleDefinition,
}

/// The state of a member in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberState<Id> {
    /// Whether the account is a person's or a program's.
    pub kind: AccountKind,
    /// The member's role.
    pub role: AnyRole<Id>,
    /// When the membership expires; `None` if it does not.
    pub expires_at: Option<Time>,
}

/// The state of a team in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamState<Id> {
    /// The organization that the team belongs to.
    pub organization: Id,
}

/// The state of a member's place in a team in an [`Edit`]. It has no fields: the member is in the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMemberState {}

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
    /// Who can see the cluster.
    pub visibility: Visibility,
}

/// The state of an environment in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentState<Id> {
    /// The project that the environment belongs to.
    pub project: Id,
    /// The cluster that the environment is deployed to.
    pub cluster: Id,
    /// The namespace on the cluster.
    pub namespace: String,
    /// How the environment is protected.
    pub protection: Protection,
}

impl<Id: Clone> Edit<Id> {
    /// The edit that undoes this one.
    pub(crate) fn inverse(&self) -> Self {
        let mut edit = self.clone();
        match &mut edit {
            Self::Organization { from, to, .. } => mem::swap(from, to),
            Self::Role { from, to, .. } => mem::swap(from, to),
            Self::Member { from, to, .. } => mem::swap(from, to),
            Self::Team { from, to, .. } => mem::swap(from, to),
            Self::TeamMember { from, to, .. } => mem::swap(from, to),
            Self::ClusterAccess { from, to, .. } => mem::swap(from, to),
            Self::ProjectRole { from, to, .. } => mem::swap(from, to),
            Self::Project { from, to, .. } => mem::swap(from, to),
            Self::Cluster { from, to, .. } => mem::swap(from, to),
            Self::Environment { from, to, .. } => mem::swap(from, to),
        }
        edit
    }
}
