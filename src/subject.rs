//! Who asks: an account, the token it came with, and the present time.

use alloc::collections::BTreeSet;

use crate::account::Account;
use crate::action::ActionSet;
use crate::resource::copy;
use crate::time::{Now, Time};

/// A token that an account came with. It narrows the account, never widens it.
///
/// A token covers a request when its actions have the action and, for each restriction that is present, the resource has
/// such an id and it is in the set. A restriction that is present and empty covers nothing; a token restricted to
/// projects covers nothing of the organization or of clusters; a placement must have both its clusters in the set.
///
/// # Examples
///
/// ```
/// use shipgate::{ActionSet, Time, Token};
///
/// let token = Token::new(ActionSet::VIEW | ActionSet::DEPLOY)
///     .for_environments(["shop-dev", "shop-staging"])
///     .until(Time::from_millis(1_798_761_600_000));
/// assert_eq!(token.environments().map(Iterator::count), Some(2));
/// assert!(token.projects().is_none(), "not restricted to projects");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token<Id> {
    actions: ActionSet,
    organizations: Option<BTreeSet<Id>>,
    projects: Option<BTreeSet<Id>>,
    environments: Option<BTreeSet<Id>>,
    clusters: Option<BTreeSet<Id>>,
    expires_at: Option<Time>,
}

impl<Id: Ord> Token<Id> {
    /// A token for these actions, on whatever its account may do them to.
    #[must_use]
    pub const fn new(actions: ActionSet) -> Self {
        Self { actions, organizations: None, projects: None, environments: None, clusters: None, expires_at: None }
    }

    /// The same token, for these organizations only.
    #[must_use]
    pub fn for_organizations(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { organizations: Some(ids.into_iter().collect()), ..self }
    }

    /// The same token, for these projects only.
    #[must_use]
    pub fn for_projects(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { projects: Some(ids.into_iter().collect()), ..self }
    }

    /// The same token, for these environments only.
    #[must_use]
    pub fn for_environments(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { environments: Some(ids.into_iter().collect()), ..self }
    }

    /// The same token, for these clusters only.
    #[must_use]
    pub fn for_clusters(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { clusters: Some(ids.into_iter().collect()), ..self }
    }

    /// The same token, live while the present time is before `expiry`.
    #[must_use]
    pub fn until(self, expiry: Time) -> Self {
        Self { expires_at: Some(expiry), ..self }
    }

    /// The actions that it may be used for.
    #[must_use]
    pub const fn actions(&self) -> ActionSet {
        self.actions
    }

    /// The organizations that it is restricted to, if it is.
    #[must_use]
    pub fn organizations(&self) -> Option<impl ExactSizeIterator<Item = &Id>> {
        self.organizations.as_ref().map(BTreeSet::iter)
    }

    /// The projects that it is restricted to, if it is.
    #[must_use]
    pub fn projects(&self) -> Option<impl ExactSizeIterator<Item = &Id>> {
        self.projects.as_ref().map(BTreeSet::iter)
    }

    /// The environments that it is restricted to, if it is.
    #[must_use]
    pub fn environments(&self) -> Option<impl ExactSizeIterator<Item = &Id>> {
        self.environments.as_ref().map(BTreeSet::iter)
    }

    /// The clusters that it is restricted to, if it is.
    #[must_use]
    pub fn clusters(&self) -> Option<impl ExactSizeIterator<Item = &Id>> {
        self.clusters.as_ref().map(BTreeSet::iter)
    }

    /// When it ends, if it does.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Time> {
        self.expires_at
    }

    /// The environment of this id among those it is restricted to.
    #[cfg(feature = "directory")]
    pub(crate) fn environment<Q: Ord + ?Sized>(&self, id: &Q) -> Option<&Id>
    where
        Id: core::borrow::Borrow<Q>,
    {
        self.environments.as_ref()?.get(id)
    }

    /// Whether its restriction to projects, if it has one, has this one.
    #[cfg(feature = "directory")]
    pub(crate) fn reaches_project(&self, id: &Id) -> bool {
        covers(self.projects.as_ref(), Some(id))
    }

    /// Whether its restriction to clusters, if it has one, has this one.
    #[cfg(feature = "directory")]
    pub(crate) fn reaches_cluster(&self, id: &Id) -> bool {
        covers(self.clusters.as_ref(), Some(id))
    }

    /// Whether its restrictions let it near what has these ids.
    pub(crate) fn reaches(&self, ids: &Reach<'_, Id>) -> bool {
        let [present, new] = ids.clusters;
        covers(self.organizations.as_ref(), Some(ids.organization))
            && covers(self.projects.as_ref(), ids.project)
            && covers(self.environments.as_ref(), ids.environment)
            && covers(self.clusters.as_ref(), present)
            && (new.is_none() || covers(self.clusters.as_ref(), new))
    }
}

fn covers<Id: Ord>(restriction: Option<&BTreeSet<Id>>, id: Option<&Id>) -> bool {
    restriction.is_none_or(|ids| id.is_some_and(|id| ids.contains(id)))
}

/// The ids of a resource that a token may be restricted to.
pub(crate) struct Reach<'a, Id> {
    pub(crate) organization: &'a Id,
    pub(crate) project: Option<&'a Id>,
    pub(crate) environment: Option<&'a Id>,
    pub(crate) clusters: [Option<&'a Id>; 2],
}

/// Who asks: an account, and optionally the token it came with and the present time.
///
/// Without a time, every expiry counts as passed, except that an expiring cluster override or project role still counts
/// where it lowers. The time is that of the whole question: targets and approvers are judged at it too.
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Action, Decision, Membership, Organization, Reason, Resource, Role, Subject, Time, decide};
///
/// let acme = Organization::new("acme-corp", 1);
/// let expiry = Time::from_millis(1_798_761_600_000);
/// let bob = Account::user("bob").with(Membership::new("acme-corp", Role::Developer).until(expiry))?;
///
/// let before = Subject::new(&bob).at(Time::from_millis(1_798_761_599_999));
/// assert_eq!(decide(&before, Action::View, Resource::Organization(&acme)), Decision::Allow);
/// for after in [Subject::new(&bob).at(expiry), Subject::new(&bob)] {
///     assert_eq!(decide(&after, Action::View, Resource::Organization(&acme)), Decision::Deny(Reason::NotAMember));
/// }
/// # Ok::<(), shipgate::AccountError>(())
/// ```
#[derive(Debug)]
pub struct Subject<'a, Id> {
    pub(crate) account: Option<&'a Account<Id>>,
    pub(crate) token: Option<&'a Token<Id>>,
    pub(crate) now: Option<Time>,
}

copy!(Subject);

impl<'a, Id> Subject<'a, Id> {
    /// An account, without a token and without a time.
    #[must_use]
    #[inline]
    pub const fn new(account: &'a Account<Id>) -> Self {
        Self { account: Some(account), token: None, now: None }
    }

    /// An account that nobody knows: it has no memberships.
    #[must_use]
    #[inline]
    pub const fn stranger() -> Self {
        Self { account: None, token: None, now: None }
    }

    /// The same subject, at this time.
    #[must_use]
    #[inline]
    pub const fn at(self, now: Time) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The same subject, coming with this token.
    #[must_use]
    #[inline]
    pub const fn with_token(self, token: &'a Token<Id>) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The account, unless nobody knows it.
    #[must_use]
    pub const fn account(&self) -> Option<&'a Account<Id>> {
        self.account
    }

    #[inline]
    pub(crate) const fn now(&self) -> Now {
        Now::new(self.now)
    }
}
