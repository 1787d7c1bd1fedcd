//! Grants: access to clusters and roles in projects, of a member or of a team.

use core::borrow::Borrow;

use crate::model::access::ClusterAccess;
use crate::model::project::Visibility;
use crate::model::role::ProjectRole;
use crate::model::sorted::{Keyed, Sorted};
use crate::model::time::Grant;

/// Whose grant it is: a member's own, or a team's.
///
/// # Examples
///
/// ```
/// use shipgate::Holder;
///
/// let holder: Holder<String> = Holder::Team("on-call".into());
/// assert_eq!(holder.as_ref(), Holder::Team(&"on-call".to_string()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder<I> {
    /// A member, by the id of the account.
    Account(I),
    /// A team.
    Team(I),
}

impl<I> Holder<I> {
    /// Converts the id.
    pub fn map<J>(self, id: impl FnOnce(I) -> J) -> Holder<J> {
        match self {
            Self::Account(account) => Holder::Account(id(account)),
            Self::Team(team) => Holder::Team(id(team)),
        }
    }

    /// Borrows the id.
    pub const fn as_ref(&self) -> Holder<&I> {
        match self {
            Self::Account(account) => Holder::Account(account),
            Self::Team(team) => Holder::Team(team),
        }
    }

    /// The id, of an account or of a team.
    pub const fn id(&self) -> &I {
        match self {
            Self::Account(id) | Self::Team(id) => id,
        }
    }
}

/// A grant on a cluster or in a project, with who can see that cluster or project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Granted<Id, T> {
    pub(crate) on: Id,
    pub(crate) visibility: Visibility,
    pub(crate) grant: Grant<T>,
}

impl<Id, T> Keyed for Granted<Id, T> {
    type Key = Id;

    #[inline]
    fn key(&self) -> &Id {
        &self.on
    }
}

/// The grants of a member or of a team, each kind in the order of the ids that they are on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Grants<Id> {
    pub(crate) overrides: Sorted<Granted<Id, ClusterAccess>, 1>,
    pub(crate) project_roles: Sorted<Granted<Id, ProjectRole>, 1>,
}

impl<Id> Default for Grants<Id> {
    fn default() -> Self {
        Self { overrides: Sorted::new(), project_roles: Sorted::new() }
    }
}

impl<Id: Ord> Grants<Id> {
    #[inline]
    pub(crate) fn cluster_access<Q: Ord + ?Sized>(&self, cluster: &Q) -> Option<Grant<ClusterAccess>>
    where
        Id: Borrow<Q>,
    {
        self.overrides.get(cluster).map(|granted| granted.grant)
    }

    #[inline]
    pub(crate) fn project_role<Q: Ord + ?Sized>(&self, project: &Q) -> Option<Grant<ProjectRole>>
    where
        Id: Borrow<Q>,
    {
        self.project_roles.get(project).map(|granted| granted.grant)
    }
}

impl<Id: Ord> Grants<Id> {
    /// Sets or removes access to a cluster.
    pub(crate) fn replace_cluster_access(
        &mut self,
        cluster: Id,
        visibility: Visibility,
        grant: Option<Grant<ClusterAccess>>,
    ) {
        replace(&mut self.overrides, cluster, visibility, grant);
    }

    /// Sets or removes a role in a project.
    pub(crate) fn replace_project_role(
        &mut self,
        project: Id,
        visibility: Visibility,
        grant: Option<Grant<ProjectRole>>,
    ) {
        replace(&mut self.project_roles, project, visibility, grant);
    }
}

fn replace<Id: Ord, T>(
    grants: &mut Sorted<Granted<Id, T>, 1>,
    on: Id,
    visibility: Visibility,
    grant: Option<Grant<T>>,
) {
    match grant {
        Some(grant) => grants.replace(Granted { on, visibility, grant }),
        None => drop(grants.remove(&on)),
    }
}
