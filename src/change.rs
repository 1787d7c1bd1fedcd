//! Administrative acts: each decided on the present facts, then done whole or not at all.

mod apply;
mod constructors;
pub(crate) mod edit;
mod plan;
mod preview;
pub(crate) mod record;
#[cfg(feature = "shared")]
pub(crate) mod shared;

use alloc::string::String;
use core::borrow::Borrow;

pub use apply::{Batch, BatchError, ChangeError};
pub use edit::{ClusterState, Edit, EnvironmentState, OrganizationState, ProjectState};
pub use preview::{DecisionChange, Preview};
pub use record::{Cause, Entry, Record, ReplayError};
#[cfg(feature = "shared")]
pub use shared::Snapshot;

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Time};

/// An administrative act: what it changes, by id. Each has a constructor of its name.
///
/// # Examples
///
/// ```
/// use shipgate::change::Change;
/// use shipgate::{AccountKind, Role};
///
/// let invite: Change<String> = Change::invite_member("acme-corp", "carol", AccountKind::User, Role::Admin);
/// assert!(matches!(invite, Change::InviteMember { role: Role::Admin, .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<Id> {
    /// Makes an account a member, without expiry. Of an account that is not held it says the kind; of one that is held it
    /// must say the same. A live member is left alone: the invitation is refused. Over an expired membership it makes a
    /// new one, and what was granted with the old one is gone: that is for those who may remove it as well. Without a time
    /// no membership is known to be over.
    InviteMember {
        /// The organization.
        organization: Id,
        /// The account to invite.
        account: Id,
        /// Who is behind it.
        kind: AccountKind,
        /// As what.
        role: Role,
    },
    /// Gives a member another role; the expiry, the overrides and the project roles stay.
    ChangeRole {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
        /// The new role.
        to: Role,
    },
    /// Sets or lifts the expiry of a membership, over or not.
    SetExpiry {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
        /// The new expiry; `None` for good.
        to: Option<Time>,
    },
    /// Removes a member, with every override and project role. Of oneself: leaves.
    RemoveMember {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
    },
    /// Makes a member an Owner in place of the subject, who becomes an Admin.
    TransferOwnership {
        /// The organization.
        organization: Id,
        /// Who becomes an Owner.
        account: Id,
    },
    /// Sets a member's level on a cluster, or lifts it: then the default of the role is back.
    SetClusterAccess {
        /// The cluster.
        cluster: Id,
        /// The member.
        account: Id,
        /// The override; `None` for none.
        to: Option<Grant<ClusterAccess>>,
    },
    /// Sets a member's role in a project, or lifts it.
    SetProjectRole {
        /// The project.
        project: Id,
        /// The member.
        account: Id,
        /// The role; `None` for none.
        to: Option<Grant<ProjectRole>>,
    },
    /// Changes what a service keeps of an organization: nothing here changes, but it is decided and recorded.
    UpdateOrganization {
        /// The organization.
        organization: Id,
    },
    /// Deletes an organization, with all that belongs to it.
    DeleteOrganization {
        /// The organization.
        organization: Id,
    },
    /// Creates a project.
    CreateProject {
        /// The organization.
        organization: Id,
        /// The new id.
        project: Id,
        /// Who sees it.
        visibility: Visibility,
    },
    /// Changes who sees a project, or only what a service keeps of it.
    UpdateProject {
        /// The project.
        project: Id,
        /// Who is to see it; `None` leaves that as it is.
        visibility: Option<Visibility>,
    },
    /// Deletes an empty project, and every role in it.
    DeleteProject {
        /// The project.
        project: Id,
    },
    /// Creates an environment.
    CreateEnvironment {
        /// The new id.
        environment: Id,
        /// The project that it belongs to.
        project: Id,
        /// The cluster that it deploys to.
        cluster: Id,
        /// Where on the cluster: two environments in one namespace are refused, for one would deploy over the other.
        /// Namespaces are compared byte for byte, and one that is not named is not guarded: name the one that is deployed
        /// to, always, and in one spelling.
        namespace: Option<String>,
        /// How it is protected.
        protection: Protection,
    },
    /// Changes the namespace of an environment, or only what a service keeps of it.
    UpdateEnvironment {
        /// The environment.
        environment: Id,
        /// The new namespace; `None` leaves it as it is.
        namespace: Option<String>,
    },
    /// Moves an environment to another cluster.
    Retarget {
        /// The environment.
        environment: Id,
        /// The new cluster.
        cluster: Id,
        /// Where on that cluster; `None` is where it was on the old one.
        namespace: Option<String>,
    },
    /// Deletes an environment.
    DeleteEnvironment {
        /// The environment.
        environment: Id,
    },
    /// Protects an environment, more or less.
    SetProtection {
        /// The environment.
        environment: Id,
        /// The new protection.
        to: Protection,
    },
    /// Connects a cluster to an organization.
    ConnectCluster {
        /// The organization.
        organization: Id,
        /// The new id.
        cluster: Id,
    },
    /// Disconnects a cluster to which nothing deploys, with every override on it.
    DisconnectCluster {
        /// The cluster.
        cluster: Id,
    },
}

