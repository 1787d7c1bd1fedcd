//! Memberships: what an account has in one organization.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::borrow::Borrow;

use crate::model::access::ClusterAccess;
use crate::model::account::{AccountError, AccountKind};
use crate::model::cluster::Cluster;
use crate::model::custom_role::{AnyRole, CustomRole};
use crate::model::grants::{Granted, Grants};
use crate::model::project::{Project, Visibility};
use crate::model::role::{Permissions, ProjectRole, RankedPermissions, Role};
use crate::model::sorted::{Keyed, Sorted};
use crate::model::team::Team;
use crate::model::time::{Grant, GrantState, Now, Time};

/// What an account has in one organization: a role, a place in teams, and grants of its own: access to particular clusters and
/// roles in particular projects.
///
/// # Examples
///
/// ```
/// use shipgate::{AnyRole, Cluster, ClusterAccess, Grant, Membership, Project, ProjectRole, Role, Time};
///
/// let staging = Cluster::new("staging-us-east", "acme-corp");
/// let shop = Project::new("shop", "acme-corp");
/// let contractor = Membership::new("acme-corp", Role::Viewer)
///     .until(Time::from_millis(1_798_761_600_000))
///     .with_cluster_access(&staging, ClusterAccess::None)?
///     .with_project_role(&shop, ProjectRole::Developer)?;
/// assert_eq!(contractor.role(), AnyRole::BuiltIn(Role::Viewer));
/// assert_eq!(contractor.cluster_access("staging-us-east"), Some(Grant::new(ClusterAccess::None)));
/// assert_eq!(contractor.project_role("shop").map(|grant| grant.value()), Some(ProjectRole::Developer));
/// assert!(contractor.with_project_role(&shop, ProjectRole::Viewer).is_err());
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Membership<Id> {
    organization: Id,
    // An `Option<Time>` would add a word, and memberships are most of what a directory stores.
    millis: i64,
    permissions: Permissions,
    rank: Role,
    expires: bool,
    // Boxed, because most members have none: an account then fits in one or two cache lines.
    extras: Option<Box<Extras<Id>>>,
}

/// What few memberships have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Extras<Id> {
    /// The id of the custom role.
    custom: Option<Id>,
    /// The teams, with their grants.
    teams: Sorted<(Id, Arc<Grants<Id>>), 1>,
    /// The member's own grants.
    grants: Grants<Id>,
}

impl<Id> Default for Extras<Id> {
    fn default() -> Self {
        Self { custom: None, teams: Sorted::new(), grants: Grants::default() }
    }
}

impl<Id> Keyed for Membership<Id> {
    type Key = Id;

    #[inline]
    fn key(&self) -> &Id {
        &self.organization
    }
}

impl<Id> Membership<Id> {
    /// A membership with a built-in role and nothing else, without expiry.
    #[must_use]
    pub const fn new(organization: Id, role: Role) -> Self {
        let permissions = role.permissions();
        Self { organization, millis: i64::MAX, permissions, rank: role, expires: false, extras: None }
    }

    /// Sets the expiry: the membership counts while the present time is before it.
    #[must_use]
    pub fn until(self, expiry: Time) -> Self {
        Self { millis: expiry.as_millis(), expires: true, ..self }
    }

    /// The organization that the account is a member of.
    #[must_use]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// The role in the organization. For a service account, [`Role::Owner`] counts as [`Role::Admin`].
    #[must_use]
    pub fn role(&self) -> AnyRole<&Id> {
        match self.extras.as_ref().and_then(|extras| extras.custom.as_ref()) {
            Some(id) => AnyRole::Custom(id),
            None => AnyRole::BuiltIn(self.rank),
        }
    }

    /// The rank of the role. For a service account, [`Role::Owner`] counts as [`Role::Admin`].
    #[must_use]
    #[inline]
    pub const fn rank(&self) -> Role {
        self.rank
    }

    /// The permissions of the role.
    #[must_use]
    #[inline]
    pub const fn permissions(&self) -> Permissions {
        self.permissions
    }

    /// When the membership expires; `None` if it does not.
    #[must_use]
    #[inline]
    pub const fn expires_at(&self) -> Option<Time> {
        if self.expires { Some(Time::from_millis(self.millis)) } else { None }
    }

    /// The ids of the teams that the member is in, in order.
    pub fn teams(&self) -> impl ExactSizeIterator<Item = &Id> {
        self.team_grants().iter().map(|(id, _)| id)
    }

    /// The teams that the member is in, with their grants.
    #[inline]
    pub(crate) fn team_grants(&self) -> &[(Id, Arc<Grants<Id>>)] {
        self.extras.as_ref().map_or(&[], |extras| extras.teams.as_slice())
    }

    /// The member's own grants.
    #[inline]
    pub(crate) fn own_grants(&self) -> Option<&Grants<Id>> {
        self.extras.as_ref().map(|extras| &extras.grants)
    }

    /// The member's own access to clusters, in the order of the clusters' ids, each with who can see the cluster.
    pub fn cluster_accesses(&self) -> impl ExactSizeIterator<Item = (&Id, Visibility, Grant<ClusterAccess>)> {
        let overrides = self.own_grants().map_or(&[][..], |grants| grants.overrides.as_slice());
        overrides.iter().map(|granted| (&granted.on, granted.visibility, granted.grant))
    }

