//! Actions: what a subject asks to do. Each is one row of the table `actions!`.

use core::borrow::Borrow;
use core::fmt;

use crate::model::access::ClusterAccess;
use crate::model::action_set::ActionSet;
use crate::model::custom_role::{AnyRole, RoleDefinition};
use crate::model::names::names;
use crate::model::parameter::{Parameter, ParameterError, ParameterKind, Update, Updated};
use crate::model::protection::Protection;
use crate::model::resource::ResourceKind;
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, Time};

/// Declares the actions, each in one row: what it covers, its variant and parameter, its wire name, its constant in an
/// [`ActionSet`], and its verb phrase, which the name of a resource can follow.
macro_rules! actions {
    ($(
        $(#[$doc:meta])+
        $kind:ident
        $({ $($(#[$field_doc:meta])+ $field:ident: $type:ty),+ })?
        = $wire:literal, $constant:ident, $phrase:literal;
    )+) => {
        names! {
            /// The kind of an [`Action`]: an action without its parameter.
            pub enum ActionKind: "action" {
                $($(#[$doc])+ $kind = $wire,)+
            }
        }

        /// What a subject asks to do, with the parameter that the answer depends on.
        ///
        /// It carries no ids but that of a custom role, which two actions give. `C` names it: in facts it is
        /// `&CustomRole<Id>`, for a directory the role's id.
        ///
        /// The rule is in the guide: [what each action requires](crate::_guide::policy#actions).
        ///
        /// # Examples
        ///
        /// ```
        /// use shipgate::{Action, ActionKind, AnyRole, Role};
        ///
        /// let promote: Action<&str> = Action::ChangeRole { to: Role::Admin.into() };
        /// assert_eq!(promote.kind(), ActionKind::ChangeRole);
        /// assert_eq!(promote.to_string(), "change_role");
        /// let release_manager = Action::ChangeRole { to: AnyRole::Custom("release-manager") };
        /// assert_ne!(promote, release_manager);
        /// ```
        // The tag is a byte of its own, so that the kind is one load.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Action<C> {
            $($(#[$doc])+ $kind $({ $($(#[$field_doc])+ $field: $type),+ })?,)+
        }

        impl<C> Action<C> {
            /// The kind of this action.
            #[must_use]
            #[inline]
            pub const fn kind(&self) -> ActionKind {
                match self {
                    $(Self::$kind { .. } => ActionKind::$kind,)+
                }
            }
        }

        impl ActionKind {
            /// The action of this kind, if it takes no parameter.
            const fn bare<C>(self) -> Option<Action<C>> {
                match self {
                    $(Self::$kind => actions!(@bare $kind $({ $($field)+ })?),)+
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
            /// A bit for each kind of action.
            #[derive(Clone, Copy, PartialEq, Eq, Hash)]
            pub(crate) struct Bits: u64 {
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
    (@bare $kind:ident) => { Some(Action::$kind) };
    (@bare $kind:ident { $($field:ident)+ }) => { None };
}

actions! {
    /// View the resource, of whatever kind. For a project or an environment, this covers its deployments and metrics.
    View = "view", VIEW, "view";
    /// Change the name and settings of an organization, a custom role, a team, a project, an environment or a cluster, the
    /// visibility of a project or a cluster, or the permissions of a custom role. Changing an environment's protection,
    /// cluster or namespace is not an update: see [`SetProtection`](Self::SetProtection) and [`Retarget`](Self::Retarget).
    Update {
        /// What changes.
        to: Update
    } = "update", UPDATE, "update";
    /// Delete an organization, a custom role, a team, a project or an environment; disconnect a cluster. Nothing that is
    /// still in use can be deleted: a role that a member has, a team with members, a project or a cluster with environments.
    Delete = "delete", DELETE, "delete";
    /// Create a project in an organization.
    CreateProject = "create_project", CREATE_PROJECT, "create a project in";
    /// Connect a cluster to an organization.
    ConnectCluster = "connect_cluster", CONNECT_CLUSTER, "connect a cluster to";
    /// Invite an account into an organization, with a role and access that the subject has too, for no longer than the
    /// subject's own membership.
    InviteMember {
        /// The role of the new member.
        role: AnyRole<C>,
        /// When the membership is to expire; `None` if never.
        expires_at: Option<Time>
    } = "invite_member", INVITE_MEMBER, "invite a member into";
    /// Read the invoices of an organization.
    ViewInvoices = "view_invoices", VIEW_INVOICES, "view the invoices of";
    /// Manage the payment methods and the plan of an organization.
    ManageBilling = "manage_billing", MANAGE_BILLING, "manage the billing of";
    /// Read the audit log of an organization.
    ViewAuditLog = "view_audit_log", VIEW_AUDIT_LOG, "view the audit log of";
    /// Give a member a different role in the organization.
    ChangeRole {
        /// The new role.
        to: AnyRole<C>
    } = "change_role", CHANGE_ROLE, "change the role of";
    /// Set or remove the expiry of another member's membership. This can also renew a membership that has expired.
    SetExpiry {
        /// The new expiry; `None` for no expiry.
        to: Option<Time>
    } = "set_expiry", SET_EXPIRY, "set the expiry of";
    /// Remove a member from an organization. Any member may remove themselves, except the last permanent Owner.
    Remove = "remove", REMOVE, "remove";
    /// Make another member an Owner. The Owner who does this becomes an Admin.
    TransferOwnership = "transfer_ownership", TRANSFER_OWNERSHIP, "transfer ownership to";
    /// Create a custom role in an organization.
    CreateRole {
        /// The rank and the permissions of the new role.
        role: RoleDefinition
    } = "create_role", CREATE_ROLE, "create a role in";
    /// Create a team in an organization.
    CreateTeam = "create_team", CREATE_TEAM, "create a team in";
    /// Put another member into a team.
    AddToTeam = "add_to_team", ADD_TO_TEAM, "add to the team";
    /// Take another member out of a team.
    RemoveFromTeam = "remove_from_team", REMOVE_FROM_TEAM, "remove from the team";
    /// Manage the builds of a project and read their logs.
    ManageBuilds = "manage_builds", MANAGE_BUILDS, "manage the builds of";
    /// Read the logs of a project, an environment or a deployment.
    ViewLogs = "view_logs", VIEW_LOGS, "view the logs of";
    /// Read the variables of a project or an environment, but not its secrets.
    ReadVariables = "read_variables", READ_VARIABLES, "read the variables of";
    /// Read the secrets of a project or an environment. This needs the keeper's rank: see
    /// [`Safeguard::keeper`](crate::model::Safeguard::keeper).
    ReadSecrets = "read_secrets", READ_SECRETS, "read the secrets of";
    /// Write the variables and secrets of a project or an environment. They determine what runs, so this needs the keeper's
    /// rank.
    WriteVariables = "write_variables", WRITE_VARIABLES, "write the variables of";
    /// Open a shell in what runs in an environment. This needs the keeper's rank.
    Exec = "exec", EXEC, "open a shell in";
    /// Set or remove the role of another member, or of a team, in a project.
    SetProjectRole {
        /// The new role; `None` removes the present one.
        to: Option<Grant<ProjectRole>>
    } = "set_project_role", SET_PROJECT_ROLE, "set the project role of";
    /// Create an environment: see [`NewEnvironment`](crate::NewEnvironment).
    Create = "create", CREATE, "create";
    /// Change the protection of an environment. To loosen it, the subject needs the custodian's rank: see
    /// [`Safeguard::custodian`](crate::model::Safeguard::custodian).
    SetProtection {
        /// The new protection.
        to: Protection
    } = "set_protection", SET_PROTECTION, "set the protection of";
    /// Move an environment to another cluster or namespace of the organization.
    Retarget = "retarget", RETARGET, "retarget";
    /// Restart the workloads of an environment, without changing what is deployed.
    Restart = "restart", RESTART, "restart";
    /// Deploy to an environment or a cluster, or carry out a requested [`Deployment`](crate::Deployment). Redeploying and
    /// rolling back count as deploying.
    Deploy = "deploy", DEPLOY, "deploy to";
    /// Deploy without waiting for approval, in an emergency, where the approval rule lets the subject: see
    /// [`Bypass`](crate::model::Bypass). Record the reason wherever you serve this.
    BreakGlass = "break_glass", BREAK_GLASS, "deploy without approval to";
    /// Approve or reject a deployment to an environment that requires approval.
    Approve = "approve", APPROVE, "approve";
    /// For a deployment: pause or delete it. For a cluster: manage its nodes, network and storage.
    Manage = "manage", MANAGE, "manage";
    /// Withdraw the request for a deployment, or stop its rollout.
    Cancel = "cancel", CANCEL, "cancel";
    /// Set or remove a member's own access to a cluster, or that of a team.
    SetClusterAccess {
        /// The new access; `None` removes the present one, so that what counts without it applies again.
        to: Option<Grant<ClusterAccess>>
    } = "set_cluster_access", SET_CLUSTER_ACCESS, "set the cluster access of";
}

impl<C> Action<C> {
    /// An update of what no rule depends on, such as a name.
    pub const UPDATE: Self = Self::Update { to: Update::Settings };

    /// Converts what names a custom role.
    #[inline]
    pub fn map<D>(self, custom: impl FnOnce(C) -> D) -> Action<D> {
        self.try_map(|name| Some(custom(name))).unwrap_or(Action::View)
    }

    /// Converts what names a custom role; `None` if that fails.
    #[inline]
    pub(crate) fn try_map<D>(self, custom: impl FnOnce(C) -> Option<D>) -> Option<Action<D>> {
        let role = |role: AnyRole<C>| match role {
            AnyRole::BuiltIn(role) => Some(AnyRole::BuiltIn(role)),
            AnyRole::Custom(name) => custom(name).map(AnyRole::Custom),
        };
        Some(match self {
            Self::InviteMember { role: given, expires_at } => Action::InviteMember { role: role(given)?, expires_at },
            Self::ChangeRole { to } => Action::ChangeRole { to: role(to)? },
            Self::Update { to } => Action::Update { to },
            Self::SetExpiry { to } => Action::SetExpiry { to },
            Self::CreateRole { role } => Action::CreateRole { role },
            Self::SetProjectRole { to } => Action::SetProjectRole { to },
            Self::SetProtection { to } => Action::SetProtection { to },
            Self::SetClusterAccess { to } => Action::SetClusterAccess { to },
            bare => bare.kind().bare()?,
        })
    }

    /// Borrows what names a custom role.
    #[must_use]
    pub fn as_ref(&self) -> Action<&C> {
        match self {
            Self::InviteMember { role, expires_at } => {
                Action::InviteMember { role: role.as_ref(), expires_at: *expires_at }
            }
            Self::ChangeRole { to } => Action::ChangeRole { to: to.as_ref() },
            Self::Update { to } => Action::Update { to: *to },
            Self::SetExpiry { to } => Action::SetExpiry { to: *to },
            Self::CreateRole { role } => Action::CreateRole { role: *role },
            Self::SetProjectRole { to } => Action::SetProjectRole { to: *to },
            Self::SetProtection { to } => Action::SetProtection { to: *to },
            Self::SetClusterAccess { to } => Action::SetClusterAccess { to: *to },
            bare => bare.kind().bare().unwrap_or(Action::View),
        }
    }

    /// Borrows the id of a custom role, as a directory takes it.
    #[must_use]
    pub fn borrowed<Q: ?Sized>(&self) -> Action<&Q>
    where
        C: Borrow<Q>,
    {
        self.as_ref().map(Borrow::borrow)
    }

    /// The custom role that the action gives, if it gives one.
    #[inline]
    pub fn custom_role(self) -> Option<C> {
        match self {
            Self::InviteMember { role, .. } | Self::ChangeRole { to: role } => role.custom(),
            _ => None,
        }
    }

    /// Whether the action gives a custom role.
    #[cfg(feature = "directory")]
    #[inline]
    pub(crate) const fn gives_custom_role(&self) -> bool {
        matches!(
            self,
            Self::InviteMember { role: AnyRole::Custom(_), .. } | Self::ChangeRole { to: AnyRole::Custom(_) }
        )
    }

    /// Whether this can be asked on a kind of resource, as far as its parameter says.
    #[inline]
    pub(crate) const fn suits(&self, on: ResourceKind) -> bool {
        self.updated().suits(on)
    }

    /// What the action updates.
    // Of its own: so it is read without a branch, since which actions are updates cannot be predicted.
    #[inline]
    const fn updated(&self) -> Updated {
        match self {
            Self::Update { to } => to.updated(),
            _ => Updated::Nothing,
        }
    }

    /// The parameter of this action.
    #[must_use]
    pub fn parameter(self) -> Parameter<C> {
        match self {
            Self::InviteMember { role, expires_at } => Parameter::Invitation { role, expires_at },
            Self::ChangeRole { to } => Parameter::Role(to),
            Self::CreateRole { role } => Parameter::Definition(role),
            Self::Update { to: Update::Visibility(visibility) } => Parameter::Visibility(Some(visibility)),
            Self::Update { to: Update::Permissions(permissions) } => Parameter::Permissions(permissions),
            Self::SetExpiry { to } => Parameter::Expiry(to),
            Self::SetProjectRole { to } => Parameter::ProjectRole(to),
            Self::SetProtection { to } => Parameter::Protection(to),
            Self::SetClusterAccess { to } => Parameter::ClusterAccess(to),
            _ => Parameter::None,
        }
    }
}

impl ActionKind {
    /// The kind of parameter that this action takes on a kind of resource.
    #[must_use]
    #[inline]
    pub const fn parameter(self, on: ResourceKind) -> ParameterKind {
        match self {
            Self::InviteMember => ParameterKind::Invitation,
            Self::ChangeRole => ParameterKind::Role,
            Self::CreateRole => ParameterKind::Definition,
            Self::Update => match on {
                ResourceKind::Role => ParameterKind::Permissions,
                ResourceKind::Project | ResourceKind::Cluster => ParameterKind::Visibility,
                _ => ParameterKind::None,
            },
            Self::SetExpiry => ParameterKind::Expiry,
            Self::SetProjectRole => ParameterKind::ProjectRole,
            Self::SetProtection => ParameterKind::Protection,
            Self::SetClusterAccess => ParameterKind::ClusterAccess,
            _ => ParameterKind::None,
        }
    }

    /// The action of this kind with this parameter, on a kind of resource.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] if the action takes a different kind of parameter there.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Action, ActionKind, Role, Visibility};
    /// use shipgate::model::{Parameter, ResourceKind, Update};
    ///
    /// let role = Role::Viewer.into();
    /// let invite = Parameter::<&str>::Invitation { role, expires_at: None };
    /// let invite = ActionKind::InviteMember.with(ResourceKind::Organization, invite)?;
    /// assert_eq!(invite, Action::InviteMember { role, expires_at: None });
    ///
    /// let hide = Parameter::<&str>::Visibility(Some(Visibility::Members));
    /// let hide = ActionKind::Update.with(ResourceKind::Project, hide)?;
    /// assert_eq!(hide, Action::Update { to: Update::Visibility(Visibility::Members) });
    /// # Ok::<(), shipgate::model::ParameterError>(())
    /// ```
    pub fn with<C>(self, on: ResourceKind, parameter: Parameter<C>) -> Result<Action<C>, ParameterError> {
        let given = parameter.kind();
        let action = match (self, parameter) {
            (Self::InviteMember, Parameter::Invitation { role, expires_at }) => {
                Some(Action::InviteMember { role, expires_at })
            }
            (Self::ChangeRole, Parameter::Role(to)) => Some(Action::ChangeRole { to }),
            (Self::CreateRole, Parameter::Definition(role)) => Some(Action::CreateRole { role }),
            (Self::Update, parameter) => update(on, &parameter).map(|to| Action::Update { to }),
            (Self::SetExpiry, Parameter::Expiry(to)) => Some(Action::SetExpiry { to }),
            (Self::SetProjectRole, Parameter::ProjectRole(to)) => Some(Action::SetProjectRole { to }),
            (Self::SetProtection, Parameter::Protection(to)) => Some(Action::SetProtection { to }),
            (Self::SetClusterAccess, Parameter::ClusterAccess(to)) => Some(Action::SetClusterAccess { to }),
            (bare, Parameter::None) => bare.bare(),
            _ => None,
        };
        action.ok_or(ParameterError { action: self, on, given })
    }
}

/// The update that a parameter says, if that kind of resource has such an update.
fn update<C>(on: ResourceKind, parameter: &Parameter<C>) -> Option<Update> {
    let update = match parameter {
        Parameter::None | Parameter::Visibility(None) => Update::Settings,
        Parameter::Visibility(Some(visibility)) => Update::Visibility(*visibility),
        Parameter::Permissions(permissions) => Update::Permissions(*permissions),
        _ => return None,
    };
    update.updated().suits(on).then_some(update)
}

impl<C> fmt::Display for Action<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}
