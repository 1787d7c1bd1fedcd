//! Actions: what a subject asks to do. Each is one row of the table `actions!`.

use core::fmt;
use core::ops::{BitAnd, BitOr, BitOrAssign, Sub};

use crate::model::access::ClusterAccess;
use crate::model::names::{UnknownNameError, names};
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Time};

names! {
    /// The kinds of parameter that an action can take.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{ActionKind, model::ParameterKind};
    ///
    /// assert_eq!(ActionKind::ChangeRole.parameter(), ParameterKind::Role);
    /// assert_eq!(ActionKind::View.parameter(), ParameterKind::None);
    /// ```
    pub enum ParameterKind: "kind of parameter" {
        /// The action takes no parameter.
        None = "none",
        /// A role in the organization.
        Role = "role",
        /// An expiry, or no expiry.
        Expiry = "expiry",
        /// A role in a project, with an optional expiry, or no role.
        ProjectRole = "project_role",
        /// Access to a cluster, with an optional expiry, or the role's default.
        ClusterAccess = "cluster_access",
        /// A protection.
        Protection = "protection",
    }
}

/// The parameter of an action: the value that the subject asks to give or to set.
///
/// # Examples
///
/// ```
/// use shipgate::{Action, Role, model::Parameter};
///
/// assert_eq!(Action::InviteMember { role: Role::Viewer }.parameter(), Parameter::Role(Role::Viewer));
/// assert_eq!(Action::View.parameter(), Parameter::None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// No parameter.
    None,
    /// A role in the organization.
    Role(Role),
    /// The new expiry; `None` for no expiry.
    Expiry(Option<Time>),
    /// A role in a project; `None` removes it.
    ProjectRole(Option<Grant<ProjectRole>>),
    /// Access to a cluster; `None` restores the role's default.
    ClusterAccess(Option<Grant<ClusterAccess>>),
    /// A protection.
    Protection(Protection),
}

impl Parameter {
    /// The kind of this parameter.
    #[must_use]
    pub const fn kind(self) -> ParameterKind {
        match self {
            Self::None => ParameterKind::None,
            Self::Role(_) => ParameterKind::Role,
            Self::Expiry(_) => ParameterKind::Expiry,
            Self::ProjectRole(_) => ParameterKind::ProjectRole,
            Self::ClusterAccess(_) => ParameterKind::ClusterAccess,
            Self::Protection(_) => ParameterKind::Protection,
        }
    }
}

/// A parameter of the wrong kind for an action.
///
/// # Examples
///
/// ```
/// use shipgate::{ActionKind, model::Parameter};
///
/// let error = ActionKind::ChangeRole.with(Parameter::None).unwrap_err();
/// assert_eq!(error.to_string(), "`change_role` takes a parameter of the kind `role`, not `none`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{action}` takes a parameter of the kind `{}`, not `{given}`", action.parameter())]
pub struct ParameterError {
    action: ActionKind,
    given: ParameterKind,
}

