//! Changes to a directory: each is authorized, applied completely or not at all, and recorded.

mod apply;
mod attach;
mod batch;
mod constructors;
pub(crate) mod edit;
pub(crate) mod error;
#[cfg(feature = "shared")]
pub(crate) mod follow;
mod plan;
mod platform;
mod preview;
mod propose;
mod question;
pub(crate) mod record;
#[cfg(feature = "shared")]
pub(crate) mod shared;
mod size;
mod transaction;

use alloc::string::String;

pub use apply::{ApplyError, Place};
pub use attach::AttachError;
pub use batch::Batch;
pub use edit::{
    ClusterState, Edit, EnvironmentState, MemberState, OrganizationState, ProjectState, Removed, RoleState,
    TeamMemberState, TeamState,
};
pub use error::{BatchError, ChangeError};
#[cfg(feature = "shared")]
pub use follow::{Divergence, Follower, ProposeError, Read, Taken, Unusable};
pub use platform::Platform;
pub use preview::{DecisionChange, DecisionChanges, Preview};
pub use record::{Cause, Entry, Record};
#[cfg(feature = "shared")]
pub use shared::Snapshot;

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::custom_role::{AnyRole, RoleDefinition, RolePermissions};
use crate::model::grants::Holder;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, Time};

/// A change to a directory. Each variant has a constructor with the same name.
///
/// [`Directory::change`](crate::Directory::change) makes it if the subject may perform the action in
/// [`question`](Self::question).
///
/// # Examples
///
/// ```
/// use shipgate::change::Change;
/// use shipgate::{AccountKind, AnyRole, Role};
///
/// let invite: Change<String> = Change::invite_member("acme-corp", "carol", AccountKind::User, Role::Admin, None);
/// assert!(matches!(invite, Change::InviteMember { role: AnyRole::BuiltIn(Role::Admin), .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<Id> {
    /// Makes an account a member.
    ///
    /// Inviting a current member is an error. Inviting someone whose membership has expired replaces it, with the grants and
    /// places in teams that it had, and also requires that the subject may remove that member. Without a time, no membership
    /// is known to have expired.
    InviteMember {
        /// The organization.
        organization: Id,
        /// The account to invite.
        account: Id,
        /// The kind of the account, from your service's own table of accounts: do not let the inviter say it. It must be the
        /// kind by which the account is a member elsewhere.
        kind: AccountKind,
        /// The role of the new member. A service account cannot be invited as an Owner.
        role: AnyRole<Id>,
        /// When the membership expires; `None` if it does not.
        expires_at: Option<Time>,
    },
    /// Gives a member a different role. The member keeps the expiry and the places in teams, and of the cluster access and the
    /// project roles of their own those that can still count: access up to the new role's ceiling (for an Owner none), and
    /// project roles if the new role's rank is Developer or Viewer.
    ChangeRole {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
        /// The new role.
        to: AnyRole<Id>,
    },
    /// Sets or removes the expiry of a membership, even of one that has expired.
    SetExpiry {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
        /// The new expiry; `None` for no expiry.
        to: Option<Time>,
    },
    /// Removes a member, with all their cluster access, project roles and places in teams. Members can remove themselves.
    RemoveMember {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
    },
    /// Makes a member an Owner, and the subject an Admin. Both lose what grants of their own can no longer count.
    TransferOwnership {
        /// The organization.
        organization: Id,
        /// The member who becomes an Owner.
        account: Id,
    },
    /// Creates a custom role.
    CreateRole {
        /// The organization.
        organization: Id,
        /// The id of the new role.
        role: Id,
        /// Its rank and its permissions.
        definition: RoleDefinition,
    },
    /// Changes the permissions of a custom role. The rank stays.
    UpdateRole {
        /// The custom role.
        role: Id,
        /// The new permissions.
        permissions: RolePermissions,
    },
    /// Deletes a custom role that no member has.
    DeleteRole {
        /// The custom role.
        role: Id,
    },
    /// Creates a team, without members or grants.
    CreateTeam {
        /// The organization.
        organization: Id,
        /// The id of the new team.
        team: Id,
    },
    /// Changes what your service stores about a team. The directory stays the same, but the change is authorized and recorded.
    UpdateTeam {
        /// The team.
        team: Id,
    },
    /// Deletes a team without members, with all its cluster access and project roles.
    DeleteTeam {
        /// The team.
        team: Id,
    },
    /// Puts a member into a team. That a member is already in it is an error.
    AddToTeam {
        /// The team.
        team: Id,
        /// The member.
        account: Id,
    },
    /// Takes a member out of a team. That a member is not in it is an error.
    RemoveFromTeam {
        /// The team.
        team: Id,
        /// The member.
        account: Id,
    },
    /// Sets or removes the access of a member or a team to a cluster.
    SetClusterAccess {
        /// The cluster.
        cluster: Id,
        /// The member or the team.
        holder: Holder<Id>,
        /// The new access; `None` removes the present one.
        to: Option<Grant<ClusterAccess>>,
    },
    /// Sets or removes the role of a member or a team in a project.
    SetProjectRole {
        /// The project.
        project: Id,
        /// The member or the team.
        holder: Holder<Id>,
        /// The new role; `None` removes the present one.
        to: Option<Grant<ProjectRole>>,
    },
    /// Changes what your service stores about an organization. The directory stays the same, but the change is authorized
    /// and recorded.
    UpdateOrganization {
        /// The organization.
        organization: Id,
    },
    /// Deletes an organization, with everything that belongs to it.
    DeleteOrganization {
        /// The organization.
        organization: Id,
    },
    /// Creates a project, without roles in it.
    CreateProject {
        /// The organization.
        organization: Id,
        /// The id of the new project.
        project: Id,
        /// Who can see the project.
        visibility: Visibility,
    },
    /// Changes the visibility of a project, or what your service stores about it.
    UpdateProject {
        /// The project.
        project: Id,
        /// The new visibility; `None` leaves it as it is.
        visibility: Option<Visibility>,
    },
    /// Deletes a project without environments, with all project roles in it.
    DeleteProject {
        /// The project.
        project: Id,
    },
    /// Creates an environment.
    CreateEnvironment {
        /// The id of the new environment.
        environment: Id,
        /// The project that it belongs to.
        project: Id,
        /// The cluster that it is deployed to.
        cluster: Id,
        /// The namespace on the cluster, of the form that [`check_namespace`](crate::model::check_namespace) checks.
        ///
        /// Two environments cannot have the same namespace on a cluster, because one would overwrite the other.
        namespace: String,
        /// How it is protected.
        protection: Protection,
    },
    /// Changes what your service stores about an environment. The directory stays the same, but the change is authorized and
    /// recorded. See [`Retarget`](Self::Retarget) to change the namespace.
    UpdateEnvironment {
        /// The environment.
        environment: Id,
    },
    /// Moves an environment to another cluster, to another namespace, or both.
    Retarget {
        /// The environment.
        environment: Id,
        /// The new cluster. It may be the present one.
        cluster: Id,
        /// The namespace on the new cluster; `None` keeps the present namespace.
        namespace: Option<String>,
    },
    /// Deletes an environment.
    DeleteEnvironment {
        /// The environment.
        environment: Id,
    },
    /// Changes the protection of an environment.
    SetProtection {
        /// The environment.
        environment: Id,
        /// The new protection.
        to: Protection,
    },
    /// Connects a cluster to an organization. Nothing is granted on it.
    ConnectCluster {
        /// The organization.
        organization: Id,
        /// The id of the new cluster.
        cluster: Id,
        /// Who can see the cluster.
        visibility: Visibility,
    },
    /// Changes the visibility of a cluster, or what your service stores about it.
    UpdateCluster {
        /// The cluster.
        cluster: Id,
        /// The new visibility; `None` leaves it as it is.
        visibility: Option<Visibility>,
    },
    /// Disconnects a cluster without environments, and removes the cluster access that members and teams have on it.
    DisconnectCluster {
        /// The cluster.
        cluster: Id,
    },
}
