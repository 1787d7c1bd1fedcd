//! Accounts and their memberships.

use core::borrow::Borrow;
use core::fmt;

#[cfg(feature = "directory")]
use super::stored::{Either, StoredAccount, StoredMembership};
use super::{GrantsFact, model};
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind};
use crate::model::custom_role::AnyRole;
use crate::model::membership::Membership;
use crate::model::names::copy;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::model::time::{Grant, GrantState, Now, Time};

/// An account.
pub(crate) enum AccountFact<'a, Id> {
    Model(&'a Account<Id>),
    #[cfg(feature = "directory")]
    Stored(StoredAccount<'a, Id>),
}

impl<'a, Id> AccountFact<'a, Id> {
    #[inline]
    pub(crate) const fn of(account: &'a Account<Id>) -> Self {
        Self::Model(account)
    }

    #[inline]
    pub(crate) fn id(self) -> &'a Id {
        match self {
            Self::Model(account) => account.id(),
            #[cfg(feature = "directory")]
            Self::Stored(account) => account.id(),
        }
    }

    #[inline]
    pub(crate) fn kind(self) -> AccountKind {
        match self {
            Self::Model(account) => account.kind(),
            #[cfg(feature = "directory")]
            Self::Stored(account) => account.kind(),
        }
    }

    /// The membership in an organization, even if it has expired.
    #[inline]
    pub(crate) fn membership<Q: Ord + ?Sized>(self, organization: &Q) -> Option<MembershipFact<'a, Id>>
    where
        Id: Ord + Borrow<Q>,
    {
        match self {
            Self::Model(account) => account.membership(organization).map(MembershipFact::of),
            #[cfg(feature = "directory")]
            Self::Stored(account) => account.membership(organization).map(MembershipFact::Stored),
        }
    }
}

impl<'a, Id> From<&'a Account<Id>> for AccountFact<'a, Id> {
    #[inline]
    fn from(account: &'a Account<Id>) -> Self {
        Self::of(account)
    }
}

/// What an account has in one organization.
pub(crate) enum MembershipFact<'a, Id> {
    Model(&'a Membership<Id>),
    #[cfg(feature = "directory")]
    Stored(StoredMembership<'a, Id>),
}

impl<'a, Id> MembershipFact<'a, Id> {
    #[inline]
    pub(crate) const fn of(membership: &'a Membership<Id>) -> Self {
        Self::Model(membership)
    }

    pub(crate) fn role(self) -> AnyRole<&'a Id> {
        match self {
            Self::Model(membership) => membership.role(),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => membership.role(),
        }
    }

    /// The rank of the role, even if a service account acts with a lower one.
    #[inline]
    pub(crate) fn rank(self) -> Role {
        match self {
            Self::Model(membership) => membership.rank(),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => membership.own().rank,
        }
    }

    #[inline]
    pub(crate) fn expires_at(self) -> Option<Time> {
        match self {
            Self::Model(membership) => membership.expires_at(),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => membership.expires_at(),
        }
    }

    #[inline]
    pub(crate) fn live(self, now: Now) -> bool {
        match self {
            Self::Model(membership) => membership.live(now),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => now.before(membership.expires_at()),
        }
    }

    /// The role that an account of this kind acts with.
    #[inline]
    pub(crate) fn acting(self, kind: AccountKind) -> RankedPermissions {
        match self {
            Self::Model(membership) => membership.acting(kind),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => membership.acting(),
        }
    }

    /// Whether there are neither grants nor teams; then the role is a built-in one.
    #[cfg(feature = "directory")]
    #[inline]
    pub(crate) fn has_only_a_role(self) -> bool {
        match self {
            Self::Model(membership) => membership.has_only_a_role(),
            Self::Stored(membership) => membership.has_only_a_role(),
        }
    }

    /// The teams that the member is in, in the order of their ids, with their grants.
    pub(crate) fn team_grants(self) -> impl Iterator<Item = (&'a Id, GrantsFact<'a, Id>)> + Clone + use<'a, Id> {
        match self {
            Self::Model(membership) => {
                model(membership.team_grants().iter().map(|(team, grants)| (team, GrantsFact::of(grants))))
            }
            #[cfg(feature = "directory")]
            Self::Stored(membership) => Either::Stored(membership.teams()),
        }
    }

    /// The member's own grants.
    pub(crate) fn own_grants(self) -> Option<GrantsFact<'a, Id>> {
        match self {
            Self::Model(membership) => membership.own_grants().map(GrantsFact::of),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => Some(GrantsFact::Stored(membership.own_grants())),
        }
    }

    pub(crate) fn to_membership(self) -> Membership<Id>
    where
        Id: Clone,
    {
        match self {
            Self::Model(membership) => membership.clone(),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => membership.to_membership(),
        }
    }
}

impl<Id: Ord> MembershipFact<'_, Id> {
    /// The member's own access to a cluster, even if it has expired.
    pub(crate) fn cluster_access<Q: Ord + ?Sized>(self, cluster: &Q) -> Option<Grant<ClusterAccess>>
    where
        Id: Borrow<Q>,
    {
        self.own_grants()?.cluster_access(cluster)
    }

    /// The member's own role in a project, even if it has expired.
    pub(crate) fn project_role<Q: Ord + ?Sized>(self, project: &Q) -> Option<Grant<ProjectRole>>
    where
        Id: Borrow<Q>,
    {
        self.own_grants()?.project_role(project)
    }

    /// How the member's overrides on a cluster count: their own, else those of the teams.
    #[inline]
    pub(crate) fn cluster_access_at(self, cluster: &Id, now: Now) -> GrantState<ClusterAccess> {
        match self {
            Self::Model(membership) => membership.cluster_access_at(cluster, now),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => membership.cluster_access_at(cluster, now),
        }
    }

    /// How the member's roles in a project count: their own, else those of the teams.
    #[inline]
    pub(crate) fn project_role_at(self, project: &Id, now: Now) -> GrantState<ProjectRole> {
        match self {
            Self::Model(membership) => membership.project_role_at(project, now),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => membership.project_role_at(project, now),
        }
    }

    pub(crate) fn is_in_team(self, team: &Id) -> bool {
        match self {
            Self::Model(membership) => membership.is_in_team(team),
            #[cfg(feature = "directory")]
            Self::Stored(membership) => membership.teams().any(|(id, _)| id == team),
        }
    }
}

impl<'a, Id> From<&'a Membership<Id>> for MembershipFact<'a, Id> {
    #[inline]
    fn from(membership: &'a Membership<Id>) -> Self {
        Self::of(membership)
    }
}

copy!(AccountFact, MembershipFact);

impl<Id: fmt::Debug> fmt::Debug for AccountFact<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", self.id()).field("kind", &self.kind()).finish_non_exhaustive()
    }
}

impl<Id: fmt::Debug> fmt::Debug for MembershipFact<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (role, expires_at) = (self.role(), self.expires_at());
        f.debug_struct("Membership").field("role", &role).field("expires_at", &expires_at).finish_non_exhaustive()
    }
}
