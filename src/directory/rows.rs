//! Rows: everything that a directory holds, as a database would hold it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;
use core::hash::Hash;

use crate::directory::Directory;
use crate::directory::load::{DirectoryBuilder, LoadError, RowError, TableName};
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind};
use crate::model::cluster::{Cluster, Orchestrator};
use crate::model::environment::Environment;
use crate::model::organization::Organization;
use crate::model::project::{Project, Visibility};
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Time};

/// Every row of a directory: what a database holds. A directory is built from it and exported to it, whatever the type of
/// the ids.
///
/// With the feature `serde`, its serialized form is the directory document.
///
/// # Examples
///
/// ```
/// use shipgate::directory::{MemberRow, OrganizationRow, Rows};
/// use shipgate::{Directory, Role};
///
/// let rows = Rows {
///     organizations: vec![OrganizationRow { id: 1 }],
///     members: vec![MemberRow { organization: 1, account: 7, role: Role::Owner, expires_at: None }],
///     ..Rows::default()
/// };
/// let directory = Directory::try_from(rows)?;
/// assert_eq!(directory.organization(&1).map(|organization| organization.owners()), Some(1));
/// assert_eq!(directory.rows().members.len(), 1);
/// # Ok::<(), shipgate::directory::LoadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rows<Id> {
    /// The accounts. A member that is not listed here is a user.
    pub accounts: Vec<AccountRow<Id>>,
    /// The organizations.
    pub organizations: Vec<OrganizationRow<Id>>,
    /// The members of organizations.
    pub members: Vec<MemberRow<Id>>,
    /// The clusters of organizations.
    pub clusters: Vec<ClusterRow<Id>>,
    /// The access of members to clusters, where it differs from the default of their role.
    pub cluster_access: Vec<ClusterAccessRow<Id>>,
    /// The projects of organizations.
    pub projects: Vec<ProjectRow<Id>>,
    /// The roles of members in projects.
    pub project_roles: Vec<ProjectRoleRow<Id>>,
    /// The environments of projects.
    pub environments: Vec<EnvironmentRow<Id>>,
}

/// No rows.
impl<Id> Default for Rows<Id> {
    fn default() -> Self {
        Self {
            accounts: Vec::new(),
            organizations: Vec::new(),
            members: Vec::new(),
            clusters: Vec::new(),
            cluster_access: Vec::new(),
            projects: Vec::new(),
            project_roles: Vec::new(),
            environments: Vec::new(),
        }
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountRow<Id> {
    /// Its id.
    pub id: Id,
    /// Whether it is a person's or a program's.
    pub kind: AccountKind,
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrganizationRow<Id> {
    /// Its id.
    pub id: Id,
}

/// A member of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MemberRow<Id> {
    /// The organization.
    pub organization: Id,
    /// The account that is a member of it.
    pub account: Id,
    /// The member's role.
    pub role: Role,
    /// When the membership expires; `None` if it does not.
    pub expires_at: Option<Time>,
}

/// A cluster of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClusterRow<Id> {
    /// Its id.
    pub id: Id,
    /// The organization that it belongs to.
    pub organization: Id,
    /// What runs it, if that is known. It decides nothing.
    pub orchestrator: Option<Orchestrator>,
}

/// A member's access to a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClusterAccessRow<Id> {
    /// The cluster.
    pub cluster: Id,
    /// The member of the cluster's organization.
    pub account: Id,
    /// The level of access.
    pub level: ClusterAccess,
    /// When the access expires; `None` if it does not.
    pub expires_at: Option<Time>,
}

/// A project of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectRow<Id> {
    /// Its id.
    pub id: Id,
    /// The organization that it belongs to.
    pub organization: Id,
    /// Who may see it.
    pub visibility: Visibility,
}

/// A member's role in a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectRoleRow<Id> {
    /// The project.
    pub project: Id,
    /// The member of the project's organization.
    pub account: Id,
    /// The role in the project.
    pub role: ProjectRole,
    /// When the role expires; `None` if it does not.
    pub expires_at: Option<Time>,
}

/// An environment of a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnvironmentRow<Id> {
    /// Its id.
    pub id: Id,
    /// The project that it belongs to.
    pub project: Id,
    /// The cluster that it deploys to.
    pub cluster: Id,
    /// Its namespace on the cluster, if it has one.
    pub namespace: Option<String>,
    /// How it is protected.
    pub protection: Protection,
}

