//! The rows that every engine loads: what a platform's database holds.
//!
//! An id is the place of its row. Times are milliseconds since the Unix epoch.

use shipgate::{AccountKind, ClusterAccess, ProjectRole, Protection, Role, Visibility};

pub type Id = u32;
pub type Millis = i64;

#[derive(Clone, Debug, Default)]
pub struct World {
    pub accounts: Vec<AccountKind>,
    pub organizations: Id,
    pub members: Vec<Member>,
    pub clusters: Vec<Cluster>,
    pub access: Vec<Access>,
    pub projects: Vec<Project>,
    pub project_members: Vec<ProjectMember>,
    pub environments: Vec<Environment>,
}

#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub organization: Id,
    pub account: Id,
    pub role: Role,
    pub expires_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct Cluster {
    pub organization: Id,
}

/// An override: a member's level on a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    pub cluster: Id,
    pub account: Id,
    pub level: ClusterAccess,
    pub expires_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct Project {
    pub organization: Id,
    pub visibility: Visibility,
}

#[derive(Clone, Copy, Debug)]
pub struct ProjectMember {
    pub project: Id,
    pub account: Id,
    pub role: ProjectRole,
    pub expires_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct Environment {
    pub project: Id,
    pub cluster: Id,
    pub protection: Protection,
}

/// Rows with their ids.
pub fn numbered<T>(rows: &[T]) -> impl Iterator<Item = (Id, &T)> {
    (0..).zip(rows)
}

/// The row of an id.
///
/// # Panics
///
/// Where there is none: ids are made from rows.
pub fn row<T>(rows: &[T], id: Id) -> &T {
    &rows[usize::try_from(id).expect("ids are small")]
}

impl World {
    /// How many environments each project has.
    ///
    /// # Panics
    ///
    /// Where an environment is of a project that there is not.
    #[must_use]
    pub fn environments_by_project(&self) -> Vec<u32> {
        let mut counts = vec![0; self.projects.len()];
        for environment in &self.environments {
            counts[usize::try_from(environment.project).expect("ids are small")] += 1;
        }
        counts
    }

    /// The organization of a resource.
    #[must_use]
    pub fn organization_of(&self, on: crate::question::On) -> Id {
        use crate::question::On;
        match on {
            On::Organization(id) => id,
            On::Project(id) => row(&self.projects, id).organization,
            On::Environment(id) => row(&self.projects, row(&self.environments, id).project).organization,
            On::Cluster(id) => row(&self.clusters, id).organization,
        }
    }

    /// Puts another world beside this one: its ids follow on.
    ///
    /// # Panics
    ///
    /// Where the rows of both are more than ids can count.
    pub fn append(&mut self, other: World) {
        let length = |rows: usize| Id::try_from(rows).expect("ids are small");
        let organizations = self.organizations;
        let (accounts, clusters) = (length(self.accounts.len()), length(self.clusters.len()));
        let (projects, environments) = (length(self.projects.len()), other.environments);
        self.organizations += other.organizations;
        self.accounts.extend(other.accounts);
        self.members.extend(other.members.into_iter().map(|row| Member {
            organization: row.organization + organizations,
            account: row.account + accounts,
            ..row
        }));
        self.clusters
            .extend(other.clusters.into_iter().map(|row| Cluster { organization: row.organization + organizations }));
        self.access.extend(other.access.into_iter().map(|row| Access {
            cluster: row.cluster + clusters,
            account: row.account + accounts,
            ..row
        }));
        self.projects.extend(
            other.projects.into_iter().map(|row| Project { organization: row.organization + organizations, ..row }),
        );
        self.project_members.extend(other.project_members.into_iter().map(|row| ProjectMember {
            project: row.project + projects,
            account: row.account + accounts,
            ..row
        }));
        self.environments.extend(environments.into_iter().map(|row| Environment {
            project: row.project + projects,
            cluster: row.cluster + clusters,
            ..row
        }));
    }
}
