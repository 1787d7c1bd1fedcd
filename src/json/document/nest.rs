//! From rows to the document: each row goes inside what it belongs to.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt::Display;

use crate::directory::error::LoadError;
use crate::directory::rows::{ClusterRow, OrganizationRow, ProjectRow, Rows, TeamRow};
use crate::json::document::nested::{
    AccessForm, Accounts, ClusterForm, Document, EnvironmentForm, MemberForm, OrganizationForm, ProjectForm,
    ProjectMemberForm, RoleForm, TeamForm,
};
use crate::json::document::references::References;
use crate::json::document::word::Namespace;
use crate::json::id::Text;
use crate::json::role::RoleWord;
use crate::model::account::AccountKind;

impl<'a, Id: Ord + Display> Document<&'a Id> {
    /// The document of rows. Of the accounts it lists the services: all others are users.
    ///
    /// # Errors
    ///
    /// [`LoadError`] for a row that refers to something that is not among the rows, or gives an account another kind than the
    /// rows before it.
    pub(super) fn of(rows: &'a Rows<Id>) -> Result<Self, LoadError> {
        References::of(rows).check(rows)?;
        let mut parts = Parts::of(rows);
        let services = rows.members.iter().filter(|row| row.kind == AccountKind::Service);
        let accounts = Accounts(services.map(|row| (&row.account, row.kind)).collect());
        let organizations = rows.organizations.iter().map(|row| parts.organization(row)).collect();
        Ok(Self { accounts, organizations })
    }
}

/// What goes inside organizations, teams, clusters and projects, by their ids.
struct Parts<'a, Id> {
    members: Lists<'a, Id, MemberForm<&'a Id>>,
    roles: Lists<'a, Id, RoleForm<&'a Id>>,
    teams: Lists<'a, Id, &'a TeamRow<Id>>,
    team_members: Lists<'a, Id, Text<&'a Id>>,
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
                let (account, role) = (Text(&row.account), RoleWord(row.role.as_ref()));
                (&row.organization, MemberForm { account, role, expires_at: row.expires_at })
            })),
            roles: Lists::of(rows.roles.iter().map(|row| {
                let form = RoleForm { id: &row.id, definition: row.definition };
                (&row.organization, form)
            })),
            teams: Lists::of(rows.teams.iter().map(|row| (&row.organization, row))),
            team_members: Lists::of(rows.team_members.iter().map(|row| (&row.team, Text(&row.account)))),
            clusters: Lists::of(rows.clusters.iter().map(|row| (&row.organization, row))),
            access: Lists::of(rows.cluster_access.iter().map(|row| {
                let holder = row.holder.as_ref();
                (&row.cluster, AccessForm { holder, level: row.level, expires_at: row.expires_at })
            })),
            projects: Lists::of(rows.projects.iter().map(|row| (&row.organization, row))),
            project_members: Lists::of(rows.project_roles.iter().map(|row| {
                let holder = row.holder.as_ref();
                (&row.project, ProjectMemberForm { holder, role: row.role, expires_at: row.expires_at })
            })),
            environments: Lists::of(rows.environments.iter().map(|row| {
                let form = EnvironmentForm {
                    id: Text(&row.id),
                    cluster: Text(&row.cluster),
                    namespace: Namespace(row.namespace.clone()),
                    protection: row.protection,
                };
                (&row.project, form)
            })),
        }
    }

    fn organization(&mut self, row: &'a OrganizationRow<Id>) -> OrganizationForm<&'a Id> {
        let teams = self.teams.take(&row.id);
        let (clusters, projects) = (self.clusters.take(&row.id), self.projects.take(&row.id));
        OrganizationForm {
            id: Text(&row.id),
            members: self.members.take(&row.id),
            roles: self.roles.take(&row.id),
            teams: teams.into_iter().map(|team| self.team(team)).collect(),
            clusters: clusters.into_iter().map(|cluster| self.cluster(cluster)).collect(),
            projects: projects.into_iter().map(|project| self.project(project)).collect(),
        }
    }

    fn team(&mut self, row: &'a TeamRow<Id>) -> TeamForm<&'a Id> {
        TeamForm { id: Text(&row.id), members: self.team_members.take(&row.id) }
    }

    fn cluster(&mut self, row: &'a ClusterRow<Id>) -> ClusterForm<&'a Id> {
        ClusterForm {
            id: Text(&row.id),
            orchestrator: row.orchestrator,
            visibility: row.visibility,
            access: self.access.take(&row.id),
        }
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
