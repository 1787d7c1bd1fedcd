//! Accounts and their memberships.

use core::borrow::Borrow;

use crate::model::membership::Membership;
use crate::model::names::names;
#[cfg(feature = "directory")]
use crate::model::role::Role;
use crate::model::sorted::Sorted;

names! {
    /// Whether a person or a program uses an account.
    pub enum AccountKind: "account kind" {
        /// A person.
        User = "user",
        /// A program. It never acts as Owner (an Owner membership of it counts as Admin) and never approves.
        Service = "service",
    }
}

#[cfg(feature = "directory")]
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
/// use shipgate::{Account, Cluster, ClusterAccess, Membership, Role};
///
/// let production = Cluster::new("production-us-east", "acme-corp");
/// let alice = Account::user("alice")
///     .with(Membership::new("acme-corp", Role::Developer).with_cluster_access(&production, ClusterAccess::View)?)?;
/// assert_eq!(alice.membership("acme-corp").unwrap().rank(), Role::Developer);
/// assert!(alice.membership("globex").is_none());
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Account<Id> {
    id: Id,
    kind: AccountKind,
    memberships: Sorted<Membership<Id>, 3>,
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

    /// An account with its memberships, which are in the order of their organizations' ids.
    #[cfg(feature = "directory")]
    pub(crate) fn in_order(id: Id, kind: AccountKind, memberships: impl Iterator<Item = Membership<Id>>) -> Self {
        Self { id, kind, memberships: Sorted::in_order(memberships) }
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
}

/// An account, a member or a team has two of something of which it can have only one, or something of another organization.
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
    /// The member is in one team twice.
    #[error("a member can have only one place in a team: this is their second")]
    SecondPlace,
    /// The cluster, project or team belongs to another organization than the member or the team.
    #[error("the cluster, project or team belongs to another organization: choose one of the same organization")]
    Foreign,
}
