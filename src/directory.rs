//! A directory: facts by id, in the very shape that `decide` reads, so that finding them is a borrow.

mod ask;
mod facts;
mod load;

use core::borrow::Borrow;
use core::hash::Hash;

pub use ask::{ApprovalId, ResourceId, SubjectId};
use ask::{ForDecision, ForExplanation, ForExposure};
use facts::Facts;
pub use load::{DirectoryBuilder, Kind, LoadError, LoadProblem};

use crate::account::Account;
use crate::action::Action;
use crate::cluster::Cluster;
use crate::decision::{Decision, Exposure, Reason};
use crate::explain::Explanation;
use crate::resource::{Environment, Organization, Project};

/// Facts by id: accounts with what they hold, organizations, projects, clusters and environments.
///
/// It keeps what is derived itself: how many permanent Owners an organization has, how many environments a project and a
/// cluster have, and a project's safeguard. Finding a fact takes constant time, deciding allocates nothing.
///
/// Ids of different kinds may be equal; those of one kind are unique in the whole directory. A `Directory<String>` is
/// asked by `&str`.
///
/// # Examples
///
/// ```
/// use shipgate::{Action, Decision, Directory, Protection, Reason, ResourceId, Role, SubjectId, Visibility};
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "alice".into(), Role::Developer, None)?;
/// rows.cluster("us-east".into(), "acme-corp")?;
/// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
/// rows.environment("shop-dev".into(), "shop", "us-east", None, Protection::NONE)?;
/// let directory = rows.build();
///
/// let alice = SubjectId::new("alice");
/// assert_eq!(directory.decide(&alice, Action::Deploy, ResourceId::Environment("shop-dev")), Decision::Allow);
/// assert_eq!(
///     directory.decide(&alice, Action::Deploy, ResourceId::Environment("shop-prod")),
///     Decision::Deny(Reason::UnknownResource)
/// );
/// # Ok::<(), shipgate::LoadProblem>(())
/// ```
#[derive(Clone, Debug)]
pub struct Directory<Id> {
    accounts: Facts<Account<Id>>,
    organizations: Facts<Organization<Id>>,
    projects: Facts<Project<Id>>,
    clusters: Facts<Cluster<Id>>,
    environments: Facts<Environment<Id>>,
}

impl<Id> Directory<Id> {
    /// A directory to be filled, row by row.
    #[must_use]
    pub fn builder() -> DirectoryBuilder<Id> {
        DirectoryBuilder::new()
    }

    fn empty() -> Self {
        Self {
            accounts: Facts::new(),
            organizations: Facts::new(),
            projects: Facts::new(),
            clusters: Facts::new(),
            environments: Facts::new(),
        }
    }

    fn shrink_to_fit(&mut self) {
        for account in self.accounts.iter_mut() {
            account.shrink_to_fit();
        }
    }

    /// The accounts, in no particular order.
    #[must_use]
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = &Account<Id>> {
        self.accounts.iter()
    }

    /// The organizations, in no particular order.
    #[must_use]
    pub fn organizations(&self) -> impl ExactSizeIterator<Item = &Organization<Id>> {
        self.organizations.iter()
    }

    /// The projects, in no particular order.
    #[must_use]
    pub fn projects(&self) -> impl ExactSizeIterator<Item = &Project<Id>> {
        self.projects.iter()
    }

    /// The clusters, in no particular order.
    #[must_use]
    pub fn clusters(&self) -> impl ExactSizeIterator<Item = &Cluster<Id>> {
        self.clusters.iter()
    }

    /// The environments, in no particular order.
    #[must_use]
    pub fn environments(&self) -> impl ExactSizeIterator<Item = &Environment<Id>> {
        self.environments.iter()
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    /// May this subject do this to that?
    ///
    /// The answer is [`decide`](crate::decide)'s on the facts that the ids name. Where the resource or a part of it is not held, and
    /// where a proposal or a placement names a cluster of another organization, it is [`Reason::UnknownResource`], before
    /// any gate. An account that is not held has no memberships.
    #[inline]
    pub fn decide<Q>(&self, subject: &SubjectId<'_, Id, Q>, action: Action, resource: ResourceId<'_, Q>) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.ask(subject, resource, ForDecision(action)).unwrap_or(Decision::Deny(Reason::UnknownResource))
    }

    /// How much a denial may show: nothing, where the subject may not view the resource or it is not held.
    #[must_use]
    pub fn exposure<Q>(&self, subject: &SubjectId<'_, Id, Q>, resource: ResourceId<'_, Q>) -> Exposure
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.ask(subject, resource, ForExposure).unwrap_or(Exposure::Hidden)
    }

    /// Explains the answer to a question: [`Directory::decide`]'s decision, with all that led to it.
    #[must_use]
    pub fn explain<Q>(&self, subject: &SubjectId<'_, Id, Q>, action: Action, resource: ResourceId<'_, Q>) -> Explanation
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.ask(subject, resource, ForExplanation(action)).unwrap_or_else(|| Explanation::of_unknown_resource(action))
    }

    /// The account of this id.
    #[must_use]
    #[inline]
    pub fn account<Q>(&self, id: &Q) -> Option<&Account<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.accounts.get(id)
    }

    /// The organization of this id.
    #[must_use]
    #[inline]
    pub fn organization<Q>(&self, id: &Q) -> Option<&Organization<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.organizations.get(id)
    }

    /// The project of this id.
    #[must_use]
    #[inline]
    pub fn project<Q>(&self, id: &Q) -> Option<&Project<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.projects.get(id)
    }

    /// The cluster of this id.
    #[must_use]
    #[inline]
    pub fn cluster<Q>(&self, id: &Q) -> Option<&Cluster<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.clusters.get(id)
    }

    /// The environment of this id.
    #[must_use]
    #[inline]
    pub fn environment<Q>(&self, id: &Q) -> Option<&Environment<Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.environments.get(id)
    }
}
