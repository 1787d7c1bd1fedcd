//! Accounts and their memberships.

use alloc::boxed::Box;
use core::borrow::Borrow;

use crate::model::access::ClusterAccess;
use crate::model::names::names;
use crate::model::role::{ProjectRole, Role};
use crate::model::sorted::{Keyed, Sorted};
use crate::model::time::{Grant, Now, Time};

names! {
    /// Whether a person or a program uses an account.
    pub enum AccountKind: "account kind" {
        /// A person.
        User = "user",
        /// A program. It never acts as Owner (an Owner membership of it counts as Admin) and never approves.
        Service = "service",
    }
}

impl AccountKind {
    /// The role that a member of this kind acts with.
    #[inline]
    pub(crate) const fn acting(self, role: Role) -> Role {
        match (self, role) {
            (Self::Service, Role::Owner) => Role::Admin,
            (Self::Service | Self::User, role) => role,
        }
    }
}

/// An account, with its membership in each organization that it belongs to.
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Grant, ClusterAccess, Membership, Role};
///
/// let alice = Account::user("alice").with(
///     Membership::new("acme-corp", Role::Developer).with_cluster_access("production-us-east", Grant::new(ClusterAccess::View))?,
/// )?;
/// assert_eq!(alice.membership("acme-corp").unwrap().role(), Role::Developer);
/// assert!(alice.membership("globex").is_none());
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Account<Id> {
    id: Id,
    kind: AccountKind,
    memberships: Sorted<Membership<Id>, 2>,
}

impl<Id> Account<Id> {
    /// An account without memberships.
    #[must_use]
    pub fn new(id: Id, kind: AccountKind) -> Self {
        Self { id, kind, memberships: Sorted::new() }
    }

    /// A person's account without memberships.
    #[must_use]
    pub fn user(id: Id) -> Self {
        Self::new(id, AccountKind::User)
    }

    /// A program's account without memberships.
    #[must_use]
    pub fn service(id: Id) -> Self {
        Self::new(id, AccountKind::Service)
    }

    /// The id of the account.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// Whether a person or a program uses the account.
    #[must_use]
    #[inline]
    pub const fn kind(&self) -> AccountKind {
        self.kind
    }

    /// The memberships of the account, in the order of their organizations' ids.
    pub fn memberships(&self) -> impl ExactSizeIterator<Item = &Membership<Id>> {
        self.memberships.iter()
    }

    /// Frees unused capacity.
    #[cfg(feature = "directory")]
    pub(crate) fn shrink_to_fit(&mut self) {
        self.memberships.shrink_to_fit();
        for membership in self.memberships.iter_mut() {
            if let Some(grants) = &mut membership.grants {
                grants.overrides.shrink_to_fit();
                grants.project_roles.shrink_to_fit();
            }
        }
    }
}

impl<Id: Ord> Account<Id> {
    /// Adds a membership.
    ///
    /// # Errors
    ///
    /// [`AccountError::SecondMembership`] if the account is already a member of that organization.
    pub fn with(mut self, membership: Membership<Id>) -> Result<Self, AccountError> {
        self.join(membership)?;
        Ok(self)
    }

    pub(crate) fn join(&mut self, membership: Membership<Id>) -> Result<(), AccountError> {
        self.memberships.insert(membership).map_err(|_| AccountError::SecondMembership)
    }

    /// The account's membership in an organization, even if it has expired.
    #[must_use]
    #[inline]
    pub fn membership<Q: Ord + ?Sized>(&self, organization: &Q) -> Option<&Membership<Id>>
    where
        Id: Borrow<Q>,
    {
        self.memberships.get(organization)
    }

    #[cfg(feature = "directory")]
    pub(crate) fn membership_mut<Q: Ord + ?Sized>(&mut self, organization: &Q) -> Option<&mut Membership<Id>>
    where
        Id: Borrow<Q>,
    {
        self.memberships.get_mut(organization)
    }