impl<Id> Rows<Id> {
    /// Replaces each id by what `id` makes of it: text by numbers, say, or ids of one type by those of another.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::directory::{OrganizationRow, Rows};
    ///
    /// let rows = Rows { organizations: vec![OrganizationRow { id: 1 }], ..Rows::default() };
    /// assert_eq!(rows.map_ids(|id| format!("org-{id}")).organizations[0].id, "org-1");
    /// ```
    #[must_use]
    pub fn map_ids<J>(self, mut id: impl FnMut(Id) -> J) -> Rows<J> {
        let mut id = |old| id(old);
        Rows {
            accounts: each(self.accounts, |row| AccountRow { id: id(row.id), kind: row.kind }),
            organizations: each(self.organizations, |row| OrganizationRow { id: id(row.id) }),
            members: each(self.members, |row| MemberRow {
                organization: id(row.organization),
                account: id(row.account),
                role: row.role,
                expires_at: row.expires_at,
            }),
            clusters: each(self.clusters, |row| ClusterRow {
                id: id(row.id),
                organization: id(row.organization),
                orchestrator: row.orchestrator,
            }),
            cluster_access: each(self.cluster_access, |row| ClusterAccessRow {
                cluster: id(row.cluster),
                account: id(row.account),
                level: row.level,
                expires_at: row.expires_at,
            }),
            projects: each(self.projects, |row| ProjectRow {
                id: id(row.id),
                organization: id(row.organization),
                visibility: row.visibility,
            }),
            project_roles: each(self.project_roles, |row| ProjectRoleRow {
                project: id(row.project),
                account: id(row.account),
                role: row.role,
                expires_at: row.expires_at,
            }),
            environments: each(self.environments, |row| EnvironmentRow {
                id: id(row.id),
                project: id(row.project),
                cluster: id(row.cluster),
                namespace: row.namespace,
                protection: row.protection,
            }),
        }
    }
}

fn each<T, U>(rows: Vec<T>, to: impl FnMut(T) -> U) -> Vec<U> {
    rows.into_iter().map(to).collect()
}

impl<Id: Ord> Rows<Id> {
    /// Sorts each table by its ids, as [`Directory::rows`] returns it: members by organization and account, access by cluster
    /// and account, roles by project and account, and all other tables by their own id.
    pub fn sort(&mut self) {
        self.accounts.sort_by(|a, b| a.id.cmp(&b.id));
        self.organizations.sort_by(|a, b| a.id.cmp(&b.id));
        self.members.sort_by(|a, b| (&a.organization, &a.account).cmp(&(&b.organization, &b.account)));
        self.clusters.sort_by(|a, b| a.id.cmp(&b.id));
        self.cluster_access.sort_by(|a, b| (&a.cluster, &a.account).cmp(&(&b.cluster, &b.account)));
        self.projects.sort_by(|a, b| a.id.cmp(&b.id));
        self.project_roles.sort_by(|a, b| (&a.project, &a.account).cmp(&(&b.project, &b.account)));
        self.environments.sort_by(|a, b| a.id.cmp(&b.id));
    }
}

/// The directory of these rows, at revision 0.
///
/// # Errors
///
/// [`LoadError`], which names the table and the row, for the first row that repeats another, refers to nothing or contradicts
/// another.
impl<Id: Hash + Ord + Clone + Display> TryFrom<Rows<Id>> for Directory<Id> {
    type Error = LoadError;

    fn try_from(rows: Rows<Id>) -> Result<Self, LoadError> {
        Self::try_from(&rows)
    }
}

/// As from the rows themselves.
impl<Id: Hash + Ord + Clone + Display> TryFrom<&Rows<Id>> for Directory<Id> {
    type Error = LoadError;

    fn try_from(rows: &Rows<Id>) -> Result<Self, LoadError> {
        let mut builder = Self::builder();
        builder.rows(rows)?;
        Ok(builder.build())
    }
}