impl<Id> Change<Id> {
    /// What `decide` is asked about it: the action, and on what.
    #[must_use]
    pub fn question<Q: ?Sized>(&self) -> (Action, ResourceRef<'_, Id, Q>)
    where
        Id: Borrow<Q>,
    {
        let member = |organization, account| ResourceId::Member { organization, account };
        match self {
            Self::InviteMember { organization, role, .. } => {
                (Action::InviteMember { role: *role }, ResourceId::Organization(organization.borrow()))
            }
            Self::ChangeRole { organization, account, to } => {
                (Action::ChangeRole { to: *to }, member(organization.borrow(), account.borrow()))
            }
            Self::SetExpiry { organization, account, to } => {
                (Action::SetExpiry { to: *to }, member(organization.borrow(), account.borrow()))
            }
            Self::RemoveMember { organization, account } => {
                (Action::Remove, member(organization.borrow(), account.borrow()))
            }
            Self::TransferOwnership { organization, account } => {
                (Action::TransferOwnership, member(organization.borrow(), account.borrow()))
            }
            Self::SetClusterAccess { cluster, account, to } => (
                Action::SetClusterAccess { to: *to },
                ResourceId::ClusterMember { cluster: cluster.borrow(), account: account.borrow() },
            ),
            Self::SetProjectRole { project, account, to } => (
                Action::SetProjectRole { to: *to },
                ResourceId::ProjectMember { project: project.borrow(), account: account.borrow() },
            ),
            Self::UpdateOrganization { organization } => {
                (Action::Update, ResourceId::Organization(organization.borrow()))
            }
            Self::DeleteOrganization { organization } => {
                (Action::Delete, ResourceId::Organization(organization.borrow()))
            }
            Self::CreateProject { organization, .. } => {
                (Action::CreateProject, ResourceId::Organization(organization.borrow()))
            }
            Self::UpdateProject { project, .. } => (Action::Update, ResourceId::Project(project.borrow())),
            Self::DeleteProject { project } => (Action::Delete, ResourceId::Project(project.borrow())),
            Self::CreateEnvironment { environment, project, cluster, protection, .. } => (
                Action::Create,
                ResourceId::NewEnvironment {
                    id: environment.borrow(),
                    project: project.borrow(),
                    cluster: cluster.borrow(),
                    protection: *protection,
                },
            ),
            Self::UpdateEnvironment { environment, .. } => {
                (Action::Update, ResourceId::Environment(environment.borrow()))
            }
            Self::Retarget { environment, cluster, .. } => {
                (Action::Retarget, ResourceId::Placement { environment: environment.borrow(), to: cluster.borrow() })
            }
            Self::DeleteEnvironment { environment } => (Action::Delete, ResourceId::Environment(environment.borrow())),
            Self::SetProtection { environment, to } => {
                (Action::SetProtection { to: *to }, ResourceId::Environment(environment.borrow()))
            }
            Self::ConnectCluster { organization, .. } => {
                (Action::ConnectCluster, ResourceId::Organization(organization.borrow()))
            }
            Self::DisconnectCluster { cluster } => (Action::Delete, ResourceId::Cluster(cluster.borrow())),
        }
    }
}