    /// Adds a membership, replacing the one in the same organization if there is one.
    #[cfg(feature = "directory")]
    pub(crate) fn replace(&mut self, membership: Membership<Id>) {
        self.memberships.replace(membership);
    }

    #[cfg(feature = "directory")]
    pub(crate) fn leave<Q: Ord + ?Sized>(&mut self, organization: &Q) -> Option<Membership<Id>>
    where
        Id: Borrow<Q>,
    {
        self.memberships.remove(organization)
    }
}

/// What an account has in one organization: a role, and optionally access to particular clusters and roles in particular
/// projects.
///
/// # Examples
///
/// ```
/// use shipgate::{Grant, ClusterAccess, Membership, ProjectRole, Role, Time};
///
/// let contractor = Membership::new("acme-corp", Role::Viewer)
///     .until(Time::from_millis(1_798_761_600_000))
///     .with_cluster_access("staging-us-east", Grant::new(ClusterAccess::None))?
///     .with_project_role("shop", Grant::new(ProjectRole::Developer))?;
/// assert_eq!(contractor.cluster_access("staging-us-east"), Some(Grant::new(ClusterAccess::None)));
/// assert_eq!(contractor.project_role("shop").map(|grant| grant.value()), Some(ProjectRole::Developer));
/// assert!(contractor.with_project_role("shop", Grant::new(ProjectRole::Viewer)).is_err());
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Membership<Id> {
    organization: Id,
    role: Grant<Role>,
    // Boxed, because most members have none: an account then fits in one or two cache lines.
    grants: Option<Box<Grants<Id>>>,
}

/// What a membership grants besides its role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Grants<Id> {
    overrides: Sorted<(Id, Grant<ClusterAccess>), 1>,
    project_roles: Sorted<(Id, Grant<ProjectRole>), 1>,
}

impl<Id> Default for Grants<Id> {
    fn default() -> Self {
        Self { overrides: Sorted::new(), project_roles: Sorted::new() }
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
    /// A membership that grants only a role, without expiry.
    #[must_use]
    pub fn new(organization: Id, role: Role) -> Self {
        Self { organization, role: Grant::new(role), grants: None }
    }

    /// Sets the expiry: the membership counts while the present time is before it.
    #[must_use]
    pub fn until(self, expiry: Time) -> Self {
        Self { role: self.role.until(expiry), ..self }
    }

    /// The organization that the account is a member of.
    #[must_use]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// The role in the organization. For a service account, [`Role::Owner`] counts as [`Role::Admin`].
    #[must_use]
    #[inline]
    pub const fn role(&self) -> Role {
        self.role.value()
    }

    /// When the membership expires; `None` if it does not.
    #[must_use]
    #[inline]
    pub const fn expires_at(&self) -> Option<Time> {
        self.role.expires_at()
    }

    /// The member's own access to clusters, in the order of the clusters' ids.
    pub fn cluster_accesses(&self) -> impl ExactSizeIterator<Item = (&Id, Grant<ClusterAccess>)> {
        let overrides = self.grants.as_ref().map_or(&[][..], |grants| grants.overrides.as_slice());
        overrides.iter().map(|(cluster, grant)| (cluster, *grant))
    }

    /// The member's roles in projects, in the order of the projects' ids.
    pub fn project_roles(&self) -> impl ExactSizeIterator<Item = (&Id, Grant<ProjectRole>)> {
        let project_roles = self.grants.as_ref().map_or(&[][..], |grants| grants.project_roles.as_slice());
        project_roles.iter().map(|(project, grant)| (project, *grant))
    }

    #[inline]
    pub(crate) const fn live(&self, now: Now) -> bool {
        self.role.live(now)
    }
}

impl<Id: Ord> Membership<Id> {
    /// Adds access to a cluster, which overrides the role's default there.
    ///
    /// # Errors
    ///
    /// [`AccountError::SecondClusterAccess`] if the membership already has access to that cluster.
    pub fn with_cluster_access(
        mut self,
        cluster: Id,
        grant: impl Into<Grant<ClusterAccess>>,
    ) -> Result<Self, AccountError> {
        self.set_cluster_access(cluster, grant.into())?;
        Ok(self)
    }