impl<Id: Hash + Ord + Clone + Display> DirectoryBuilder<Id> {
    /// Adds rows, table by table. Use it in place of [`Directory::try_from`] to set the revision too, with
    /// [`DirectoryBuilder::at_revision`].
    ///
    /// # Errors
    ///
    /// [`LoadError`] for the first row that is rejected. The rows before it have been added.
    pub fn rows(&mut self, rows: &Rows<Id>) -> Result<(), LoadError> {
        add(TableName::Accounts, &rows.accounts, |row| self.account(row.id.clone(), row.kind))?;
        add(TableName::Organizations, &rows.organizations, |row| self.organization(row.id.clone()))?;
        add(TableName::Members, &rows.members, |row| {
            self.member::<Id>(&row.organization, row.account.clone(), row.role, row.expires_at)
        })?;
        add(TableName::Clusters, &rows.clusters, |row| {
            self.cluster::<Id>(row.id.clone(), &row.organization)?;
            match row.orchestrator {
                Some(orchestrator) => self.orchestrator::<Id>(&row.id, orchestrator),
                None => Ok(()),
            }
        })?;
        add(TableName::ClusterAccess, &rows.cluster_access, |row| {
            self.cluster_access::<Id>(&row.cluster, &row.account, Grant::expiring(row.level, row.expires_at))
        })?;
        add(TableName::Projects, &rows.projects, |row| {
            self.project::<Id>(row.id.clone(), &row.organization, row.visibility)
        })?;
        add(TableName::ProjectRoles, &rows.project_roles, |row| {
            self.project_role::<Id>(&row.project, &row.account, Grant::expiring(row.role, row.expires_at))
        })?;
        add(TableName::Environments, &rows.environments, |row| {
            let namespace = row.namespace.as_deref();
            self.environment::<Id>(row.id.clone(), &row.project, &row.cluster, namespace, row.protection)
        })
    }
}

fn add<T>(table: TableName, rows: &[T], mut one: impl FnMut(&T) -> Result<(), RowError>) -> Result<(), LoadError> {
    rows.iter().enumerate().try_for_each(|(row, fact)| one(fact).map_err(|error| LoadError::new(table, row, error)))
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Every row of the directory, each table sorted by its ids, every account listed. [`Directory::try_from`] makes an equal
    /// directory of them, but for the revision.
    #[must_use]
    pub fn rows(&self) -> Rows<Id> {
        let index = &self.index;
        let mut rows = Rows {
            accounts: self.accounts.iter().map(AccountRow::of).collect(),
            organizations: self.organizations.iter().map(OrganizationRow::of).collect(),
            clusters: self.clusters.iter().map(|cluster| self.cluster_row(cluster)).collect(),
            projects: self.projects.iter().map(ProjectRow::of).collect(),
            environments: self.environments.iter().map(|environment| self.environment_row(environment)).collect(),
            ..Rows::default()
        };
        for organization in index.organizations.iter() {
            rows.members.extend(organization.members.iter().map(|(account, member)| MemberRow {
                organization: organization.id().clone(),
                account: account.clone(),
                role: member.value().role,
                expires_at: member.expires_at(),
            }));
        }
        for cluster in index.clusters.iter() {
            rows.cluster_access.extend(cluster.overrides.iter().map(|(account, grant)| ClusterAccessRow {
                cluster: cluster.id().clone(),
                account: account.clone(),
                level: grant.value(),
                expires_at: grant.expires_at(),
            }));
        }
        for project in index.projects.iter() {
            rows.project_roles.extend(project.roles.iter().map(|(account, grant)| ProjectRoleRow {
                project: project.id().clone(),
                account: account.clone(),
                role: grant.value(),
                expires_at: grant.expires_at(),
            }));
        }
        rows.sort();
        rows
    }

    fn cluster_row(&self, cluster: &Cluster<Id>) -> ClusterRow<Id> {
        ClusterRow {
            id: cluster.id().clone(),
            organization: cluster.organization().clone(),
            orchestrator: self.orchestrator(cluster.id()),
        }
    }

    fn environment_row(&self, environment: &Environment<Id>) -> EnvironmentRow<Id> {
        EnvironmentRow {
            id: environment.id().clone(),
            project: environment.project().clone(),
            cluster: environment.cluster().clone(),
            namespace: self.namespace(environment.id()).map(Into::into),
            protection: environment.protection(),
        }
    }
}

impl<Id: Clone> AccountRow<Id> {
    fn of(account: &Account<Id>) -> Self {
        Self { id: account.id().clone(), kind: account.kind() }
    }
}

impl<Id: Clone> OrganizationRow<Id> {
    fn of(organization: &Organization<Id>) -> Self {
        Self { id: organization.id().clone() }
    }
}

impl<Id: Clone> ProjectRow<Id> {
    fn of(project: &Project<Id>) -> Self {
        Self {
            id: project.id().clone(),
            organization: project.organization().clone(),
            visibility: project.visibility(),
        }
    }
}
