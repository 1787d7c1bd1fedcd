//! The store: facts by id, in the form that `decide` reads, so that finding a fact is a borrow.

use core::borrow::Borrow;
use core::hash::Hash;

use crate::directory::entry::{At, Entry};
use crate::directory::environment::EnvironmentRecord;
use crate::directory::index::Index;
use crate::directory::members::{AccountRecord, Members};
use crate::directory::numbers::Numbers;
use crate::directory::stream::Stream;
use crate::directory::table::Table;
use crate::directory::team::TeamRecord;
use crate::directory::version::Sharing;
use crate::directory::views::{
    AccountRef, ClusterRef, CustomRoleRef, EnvironmentRef, OrganizationRef, ProjectRef, TeamRef,
};
use crate::model::cluster::{Cluster, Orchestrator};
use crate::model::counted::Counted;
use crate::model::custom_role::CustomRole;
use crate::model::fact::{
    AccountFact, ClusterFact, EnvironmentFact, OrganizationFact, ProjectFact, RoleFact, StoredAccount, StoredTeam,
    TeamFact,
};
use crate::model::organization::Organization;
use crate::model::project::Project;

/// An in-memory store of facts by id: accounts with their memberships, organizations, custom roles, teams, projects, clusters
/// and environments. An account that is a member of no organization is not kept.
///
/// Make one from [`Rows`](crate::directory::Rows) or with a [builder](Directory::builder), then ask it questions by id. It
/// counts permanent Owners, members and environments itself, so you do not have to. Looking up a fact takes constant time, and
/// a decision allocates nothing.
///
/// Ids of one kind are unique in the whole directory; ids of different kinds may be equal. Use `&str` to look up ids in a
/// `Directory<String>`.
///
/// # Examples
///
/// ```
/// use shipgate::{
///     AccountKind, Action, Decision, Directory, Protection, Reason, ResourceId, Role, SubjectId, Visibility,
/// };
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
/// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
/// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
/// rows.environment("shop-dev".into(), "shop", "us-east", "shop-dev", Protection::NONE)?;
/// let directory = rows.build();
///
/// let alice = SubjectId::new("alice");
/// assert_eq!(directory.decide(&alice, Action::Deploy, ResourceId::Environment("shop-dev")), Decision::Allow);
/// assert_eq!(
///     directory.decide(&alice, Action::Deploy, ResourceId::Environment("shop-prod")),
///     Decision::Deny(Reason::UnknownResource)
/// );
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug)]
pub struct Directory<Id> {
    pub(crate) members: Members<Id>,
    pub(crate) organizations: Table<Entry<Organization<Id>, u32>>,
    pub(crate) roles: Table<Entry<CustomRole<Id>, u32>>,
    pub(crate) teams: Table<TeamRecord<Id>>,
    pub(crate) projects: Table<Entry<Project<Id>, At>>,
    pub(crate) clusters: Table<Entry<Cluster<Id>, At>>,
    pub(crate) environments: Table<EnvironmentRecord<Id>>,
    /// What members' records name by number.
    pub(crate) numbers: Numbers<Id>,
    pub(crate) index: Index<Id>,
    pub(crate) streams: Table<Stream<Id>>,
    pub(crate) sharing: Sharing,
}

/// An empty directory.
impl<Id> Default for Directory<Id> {
    fn default() -> Self {
        Self::new()
    }
}

/// Two directories are equal if they contain the same facts, including namespaces, and each organization is at the same record.
impl<Id: Hash + Ord> PartialEq for Directory<Id> {
    fn eq(&self, other: &Self) -> bool {
        self.streams == other.streams
            && self.accounts().len() == other.accounts().len()
            && self.accounts().all(|account| other.account::<Id>(account.id()) == Some(account))
            && self.organizations == other.organizations
            && self.roles == other.roles
            && self.teams().len() == other.teams().len()
            && self.teams().all(|team| other.team::<Id>(team.id()) == Some(team))
            && self.projects == other.projects
            && self.clusters == other.clusters
            && self.environments().len() == other.environments().len()
            && self.environments().all(|environment| other.environment::<Id>(environment.id()) == Some(environment))
            && self.index == other.index
    }
}

impl<Id: Hash + Ord> Eq for Directory<Id> {}

impl<Id> Directory<Id> {
    /// An empty directory.
    #[must_use]
    pub fn new() -> Self {
        Self {
            members: Members::new(),
            organizations: Table::new(),
            roles: Table::new(),
            teams: Table::new(),
            projects: Table::new(),
            clusters: Table::new(),
            environments: Table::new(),
            numbers: Numbers::new(),
            index: Index::new(),
            streams: Table::new(),
            sharing: Sharing::Alone,
        }
    }

    /// An empty directory to which rows are added before it is closed.
    pub(crate) fn open() -> Self {
        Self {
            members: Members::open(),
            organizations: Table::open(),
            roles: Table::open(),
            teams: Table::open(),
            projects: Table::open(),
            clusters: Table::open(),
            environments: Table::open(),
            numbers: Numbers::open(),
            index: Index::open(),
            ..Self::new()
        }
    }

