//! Tokens: what of an account's power a credential carries.

use alloc::collections::BTreeSet;

use crate::model::action::ActionSet;
use crate::model::scope::Scope;
use crate::model::time::Time;

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

    /// Replaces each id by what `id` makes of it.
    #[must_use]
    pub fn map_ids<J: Ord>(&self, id: impl Fn(&Id) -> J) -> Token<J> {
        let map = |ids: &Option<BTreeSet<Id>>| ids.as_ref().map(|ids| ids.iter().map(&id).collect());
        Token {
            actions: self.actions,
            organizations: map(&self.organizations),
            projects: map(&self.projects),
            environments: map(&self.environments),
            clusters: map(&self.clusters),
            expires_at: self.expires_at,
        }
    }

    /// Whether its restrictions let it near what has these ids.
    pub(crate) fn reaches(&self, scope: &Scope<'_, Id>) -> bool {
        let [present, new] = scope.clusters;
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