    /// The member's own roles in projects, in the order of the projects' ids, each with who can see the project.
    pub fn project_roles(&self) -> impl ExactSizeIterator<Item = (&Id, Visibility, Grant<ProjectRole>)> {
        let project_roles = self.own_grants().map_or(&[][..], |grants| grants.project_roles.as_slice());
        project_roles.iter().map(|granted| (&granted.on, granted.visibility, granted.grant))
    }

    #[inline]
    pub(crate) const fn live(&self, now: Now) -> bool {
        !self.expires || now.is_before(self.millis)
    }

    /// Whether there are neither grants nor teams; then the role is a built-in one.
    #[inline]
    pub(crate) const fn has_only_a_role(&self) -> bool {
        self.extras.is_none()
    }

    /// The role that an account of this kind acts with.
    #[inline]
    pub(crate) fn acting(&self, kind: AccountKind) -> RankedPermissions {
        if self.rank == Role::Owner && kind == AccountKind::Service {
            RankedPermissions::built_in(Role::Admin)
        } else {
            RankedPermissions { rank: self.rank, permissions: self.permissions }
        }
    }
}

impl<Id: Clone> Membership<Id> {
    /// A membership with a custom role and nothing else, in the role's organization, without expiry.
    #[must_use]
    pub fn custom(role: &CustomRole<Id>) -> Self {
        let mut membership = Self::new(role.organization().clone(), Role::Viewer);
        membership.set_role(role.definition().into(), Some(role.id().clone()));
        membership
    }
}

impl<Id> Membership<Id> {
    /// Replaces the role, with the id of the custom role if it is one.
    pub(crate) fn set_role(&mut self, role: RankedPermissions, custom: Option<Id>) {
        let RankedPermissions { rank, permissions } = role;
        (self.rank, self.permissions) = (rank, permissions);
        if custom.is_some() || self.extras.is_some() {
            self.extras.get_or_insert_default().custom = custom;
        }
        self.drop_empty_extras();
    }

    /// A membership that has nothing left equals one that never had anything.
    fn drop_empty_extras(&mut self) {
        let is_empty = |extras: &Extras<Id>| {
            extras.custom.is_none()
                && extras.teams.as_slice().is_empty()
                && extras.grants.overrides.as_slice().is_empty()
                && extras.grants.project_roles.as_slice().is_empty()
        };
        self.extras = self.extras.take().filter(|extras| !is_empty(extras));
    }
}

impl<Id: Ord + Clone> Membership<Id> {
    /// Adds access to a cluster, which overrides the role's default and the teams' access there.
    ///
    /// # Errors
    ///
    /// [`AccountError::Foreign`] if the cluster belongs to another organization;
    /// [`AccountError::SecondClusterAccess`] if the member already has access of their own to it.
    pub fn with_cluster_access(
        mut self,
        cluster: &Cluster<Id>,
        grant: impl Into<Grant<ClusterAccess>>,
    ) -> Result<Self, AccountError> {
        self.require_own(cluster.organization())?;
        let granted = Granted { on: cluster.id().clone(), visibility: cluster.visibility(), grant: grant.into() };
        let overrides = &mut self.extras.get_or_insert_default().grants.overrides;
        overrides.insert(granted).map_err(|_| AccountError::SecondClusterAccess)?;
        Ok(self)
    }

    /// Adds a role in a project, which counts before those of the member's teams.
    ///
    /// # Errors
    ///
    /// [`AccountError::Foreign`] if the project belongs to another organization; [`AccountError::SecondProjectRole`] if the
    /// member already has a role of their own in it.
    pub fn with_project_role(
        mut self,
        project: &Project<Id>,
        grant: impl Into<Grant<ProjectRole>>,
    ) -> Result<Self, AccountError> {
        self.require_own(project.organization())?;
        let granted = Granted { on: project.id().clone(), visibility: project.visibility(), grant: grant.into() };
        let project_roles = &mut self.extras.get_or_insert_default().grants.project_roles;
        project_roles.insert(granted).map_err(|_| AccountError::SecondProjectRole)?;
        Ok(self)
    }

    /// Puts the member into a team, with the grants that the team has at present.
    ///
    /// # Errors
    ///
    /// [`AccountError::Foreign`] if the team belongs to another organization; [`AccountError::SecondPlace`] if the member is
    /// already in the team.
    pub fn in_team(mut self, team: &Team<Id>) -> Result<Self, AccountError> {
        self.require_own(team.organization())?;
        self.join_team(team.id().clone(), Arc::clone(team.grants())).map_err(|_| AccountError::SecondPlace)?;
        Ok(self)
    }

    fn require_own(&self, organization: &Id) -> Result<(), AccountError> {
        if *organization == self.organization { Ok(()) } else { Err(AccountError::Foreign) }
    }
}

