//! Filling a directory, strictly: row by row, each checked against those before it.

use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use super::index::{ClusterIndex, Member, OrganizationIndex, ProjectIndex, Stage};
use crate::directory::error::{EntityKind, RowError, name};
use crate::directory::store::Directory;
use crate::directory::table::Table;
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind, Membership};
use crate::model::cluster::{Cluster, Orchestrator};
use crate::model::environment::Environment;
use crate::model::organization::Organization;
use crate::model::project::{Project, Visibility};
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::sorted::Keyed;
use crate::model::time::{Grant, Time};

/// A directory that is being filled: what a row refers to comes before it.
///
/// A row that is refused changes nothing. A grant above its holder's ceiling is taken (a decision clamps it), and so is an
/// organization without a permanent Owner.
///
/// # Examples
///
/// ```
/// use shipgate::{Directory, Grant, ClusterAccess, Role};
/// use shipgate::directory::LoadError;
///
/// let mut rows = Directory::<u64>::builder();
/// rows.organization(1)?;
/// rows.member(&1, 7, Role::Developer, None)?;
/// rows.cluster(20, &1)?;
/// rows.cluster_access(&20, &7, Grant::new(ClusterAccess::View))?;
///
/// let problem = rows.cluster_access(&20, &8, Grant::new(ClusterAccess::View)).unwrap_err();
/// assert_eq!(problem.to_string(), r#"account "8" is not a member of "1""#);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DirectoryBuilder<Id> {
    directory: Directory<Id>,
    // What the index has by account is sorted once, at the end: twice as fast as putting each row in its place.
    members: Grants<Id, Member>,
    overrides: Grants<Id, ClusterAccess>,
    project_roles: Grants<Id, ProjectRole>,
}

/// What was given to accounts, in the order of the rows, by the id of what it was given on.
type Grants<Id, T> = Table<(Id, Vec<(Id, Grant<T>)>)>;

impl<Id> Directory<Id> {
    /// A directory to be filled, row by row.
    #[must_use]
    pub fn builder() -> DirectoryBuilder<Id> {
        DirectoryBuilder::new()
    }
}

impl<Id> DirectoryBuilder<Id> {
    fn new() -> Self {
        Self {
            directory: Directory::new(),
            members: Table::new(),
            overrides: Table::new(),
            project_roles: Table::new(),
        }
    }
}

impl<Id: Hash + Ord + Clone + Display> DirectoryBuilder<Id> {
    /// An account. One that is not declared before it becomes a member is a user.
    ///
    /// # Errors
    ///
    /// [`RowError::Duplicate`] where there is an account of this id, declared or a member.
    pub fn account(&mut self, id: Id, kind: AccountKind) -> Result<(), RowError> {
        put(&mut self.directory.accounts, EntityKind::Account, Account::new(id, kind))
    }

    /// An organization.
    ///
    /// # Errors
    ///
    /// [`RowError::Duplicate`] where there is one of this id.
    pub fn organization(&mut self, id: Id) -> Result<(), RowError> {
        put(&mut self.directory.organizations, EntityKind::Organization, Organization::new(id.clone(), 0))?;
        self.directory.index.organizations.get_or_insert(OrganizationIndex::new(id));
        Ok(())
    }

