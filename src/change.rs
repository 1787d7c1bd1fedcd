//! Changes to a directory: each is authorized, applied completely or not at all, and recorded.

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

/// A change to a directory. Each variant has a constructor with the same name.
///
/// [`Directory::change`](crate::Directory::change) makes it if the subject may perform the action in
/// [`question`](Self::question).
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
    /// Makes an account a member, without expiry.
    ///
    /// Inviting a current member is an error. Inviting someone whose membership has expired replaces it, with everything it
    /// granted, and also requires that the subject may remove that member. Without a time, no membership is known to have
    /// expired.
    InviteMember {
        /// The organization.
        organization: Id,
        /// The account to invite. It is created if it does not exist.
        account: Id,
        /// The kind of the account. For an existing account it must be the actual kind.
        kind: AccountKind,
        /// The role of the new member.
        role: Role,
    },
    /// Gives a member a different role. The member keeps the expiry, the cluster access and the project roles.
    ChangeRole {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
        /// The new role.
        to: Role,
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
    /// Removes a member, with all their cluster access and project roles. Members can remove themselves.
    RemoveMember {
        /// The organization.
        organization: Id,
        /// The member.
        account: Id,
    },
    /// Makes a member an Owner, and the subject an Admin.
    TransferOwnership {
        /// The organization.
        organization: Id,
        /// The member who becomes an Owner.
        account: Id,
    },
    /// Sets or removes a member's own access to a cluster.
    SetClusterAccess {
        /// The cluster.
        cluster: Id,
        /// The member.
        account: Id,
        /// The new access; `None` restores the role's default.
        to: Option<Grant<ClusterAccess>>,
    },
    /// Sets or removes a member's role in a project.
    SetProjectRole {
        /// The project.
        project: Id,
        /// The member.
        account: Id,
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
    /// Creates a project.
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
        /// The namespace on the cluster.
        ///
        /// Two environments cannot have the same namespace on a cluster, because one would overwrite the other. Namespaces
        /// are compared byte for byte, and `None` is not checked, so always pass the actual namespace, in one spelling.
        namespace: Option<String>,
        /// How it is protected.
        protection: Protection,
    },
    /// Changes the namespace of an environment, or what your service stores about it.
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
    /// Connects a cluster to an organization.
    ConnectCluster {
        /// The organization.
        organization: Id,
        /// The id of the new cluster.
        cluster: Id,
    },
    /// Disconnects a cluster without environments, and removes the cluster access that members have on it.
    DisconnectCluster {
        /// The cluster.
        cluster: Id,
    },
}

impl<Id> Change<Id> {
    /// The action that the subject must be allowed to perform, and the resource.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::change::Change;
    /// use shipgate::{Action, ResourceId};
    ///
    /// let delete = Change::<String>::delete_project("shop");
    /// assert_eq!(delete.question::<str>(), (Action::Delete, ResourceId::Project("shop")));
    /// ```
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
