//! The rows of an organization by their keys, so that edits can be undone.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::change::{ClusterState, Edit, EnvironmentState, MemberState, OrganizationState, ProjectState, RoleState};
use shipgate::directory::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow,
    Rows, TeamMemberRow, TeamRow,
};
use shipgate::{ClusterAccess, Grant, Holder, ProjectRole};

use crate::database::Error;

/// The rows of an organization by their keys.
#[derive(Debug, Default)]
pub(super) struct Tables {
    id: String,
    organization: Option<OrganizationState>,
    roles: BTreeMap<String, RoleState>,
    members: BTreeMap<String, MemberState<String>>,
    teams: BTreeSet<String>,
    team_members: BTreeSet<(String, String)>,
    clusters: BTreeMap<String, ClusterState>,
    cluster_access: BTreeMap<(String, Holder<String>), Grant<ClusterAccess>>,
    projects: BTreeMap<String, ProjectState>,
    project_roles: BTreeMap<(String, Holder<String>), Grant<ProjectRole>>,
    environments: BTreeMap<String, EnvironmentState<String>>,
}

/// Which side of an edit.
#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

impl Side {
    fn of<T: Clone>(self, from: Option<&T>, to: Option<&T>) -> Option<T> {
        match self {
            Self::Before => from.cloned(),
            Self::After => to.cloned(),
        }
    }
}

