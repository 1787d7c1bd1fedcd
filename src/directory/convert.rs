//! Conversions between rows and directories.

use core::fmt::Display;
use core::hash::Hash;

use crate::directory::error::{LoadError, RowError, TableName};
use crate::directory::load::DirectoryBuilder;
use crate::directory::rows::{
    AccountRow, ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow,
    Rows,
};
use crate::directory::store::Directory;
use crate::model::account::Account;
use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::time::Grant;

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

/// The directory of these rows, at revision 0. See `TryFrom<Rows<Id>>`.
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
    /// The contents of the directory, with every account listed and each table sorted by its ids. [`Directory::try_from`]
    /// makes an equal directory from them, except for the revision.
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
