//! Guards: what the handlers of a service ask, and a layer that refuses answers no decision allows. It needs the feature
//! `tower`.
//!
//! A [`GuardLayer`] goes around the routes of your service. For each request it asks your authentication who is asking, and
//! puts a [`Guard`] into the request's extensions. Handlers ask the guard. If one answers without, the answer is withheld.
//!
//! The rule is in the guide: [guards](crate::_guide::enforcement#guards).

mod facts;
mod identity;
mod layer;
mod problem;
mod refused;
mod watch;

use alloc::sync::Arc;
use core::borrow::Borrow;
use core::fmt::{self, Display};
use core::hash::Hash;
use std::sync::OnceLock;

pub use facts::Facts;
pub use identity::Identity;
pub use layer::{GuardLayer, GuardService};
pub use problem::Problem;
pub use refused::Refused;

use crate::change::follow::Unusable;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::guard::watch::Watch;
use crate::model::action::Action;
use crate::model::resource::ResourceRef;
use crate::policy::decision::Decision;
use crate::query::Filter;

/// The target of errors in the log. The guide says it.
const TARGET: &str = "shipgate::guard";

/// What a request handler asks: it knows who is asking, and decides on one snapshot of the facts.
///
/// A [`GuardLayer`] puts it into the extensions of a request. Clones are the same guard. It looks at the facts with the first
/// question, and keeps that snapshot for as long as there is a clone of it, so do not store it.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use shipgate::guard::{Guard, Identity, Problem};
/// use shipgate::{AccountKind, Action, Directory, ResourceId, Role, Time};
///
/// /// A handler, whose errors convert into responses.
/// fn create_project(guard: &Guard<u64>, organization: u64) -> Result<(), Problem> {
///     guard.authorize(Action::CreateProject, ResourceId::Organization(&organization))?;
///     Ok(())
/// }
///
/// let mut rows = Directory::<u64>::builder();
/// rows.organization(1)?;
/// rows.member(&1, 7, AccountKind::User, Role::Developer, None)?;
/// rows.member(&1, 8, AccountKind::User, Role::Admin, None)?;
/// let directory = Arc::new(rows.build());
///
/// let now = Time::from_millis(1_795_219_200_000);
/// let guard = |account| Guard::new(Identity::new(account, now), directory.clone());
/// assert_eq!(create_project(&guard(8), 1), Ok(()));
/// assert_eq!(create_project(&guard(7), 1).unwrap_err().status(), 403);
/// assert_eq!(create_project(&guard(9), 1).unwrap_err().status(), 404);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
pub struct Guard<Id>(Arc<Asking<Id>>);

/// One request, and one organization if the facts are of one.
struct Asking<Id> {
    identity: Arc<Identity<Id>>,
    facts: Arc<dyn Facts<Id>>,
    organization: Option<Id>,
    directory: OnceLock<Arc<Directory<Id>>>,
    watch: Arc<Watch>,
}

impl<Id> Clone for Guard<Id> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Id: fmt::Debug> fmt::Debug for Guard<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Asking { identity, organization, .. } = &*self.0;
        f.debug_struct("Guard").field("identity", identity).field("organization", organization).finish_non_exhaustive()
    }
}

impl<Id: 'static> Guard<Id> {
    /// A guard without a layer, for a test of a handler.
    #[must_use]
    pub fn new(identity: Identity<Id>, facts: Arc<impl Facts<Id>>) -> Self {
        Self::watched(Arc::new(identity), facts, None, Arc::default())
    }

    fn watched(
        identity: Arc<Identity<Id>>,
        facts: Arc<dyn Facts<Id>>,
        organization: Option<Id>,
        watch: Arc<Watch>,
    ) -> Self {
        Self(Arc::new(Asking { identity, facts, organization, directory: OnceLock::new(), watch }))
    }

    /// A guard for the same request that asks about one organization. A [`Follower`](crate::change::Follower) needs to know
    /// which, as each is a directory of its own; to other facts it makes no difference. Call it once in a handler: each guard
    /// has a snapshot of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::time::Duration;
    ///
    /// use shipgate::change::Follower;
    /// use shipgate::guard::{Guard, Identity, Problem};
    /// use shipgate::{AccountKind, Action, Directory, ResourceId, Time};
    ///
    /// let now = Time::from_millis(1_795_219_200_000);
    /// let mut acme = Directory::<u64>::new();
    /// acme.create_organization(100, 1, 7, AccountKind::User, None)?;
    /// let follower = Arc::new(Follower::new(Duration::from_secs(5)));
    /// follower.attach(&acme.rows(), 1, Some(100), now)?;
    ///
    /// let guard = Guard::new(Identity::new(7, now), follower);
    /// let view = |guard: Guard<u64>| guard.authorize(Action::View, ResourceId::Organization(&1)).map_err(Problem::from);
    /// assert_eq!(view(guard.of(1)), Ok(()));
    /// assert_eq!(view(guard).unwrap_err().status(), 503, "which organization?");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(&self, organization: Id) -> Self {
        let Asking { identity, facts, watch, .. } = &*self.0;
        Self::watched(Arc::clone(identity), Arc::clone(facts), Some(organization), Arc::clone(watch))
    }

    /// The id of the account that asks.
    #[must_use]
    pub fn account(&self) -> &Id {
        &self.0.identity.account
    }

    /// Who asks, as a directory takes it.
    #[must_use]
    pub fn subject<Q>(&self) -> SubjectId<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: ?Sized,
    {
        self.0.identity.subject()
    }

    /// The facts that this guard decides on, for what else you read of them. To read is not to ask: the layer does not see it.
    ///
    /// # Errors
    ///
    /// [`Unusable`] if the organization cannot be decided on now. The reason is logged.
    pub fn directory(&self) -> Result<&Directory<Id>, Unusable> {
        let Asking { identity, facts, organization, directory, .. } = &*self.0;
        if let Some(directory) = directory.get() {
            return Ok(directory);
        }
        let taken = Arc::clone(facts).snapshot(organization.as_ref(), identity.now);
        let log = |unusable: &Unusable| tracing::error!(name: "undecided", target: TARGET, "nothing can be decided: {unusable}");
        let taken = taken.inspect_err(log)?;
        Ok(directory.get_or_init(|| taken))
    }
}

