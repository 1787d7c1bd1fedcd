//! Actions: what somebody asks to do, their names, and sets of them.

use crate::cluster::Level;
use crate::names::names;
use crate::protection::Protection;
use crate::role::{ProjectRole, Role};
use crate::time::{Grant, Time};

names! {
    /// The name of an [`Action`], without what it asks for.
    pub enum ActionName: "action" {
        /// See it; deployments, logs and metrics included.
        View = "view",
        /// Change its name and settings.
        Update = "update",
        /// Delete it; of a cluster, disconnect it.
        Delete = "delete",
        /// Create a project in an organization.
        CreateProject = "create_project",
        /// Connect a cluster to an organization.
        ConnectCluster = "connect_cluster",
        /// Invite a member into an organization.
        InviteMember = "invite_member",
        /// Read the invoices of an organization.
        ViewInvoices = "view_invoices",
        /// Manage the payment of an organization.
        ManageBilling = "manage_billing",
        /// Read the audit log of an organization.
        ViewAuditLog = "view_audit_log",
        /// Give a member another role.
        ChangeRole = "change_role",
        /// Set or lift the expiry of a membership.
        SetExpiry = "set_expiry",
        /// Remove a member; oneself: leave.
        Remove = "remove",
        /// Make a member an Owner in one's own place.
        TransferOwnership = "transfer_ownership",
        /// Manage the builds of a project.
        ManageBuilds = "manage_builds",
        /// Read the variables of a project or environment.
        ReadVariables = "read_variables",
        /// Read the secrets of a project or environment.
        ReadSecrets = "read_secrets",
        /// Write the variables and secrets of a project or environment.
        WriteVariables = "write_variables",
        /// Set or lift a member's role in a project.
        SetProjectRole = "set_project_role",
        /// Create an environment, as proposed.
        Create = "create",
        /// Protect an environment, more or less.
        SetProtection = "set_protection",
        /// Point an environment at another cluster.
        Retarget = "retarget",
        /// Restart what runs.
        Restart = "restart",
        /// Deploy, redeploy and roll back.
        Deploy = "deploy",
        /// Approve a deployment.
        Approve = "approve",
        /// Pause, cancel or delete a deployment; manage a cluster.
        Manage = "manage",
        /// Set or lift a member's level on a cluster.
        SetClusterAccess = "set_cluster_access",
    }
}

/// What somebody asks to do, with what it depends on; it carries no ids.
///
/// # Examples
///
/// ```
/// use shipgate::{Action, ActionName, Role};
///
/// let promote = Action::ChangeRole { to: Role::Admin };
/// assert_eq!(promote.name(), ActionName::ChangeRole);
/// assert_eq!(promote.to_string(), "change_role");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is documented at its name")]
pub enum Action {
    View,
    Update,
    Delete,
    CreateProject,
    ConnectCluster,
    InviteMember { role: Role },
    ViewInvoices,
    ManageBilling,
    ViewAuditLog,
    ChangeRole { to: Role },
    SetExpiry { to: Option<Time> },
    Remove,
    TransferOwnership,
    ManageBuilds,
    ReadVariables,
    ReadSecrets,
    WriteVariables,
    SetProjectRole { to: Option<Grant<ProjectRole>> },
    Create,
    SetProtection { to: Protection },
    Retarget,
    Restart,
    Deploy,
    Approve,
    Manage,
    SetClusterAccess { to: Option<Grant<Level>> },
}

impl Action {
    /// Its name.
    #[must_use]
    #[inline]
    pub const fn name(self) -> ActionName {
        match self {
            Self::View => ActionName::View,
            Self::Update => ActionName::Update,
            Self::Delete => ActionName::Delete,
            Self::CreateProject => ActionName::CreateProject,
            Self::ConnectCluster => ActionName::ConnectCluster,
            Self::InviteMember { .. } => ActionName::InviteMember,
            Self::ViewInvoices => ActionName::ViewInvoices,
            Self::ManageBilling => ActionName::ManageBilling,
            Self::ViewAuditLog => ActionName::ViewAuditLog,
            Self::ChangeRole { .. } => ActionName::ChangeRole,
            Self::SetExpiry { .. } => ActionName::SetExpiry,
            Self::Remove => ActionName::Remove,
            Self::TransferOwnership => ActionName::TransferOwnership,
            Self::ManageBuilds => ActionName::ManageBuilds,
            Self::ReadVariables => ActionName::ReadVariables,
            Self::ReadSecrets => ActionName::ReadSecrets,
            Self::WriteVariables => ActionName::WriteVariables,
            Self::SetProjectRole { .. } => ActionName::SetProjectRole,
            Self::Create => ActionName::Create,
            Self::SetProtection { .. } => ActionName::SetProtection,
            Self::Retarget => ActionName::Retarget,
            Self::Restart => ActionName::Restart,
            Self::Deploy => ActionName::Deploy,
            Self::Approve => ActionName::Approve,
            Self::Manage => ActionName::Manage,
            Self::SetClusterAccess { .. } => ActionName::SetClusterAccess,
        }
    }
}