    /// A member of an organization, until an expiry where there is one.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the organization does not exist; [`RowError::DuplicateMember`] if the account is already a
    /// member.
    pub fn member<Q>(
        &mut self,
        organization: &Q,
        account: Id,
        role: Role,
        expires_at: Option<Time>,
    ) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let Directory { accounts, organizations, .. } = &mut self.directory;
        let organization = organizations
            .get_mut(organization)
            .ok_or_else(|| RowError::unknown(EntityKind::Organization, organization))?;
        let mut membership = Membership::new(organization.id().clone(), role);
        if let Some(expiry) = expires_at {
            membership = membership.until(expiry);
        }
        let refused = |account| RowError::DuplicateMember { account, organization: name(organization.id()) };
        let account = accounts.get_or_insert(Account::user(account));
        account.join(membership).map_err(|_| refused(name(account.id())))?;
        if account.kind().acting(role) == Role::Owner && expires_at.is_none() {
            organization.add_owner();
        }
        let member = Member { kind: account.kind(), role };
        add_row(&mut self.members, organization.id(), account.id().clone(), Grant::expiring(member, expires_at));
        Ok(())
    }

    /// A cluster of an organization.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the organization does not exist; [`RowError::Duplicate`] if any organization has a
    /// cluster with this id.
    pub fn cluster<Q>(&mut self, id: Id, organization: &Q) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let organization = self
            .directory
            .organization(organization)
            .ok_or_else(|| RowError::unknown(EntityKind::Organization, organization))?;
        let organization = organization.id().clone();
        put(&mut self.directory.clusters, EntityKind::Cluster, Cluster::new(id.clone(), organization.clone()))?;
        let index = &mut self.directory.index;
        if let Some(of) = index.organizations.get_mut::<Id>(&organization) {
            of.clusters.insert(id.clone());
        }
        index.clusters.get_or_insert(ClusterIndex::new(id));
        Ok(())
    }

    /// Sets what runs a cluster. It decides nothing.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the directory has no such cluster.
    pub fn orchestrator<Q>(&mut self, cluster: &Q, orchestrator: Orchestrator) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let of = self.directory.index.clusters.get_mut(cluster);
        of.ok_or_else(|| RowError::unknown(EntityKind::Cluster, cluster))?.orchestrator = Some(orchestrator);
        Ok(())
    }

    /// An override: a member's level on a cluster.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the cluster does not exist; [`RowError::NotAMember`] if the account is not a member of its
    /// organization; [`RowError::DuplicateClusterAccess`] if the member already has an override on it.
    pub fn cluster_access<Q>(&mut self, cluster: &Q, account: &Q, grant: Grant<ClusterAccess>) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let Directory { accounts, clusters, .. } = &mut self.directory;
        let cluster = clusters.get(cluster).ok_or_else(|| RowError::unknown(EntityKind::Cluster, cluster))?;
        let (id, membership) = membership(accounts, account, cluster.organization())?;
        membership
            .set_cluster_access(cluster.id().clone(), grant)
            .map_err(|_| RowError::DuplicateClusterAccess { account: name(account), cluster: name(cluster.id()) })?;
        add_row(&mut self.overrides, cluster.id(), id, grant);
        Ok(())
    }

    /// A project of an organization.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the organization does not exist; [`RowError::Duplicate`] if any organization has a
    /// project with this id.
    pub fn project<Q>(&mut self, id: Id, organization: &Q, visibility: Visibility) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let organization = self
            .directory
            .organization(organization)
            .ok_or_else(|| RowError::unknown(EntityKind::Organization, organization))?;
        let organization = organization.id().clone();
        let project = Project::new(id.clone(), organization.clone()).with_visibility(visibility);
        put(&mut self.directory.projects, EntityKind::Project, project)?;
        let index = &mut self.directory.index;
        if let Some(of) = index.organizations.get_mut::<Id>(&organization) {
            of.projects.insert(id.clone());
        }
        index.projects.get_or_insert(ProjectIndex::new(id));
        Ok(())
    }

    /// A member's role in a project.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the project does not exist; [`RowError::NotAMember`] if the account is not a member of its
    /// organization; [`RowError::DuplicateProjectRole`] if the member already has a role in it.
    pub fn project_role<Q>(&mut self, project: &Q, account: &Q, grant: Grant<ProjectRole>) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let Directory { accounts, projects, .. } = &mut self.directory;
        let project = projects.get(project).ok_or_else(|| RowError::unknown(EntityKind::Project, project))?;
        let (id, membership) = membership(accounts, account, project.organization())?;
        membership
            .set_project_role(project.id().clone(), grant)
            .map_err(|_| RowError::DuplicateProjectRole { account: name(account), project: name(project.id()) })?;
        add_row(&mut self.project_roles, project.id(), id, grant);
        Ok(())
    }

    /// An environment of a project, on a cluster of the same organization, and in a namespace of it where one is named.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the project or the cluster does not exist; [`RowError::ForeignCluster`] if the cluster
    /// belongs to another organization; [`RowError::NamespaceTaken`] if another environment has the namespace (one would
    /// deploy over the other); [`RowError::Duplicate`] if any organization has an environment with this id.
    pub fn environment<Q>(
        &mut self,
        id: Id,
        project: &Q,
        cluster: &Q,
        namespace: Option<&str>,
        protection: Protection,
    ) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let Directory { projects, clusters, environments, index, .. } = &mut self.directory;
        let project = projects.get_mut(project).ok_or_else(|| RowError::unknown(EntityKind::Project, project))?;
        let cluster = clusters.get_mut(cluster).ok_or_else(|| RowError::unknown(EntityKind::Cluster, cluster))?;
        let environment = Environment::new(id.clone(), project, cluster, protection).map_err(|_| {
            RowError::ForeignCluster { cluster: name(cluster.id()), organization: name(project.organization()) }
        })?;
        if namespace.is_some_and(|namespace| index.is_taken::<Id>(cluster.id(), namespace)) {
            let namespace = name(namespace.unwrap_or_default());
            return Err(RowError::NamespaceTaken { namespace, cluster: name(cluster.id()) });
        }
        put(environments, EntityKind::Environment, environment)?;
        index.add_environment(id, project, Stage { cluster: cluster.id().clone(), protection }, namespace);
        project.add_environment(protection);
        cluster.add_environment();
        Ok(())
    }

    /// Sets the revision: the number of changes that led to these rows, 0 by default. You can then replay the records of
    /// later changes.
    pub fn at_revision(&mut self, revision: u64) {
        self.directory.revision = revision;
    }

    /// The directory.
    #[must_use]
    pub fn build(self) -> Directory<Id> {
        let mut directory = self.directory;
        for account in directory.accounts.iter_mut() {
            account.shrink_to_fit();
        }
        let index = &mut directory.index;
        index.shrink_to_fit();
        for (organization, members) in self.members {
            if let Some(of) = index.organizations.get_mut::<Id>(&organization) {
                of.members = members.into_iter().collect();
            }
        }
        for (cluster, overrides) in self.overrides {
            if let Some(of) = index.clusters.get_mut::<Id>(&cluster) {
                of.overrides = overrides.into_iter().collect();
            }
        }
        for (project, roles) in self.project_roles {
            if let Some(of) = index.projects.get_mut::<Id>(&project) {
                of.roles = roles.into_iter().collect();
            }
        }
        directory
    }
}

fn add_row<Id: Hash + Eq + Clone, T>(rows: &mut Grants<Id, T>, on: &Id, account: Id, grant: Grant<T>) {
    match rows.get_mut::<Id>(on) {
        Some((_, rows)) => rows.push((account, grant)),
        None => drop(rows.insert((on.clone(), vec![(account, grant)]))),
    }
}

fn put<T: Keyed<Key: Hash + Eq + Display>>(facts: &mut Table<T>, kind: EntityKind, fact: T) -> Result<(), RowError> {
    facts.insert(fact).map_err(|fact| RowError::Duplicate { kind, id: name(fact.key()) })
}

fn membership<'a, Id, Q>(
    accounts: &'a mut Table<Account<Id>>,
    account: &Q,
    organization: &Id,
) -> Result<(Id, &'a mut Membership<Id>), RowError>
where
    Id: Hash + Ord + Clone + Display + Borrow<Q>,
    Q: Hash + Ord + Display + ?Sized,
{
    accounts
        .get_mut(account)
        .and_then(|account| Some((account.id().clone(), account.membership_mut::<Id>(organization)?)))
        .ok_or_else(|| RowError::not_a_member(account, organization))
}