    /// The accounts, in no particular order.
    #[must_use]
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = AccountRef<'_, Id>> {
        self.members.accounts.iter().map(|account| AccountRef(self.stored_account(account)))
    }

    /// The organizations, in no particular order.
    #[must_use]
    pub fn organizations(&self) -> impl ExactSizeIterator<Item = OrganizationRef<'_, Id>> {
        self.organizations.iter().map(|entry| OrganizationRef(OrganizationFact::of(&entry.fact)))
    }

    /// The custom roles, in no particular order.
    #[must_use]
    pub fn roles(&self) -> impl ExactSizeIterator<Item = CustomRoleRef<'_, Id>> {
        self.roles.iter().map(|entry| CustomRoleRef(RoleFact::of(&entry.fact)))
    }

    /// The teams, in no particular order.
    #[must_use]
    pub fn teams(&self) -> impl ExactSizeIterator<Item = TeamRef<'_, Id>> {
        self.teams.iter().map(|team| TeamRef(self.stored_team(team)))
    }

    /// The projects, in no particular order.
    #[must_use]
    pub fn projects(&self) -> impl ExactSizeIterator<Item = ProjectRef<'_, Id>> {
        self.projects.iter().map(|entry| ProjectRef(ProjectFact::of(&entry.fact)))
    }

    /// The clusters, in no particular order.
    #[must_use]
    pub fn clusters(&self) -> impl ExactSizeIterator<Item = ClusterRef<'_, Id>> {
        self.clusters.iter().map(|entry| ClusterRef(ClusterFact::of(&entry.fact)))
    }

    /// The environments, in no particular order.
    #[must_use]
    pub fn environments(&self) -> impl ExactSizeIterator<Item = EnvironmentRef<'_, Id>> {
        let left = self.environments.iter().len();
        let items = self.environments.iter().filter_map(|environment| environment.fact(&self.numbers));
        Counted { items: items.map(EnvironmentRef), left }
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    /// Ends the adding of rows.
    pub(crate) fn close(&mut self) {
        self.members.accounts.close();
        self.organizations.close();
        self.roles.close();
        self.teams.close();
        self.projects.close();
        self.clusters.close();
        self.environments.close();
        self.numbers.close();
        self.index.close();
    }

    /// The revision of an organization: the number of the last record of its changes, and 0 if there is none. `None` if the
    /// organization does not exist.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory};
    ///
    /// let mut directory = Directory::<String>::new();
    /// assert_eq!(directory.revision("acme-corp"), None);
    /// let owner = ("olivia".into(), AccountKind::User);
    /// directory.create_organization("record-1".into(), "acme-corp".into(), owner.0, owner.1, None)?;
    /// assert_eq!(directory.revision("acme-corp"), Some(1));
    /// assert_eq!(directory.last_record("acme-corp").map(String::as_str), Some("record-1"));
    /// # Ok::<(), shipgate::change::ChangeError>(())
    /// ```
    #[must_use]
    pub fn revision<Q>(&self, organization: &Q) -> Option<u64>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.organizations.get(organization)?;
        Some(self.streams.get(organization).map_or(0, |stream| stream.revision))
    }

    /// The id of the last record of an organization's changes; `None` if there is none.
    #[must_use]
    pub fn last_record<Q>(&self, organization: &Q) -> Option<&Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.streams.get(organization)?.last.as_ref()
    }

    /// The account with this id.
    #[must_use]
    #[inline]
    pub fn account<Q>(&self, id: &Q) -> Option<AccountRef<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.account_fact(id).map(AccountRef)
    }

    /// The organization with this id.
    #[must_use]
    #[inline]
    pub fn organization<Q>(&self, id: &Q) -> Option<OrganizationRef<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.organization_fact(id).map(OrganizationRef)
    }

    /// The custom role with this id.
    #[must_use]
    pub fn role<Q>(&self, id: &Q) -> Option<CustomRoleRef<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.role_fact(id).map(CustomRoleRef)
    }

    /// The team with this id.
    #[must_use]
    pub fn team<Q>(&self, id: &Q) -> Option<TeamRef<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.team_fact(id).map(TeamRef)
    }

    /// The project with this id.
    #[must_use]
    #[inline]
    pub fn project<Q>(&self, id: &Q) -> Option<ProjectRef<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.project_fact(id).map(ProjectRef)
    }

    /// The cluster with this id.
    #[must_use]
    #[inline]
    pub fn cluster<Q>(&self, id: &Q) -> Option<ClusterRef<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.cluster_fact(id).map(ClusterRef)
    }

    /// The environment with this id.
    #[must_use]
    #[inline]
    pub fn environment<Q>(&self, id: &Q) -> Option<EnvironmentRef<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.environment_fact(id).map(EnvironmentRef)
    }

    /// The namespace of an environment on its cluster; `None` if the environment does not exist.
    #[must_use]
    pub fn namespace<Q>(&self, environment: &Q) -> Option<&str>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let project = self.index.projects.get::<Id>(self.environment_fact(environment)?.project())?;
        project.environments.get(environment).map(|stage| &*stage.namespace)
    }

    /// The orchestrator of a cluster; `None` if it is not known or the cluster does not exist. It affects no decision.
    #[must_use]
    pub fn orchestrator<Q>(&self, cluster: &Q) -> Option<Orchestrator>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.index.clusters.get(cluster)?.orchestrator
    }

    /// The members of an organization, including those whose membership has expired, in the order of their ids. Empty if the
    /// organization does not exist.
    pub fn members_of<Q>(&self, organization: &Q) -> impl Iterator<Item = AccountRef<'_, Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let index = self.index.organizations.get(organization);
        index.into_iter().flat_map(|index| index.members.keys()).filter_map(|id| self.account::<Id>(id))
    }

    /// The members of a team, including those whose membership has expired, in the order of their ids. Empty if the team does
    /// not exist.
    pub fn members_of_team<Q>(&self, team: &Q) -> impl Iterator<Item = AccountRef<'_, Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let index = self.index.teams.get(team);
        index.into_iter().flat_map(|index| &index.members).filter_map(|id| self.account::<Id>(id))
    }

    /// The custom roles of an organization, in the order of their ids. Empty if the organization does not exist.
    pub fn roles_of<Q>(&self, organization: &Q) -> impl Iterator<Item = CustomRoleRef<'_, Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let index = self.index.organizations.get(organization);
        index.into_iter().flat_map(|index| &index.roles).filter_map(|id| self.role::<Id>(id))
    }

    /// The teams of an organization, in the order of their ids. Empty if the organization does not exist.
    pub fn teams_of<Q>(&self, organization: &Q) -> impl Iterator<Item = TeamRef<'_, Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let index = self.index.organizations.get(organization);
        index.into_iter().flat_map(|index| &index.teams).filter_map(|id| self.team::<Id>(id))
    }

    /// The projects of an organization, in the order of their ids. Empty if the organization does not exist.
    pub fn projects_of<Q>(&self, organization: &Q) -> impl Iterator<Item = ProjectRef<'_, Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let index = self.index.organizations.get(organization);
        index.into_iter().flat_map(|index| &index.projects).filter_map(|id| self.project::<Id>(id))
    }

    /// The clusters of an organization, in the order of their ids. Empty if the organization does not exist.
    pub fn clusters_of<Q>(&self, organization: &Q) -> impl Iterator<Item = ClusterRef<'_, Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let index = self.index.organizations.get(organization);
        index.into_iter().flat_map(|index| &index.clusters).filter_map(|id| self.cluster::<Id>(id))
    }

    /// The environments of an organization, in the order of their ids. Empty if the organization does not exist.
    pub fn environments_of<Q>(&self, organization: &Q) -> impl Iterator<Item = EnvironmentRef<'_, Id>> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let index = self.index.organizations.get(organization);
        index.into_iter().flat_map(|index| &index.environments).filter_map(|id| self.environment::<Id>(id))
    }
}

