//! Parameters: the values that actions carry.

use crate::model::access::ClusterAccess;
use crate::model::action::ActionKind;
use crate::model::custom_role::{AnyRole, RoleDefinition, RolePermissions};
use crate::model::names::names;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::resource::ResourceKind;
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, Time};

/// What an `update` changes, besides what no rule depends on.
///
/// The visibility is that of a project or a cluster, the permissions those of a custom role, for which they are required. An
/// update that does not suit its resource is denied as not applicable.
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Action, Decision, Membership, Project, Reason, Role, RolePermissions, decide};
/// use shipgate::model::Update;
///
/// let shop = Project::new("shop", "acme-corp");
/// let carol = Account::user("carol").with(Membership::new("acme-corp", Role::Admin))?;
/// assert_eq!(decide(&carol, Action::UPDATE, &shop), Decision::Allow);
///
/// let permissions = Update::Permissions(RolePermissions::new([])?);
/// let denied = decide(&carol, Action::Update { to: permissions }, &shop);
/// assert_eq!(denied, Decision::Deny(Reason::NotApplicable));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Update {
    /// A name, and whatever else no rule depends on.
    Settings,
    /// Who can see a project or a cluster.
    Visibility(Visibility),
    /// The permissions of a custom role.
    Permissions(RolePermissions),
}

/// What an action updates, without the values.
#[derive(Clone, Copy)]
pub(crate) enum Updated {
    Settings,
    Visibility,
    Permissions,
    /// The action is no update.
    Nothing,
}

impl Update {
    #[inline]
    pub(crate) const fn updated(self) -> Updated {
        match self {
            Self::Settings => Updated::Settings,
            Self::Visibility(_) => Updated::Visibility,
            Self::Permissions(_) => Updated::Permissions,
        }
    }
}

impl Updated {
    const ALL: [Self; 4] = [Self::Settings, Self::Visibility, Self::Permissions, Self::Nothing];

    /// Whether this can be asked on a resource of this kind.
    // A bit among others: which actions are updates cannot be predicted, that an update suits its resource can.
    #[inline]
    pub(crate) const fn suits(self, on: ResourceKind) -> bool {
        SUITING >> self.place(on) & 1 == 1
    }

    #[inline]
    #[expect(clippy::as_conversions, reason = "the discriminant of a fieldless enum is its position")]
    const fn place(self, on: ResourceKind) -> usize {
        on.index() << 2 | self as usize
    }

    const fn suits_by_parameter(self, on: ResourceKind) -> bool {
        match (ActionKind::Update.parameter(on), self) {
            (_, Self::Nothing)
            | (ParameterKind::Permissions, Self::Permissions)
            | (ParameterKind::Visibility, Self::Settings | Self::Visibility) => true,
            (ParameterKind::Permissions | ParameterKind::Visibility, _) => false,
            (_, updated) => matches!(updated, Self::Settings),
        }
    }
}

/// A bit for each kind of resource and what suits it.
const SUITING: u64 = {
    let mut bits = 0;
    let mut kinds = ResourceKind::ALL.as_slice();
    while let [on, others @ ..] = kinds {
        let mut all = Updated::ALL.as_slice();
        while let [updated, others @ ..] = all {
            if updated.suits_by_parameter(*on) {
                bits |= 1 << updated.place(*on);
            }
            all = others;
        }
        kinds = others;
    }
    bits
};

names! {
    /// The kinds of parameter that an action can take.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::ActionKind;
    /// use shipgate::model::{ParameterKind, ResourceKind};
    ///
    /// assert_eq!(ActionKind::ChangeRole.parameter(ResourceKind::Member), ParameterKind::Role);
    /// assert_eq!(ActionKind::Update.parameter(ResourceKind::Role), ParameterKind::Permissions);
    /// assert_eq!(ActionKind::Update.parameter(ResourceKind::Team), ParameterKind::None);
    /// ```
    pub enum ParameterKind: "kind of parameter" {
        /// The action takes no parameter.
        None = "none",
        /// A role in the organization, with an optional expiry of the membership.
        Invitation = "invitation",
        /// A role in the organization.
        Role = "role",
        /// The rank and the permissions of a custom role.
        Definition = "definition",
        /// The permissions of a custom role.
        Permissions = "permissions",
        /// Who can see a project or a cluster, or nothing.
        Visibility = "visibility",
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

/// The parameter of an action: the value that the subject asks to give or to set. `C` names a custom role.
///
/// # Examples
///
/// ```
/// use shipgate::{Action, Role, model::Parameter};
///
/// let promote: Action<&str> = Action::ChangeRole { to: Role::Admin.into() };
/// assert_eq!(promote.parameter(), Parameter::Role(Role::Admin.into()));
/// assert_eq!(Action::<&str>::View.parameter(), Parameter::None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter<C> {
    /// No parameter.
    None,
    /// A role in the organization, and the expiry of the membership.
    Invitation {
        /// The role.
        role: AnyRole<C>,
        /// When the membership expires; `None` if it does not.
        expires_at: Option<Time>,
    },
    /// A role in the organization.
    Role(AnyRole<C>),
    /// The rank and the permissions of a custom role.
    Definition(RoleDefinition),
    /// The permissions of a custom role.
    Permissions(RolePermissions),
    /// Who can see a project or a cluster; `None` leaves it as it is.
    Visibility(Option<Visibility>),
    /// The new expiry; `None` for no expiry.
    Expiry(Option<Time>),
    /// A role in a project; `None` removes it.
    ProjectRole(Option<Grant<ProjectRole>>),
    /// Access to a cluster; `None` restores the default.
    ClusterAccess(Option<Grant<ClusterAccess>>),
    /// A protection.
    Protection(Protection),
}

impl<C> Parameter<C> {
    /// The kind of this parameter.
    #[must_use]
    pub const fn kind(&self) -> ParameterKind {
        match self {
            Self::None => ParameterKind::None,
            Self::Invitation { .. } => ParameterKind::Invitation,
            Self::Role(_) => ParameterKind::Role,
            Self::Definition(_) => ParameterKind::Definition,
            Self::Permissions(_) => ParameterKind::Permissions,
            Self::Visibility(_) => ParameterKind::Visibility,
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
/// use shipgate::ActionKind;
/// use shipgate::model::{Parameter, ResourceKind};
///
/// let error = ActionKind::ChangeRole.with::<&str>(ResourceKind::Member, Parameter::None).unwrap_err();
/// assert_eq!(error.to_string(), "`change_role` of the type `member` takes a parameter of the kind `role`, not `none`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{action}` of the type `{on}` takes a parameter of the kind `{}`, not `{given}`", action.parameter(*on))]
pub struct ParameterError {
    pub(crate) action: ActionKind,
    pub(crate) on: ResourceKind,
    pub(crate) given: ParameterKind,
}
