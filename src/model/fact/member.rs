//! Accounts, their memberships, custom roles, teams, and grants.

use core::borrow::Borrow;

use super::handle;
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind};
use crate::model::custom_role::{AnyRole, CustomRole, RoleDefinition};
use crate::model::grants::{Granted, Grants};
use crate::model::membership::Membership;
use crate::model::project::Visibility;
#[cfg(feature = "directory")]
use crate::model::role::Permissions;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::model::team::Team;
use crate::model::time::{Grant, GrantState, Now, Time};

handle! {
    /// An account.
    AccountFact of Account
}

impl<'a, Id> AccountFact<'a, Id> {
    #[inline]
    pub(crate) fn id(self) -> &'a Id {
        self.0.id()
    }

    #[inline]
    pub(crate) fn kind(self) -> AccountKind {
        self.0.kind()
    }

    /// The memberships, in the order of their organizations' ids.
    #[cfg(feature = "directory")]
    pub(crate) fn memberships(self) -> impl ExactSizeIterator<Item = MembershipFact<'a, Id>> + use<'a, Id> {
        self.0.memberships().map(MembershipFact)
    }

    /// The membership in an organization, even if it has expired.
    #[inline]
    pub(crate) fn membership<Q: Ord + ?Sized>(self, organization: &Q) -> Option<MembershipFact<'a, Id>>
    where
        Id: Ord + Borrow<Q>,
    {
        self.0.membership(organization).map(MembershipFact)
    }

    #[cfg(feature = "directory")]
    pub(crate) fn to_account(self) -> Account<Id>
    where
        Id: Clone,
    {
        self.0.clone()
    }
}

handle! {
    /// What an account has in one organization.
    MembershipFact of Membership
}

impl<'a, Id> MembershipFact<'a, Id> {
    #[cfg(feature = "directory")]
    pub(crate) fn organization(self) -> &'a Id {
        self.0.organization()
    }

    pub(crate) fn role(self) -> AnyRole<&'a Id> {
        self.0.role()
    }

    /// The rank of the role, even if a service account acts with a lower one.
    #[inline]
    pub(crate) fn rank(self) -> Role {
        self.0.rank()
    }

    /// The permissions of the role, even if a service account acts with others.
    #[cfg(feature = "directory")]
    pub(crate) fn permissions(self) -> Permissions {
        self.0.permissions()
    }

    #[inline]
    pub(crate) fn expires_at(self) -> Option<Time> {
        self.0.expires_at()
    }

    #[inline]
    pub(crate) fn live(self, now: Now) -> bool {
        self.0.live(now)
    }

    /// The role that an account of this kind acts with.
    #[inline]
    pub(crate) fn acting(self, kind: AccountKind) -> RankedPermissions {
        self.0.acting(kind)
    }

    /// Whether there are neither grants nor teams; then the role is a built-in one.
    #[inline]
    pub(crate) fn has_only_a_role(self) -> bool {
        self.0.has_only_a_role()
    }

    /// The ids of the teams that the member is in, in order.
    #[cfg(feature = "directory")]
    pub(crate) fn teams(self) -> impl ExactSizeIterator<Item = &'a Id> + use<'a, Id> {
        self.0.teams()
    }

    /// The teams that the member is in, with their grants.
    pub(crate) fn team_grants(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, GrantsFact<'a, Id>)> + Clone + use<'a, Id> {
        self.0.team_grants().iter().map(|(team, grants)| (team, GrantsFact(grants)))
    }

    /// The member's own grants.
    pub(crate) fn own_grants(self) -> Option<GrantsFact<'a, Id>> {
        self.0.own_grants().map(GrantsFact)
    }

    /// Whether the member has grants of their own or places in teams.
    #[cfg(feature = "directory")]
    pub(crate) fn has_grants_or_teams(self) -> bool {
        self.0.has_grants_or_teams()
    }

    #[cfg(feature = "directory")]
    pub(crate) fn cluster_accesses(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ClusterAccess>)> + use<'a, Id> {
        self.0.cluster_accesses()
    }

    #[cfg(feature = "directory")]
    pub(crate) fn project_roles(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ProjectRole>)> + use<'a, Id> {
        self.0.project_roles()
    }

    pub(crate) fn to_membership(self) -> Membership<Id>
    where
        Id: Clone,
    {
        self.0.clone()
    }
}

