//! Tokens: which of an account's permissions a credential carries.

use alloc::collections::BTreeSet;
use alloc::string::String;

use crate::model::action_set::ActionSet;
use crate::model::scope::Scope;
use crate::model::time::Time;

/// The token that an account came with. It narrows what the account may do, and never widens it.
///
/// A token covers a question if it contains the action, and each of its restrictions contains the resource. A restriction to
/// projects, for example, contains only those projects and what belongs to them, so it excludes the organization itself and
/// its clusters. An empty restriction contains nothing. A restriction to clusters contains a placement only if it contains
/// both clusters.
///
/// The rule is in the guide: [tokens](crate::_guide::policy#tokens).
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
    id: Option<String>,
}

impl<Id: Ord> Token<Id> {
    /// A token for these actions, on every resource.
    #[must_use]
    pub const fn new(actions: ActionSet) -> Self {
        Self {
            actions,
            organizations: None,
            projects: None,
            environments: None,
            clusters: None,
            expires_at: None,
            id: None,
        }
    }

    /// Restricts the token to these organizations.
    #[must_use]
    pub fn for_organizations(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { organizations: Some(ids.into_iter().collect()), ..self }
    }

    /// Restricts the token to these projects.
    #[must_use]
    pub fn for_projects(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { projects: Some(ids.into_iter().collect()), ..self }
    }

    /// Restricts the token to these environments.
    #[must_use]
    pub fn for_environments(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { environments: Some(ids.into_iter().collect()), ..self }
    }

    /// Restricts the token to these clusters.
    #[must_use]
    pub fn for_clusters(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { clusters: Some(ids.into_iter().collect()), ..self }
    }

    /// Sets the expiry: the token is valid while the present time is before it.
    #[must_use]
    pub fn until(self, expiry: Time) -> Self {
        Self { expires_at: Some(expiry), ..self }
    }

    /// Sets the id of the token. It affects no decision.
    #[must_use]
    pub fn named(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// The id of the token, if it has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The actions that the token may be used for.
    #[must_use]
    pub const fn actions(&self) -> ActionSet {
        self.actions
    }

    /// The organizations that the token is restricted to; `None` if it is not restricted to any.
    #[must_use]
    pub fn organizations(&self) -> Option<impl ExactSizeIterator<Item = &Id>> {
        self.organizations.as_ref().map(BTreeSet::iter)
    }

    /// The projects that the token is restricted to; `None` if it is not restricted to any.
    #[must_use]
    pub fn projects(&self) -> Option<impl ExactSizeIterator<Item = &Id>> {
        self.projects.as_ref().map(BTreeSet::iter)
    }

    /// The environments that the token is restricted to; `None` if it is not restricted to any.
    #[must_use]
    pub fn environments(&self) -> Option<impl ExactSizeIterator<Item = &Id>> {
        self.environments.as_ref().map(BTreeSet::iter)
    }

    /// The clusters that the token is restricted to; `None` if it is not restricted to any.
    #[must_use]
    pub fn clusters(&self) -> Option<impl ExactSizeIterator<Item = &Id>> {
        self.clusters.as_ref().map(BTreeSet::iter)
    }

    /// When the token expires; `None` if it does not.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Time> {
        self.expires_at
    }

    /// The token's own copy of this id, if the token is restricted to environments and this is one of them.
    #[cfg(feature = "directory")]
    pub(crate) fn environment<Q: Ord + ?Sized>(&self, id: &Q) -> Option<&Id>
    where
        Id: core::borrow::Borrow<Q>,
    {
        self.environments.as_ref()?.get(id)
    }

    /// Whether the token is not restricted to projects, or this is one of them.
    #[cfg(feature = "directory")]
    pub(crate) fn reaches_project(&self, id: &Id) -> bool {
        covers(self.projects.as_ref(), Some(id))
    }

    /// Whether the token is not restricted to clusters, or this is one of them.
    #[cfg(feature = "directory")]
    pub(crate) fn reaches_cluster(&self, id: &Id) -> bool {
        covers(self.clusters.as_ref(), Some(id))
    }

    /// Replaces each id by `id(&old)`.
    #[must_use]
    pub fn map_ids<J: Ord>(&self, id: impl Fn(&Id) -> J) -> Token<J> {
        self.filter_map_ids(|old| Some(id(old)))
    }

    /// Replaces each id by `id(&old)`, and leaves out those for which that is none. What the token was restricted to, it stays
    /// restricted to.
    pub(crate) fn filter_map_ids<J: Ord>(&self, id: impl Fn(&Id) -> Option<J>) -> Token<J> {
        let map = |ids: &Option<BTreeSet<Id>>| ids.as_ref().map(|ids| ids.iter().filter_map(&id).collect());
        Token {
            actions: self.actions,
            organizations: map(&self.organizations),
            projects: map(&self.projects),
            environments: map(&self.environments),
            clusters: map(&self.clusters),
            expires_at: self.expires_at,
            id: self.id.clone(),
        }
    }

    /// Whether each restriction contains the resource.
    pub(crate) fn reaches(&self, scope: &Scope<'_, Id>) -> bool {
        let [present, new] = scope.clusters.map(|cluster| cluster.map(|(id, _)| id));
        covers(self.organizations.as_ref(), Some(scope.organization))
            && covers(self.projects.as_ref(), scope.project.map(|(id, _)| id))
            && covers(self.environments.as_ref(), scope.environment)
            && covers(self.clusters.as_ref(), present)
            && (new.is_none() || covers(self.clusters.as_ref(), new))
    }
}

fn covers<Id: Ord>(restriction: Option<&BTreeSet<Id>>, id: Option<&Id>) -> bool {
    restriction.is_none_or(|ids| id.is_some_and(|id| ids.contains(id)))
}
