//! Levels of access to a cluster.

use crate::model::names::names;
use crate::model::project::Visibility;
use crate::model::role::{Permission, RankedPermissions, Role};
use crate::model::time::GrantState;

names! {
    /// A member's access to one cluster. Each level includes those before it.
    ///
    /// A role gives a default ([`ClusterAccess::default_of`]). Access that is set for one member and one cluster
    /// *overrides* the default, up or down, but gives no more than the role's ceiling ([`ClusterAccess::ceiling_of`]). It
    /// has no effect on an Owner, who can manage every cluster.
    ///
    /// The rule is in the guide: [cluster access](crate::_guide::policy#cluster-access).
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{ClusterAccess, Role};
    ///
    /// assert!(ClusterAccess::Deploy > ClusterAccess::View);
    /// assert_eq!(ClusterAccess::default_of(Role::Developer), ClusterAccess::Deploy);
    /// assert_eq!(ClusterAccess::ceiling_of(Role::Developer), ClusterAccess::Manage);
    /// assert_eq!(ClusterAccess::ceiling_of(Role::Billing), ClusterAccess::None);
    /// ```
    #[derive(PartialOrd, Ord)]
    pub enum ClusterAccess: "cluster level" {
        /// No access: the cluster is hidden from the member.
        None = "none",
        /// View the cluster, and the deployments, logs and metrics on it.
        View = "view",
        /// Also deploy to the cluster and restart what runs on it.
        Deploy = "deploy",
        /// Also manage the cluster's nodes, network and storage, and disconnect it.
        Manage = "manage",
    }
}

/// How far cluster access goes for a rank: a row of the table of ranks.
#[derive(Clone, Copy)]
struct Bounds {
    /// The access of a member without an override, on a cluster that the organization can see.
    default: ClusterAccess,
    /// The same on a cluster that only its members can see.
    default_on_hidden: ClusterAccess,
    /// The most that an override can give.
    ceiling: ClusterAccess,
    /// The least that an override can leave.
    floor: ClusterAccess,
}

impl Bounds {
    const fn row(rank: Role) -> Self {
        use ClusterAccess::{Deploy, Manage, None, View};
        let (default, default_on_hidden, ceiling, floor) = match rank {
            Role::Owner => (Manage, Manage, Manage, Manage),
            // A custom role without `manage_clusters` has a lower default: see `default_for`.
            Role::Admin => (Manage, Manage, Manage, None),
            Role::Developer => (Deploy, None, Manage, None),
            Role::Viewer => (View, None, View, None),
            Role::Billing => (None, None, None, None),
        };
        Self { default, default_on_hidden, ceiling, floor }
    }
}

impl ClusterAccess {
    /// The access of a member with this built-in role who has no override, on a cluster that the organization can see.
    #[must_use]
    pub const fn default_of(role: Role) -> Self {
        Bounds::row(role).default
    }

    /// The most access that an override can give a member of this rank: a Viewer can only view clusters, and a Billing
    /// member cannot see them at all.
    ///
    /// The ceiling applies at every decision, so after a demotion an old override is cut down to what the new role allows.
    #[must_use]
    pub const fn ceiling_of(rank: Role) -> Self {
        Bounds::row(rank).ceiling
    }

    /// The access of a member with this role who has no override.
    #[inline]
    pub(crate) const fn default_for(role: RankedPermissions, visibility: Visibility) -> Self {
        let Bounds { default, default_on_hidden, .. } = Bounds::row(role.rank);
        let by_rank = match visibility {
            Visibility::Organization => default,
            Visibility::Members => default_on_hidden,
        };
        // Only the rank admin has a default that depends on a permission. The Owner's is not lowered.
        if matches!(by_rank, Self::Manage) && !role.permissions.contains(Permission::ManageClusters) {
            Self::Deploy
        } else {
            by_rank
        }
    }

    /// The access that a role and an override add up to on a cluster.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
    pub(crate) const fn of(role: RankedPermissions, on: OnCluster) -> Self {
        let Bounds { ceiling, floor, .. } = Bounds::row(role.rank);
        let level = match on.granted {
            GrantState::Nothing => Self::default_for(role, on.visibility),
            GrantState::InForce(level) => level,
            GrantState::Lowering(level) => level.or_lower(Self::default_for(role, on.visibility)),
        };
        level.or_lower(ceiling).or_higher(floor)
    }

    /// The access that the role that counts in a project and an override add up to, for a member with a role in the
    /// organization. An override counts for no more there than that role's ceiling, or the default of the role that counts.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
    pub(crate) const fn in_project(role: Role, standing: RankedPermissions, on: OnCluster) -> Self {
        let cap = Self::cap(role, standing);
        let granted = match on.granted {
            GrantState::Nothing => GrantState::Nothing,
            GrantState::InForce(level) => GrantState::InForce(level.or_lower(cap)),
            GrantState::Lowering(level) => GrantState::Lowering(level.or_lower(cap)),
        };
        Self::of(standing, OnCluster { granted, ..on })
    }

    /// The most that an override gives inside a project.
    #[inline]
    const fn cap(role: Role, standing: RankedPermissions) -> Self {
        Bounds::row(role).ceiling.or_higher(Self::default_for(standing, Visibility::Organization))
    }

    /// Whether this level includes another.
    #[inline]
    pub(crate) const fn includes(self, other: Self) -> bool {
        self.index() >= other.index()
    }

    #[inline]
    const fn or_lower(self, other: Self) -> Self {
        if self.includes(other) { other } else { self }
    }

    #[inline]
    const fn or_higher(self, other: Self) -> Self {
        if self.includes(other) { self } else { other }
    }
}

/// What a member has on a cluster: who can see the cluster, and how an override counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OnCluster {
    pub(crate) visibility: Visibility,
    pub(crate) granted: GrantState<ClusterAccess>,
}
