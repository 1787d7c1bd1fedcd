//! Grants of members and teams, custom roles, and teams.

use core::borrow::Borrow;
use core::fmt;

#[cfg(feature = "directory")]
use super::stored::{Either, StoredGrants, StoredTeam};
use super::{handle, model};
use crate::model::access::ClusterAccess;
use crate::model::custom_role::{AnyRole, CustomRole, RoleDefinition};
use crate::model::grants::{Granted, Grants};
use crate::model::names::copy;
use crate::model::project::Visibility;
use crate::model::role::{ProjectRole, RankedPermissions};
use crate::model::team::Team;
use crate::model::time::Grant;

/// The grants of a member or of a team.
pub(crate) enum GrantsFact<'a, Id> {
    Model(&'a Grants<Id>),
    #[cfg(feature = "directory")]
    Stored(StoredGrants<'a, Id>),
}

impl<'a, Id> GrantsFact<'a, Id> {
    pub(crate) const fn of(grants: &'a Grants<Id>) -> Self {
        Self::Model(grants)
    }

    /// The access to clusters, in the order of the clusters' ids.
    pub(crate) fn overrides(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ClusterAccess>)> + use<'a, Id> {
        match self {
            Self::Model(grants) => model(grants.overrides.iter().map(listed)),
            #[cfg(feature = "directory")]
            Self::Stored(grants) => Either::Stored(grants.overrides()),
        }
    }

    /// The roles in projects, in the order of the projects' ids.
    #[cfg(feature = "directory")]
    pub(crate) fn project_roles(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ProjectRole>)> + use<'a, Id> {
        match self {
            Self::Model(grants) => model(grants.project_roles.iter().map(listed)),
            Self::Stored(grants) => Either::Stored(grants.project_roles()),
        }
    }

    #[cfg(feature = "directory")]
    pub(crate) fn is_empty(self) -> bool {
        self.overrides().len() == 0 && self.project_roles().len() == 0
    }
}

fn listed<Id, T: Copy>(granted: &Granted<Id, T>) -> (&Id, Visibility, Grant<T>) {
    (&granted.on, granted.visibility, granted.grant)
}

impl<'a, Id: Ord> GrantsFact<'a, Id> {
    pub(crate) fn cluster_access<Q: Ord + ?Sized>(self, cluster: &Q) -> Option<Grant<ClusterAccess>>
    where
        Id: Borrow<Q>,
    {
        match self {
            Self::Model(grants) => grants.cluster_access(cluster),
            #[cfg(feature = "directory")]
            Self::Stored(grants) => grants.cluster_access(cluster),
        }
    }

    pub(crate) fn project_role<Q: Ord + ?Sized>(self, project: &Q) -> Option<Grant<ProjectRole>>
    where
        Id: Borrow<Q>,
    {
        match self {
            Self::Model(grants) => grants.project_role(project),
            #[cfg(feature = "directory")]
            Self::Stored(grants) => grants.project_role(project),
        }
    }

    /// The first cluster after another one that there is access to, with who can see it.
    pub(crate) fn next_override(self, after: Option<&Id>) -> Option<(&'a Id, Visibility)> {
        match self {
            Self::Model(grants) => next(grants.overrides.as_slice(), after),
            #[cfg(feature = "directory")]
            Self::Stored(grants) => grants.next_override(after),
        }
    }

    /// The first project after another one that there is a role in, with who can see it.
    pub(crate) fn next_project_role(self, after: Option<&Id>) -> Option<(&'a Id, Visibility)> {
        match self {
            Self::Model(grants) => next(grants.project_roles.as_slice(), after),
            #[cfg(feature = "directory")]
            Self::Stored(grants) => grants.next_project_role(after),
        }
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

/// A team.
pub(crate) enum TeamFact<'a, Id> {
    Model(&'a Team<Id>),
    #[cfg(feature = "directory")]
    Stored(StoredTeam<'a, Id>),
}

impl<'a, Id> TeamFact<'a, Id> {
    pub(crate) const fn of(team: &'a Team<Id>) -> Self {
        Self::Model(team)
    }

    pub(crate) fn id(self) -> &'a Id {
        match self {
            Self::Model(team) => team.id(),
            #[cfg(feature = "directory")]
            Self::Stored(team) => team.id(),
        }
    }

    pub(crate) fn organization(self) -> &'a Id {
        match self {
            Self::Model(team) => team.organization(),
            #[cfg(feature = "directory")]
            Self::Stored(team) => team.organization(),
        }
    }

    /// The number of members.
    pub(crate) fn members(self) -> u32 {
        match self {
            Self::Model(team) => team.members(),
            #[cfg(feature = "directory")]
            Self::Stored(team) => team.members(),
        }
    }

    pub(crate) fn grants(self) -> GrantsFact<'a, Id> {
        match self {
            Self::Model(team) => GrantsFact::of(team.grants()),
            #[cfg(feature = "directory")]
            Self::Stored(team) => GrantsFact::Stored(team.grants()),
        }
    }
}

impl<'a, Id> From<&'a Team<Id>> for TeamFact<'a, Id> {
    fn from(team: &'a Team<Id>) -> Self {
        Self::of(team)
    }
}

copy!(GrantsFact, TeamFact);

impl<Id: fmt::Debug> fmt::Debug for TeamFact<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Team").field("id", self.id()).finish_non_exhaustive()
    }
}