/// Declares the actions, each in one row: what it covers, its variant and parameter, its wire name, its constant in an
/// [`ActionSet`], and its verb phrase, which the name of a resource can follow.
macro_rules! actions {
    (@parameter $value:ident) => { Parameter::None };
    (@parameter $value:ident $parameter:ident) => { Parameter::$parameter($value) };
    (@kind) => { ParameterKind::None };
    (@kind $parameter:ident) => { ParameterKind::$parameter };
    ($(
        $(#[$doc:meta])+
        $kind:ident
        $({ $(#[$field_doc:meta])+ $field:ident: $type:ty } takes $parameter:ident)?
        = $wire:literal, $constant:ident, $phrase:literal;
    )+) => {
        names! {
            /// The kind of an [`Action`]: an action without its parameter.
            pub enum ActionKind: "action" {
                $($(#[$doc])+ $kind = $wire,)+
            }
        }

        /// What a subject asks to do, with the parameter that the answer depends on. It carries no ids.
        ///
        /// The rule is in the guide: [what each action requires](crate::_guide::policy#actions).
        ///
        /// # Examples
        ///
        /// ```
        /// use shipgate::{Action, ActionKind, Role};
        ///
        /// let promote = Action::ChangeRole { to: Role::Admin };
        /// assert_eq!(promote.kind(), ActionKind::ChangeRole);
        /// assert_eq!(promote.to_string(), "change_role");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])+ $kind $({ $(#[$field_doc])+ $field: $type })?,)+
        }

        impl Action {
            /// The kind of this action.
            #[must_use]
            #[inline]
            pub const fn kind(self) -> ActionKind {
                match self {
                    $(Self::$kind { .. } => ActionKind::$kind,)+
                }
            }

            /// The parameter of this action.
            #[must_use]
            pub const fn parameter(self) -> Parameter {
                match self {
                    $(Self::$kind $({ $field: value })? => actions!(@parameter value $($parameter)?),)+
                }
            }
        }

        impl ActionKind {
            /// The kind of parameter that this action takes.
            #[must_use]
            pub const fn parameter(self) -> ParameterKind {
                match self {
                    $(Self::$kind => actions!(@kind $($parameter)?),)+
                }
            }

            /// The action of this kind with this parameter.
            ///
            /// # Errors
            ///
            /// [`ParameterError`] if the action takes a different kind of parameter.
            ///
            /// # Examples
            ///
            /// ```
            /// use shipgate::{Action, ActionKind, Role, model::Parameter};
            ///
            /// let invite = ActionKind::InviteMember.with(Parameter::Role(Role::Viewer))?;
            /// assert_eq!(invite, Action::InviteMember { role: Role::Viewer });
            /// # Ok::<(), shipgate::model::ParameterError>(())
            /// ```
            pub const fn with(self, parameter: Parameter) -> Result<Action, ParameterError> {
                match (self, parameter) {
                    $((Self::$kind, actions!(@parameter value $($parameter)?)) => Ok(Action::$kind $({ $field: value })?),)+
                    (action, given) => Err(ParameterError { action, given: given.kind() }),
                }
            }

            /// The action as a verb phrase, to be followed by the name of a resource.
            pub(crate) const fn phrase(self) -> &'static str {
                match self {
                    $(Self::$kind => $phrase,)+
                }
            }
        }

        bitflags::bitflags! {
            #[derive(Clone, Copy, PartialEq, Eq, Hash)]
            struct Bits: u32 {
                $(const $constant = 1 << ActionKind::$kind.index();)+
            }
        }

        impl ActionSet {
            $(
                #[doc = concat!("The set of [`ActionKind::", stringify!($kind), "`] alone.")]
                pub const $constant: Self = Self(Bits::$constant);
            )+
        }
    };
}

actions! {
    /// View the resource, of whatever kind. For a project or an environment, this covers its deployments and metrics.
    View = "view", VIEW, "view";
    /// Change the name and settings of an organization, a project or an environment. Changing a project's visibility or
    /// an environment's namespace is an update too; changing its protection or its cluster is not: see
    /// [`SetProtection`](Self::SetProtection) and [`Retarget`](Self::Retarget).
    Update = "update", UPDATE, "update";
    /// Delete an organization, a project or an environment; disconnect a cluster. A project must have no environments,
    /// and a cluster no environments deployed to it.
    Delete = "delete", DELETE, "delete";
    /// Create a project in an organization.
    CreateProject = "create_project", CREATE_PROJECT, "create a project in";
    /// Connect a cluster to an organization.
    ConnectCluster = "connect_cluster", CONNECT_CLUSTER, "connect a cluster to";
    /// Invite an account into an organization, with a role that the subject's own role includes.
    InviteMember {
        /// The role of the new member.
        role: Role
    } takes Role = "invite_member", INVITE_MEMBER, "invite a member into";
    /// Read the invoices of an organization.
    ViewInvoices = "view_invoices", VIEW_INVOICES, "view the invoices of";
    /// Manage the payment methods and the plan of an organization.
    ManageBilling = "manage_billing", MANAGE_BILLING, "manage the billing of";
    /// Read the audit log of an organization.
    ViewAuditLog = "view_audit_log", VIEW_AUDIT_LOG, "view the audit log of";
    /// Give a member a different role in the organization.
    ChangeRole {
        /// The new role.
        to: Role
    } takes Role = "change_role", CHANGE_ROLE, "change the role of";
    /// Set or remove the expiry of another member's membership. This can also renew a membership that has expired.
    SetExpiry {
        /// The new expiry; `None` for no expiry.
        to: Option<Time>
    } takes Expiry = "set_expiry", SET_EXPIRY, "set the expiry of";
    /// Remove a member from an organization. Any member may remove themselves, except the last permanent Owner.
    Remove = "remove", REMOVE, "remove";
    /// Make another member an Owner. The Owner who does this becomes an Admin.
    TransferOwnership = "transfer_ownership", TRANSFER_OWNERSHIP, "transfer ownership to";
    /// Manage the builds of a project and read their logs.
    ManageBuilds = "manage_builds", MANAGE_BUILDS, "manage the builds of";
    /// Read the variables of a project or an environment, but not its secrets.
    ReadVariables = "read_variables", READ_VARIABLES, "read the variables of";
    /// Read the secrets of a project or an environment. This needs the role that deploying needs.
    ReadSecrets = "read_secrets", READ_SECRETS, "read the secrets of";
    /// Write the variables and secrets of a project or an environment. They determine what runs, so this needs the role that
    /// deploying needs.
    WriteVariables = "write_variables", WRITE_VARIABLES, "write the variables of";
    /// Set or remove another member's role in a project.
    SetProjectRole {
        /// The new role; `None` removes the present one.
        to: Option<Grant<ProjectRole>>
    } takes ProjectRole = "set_project_role", SET_PROJECT_ROLE, "set the project role of";
    /// Create an environment: see [`NewEnvironment`](crate::NewEnvironment).
    Create = "create", CREATE, "create";
    /// Change the protection of an environment. To loosen it, the subject needs the custodian's role: see
    /// [`Safeguard::custodian`](crate::model::Safeguard::custodian).
    SetProtection {
        /// The new protection.
        to: Protection
    } takes Protection = "set_protection", SET_PROTECTION, "set the protection of";
    /// Move an environment to another cluster of the organization.
    Retarget = "retarget", RETARGET, "retarget";
    /// Restart the workloads of an environment, without changing what is deployed.
    Restart = "restart", RESTART, "restart";
    /// Deploy to an environment or a cluster, or carry out a requested [`Deployment`](crate::Deployment). Redeploying and
    /// rolling back count as deploying.
    Deploy = "deploy", DEPLOY, "deploy to";
    /// Approve or reject a deployment to an environment that requires approval.
    Approve = "approve", APPROVE, "approve";
    /// For a deployment: pause, cancel or delete it. For a cluster: manage its nodes, network and storage.
    Manage = "manage", MANAGE, "manage";
    /// Set or remove a member's own access to a cluster.
    SetClusterAccess {
        /// The new access; `None` removes the present one, so that the role's default applies again.
        to: Option<Grant<ClusterAccess>>
    } takes ClusterAccess = "set_cluster_access", SET_CLUSTER_ACCESS, "set the cluster access of";
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

/// A set of actions: what a [`Token`](crate::Token) may be used for.
///
/// # Examples
///
/// ```
/// use shipgate::{ActionKind, ActionSet};
///
/// let readers = ActionSet::VIEW | ActionSet::READ_VARIABLES;
/// assert!(readers.contains(ActionKind::View));
/// assert!(!readers.contains(ActionKind::Deploy));
/// assert_eq!(readers, [ActionKind::View, ActionKind::ReadVariables].into_iter().collect());
/// assert_eq!(readers, ActionSet::from_names(["view", "read_variables"])?);
/// assert!(ActionSet::from_names(["VIEW"]).is_err());
/// # Ok::<(), shipgate::model::UnknownNameError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActionSet(Bits);

impl ActionSet {
    /// The empty set.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Bits::empty())
    }

    /// The set of every action.
    #[must_use]
    pub const fn all() -> Self {
        Self(Bits::all())
    }

    /// The set of the actions with these wire names: `view`, `deploy`, ….
    ///
    /// # Errors
    ///
    /// [`UnknownNameError`] for the first name that is not the wire name of an action.
    pub fn from_names<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Result<Self, UnknownNameError> {
        names.into_iter().map(|name| name.as_ref().parse::<ActionKind>()).collect()
    }

    /// Whether the set contains this action.
    #[must_use]
    #[inline]
    pub const fn contains(self, action: ActionKind) -> bool {
        self.0.bits() & (1 << action.index()) != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The number of actions in the set.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.bits().count_ones()
    }

    /// The actions in the set, in the order of [`ActionKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = ActionKind> {
        ActionKind::ALL.into_iter().filter(move |action| self.contains(*action))
    }
}

/// The actions by their wire names, separated by a comma and a space.
impl fmt::Display for ActionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for action in self.iter() {
            write!(f, "{separator}{action}")?;
            separator = ", ";
        }
        Ok(())
    }
}

impl fmt::Debug for ActionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl From<ActionKind> for ActionSet {
    fn from(action: ActionKind) -> Self {
        Self(Bits::from_bits_truncate(1 << action.index()))
    }
}

impl FromIterator<ActionKind> for ActionSet {
    fn from_iter<I: IntoIterator<Item = ActionKind>>(actions: I) -> Self {
        actions.into_iter().fold(Self::empty(), |set, action| set | action.into())
    }
}

impl Extend<ActionKind> for ActionSet {
    fn extend<I: IntoIterator<Item = ActionKind>>(&mut self, actions: I) {
        *self |= actions.into_iter().collect();
    }
}

/// The actions of either set.
impl BitOr for ActionSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for ActionSet {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// The actions of both sets.
impl BitAnd for ActionSet {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// The actions of the first set that are not in the second.
impl Sub for ActionSet {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.difference(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_flag_of_its_name() {
        let flags: alloc::vec::Vec<_> =
            Bits::all().iter_names().map(|(name, bits)| (name.to_ascii_lowercase(), bits.bits())).collect();
        let names: alloc::vec::Vec<_> =
            ActionKind::ALL.iter().map(|action| (action.as_str().into(), 1 << action.index())).collect();
        assert_eq!(flags, names);
    }
}