impl<Id: Hash + Ord + 'static> Guard<Id> {
    /// Requires that who asks may perform the action on the resource. Call it first in a handler, with `?`.
    ///
    /// The layer then lets the answer pass, unless this or another question of the request was refused.
    ///
    /// # Errors
    ///
    /// [`Refused`] if the decision is anything but [`Decision::Allow`], or nothing can be decided now. It converts into the
    /// response to give.
    pub fn authorize<Q>(&self, action: Action<&Q>, resource: ResourceRef<'_, Id, Q>) -> Result<(), Refused>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let ask = || Ok(self.directory()?.authorize(&self.subject(), action, resource)?);
        self.0.watch.enforced(ask())
    }

    /// Enforces a decision that is made elsewhere: you pass on the subject to what decides, a
    /// [change](crate::SharedDirectory::change) for example, which decides and is made in one step.
    ///
    /// The layer takes an error for a refusal, and `Ok` for an allowance.
    ///
    /// # Errors
    ///
    /// The error that `ask` returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use shipgate::change::Change;
    /// use shipgate::guard::{Guard, Identity, Problem};
    /// use shipgate::{AccountKind, Directory, SharedDirectory, Time};
    ///
    /// let shared = Arc::new(SharedDirectory::<u64>::new(Directory::new()));
    /// shared.create_organization(100, 1, 7, AccountKind::User, None)?;
    ///
    /// let guard = Guard::new(Identity::new(7, Time::from_millis(1_795_219_200_000)), shared.clone());
    /// let leave = Change::remove_member(1u64, 7u64);
    /// let refused = guard.enforce(|subject| shared.change(101, subject, leave)).unwrap_err();
    /// assert_eq!(Problem::from(refused).status(), 403, "the last Owner stays");
    /// # Ok::<(), shipgate::change::ChangeError>(())
    /// ```
    pub fn enforce<T, E>(&self, ask: impl FnOnce(&SubjectId<'_, Id>) -> Result<T, E>) -> Result<T, E> {
        self.0.watch.enforced(ask(&self.subject()))
    }

    /// Asks without enforcing, to choose between two answers for example. The layer does not see it: authorize what you then
    /// do.
    ///
    /// # Errors
    ///
    /// [`Unusable`] if nothing can be decided now.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use shipgate::guard::{Guard, Identity};
    /// use shipgate::{AccountKind, Action, Directory, ResourceId, Role, Time};
    ///
    /// let mut rows = Directory::<u64>::builder();
    /// rows.organization(1)?;
    /// rows.member(&1, 7, AccountKind::User, Role::Developer, None)?;
    ///
    /// let guard = Guard::new(Identity::new(7, Time::from_millis(1_795_219_200_000)), Arc::new(rows.build()));
    /// let acme = ResourceId::Organization(&1);
    /// guard.authorize(Action::View, acme)?;
    /// let shows_the_button = guard.decide(Action::CreateProject, acme)?.is_allowed();
    /// assert!(!shows_the_button);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decide<Q>(&self, action: Action<&Q>, resource: ResourceRef<'_, Id, Q>) -> Result<Decision, Unusable>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        Ok(self.directory()?.decide(&self.subject(), action, resource))
    }

    /// The resources of an organization on which who asks may perform the action, as a condition for your query: see
    /// [`Directory::filter`]. The layer takes it for a question that was allowed, because it selects nothing else.
    ///
    /// # Errors
    ///
    /// [`Unusable`] if nothing can be decided now.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use shipgate::guard::{Guard, Identity};
    /// use shipgate::query::Selection;
    /// use shipgate::{AccountKind, Action, Directory, Role, Time, Visibility};
    ///
    /// let mut rows = Directory::<u64>::builder();
    /// rows.organization(1)?;
    /// rows.member(&1, 7, AccountKind::User, Role::Developer, None)?;
    /// rows.project(30, &1, Visibility::Organization)?;
    /// rows.project(31, &1, Visibility::Members)?;
    ///
    /// let guard = Guard::new(Identity::new(7, Time::from_millis(1_795_219_200_000)), Arc::new(rows.build()));
    /// let projects = guard.filter(Action::View, &1)?.projects();
    /// assert_eq!(projects.selection(), &Selection::Only(vec![30]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn filter<'a, Q>(&'a self, action: Action<&Q>, organization: &Q) -> Result<Filter<'a, Id>, Unusable>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized + 'a,
    {
        let ask = || Ok(self.directory()?.filter(&self.subject(), action, organization));
        self.0.watch.enforced(ask())
    }
}