impl Tables {
    /// The rows of an organization.
    pub(super) fn of(rows: Rows<String>, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            organization: rows.organizations.first().map(|_| OrganizationState {}),
            roles: rows.roles.into_iter().map(|row| (row.id, RoleState { definition: row.definition })).collect(),
            members: rows.members.into_iter().map(of_member).collect(),
            teams: rows.teams.into_iter().map(|row| row.id).collect(),
            team_members: {
                let rows = rows.team_members.into_iter();
                rows.map(|row| (row.team, row.account)).collect()
            },
            clusters: rows.clusters.into_iter().map(of_cluster).collect(),
            cluster_access: {
                let rows = rows.cluster_access.into_iter();
                rows.map(|row| ((row.cluster, row.holder), Grant::expiring(row.level, row.expires_at))).collect()
            },
            projects: {
                let rows = rows.projects.into_iter();
                rows.map(|row| (row.id, ProjectState { visibility: row.visibility })).collect()
            },
            project_roles: {
                let rows = rows.project_roles.into_iter();
                rows.map(|row| ((row.project, row.holder), Grant::expiring(row.role, row.expires_at))).collect()
            },
            environments: rows.environments.into_iter().map(of_environment).collect(),
        }
    }

    /// Undoes an edit.
    ///
    /// # Errors
    ///
    /// [`Error`] if the edit does not say what it removed.
    pub(super) fn undo(&mut self, edit: &Edit<String>) -> Result<(), Error> {
        match edit {
            Edit::Remove { restore: Some(edits), .. } => {
                for edit in edits {
                    self.set(edit, Side::After);
                }
                Ok(())
            }
            Edit::Remove { restore: None, .. } => {
                Err(Error::content("a record does not say what it removed, and there is no checkpoint before it"))
            }
            edit => {
                self.set(edit, Side::Before);
                Ok(())
            }
        }
    }

    fn set(&mut self, edit: &Edit<String>, side: Side) {
        match edit {
            Edit::Organization { from, to, .. } => self.organization = side.of(from.as_ref(), to.as_ref()),
            Edit::Role { role, from, to, .. } => {
                put(&mut self.roles, role.clone(), side.of(from.as_ref(), to.as_ref()));
            }
            Edit::Member { account, from, to, .. } => {
                put(&mut self.members, account.clone(), side.of(from.as_ref(), to.as_ref()));
            }
            Edit::Team { team, from, to, .. } => {
                put_key(&mut self.teams, team.clone(), side.of(from.as_ref(), to.as_ref()).is_some());
            }
            Edit::TeamMember { team, account, from, to, .. } => {
                put_key(
                    &mut self.team_members,
                    (team.clone(), account.clone()),
                    side.of(from.as_ref(), to.as_ref()).is_some(),
                );
            }
            Edit::ClusterAccess { cluster, holder, from, to, .. } => {
                put(&mut self.cluster_access, (cluster.clone(), holder.clone()), side.of(from.as_ref(), to.as_ref()));
            }
            Edit::ProjectRole { project, holder, from, to, .. } => {
                put(&mut self.project_roles, (project.clone(), holder.clone()), side.of(from.as_ref(), to.as_ref()));
            }
            Edit::Project { project, from, to, .. } => {
                put(&mut self.projects, project.clone(), side.of(from.as_ref(), to.as_ref()));
            }
            Edit::Cluster { cluster, from, to, .. } => {
                put(&mut self.clusters, cluster.clone(), side.of(from.as_ref(), to.as_ref()));
            }
            Edit::Environment { environment, from, to, .. } => {
                put(&mut self.environments, environment.clone(), side.of(from.as_ref(), to.as_ref()));
            }
            // What restores a removal adds rows, and removes none.
            Edit::Remove { .. } => {}
        }
    }

    /// The rows.
    pub(super) fn into_rows(self) -> Rows<String> {
        let organization = self.id;
        let of = || organization.clone();
        Rows {
            organizations: self
                .organization
                .map(|OrganizationState {}| OrganizationRow { id: of() })
                .into_iter()
                .collect(),
            roles: each(self.roles, |id, RoleState { definition }| RoleRow { id, organization: of(), definition }),
            members: each(self.members, |account, MemberState { kind, role, expires_at }| MemberRow {
                organization: of(),
                account,
                kind,
                role,
                expires_at,
            }),
            teams: self.teams.into_iter().map(|id| TeamRow { id, organization: of() }).collect(),
            team_members: self
                .team_members
                .into_iter()
                .map(|(team, account)| TeamMemberRow { team, account })
                .collect(),
            clusters: each(self.clusters, |id, ClusterState { orchestrator, visibility }| ClusterRow {
                id,
                organization: of(),
                orchestrator,
                visibility,
            }),
            cluster_access: each(self.cluster_access, |(cluster, holder), grant| ClusterAccessRow {
                cluster,
                holder,
                level: grant.value(),
                expires_at: grant.expires_at(),
            }),
            projects: each(self.projects, |id, ProjectState { visibility }| ProjectRow {
                id,
                organization: of(),
                visibility,
            }),
            project_roles: each(self.project_roles, |(project, holder), grant| ProjectRoleRow {
                project,
                holder,
                role: grant.value(),
                expires_at: grant.expires_at(),
            }),
            environments: each(
                self.environments,
                |id, EnvironmentState { project, cluster, namespace, protection }| EnvironmentRow {
                    id,
                    project,
                    cluster,
                    namespace,
                    protection,
                },
            ),
        }
    }
}

fn put<K: Ord, V>(table: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => drop(table.insert(key, value)),
        None => drop(table.remove(&key)),
    }
}

fn put_key<K: Ord>(table: &mut BTreeSet<K>, key: K, is_there: bool) {
    if is_there {
        table.insert(key);
    } else {
        table.remove(&key);
    }
}

fn each<K, V, R>(table: BTreeMap<K, V>, mut row: impl FnMut(K, V) -> R) -> Vec<R> {
    table.into_iter().map(|(key, value)| row(key, value)).collect()
}

fn of_member(row: MemberRow<String>) -> (String, MemberState<String>) {
    (row.account, MemberState { kind: row.kind, role: row.role, expires_at: row.expires_at })
}

fn of_cluster(row: ClusterRow<String>) -> (String, ClusterState) {
    (row.id, ClusterState { orchestrator: row.orchestrator, visibility: row.visibility })
}

fn of_environment(row: EnvironmentRow<String>) -> (String, EnvironmentState<String>) {
    let EnvironmentRow { id, project, cluster, namespace, protection } = row;
    (id, EnvironmentState { project, cluster, namespace, protection })
}