impl<Id: Ord> MembershipFact<'_, Id> {
    /// The member's own access to a cluster, even if it has expired.
    pub(crate) fn cluster_access<Q: Ord + ?Sized>(self, cluster: &Q) -> Option<Grant<ClusterAccess>>
    where
        Id: Borrow<Q>,
    {
        self.0.cluster_access(cluster)
    }

    /// The member's own role in a project, even if it has expired.
    pub(crate) fn project_role<Q: Ord + ?Sized>(self, project: &Q) -> Option<Grant<ProjectRole>>
    where
        Id: Borrow<Q>,
    {
        self.0.project_role(project)
    }

    /// How the member's overrides on a cluster count: their own, else those of the teams.
    #[inline]
    pub(crate) fn cluster_access_at(self, cluster: &Id, now: Now) -> GrantState<ClusterAccess> {
        self.0.cluster_access_at(cluster, now)
    }

    /// How the member's roles in a project count: their own, else those of the teams.
    #[inline]
    pub(crate) fn project_role_at(self, project: &Id, now: Now) -> GrantState<ProjectRole> {
        self.0.project_role_at(project, now)
    }

    pub(crate) fn is_in_team(self, team: &Id) -> bool {
        self.0.is_in_team(team)
    }
}

handle! {
    /// The grants of a member or of a team.
    GrantsFact of Grants
}

impl<'a, Id> GrantsFact<'a, Id> {
    /// The access to clusters, in the order of the clusters' ids.
    pub(crate) fn overrides(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ClusterAccess>)> + use<'a, Id> {
        self.0.overrides.iter().map(|granted| (&granted.on, granted.visibility, granted.grant))
    }
}

#[cfg(feature = "directory")]
impl<'a, Id> GrantsFact<'a, Id> {
    pub(crate) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The roles in projects, in the order of the projects' ids.
    pub(crate) fn project_roles(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ProjectRole>)> + use<'a, Id> {
        self.0.project_roles.iter().map(|granted| (&granted.on, granted.visibility, granted.grant))
    }
}

impl<'a, Id: Ord> GrantsFact<'a, Id> {
    pub(crate) fn cluster_access(self, cluster: &Id) -> Option<Grant<ClusterAccess>> {
        self.0.cluster_access(cluster)
    }

    pub(crate) fn project_role(self, project: &Id) -> Option<Grant<ProjectRole>> {
        self.0.project_role(project)
    }

    /// The first cluster after another one that there is access to, with who can see it.
    pub(crate) fn next_override(self, after: Option<&Id>) -> Option<(&'a Id, Visibility)> {
        next(self.0.overrides.as_slice(), after)
    }

    /// The first project after another one that there is a role in, with who can see it.
    pub(crate) fn next_project_role(self, after: Option<&Id>) -> Option<(&'a Id, Visibility)> {
        next(self.0.project_roles.as_slice(), after)
    }
}

/// The first place after another one, of a list in order.
fn next<'a, Id: Ord, T>(list: &'a [Granted<Id, T>], after: Option<&Id>) -> Option<(&'a Id, Visibility)> {
    let passed = list.partition_point(|granted| after.is_some_and(|after| granted.on <= *after));
    list.get(passed).map(|granted| (&granted.on, granted.visibility))
}

handle! {
    /// A custom role.
    RoleFact of CustomRole
}

impl<'a, Id> RoleFact<'a, Id> {
    pub(crate) fn id(self) -> &'a Id {
        self.0.id()
    }

    pub(crate) fn organization(self) -> &'a Id {
        self.0.organization()
    }

    pub(crate) fn definition(self) -> RoleDefinition {
        self.0.definition()
    }

    /// The number of members who have the role.
    pub(crate) fn members(self) -> u32 {
        self.0.members()
    }

    pub(crate) fn to_custom_role(self) -> CustomRole<Id>
    where
        Id: Clone,
    {
        self.0.clone()
    }
}

impl<Id> AnyRole<RoleFact<'_, Id>> {
    pub(crate) fn ranked(self) -> RankedPermissions {
        match self {
            Self::BuiltIn(role) => role.into(),
            Self::Custom(role) => role.definition().into(),
        }
    }
}

handle! {
    /// A team.
    TeamFact of Team
}

impl<'a, Id> TeamFact<'a, Id> {
    pub(crate) fn id(self) -> &'a Id {
        self.0.id()
    }

    pub(crate) fn organization(self) -> &'a Id {
        self.0.organization()
    }

    /// The number of members.
    pub(crate) fn members(self) -> u32 {
        self.0.members()
    }

    pub(crate) fn grants(self) -> GrantsFact<'a, Id> {
        GrantsFact(self.0.grants())
    }
}

#[cfg(feature = "directory")]
impl<'a, Id> TeamFact<'a, Id> {
    pub(crate) fn cluster_accesses(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ClusterAccess>)> + use<'a, Id> {
        self.0.cluster_accesses()
    }

    pub(crate) fn project_roles(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ProjectRole>)> + use<'a, Id> {
        self.0.project_roles()
    }

    pub(crate) fn to_team(self) -> Team<Id>
    where
        Id: Clone,
    {
        self.0.clone()
    }
}
