//! Cluster levels: what a role gives by default, how far an override may raise it, and clusters themselves.

use crate::names::names;
use crate::role::Role;
use crate::time::Held;

names! {
    /// What a member may do on one cluster. A level includes those below it.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Level, Role};
    ///
    /// assert!(Level::Deploy > Level::View);
    /// assert_eq!(Level::default_of(Role::Developer), Level::Deploy);
    /// assert_eq!(Level::ceiling_of(Role::Developer), Level::Manage);
    /// assert_eq!(Level::ceiling_of(Role::Billing), Level::None);
    /// ```
    #[derive(PartialOrd, Ord)]
    pub enum Level: "cluster level" {
        /// Shut out.
        None = "none",
        /// Deployments, logs and metrics, read only.
        View = "view",
        /// Deploy and restart as well.
        Deploy = "deploy",
        /// Nodes, network, storage and names as well.
        Manage = "manage",
    }
}

impl Level {
    /// The level of a member who has no override (source: the default cluster permissions).
    #[must_use]
    pub const fn default_of(role: Role) -> Self {
        match role {
            Role::Owner | Role::Admin => Self::Manage,
            Role::Developer => Self::Deploy,
            Role::Billing => Self::None,
            Role::Viewer => Self::View,
        }
    }

    /// The most that an override can give: a Viewer "cannot make any changes", Billing "cannot view or interact with
    /// clusters". The ceiling clamps at decision time too, so an override left behind by a demotion dies with it.
    #[must_use]
    pub const fn ceiling_of(role: Role) -> Self {
        match role {
            Role::Owner | Role::Admin | Role::Developer => Self::Manage,
            Role::Billing => Self::None,
            Role::Viewer => Self::View,
        }
    }

    /// The level that a role and an override make: an Owner is never lowered, the ceiling clamps everyone else.
    #[inline]
    pub(crate) fn of(role: Role, held: Held<Self>) -> Self {
        let Bounds { default, ceiling, floor } = Bounds::of(role);
        let level = match held {
            Held::Nothing => default,
            Held::InForce(level) => level,
            Held::Lowering(level) => level.min(default),
        };
        level.min(ceiling).max(floor)
    }
}

/// What a role makes of overrides.
#[derive(Clone, Copy)]
struct Bounds {
    default: Level,
    ceiling: Level,
    /// What no override lowers.
    floor: Level,
}

impl Bounds {
    /// Looked up, not reckoned: which role it is cannot be predicted, and a branch would be dearer than the table.
    #[inline]
    fn of(role: Role) -> Self {
        static BY_ROLE: [Bounds; Role::ALL.len()] = {
            let [a, b, c, d, e] = Role::ALL;
            [Bounds::reckon(a), Bounds::reckon(b), Bounds::reckon(c), Bounds::reckon(d), Bounds::reckon(e)]
        };
        BY_ROLE.get(role.index()).copied().unwrap_or(Self::SHUT_OUT)
    }

    const SHUT_OUT: Self = Self { default: Level::None, ceiling: Level::None, floor: Level::None };

    const fn reckon(role: Role) -> Self {
        let floor = match role {
            Role::Owner => Level::Manage,
            Role::Admin | Role::Developer | Role::Billing | Role::Viewer => Level::None,
        };
        Self { default: Level::default_of(role), ceiling: Level::ceiling_of(role), floor }
    }
}

/// A cluster: where environments run. It belongs to one organization.
///
/// # Examples
///
/// ```
/// use shipgate::Cluster;
///
/// let us_east = Cluster::new("us-east", "acme-corp").with_environments(2);
/// assert_eq!(us_east.environments(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cluster<Id> {
    id: Id,
    organization: Id,
    environments: u32,
}

impl<Id> Cluster<Id> {
    /// A cluster to which no environment deploys yet.
    #[must_use]
    pub const fn new(id: Id, organization: Id) -> Self {
        Self { id, organization, environments: 0 }
    }

    /// The same cluster, with so many environments deploying to it. It cannot be disconnected while there is one.
    #[must_use]
    pub fn with_environments(self, environments: u32) -> Self {
        Self { environments, ..self }
    }

    #[cfg(feature = "directory")]
    pub(crate) fn add_environment(&mut self) {
        self.environments = self.environments.saturating_add(1);
    }

    #[cfg(feature = "directory")]
    pub(crate) fn remove_environment(&mut self) {
        self.environments = self.environments.saturating_sub(1);
    }

    /// Its id.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that it belongs to.
    #[must_use]
    #[inline]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// How many environments deploy to it.
    #[must_use]
    #[inline]
    pub const fn environments(&self) -> u32 {
        self.environments
    }
}
