//! Teams: members who have grants together.

use alloc::sync::Arc;

use crate::model::access::ClusterAccess;
use crate::model::account::AccountError;
use crate::model::cluster::Cluster;
use crate::model::grants::{Granted, Grants};
use crate::model::project::{Project, Visibility};
use crate::model::role::ProjectRole;
use crate::model::time::Grant;

/// A team of an organization. What is granted to it counts for each of its members who has no grant of their own there.
///
/// Of the grants of several teams, the highest counts. A member joins with [`Membership::in_team`](crate::Membership::in_team),
/// which takes the team's grants as they are then.
///
/// The rule is in the guide: [teams](crate::_guide::policy#teams).
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Action, Cluster, ClusterAccess, Decision, Membership, Role, Team, Visibility, decide};
///
/// let secret = Cluster::new("secret", "acme-corp").with_visibility(Visibility::Members);
/// let on_call = Team::new("on-call", "acme-corp").with_cluster_access(&secret, ClusterAccess::Deploy)?;
/// let alice = Account::user("alice").with(Membership::new("acme-corp", Role::Developer).in_team(&on_call)?)?;
/// assert_eq!(decide(&alice, Action::Deploy, &secret), Decision::Allow);
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Team<Id> {
    id: Id,
    organization: Id,
    members: u32,
    grants: Arc<Grants<Id>>,
}

impl<Id> Team<Id> {
    /// A team of an organization, without members or grants.
    #[must_use]
    pub fn new(id: Id, organization: Id) -> Self {
        Self { id, organization, members: 0, grants: Arc::new(Grants::default()) }
    }

    /// Sets the number of members, those whose membership has expired included. The team cannot be deleted while there are
    /// any.
    #[must_use]
    pub fn with_members(self, members: u32) -> Self {
        Self { members, ..self }
    }

    /// The id of the team.
    #[must_use]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The organization that the team belongs to.
    #[must_use]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// The number of members.
    #[must_use]
    pub const fn members(&self) -> u32 {
        self.members
    }

    /// The team's access to clusters, in the order of the clusters' ids, each with who can see the cluster.
    pub fn cluster_accesses(&self) -> impl ExactSizeIterator<Item = (&Id, Visibility, Grant<ClusterAccess>)> {
        self.grants.overrides.iter().map(|granted| (&granted.on, granted.visibility, granted.grant))
    }

    /// The team's roles in projects, in the order of the projects' ids, each with who can see the project.
    pub fn project_roles(&self) -> impl ExactSizeIterator<Item = (&Id, Visibility, Grant<ProjectRole>)> {
        self.grants.project_roles.iter().map(|granted| (&granted.on, granted.visibility, granted.grant))
    }

    #[cfg(feature = "directory")]
    pub(crate) fn with_grants(self, grants: Arc<Grants<Id>>) -> Self {
        Self { grants, ..self }
    }

    pub(crate) const fn grants(&self) -> &Arc<Grants<Id>> {
        &self.grants
    }
}

impl<Id: Ord + Clone> Team<Id> {
    /// Grants the team access to a cluster of its organization.
    ///
    /// # Errors
    ///
    /// [`AccountError::Foreign`] if the cluster belongs to another organization;
    /// [`AccountError::SecondClusterAccess`] if the team already has access to it.
    pub fn with_cluster_access(
        mut self,
        cluster: &Cluster<Id>,
        grant: impl Into<Grant<ClusterAccess>>,
    ) -> Result<Self, AccountError> {
        if *cluster.organization() != self.organization {
            return Err(AccountError::Foreign);
        }
        let granted = Granted { on: cluster.id().clone(), visibility: cluster.visibility(), grant: grant.into() };
        let overrides = &mut Arc::make_mut(&mut self.grants).overrides;
        overrides.insert(granted).map_err(|_| AccountError::SecondClusterAccess)?;
        Ok(self)
    }

    /// Grants the team a role in a project of its organization.
    ///
    /// # Errors
    ///
    /// [`AccountError::Foreign`] if the project belongs to another organization; [`AccountError::SecondProjectRole`] if the
    /// team already has a role in it.
    pub fn with_project_role(
        mut self,
        project: &Project<Id>,
        grant: impl Into<Grant<ProjectRole>>,
    ) -> Result<Self, AccountError> {
        if *project.organization() != self.organization {
            return Err(AccountError::Foreign);
        }
        let granted = Granted { on: project.id().clone(), visibility: project.visibility(), grant: grant.into() };
        let project_roles = &mut Arc::make_mut(&mut self.grants).project_roles;
        project_roles.insert(granted).map_err(|_| AccountError::SecondProjectRole)?;
        Ok(self)
    }
}