impl<Id> Directory<Id> {
    #[inline]
    pub(crate) const fn stored_account<'a>(&'a self, account: &'a AccountRecord<Id>) -> AccountFact<'a, Id> {
        AccountFact::Stored(StoredAccount { directory: self, account })
    }

    const fn stored_team<'a>(&'a self, team: &'a TeamRecord<Id>) -> TeamFact<'a, Id> {
        TeamFact::Stored(StoredTeam { directory: self, team })
    }
}

/// What the policy reads of each kind of fact.
impl<Id: Hash + Ord> Directory<Id> {
    #[inline]
    pub(crate) fn account_fact<Q>(&self, id: &Q) -> Option<AccountFact<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.members.accounts.get(id).map(|account| self.stored_account(account))
    }

    #[inline]
    pub(crate) fn organization_fact<Q>(&self, id: &Q) -> Option<OrganizationFact<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.organizations.get(id).map(|entry| OrganizationFact::of(&entry.fact))
    }

    #[inline]
    pub(crate) fn role_fact<Q>(&self, id: &Q) -> Option<RoleFact<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.roles.get(id).map(|entry| RoleFact::of(&entry.fact))
    }

    #[inline]
    pub(crate) fn team_fact<Q>(&self, id: &Q) -> Option<TeamFact<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.teams.get(id).map(|team| self.stored_team(team))
    }

    #[inline]
    pub(crate) fn project_fact<Q>(&self, id: &Q) -> Option<ProjectFact<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.projects.get(id).map(|entry| ProjectFact::of(&entry.fact))
    }

    #[inline]
    pub(crate) fn cluster_fact<Q>(&self, id: &Q) -> Option<ClusterFact<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.clusters.get(id).map(|entry| ClusterFact::of(&entry.fact))
    }

    #[inline]
    pub(crate) fn environment_fact<Q>(&self, id: &Q) -> Option<EnvironmentFact<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.environments.get(id).and_then(|environment| environment.fact(&self.numbers))
    }
}
