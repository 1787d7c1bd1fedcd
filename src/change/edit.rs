//! Edits: what a change does to the facts, row by row. Applying the inverse edits in reverse order undoes a change.

mod apply;
mod check;
mod prepare;
mod room;
mod state;
mod step;

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

pub(crate) use apply::is_permanent_owner;
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

/// What a change does to the rows of one organization: one row before and after it, or one removal with all rows that belong
/// to what is removed. `None` means that the row does not exist.
///
/// In a database, an edit of a row is an upsert or a delete of that row, and a removal is one delete a table: see
/// [`sql::statements`](crate::sql::statements). A row that other rows belong to is added before them and removed after them: a
/// removed member, for example, is the edits of their grants and places in teams, then the edit of the member.
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
        /// The organization.
        organization: Id,
        /// The custom role.
        role: Id,
        /// The role before the change.
        from: Option<RoleState>,
        /// The role after the change.
        to: Option<RoleState>,
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
        /// The organization.
        organization: Id,
        /// The team.
        team: Id,
        /// The team before the change.
        from: Option<TeamState>,
        /// The team after the change.
        to: Option<TeamState>,
    },
    /// A member's place in a team.
    TeamMember {
        /// The organization.
        organization: Id,
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
        /// The organization.
        organization: Id,
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
        /// The organization.
        organization: Id,
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
        /// The organization.
        organization: Id,
        /// The project.
        project: Id,
        /// The project before the change.
        from: Option<ProjectState>,
        /// The project after the change.
        to: Option<ProjectState>,
    },
    /// A cluster.
    Cluster {
        /// The organization.
        organization: Id,
        /// The cluster.
        cluster: Id,
        /// The cluster before the change.
        from: Option<ClusterState>,
        /// The cluster after the change.
        to: Option<ClusterState>,
    },
    /// An environment.
    Environment {
        /// The organization.
        organization: Id,
        /// The environment.
        environment: Id,
        /// The environment before the change.
        from: Option<EnvironmentState<Id>>,
        /// The environment after the change.
        to: Option<EnvironmentState<Id>>,
    },
    /// A removal of something that other rows belong to, with these rows.
    Remove {
        /// The organization.
        organization: Id,
        /// What is removed.
        removed: Removed<Id>,
        /// The edits that would add it again, in order, with all rows that went with it. `None` for an organization, and if they
        /// would be larger than a record may be.
        restore: Option<Vec<Edit<Id>>>,
    },
}

/// What an [`Edit::Remove`] removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removed<Id> {
    /// The organization of the edit, with everything that belongs to it. Its stream of records ends.
    Organization,
    /// A project, with the roles in it.
    Project(Id),
    /// A cluster, with the access to it.
    Cluster(Id),
    /// A team, with its cluster access and its project roles.
    Team(Id),
}

/// The state of an organization in an [`Edit`]. It has no fields: the organization exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationState {}

/// The state of a custom role in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleState {
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

/// The state of a team in an [`Edit`]. It has no fields: the team exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamState {}

/// The state of a member's place in a team in an [`Edit`]. It has no fields: the member is in the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMemberState {}

/// The state of a project in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectState {
    /// Who can see the project.
    pub visibility: Visibility,
}

/// The state of a cluster in an [`Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterState {
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

impl<Id> Edit<Id> {
    /// The organization whose row it is.
    #[must_use]
    pub const fn organization(&self) -> &Id {
        match self {
            Self::Organization { organization, .. }
            | Self::Role { organization, .. }
            | Self::Member { organization, .. }
            | Self::Team { organization, .. }
            | Self::TeamMember { organization, .. }
            | Self::ClusterAccess { organization, .. }
            | Self::ProjectRole { organization, .. }
            | Self::Project { organization, .. }
            | Self::Cluster { organization, .. }
            | Self::Environment { organization, .. }
            | Self::Remove { organization, .. } => organization,
        }
    }

    pub(crate) const fn is_removal(&self) -> bool {
        matches!(self, Self::Remove { .. })
    }
}

impl<Id: Clone> Edit<Id> {
    /// The edit that undoes this one, which is an edit of a row.
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
            Self::Remove { .. } => {}
        }
        edit
    }
}
