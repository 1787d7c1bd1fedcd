//! Accounts and what they hold: memberships with their cluster overrides and project roles.

use alloc::boxed::Box;
use core::borrow::Borrow;

use crate::model::access::ClusterAccess;
use crate::model::names::names;
use crate::model::role::{ProjectRole, Role};
use crate::model::sorted::{Keyed, Sorted};
use crate::model::time::{Grant, Now, Time};

names! {
    /// Who is behind an account.
    pub enum AccountKind: "account kind" {
        /// A human.
        User = "user",
        /// A program. It never acts as Owner (an Owner membership of it counts as Admin) and never approves.
        Service = "service",
    }
}

impl AccountKind {
    /// The role that counts for a member of this kind who holds `role`.
    #[inline]
    pub(crate) const fn acting(self, role: Role) -> Role {
        match (self, role) {
            (Self::Service, Role::Owner) => Role::Admin,
            (Self::Service | Self::User, role) => role,
        }
    }
}

/// An account, and every organization that it is a member of.
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

    /// A human's account without memberships.
    #[must_use]
    pub fn user(id: Id) -> Self {
        Self::new(id, AccountKind::User)
    }

    /// A program's account without memberships.
    #[must_use]
    pub fn service(id: Id) -> Self {
        Self::new(id, AccountKind::Service)
    }

    /// Its id.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// Who is behind it.
    #[must_use]
    #[inline]
    pub const fn kind(&self) -> AccountKind {
        self.kind
    }

    /// Its memberships, in the order of their organizations.
    pub fn memberships(&self) -> impl ExactSizeIterator<Item = &Membership<Id>> {
        self.memberships.iter()
    }

    /// Gives back the room that was taken in advance.
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
    /// The same account, with a membership more.
    ///
    /// # Errors
    ///
    /// [`AccountError::SecondMembership`] where it is a member of that organization already.
    pub fn with(mut self, membership: Membership<Id>) -> Result<Self, AccountError> {
        self.join(membership)?;
        Ok(self)
    }

    pub(crate) fn join(&mut self, membership: Membership<Id>) -> Result<(), AccountError> {
        self.memberships.insert(membership).map_err(|_| AccountError::SecondMembership)
    }

    /// The membership in an organization, whether or not it is live.
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

    /// Puts a membership in, in place of the one in its organization where there is one.
    #[cfg(feature = "directory")]
    pub(crate) fn replace(&mut self, membership: Membership<Id>) {
        self.memberships.put(membership);
    }

    #[cfg(feature = "directory")]
    pub(crate) fn leave<Q: Ord + ?Sized>(&mut self, organization: &Q) -> Option<Membership<Id>>
    where
        Id: Borrow<Q>,
    {
        self.memberships.remove(organization)
    }
}

/// What an account holds in one organization.
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
    /// Most members have none: then this is all that a membership is, and an account fits in a cache line or two.
    grants: Option<Box<Grants<Id>>>,
}

/// What a membership holds beside its role.
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
    /// A membership without expiry, overrides or project roles.
    #[must_use]
    pub fn new(organization: Id, role: Role) -> Self {
        Self { organization, role: Grant::new(role), grants: None }
    }

    /// The same membership, live while the present time is before `expiry`.
    #[must_use]
    pub fn until(self, expiry: Time) -> Self {
        Self { role: self.role.until(expiry), ..self }
    }

    /// The organization.
    #[must_use]
    pub const fn organization(&self) -> &Id {
        &self.organization
    }

    /// The role that it names. Of a service account, [`Role::Owner`] counts as [`Role::Admin`].
    #[must_use]
    #[inline]
    pub const fn role(&self) -> Role {
        self.role.value()
    }

    /// When it ends, if it does.
    #[must_use]
    #[inline]
    pub const fn expires_at(&self) -> Option<Time> {
        self.role.expires_at()
    }

    /// The cluster overrides, in the order of their clusters.
    pub fn cluster_accesses(&self) -> impl ExactSizeIterator<Item = (&Id, Grant<ClusterAccess>)> {
        let overrides = self.grants.as_ref().map_or(&[][..], |grants| grants.overrides.as_slice());
        overrides.iter().map(|(cluster, grant)| (cluster, *grant))
    }

    /// The project roles, in the order of their projects.
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
    /// The same membership, with an override on a cluster more.
    ///
    /// # Errors
    ///
    /// [`AccountError::SecondClusterAccess`] where it has one on that cluster already.
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

    /// The same membership, with a role in a project more.
    ///
    /// # Errors
    ///
    /// [`AccountError::SecondProjectRole`] where it has one in that project already.
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

    /// Puts another role in place of this one, with its own expiry.
    #[cfg(feature = "directory")]
    pub(crate) fn replace_role(&mut self, role: Grant<Role>) {
        self.role = role;
    }

    /// The role, with its expiry.
    #[cfg(feature = "directory")]
    pub(crate) const fn granted_role(&self) -> Grant<Role> {
        self.role
    }

    /// Puts an override on a cluster, in place of the one that is there; or takes that away.
    #[cfg(feature = "directory")]
    pub(crate) fn replace_cluster_access(&mut self, cluster: Id, grant: Option<Grant<ClusterAccess>>) {
        let overrides = &mut self.grants.get_or_insert_default().overrides;
        match grant {
            Some(grant) => overrides.put((cluster, grant)),
            None => drop(overrides.remove(&cluster)),
        }
        self.drop_empty_grants();
    }

    /// Puts a role in a project, in place of the one that is there; or takes that away.
    #[cfg(feature = "directory")]
    pub(crate) fn replace_project_role(&mut self, project: Id, grant: Option<Grant<ProjectRole>>) {
        let project_roles = &mut self.grants.get_or_insert_default().project_roles;
        match grant {
            Some(grant) => project_roles.put((project, grant)),
            None => drop(project_roles.remove(&project)),
        }
        self.drop_empty_grants();
    }

    /// Who was granted nothing and who has nothing left are equal.
    #[cfg(feature = "directory")]
    fn drop_empty_grants(&mut self) {
        let empty = |grants: &Grants<Id>| grants.overrides.is_empty() && grants.project_roles.is_empty();
        self.grants = self.grants.take().filter(|grants| !empty(grants));
    }

    /// The override on a cluster, whether or not it is live.
    #[must_use]
    #[inline]
    pub fn cluster_access<Q: Ord + ?Sized>(&self, cluster: &Q) -> Option<Grant<ClusterAccess>>
    where
        Id: Borrow<Q>,
    {
        self.grants.as_ref()?.overrides.get(cluster).map(|(_, grant)| *grant)
    }

    /// The role in a project, whether or not it is live.
    #[must_use]
    #[inline]
    pub fn project_role<Q: Ord + ?Sized>(&self, project: &Q) -> Option<Grant<ProjectRole>>
    where
        Id: Borrow<Q>,
    {
        self.grants.as_ref()?.project_roles.get(project).map(|(_, grant)| *grant)
    }
}

/// Facts of an account that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Two memberships in one organization.
    #[error("an account has one membership in an organization: this one is its second")]
    SecondMembership,
    /// Two overrides on one cluster.
    #[error("a member has one override on a cluster: this one is its second")]
    SecondClusterAccess,
    /// Two roles in one project.
    #[error("a member has one role in a project: this one is its second")]
    SecondProjectRole,
}