impl core::fmt::Display for Action {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.name().fmt(f)
    }
}

bitflags::bitflags! {
    /// A set of actions, by name: what a [`Token`](crate::Token) may be used for.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{ActionName, ActionSet};
    ///
    /// let readers = ActionSet::VIEW | ActionSet::READ_VARIABLES;
    /// assert!(readers.has(ActionName::View));
    /// assert!(!readers.has(ActionName::Deploy));
    /// assert_eq!(readers, [ActionName::View, ActionName::ReadVariables].into_iter().collect());
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct ActionSet: u32 {
        /// [`ActionName::View`].
        const VIEW = bit(ActionName::View);
        /// [`ActionName::Update`].
        const UPDATE = bit(ActionName::Update);
        /// [`ActionName::Delete`].
        const DELETE = bit(ActionName::Delete);
        /// [`ActionName::CreateProject`].
        const CREATE_PROJECT = bit(ActionName::CreateProject);
        /// [`ActionName::ConnectCluster`].
        const CONNECT_CLUSTER = bit(ActionName::ConnectCluster);
        /// [`ActionName::InviteMember`].
        const INVITE_MEMBER = bit(ActionName::InviteMember);
        /// [`ActionName::ViewInvoices`].
        const VIEW_INVOICES = bit(ActionName::ViewInvoices);
        /// [`ActionName::ManageBilling`].
        const MANAGE_BILLING = bit(ActionName::ManageBilling);
        /// [`ActionName::ViewAuditLog`].
        const VIEW_AUDIT_LOG = bit(ActionName::ViewAuditLog);
        /// [`ActionName::ChangeRole`].
        const CHANGE_ROLE = bit(ActionName::ChangeRole);
        /// [`ActionName::SetExpiry`].
        const SET_EXPIRY = bit(ActionName::SetExpiry);
        /// [`ActionName::Remove`].
        const REMOVE = bit(ActionName::Remove);
        /// [`ActionName::TransferOwnership`].
        const TRANSFER_OWNERSHIP = bit(ActionName::TransferOwnership);
        /// [`ActionName::ManageBuilds`].
        const MANAGE_BUILDS = bit(ActionName::ManageBuilds);
        /// [`ActionName::ReadVariables`].
        const READ_VARIABLES = bit(ActionName::ReadVariables);
        /// [`ActionName::ReadSecrets`].
        const READ_SECRETS = bit(ActionName::ReadSecrets);
        /// [`ActionName::WriteVariables`].
        const WRITE_VARIABLES = bit(ActionName::WriteVariables);
        /// [`ActionName::SetProjectRole`].
        const SET_PROJECT_ROLE = bit(ActionName::SetProjectRole);
        /// [`ActionName::Create`].
        const CREATE = bit(ActionName::Create);
        /// [`ActionName::SetProtection`].
        const SET_PROTECTION = bit(ActionName::SetProtection);
        /// [`ActionName::Retarget`].
        const RETARGET = bit(ActionName::Retarget);
        /// [`ActionName::Restart`].
        const RESTART = bit(ActionName::Restart);
        /// [`ActionName::Deploy`].
        const DEPLOY = bit(ActionName::Deploy);
        /// [`ActionName::Approve`].
        const APPROVE = bit(ActionName::Approve);
        /// [`ActionName::Manage`].
        const MANAGE = bit(ActionName::Manage);
        /// [`ActionName::SetClusterAccess`].
        const SET_CLUSTER_ACCESS = bit(ActionName::SetClusterAccess);
    }
}

const fn bit(action: ActionName) -> u32 {
    1 << action.index()
}

impl ActionSet {
    /// Whether the set has this action.
    #[must_use]
    #[inline]
    pub const fn has(self, action: ActionName) -> bool {
        self.bits() & bit(action) != 0
    }

    /// The actions of the set, in the order of [`ActionName::ALL`].
    pub fn names(self) -> impl Iterator<Item = ActionName> {
        ActionName::ALL.into_iter().filter(move |action| self.has(*action))
    }
}

impl From<ActionName> for ActionSet {
    fn from(action: ActionName) -> Self {
        Self::from_bits_truncate(bit(action))
    }
}

impl FromIterator<ActionName> for ActionSet {
    fn from_iter<I: IntoIterator<Item = ActionName>>(actions: I) -> Self {
        actions.into_iter().map(Self::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_flag_of_its_name() {
        let flags: alloc::vec::Vec<_> =
            ActionSet::all().iter_names().map(|(name, bits)| (name.to_ascii_lowercase(), bits.bits())).collect();
        let names: alloc::vec::Vec<_> =
            ActionName::ALL.iter().map(|action| (action.as_str().into(), bit(*action))).collect();
        assert_eq!(flags, names);
    }
}