impl<Id: Ord> Membership<Id> {
    /// Adds a place in a team, or returns it if the member is in the team.
    pub(crate) fn join_team(&mut self, team: Id, grants: Arc<Grants<Id>>) -> Result<(), (Id, Arc<Grants<Id>>)> {
        self.extras.get_or_insert_default().teams.insert((team, grants))
    }

    /// The member's own access to a cluster, even if it has expired. `None` if that of the teams applies, or the role's
    /// default.
    #[must_use]
    #[inline]
    pub fn cluster_access<Q: Ord + ?Sized>(&self, cluster: &Q) -> Option<Grant<ClusterAccess>>
    where
        Id: Borrow<Q>,
    {
        self.own_grants()?.cluster_access(cluster)
    }

    /// The member's own role in a project, even if it has expired. `None` if that of the teams applies, or the role in the
    /// organization.
    #[must_use]
    #[inline]
    pub fn project_role<Q: Ord + ?Sized>(&self, project: &Q) -> Option<Grant<ProjectRole>>
    where
        Id: Borrow<Q>,
    {
        self.own_grants()?.project_role(project)
    }

    /// How the member's overrides on a cluster count: their own, else those of the teams.
    #[inline]
    pub(crate) fn cluster_access_at<Q: Ord + ?Sized>(&self, cluster: &Q, now: Now) -> GrantState<ClusterAccess>
    where
        Id: Borrow<Q>,
    {
        match &self.extras {
            None => GrantState::Nothing,
            Some(extras) => extras.cluster_access_at(cluster, now),
        }
    }

    /// How the member's roles in a project count: their own, else those of the teams.
    #[inline]
    pub(crate) fn project_role_at<Q: Ord + ?Sized>(&self, project: &Q, now: Now) -> GrantState<ProjectRole>
    where
        Id: Borrow<Q>,
    {
        match &self.extras {
            None => GrantState::Nothing,
            Some(extras) => extras.project_role_at(project, now),
        }
    }

    /// Whether the member is in a team.
    pub(crate) fn is_in_team<Q: Ord + ?Sized>(&self, team: &Q) -> bool
    where
        Id: Borrow<Q>,
    {
        self.extras.as_ref().is_some_and(|extras| extras.teams.get(team).is_some())
    }
}

impl<Id: Ord> Extras<Id> {
    fn cluster_access_at<Q: Ord + ?Sized>(&self, cluster: &Q, now: Now) -> GrantState<ClusterAccess>
    where
        Id: Borrow<Q>,
    {
        let own = state_of(self.grants.cluster_access(cluster), now);
        match self.teams.as_slice() {
            [] => own,
            teams => own.or_of_teams(of_teams(teams, now, |grants| grants.cluster_access(cluster))),
        }
    }

    fn project_role_at<Q: Ord + ?Sized>(&self, project: &Q, now: Now) -> GrantState<ProjectRole>
    where
        Id: Borrow<Q>,
    {
        let own = state_of(self.grants.project_role(project), now);
        match self.teams.as_slice() {
            [] => own,
            teams => own.or_of_teams(of_teams(teams, now, |grants| grants.project_role(project))),
        }
    }
}

/// How a grant counts, if there is one.
#[inline]
pub(crate) fn state_of<T: Copy>(grant: Option<Grant<T>>, now: Now) -> GrantState<T> {
    match grant {
        None => GrantState::Nothing,
        Some(grant) => grant.at(now),
    }
}

fn of_teams<Id, T: Copy + Ord>(
    teams: &[(Id, Arc<Grants<Id>>)],
    now: Now,
    grant: impl Fn(&Grants<Id>) -> Option<Grant<T>>,
) -> GrantState<T> {
    teams.iter().fold(GrantState::Nothing, |state, (_, grants)| state.or_of_another_team(state_of(grant(grants), now)))
}

/// What a directory puts together.
#[cfg(feature = "directory")]
impl<Id> Membership<Id> {
    pub(crate) fn set_extras(&mut self, teams: Sorted<(Id, Arc<Grants<Id>>), 1>, grants: Grants<Id>) {
        self.extras = Some(Extras { custom: None, teams, grants }.into());
        self.drop_empty_extras();
    }
}

impl<Id> Membership<Id> {
    pub(crate) fn set_expiry(&mut self, expires_at: Option<Time>) {
        (self.millis, self.expires) = match expires_at {
            Some(expiry) => (expiry.as_millis(), true),
            None => (i64::MAX, false),
        };
    }
}

impl<Id: Ord> Membership<Id> {
    /// Sets or removes the member's own access to a cluster.
    pub(crate) fn replace_cluster_access(
        &mut self,
        cluster: Id,
        visibility: Visibility,
        grant: Option<Grant<ClusterAccess>>,
    ) {
        self.extras.get_or_insert_default().grants.replace_cluster_access(cluster, visibility, grant);
        self.drop_empty_extras();
    }

    /// Sets or removes the member's own role in a project.
    pub(crate) fn replace_project_role(
        &mut self,
        project: Id,
        visibility: Visibility,
        grant: Option<Grant<ProjectRole>>,
    ) {
        self.extras.get_or_insert_default().grants.replace_project_role(project, visibility, grant);
        self.drop_empty_extras();
    }
}