    pub(crate) fn set_cluster_access(&mut self, cluster: Id, grant: Grant<ClusterAccess>) -> Result<(), AccountError> {
        self.grants
            .get_or_insert_default()
            .overrides
            .insert((cluster, grant))
            .map_err(|_| AccountError::SecondClusterAccess)
    }

    /// Adds a role in a project.
    ///
    /// # Errors
    ///
    /// [`AccountError::SecondProjectRole`] if the membership already has a role in that project.
    pub fn with_project_role(
        mut self,
        project: Id,
        grant: impl Into<Grant<ProjectRole>>,
    ) -> Result<Self, AccountError> {
        self.set_project_role(project, grant.into())?;
        Ok(self)
    }

    pub(crate) fn set_project_role(&mut self, project: Id, grant: Grant<ProjectRole>) -> Result<(), AccountError> {
        self.grants
            .get_or_insert_default()
            .project_roles
            .insert((project, grant))
            .map_err(|_| AccountError::SecondProjectRole)
    }

    /// Replaces the role and its expiry.
    #[cfg(feature = "directory")]
    pub(crate) fn replace_role(&mut self, role: Grant<Role>) {
        self.role = role;
    }

    /// The role, with its expiry.
    #[cfg(feature = "directory")]
    pub(crate) const fn granted_role(&self) -> Grant<Role> {
        self.role
    }

    /// Sets or removes the member's own access to a cluster.
    #[cfg(feature = "directory")]
    pub(crate) fn replace_cluster_access(&mut self, cluster: Id, grant: Option<Grant<ClusterAccess>>) {
        let overrides = &mut self.grants.get_or_insert_default().overrides;
        match grant {
            Some(grant) => overrides.replace((cluster, grant)),
            None => drop(overrides.remove(&cluster)),
        }
        self.drop_empty_grants();
    }

    /// Sets or removes the member's role in a project.
    #[cfg(feature = "directory")]
    pub(crate) fn replace_project_role(&mut self, project: Id, grant: Option<Grant<ProjectRole>>) {
        let project_roles = &mut self.grants.get_or_insert_default().project_roles;
        match grant {
            Some(grant) => project_roles.replace((project, grant)),
            None => drop(project_roles.remove(&project)),
        }
        self.drop_empty_grants();
    }

    /// A membership that has nothing left equals one that never had anything.
    #[cfg(feature = "directory")]
    fn drop_empty_grants(&mut self) {
        let empty = |grants: &Grants<Id>| grants.overrides.is_empty() && grants.project_roles.is_empty();
        self.grants = self.grants.take().filter(|grants| !empty(grants));
    }

    /// The member's own access to a cluster, even if it has expired. `None` if the role's default applies.
    #[must_use]
    #[inline]
    pub fn cluster_access<Q: Ord + ?Sized>(&self, cluster: &Q) -> Option<Grant<ClusterAccess>>
    where
        Id: Borrow<Q>,
    {
        self.grants.as_ref()?.overrides.get(cluster).map(|(_, grant)| *grant)
    }

    /// The member's role in a project, even if it has expired.
    #[must_use]
    #[inline]
    pub fn project_role<Q: Ord + ?Sized>(&self, project: &Q) -> Option<Grant<ProjectRole>>
    where
        Id: Borrow<Q>,
    {
        self.grants.as_ref()?.project_roles.get(project).map(|(_, grant)| *grant)
    }
}

/// An account has two of something that it can have only one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The account has two memberships in one organization.
    #[error("an account can have only one membership in an organization: this is its second")]
    SecondMembership,
    /// The member has two grants of access to one cluster.
    #[error("a member can have only one override on a cluster: this is their second")]
    SecondClusterAccess,
    /// The member has two roles in one project.
    #[error("a member can have only one role in a project: this is their second")]
    SecondProjectRole,
}
