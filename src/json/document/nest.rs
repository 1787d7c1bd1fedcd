//! From rows to the document: each row goes inside what it belongs to.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt::Display;

use crate::directory::error::{EntityKind, LoadError, RowError, TableName};
use crate::directory::rows::{ClusterRow, OrganizationRow, ProjectRow, Rows};
use crate::json::document::nested::{
    AccessForm, AccountForm, ClusterForm, Document, EnvironmentForm, MemberForm, OrganizationForm, ProjectForm,
    ProjectMemberForm, Text,
};

impl<'a, Id: Ord + Display> Document<&'a Id> {
    /// The document of rows.
    ///
    /// # Errors
    ///
    /// [`LoadError`] for a row that refers to something that is not among the rows.
    pub(super) fn of(rows: &'a Rows<Id>) -> Result<Self, LoadError> {
        References::of(rows).check(rows)?;
        let mut parts = Parts::of(rows);
        let accounts = rows.accounts.iter().map(|row| AccountForm { id: Text(&row.id), kind: row.kind }).collect();
        let organizations = rows.organizations.iter().map(|row| parts.organization(row)).collect();
        Ok(Self { accounts, organizations })
    }
}

/// What rows can refer to.
struct References<'a, Id> {
    organizations: BTreeSet<&'a Id>,
    /// Clusters and projects, with their organizations.
    clusters: BTreeMap<&'a Id, &'a Id>,
    projects: BTreeMap<&'a Id, &'a Id>,
    /// By organization and account.
    members: BTreeSet<(&'a Id, &'a Id)>,
}

impl<'a, Id: Ord + Display> References<'a, Id> {
    fn of(rows: &'a Rows<Id>) -> Self {
        Self {
            organizations: rows.organizations.iter().map(|row| &row.id).collect(),
            clusters: rows.clusters.iter().map(|row| (&row.id, &row.organization)).collect(),
            projects: rows.projects.iter().map(|row| (&row.id, &row.organization)).collect(),
            members: rows.members.iter().map(|row| (&row.organization, &row.account)).collect(),
        }
    }

    fn check(&self, rows: &Rows<Id>) -> Result<(), LoadError> {
        each(TableName::Members, &rows.members, |row| self.organization(&row.organization))?;
        each(TableName::Clusters, &rows.clusters, |row| self.organization(&row.organization))?;
        each(TableName::ClusterAccess, &rows.cluster_access, |row| {
            self.member(owner(EntityKind::Cluster, &self.clusters, &row.cluster)?, &row.account)
        })?;
        each(TableName::Projects, &rows.projects, |row| self.organization(&row.organization))?;
        each(TableName::ProjectRoles, &rows.project_roles, |row| {
            self.member(owner(EntityKind::Project, &self.projects, &row.project)?, &row.account)
        })?;
        each(TableName::Environments, &rows.environments, |row| {
            owner(EntityKind::Project, &self.projects, &row.project)?;
            owner(EntityKind::Cluster, &self.clusters, &row.cluster).map(drop)
        })
    }

    fn organization(&self, id: &Id) -> Result<(), RowError> {
        if self.organizations.contains(id) { Ok(()) } else { Err(RowError::unknown(EntityKind::Organization, id)) }
    }

    fn member(&self, organization: &Id, account: &Id) -> Result<(), RowError> {
        if self.members.contains(&(organization, account)) {
            Ok(())
        } else {
            Err(RowError::not_a_member(account, organization))
        }
    }
}

/// The organization of a cluster or a project.
fn owner<'a, Id: Ord + Display>(
    kind: EntityKind,
    owners: &BTreeMap<&'a Id, &'a Id>,
    id: &Id,
) -> Result<&'a Id, RowError> {
    owners.get(id).copied().ok_or_else(|| RowError::unknown(kind, id))
}

fn each<T>(table: TableName, rows: &[T], check: impl Fn(&T) -> Result<(), RowError>) -> Result<(), LoadError> {
    rows.iter().enumerate().try_for_each(|(row, fact)| check(fact).map_err(|error| LoadError::new(table, row, error)))
}

/// What goes inside organizations, clusters and projects, by their ids.
struct Parts<'a, Id> {
    members: Lists<'a, Id, MemberForm<&'a Id>>,
    clusters: Lists<'a, Id, &'a ClusterRow<Id>>,
    access: Lists<'a, Id, AccessForm<&'a Id>>,
    projects: Lists<'a, Id, &'a ProjectRow<Id>>,
    project_members: Lists<'a, Id, ProjectMemberForm<&'a Id>>,
    environments: Lists<'a, Id, EnvironmentForm<&'a Id>>,
}

/// Lists by the id of what they belong to.
struct Lists<'a, Id, T>(BTreeMap<&'a Id, Vec<T>>);

impl<'a, Id: Ord, T> Lists<'a, Id, T> {
    fn of(items: impl Iterator<Item = (&'a Id, T)>) -> Self {
        let mut lists = BTreeMap::<_, Vec<_>>::new();
        for (id, item) in items {
            lists.entry(id).or_default().push(item);
        }
        Self(lists)
    }

    fn take(&mut self, id: &Id) -> Vec<T> {
        self.0.remove(id).unwrap_or_default()
    }
}

impl<'a, Id: Ord> Parts<'a, Id> {
    fn of(rows: &'a Rows<Id>) -> Self {
        Self {
            members: Lists::of(rows.members.iter().map(|row| {
                let form = MemberForm { account: Text(&row.account), role: row.role, expires_at: row.expires_at };
                (&row.organization, form)
            })),
            clusters: Lists::of(rows.clusters.iter().map(|row| (&row.organization, row))),
            access: Lists::of(rows.cluster_access.iter().map(|row| {
                let form = AccessForm { account: Text(&row.account), level: row.level, expires_at: row.expires_at };
                (&row.cluster, form)
            })),
            projects: Lists::of(rows.projects.iter().map(|row| (&row.organization, row))),
            project_members: Lists::of(rows.project_roles.iter().map(|row| {
                let form =
                    ProjectMemberForm { account: Text(&row.account), role: row.role, expires_at: row.expires_at };
                (&row.project, form)
            })),
            environments: Lists::of(rows.environments.iter().map(|row| {
                let form = EnvironmentForm {
                    id: Text(&row.id),
                    cluster: Text(&row.cluster),
                    namespace: row.namespace.clone(),
                    protection: row.protection,
                };
                (&row.project, form)
            })),
        }
    }

    fn organization(&mut self, row: &'a OrganizationRow<Id>) -> OrganizationForm<&'a Id> {
        let (clusters, projects) = (self.clusters.take(&row.id), self.projects.take(&row.id));
        OrganizationForm {
            id: Text(&row.id),
            members: self.members.take(&row.id),
            clusters: clusters.into_iter().map(|cluster| self.cluster(cluster)).collect(),
            projects: projects.into_iter().map(|project| self.project(project)).collect(),
        }
    }

    fn cluster(&mut self, row: &'a ClusterRow<Id>) -> ClusterForm<&'a Id> {
        ClusterForm { id: Text(&row.id), orchestrator: row.orchestrator, access: self.access.take(&row.id) }
    }

    fn project(&mut self, row: &'a ProjectRow<Id>) -> ProjectForm<&'a Id> {
        ProjectForm {
            id: Text(&row.id),
            visibility: row.visibility,
            members: self.project_members.take(&row.id),
            environments: self.environments.take(&row.id),
        }
    }
}
