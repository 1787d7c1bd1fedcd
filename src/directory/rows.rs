//! Rows: the contents of a directory, as a database would store them.

use alloc::string::String;
use alloc::vec::Vec;

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::Orchestrator;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::Time;

/// The contents of a directory, as rows of database tables. A directory is built from rows and can be exported as rows.
///
/// With the feature `serde`, its serialized form is the directory document.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "directory")]
/// # fn main() -> Result<(), shipgate::directory::LoadError> {
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
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "directory"))]
/// # fn main() {}
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
    /// The orchestrator of the cluster, if known. It affects no decision.
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
    /// Who can see the project.
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
    /// The cluster that it is deployed to.
    pub cluster: Id,
    /// Its namespace on the cluster, if any.
    pub namespace: Option<String>,
    /// How it is protected.
    pub protection: Protection,
}

impl<Id> Rows<Id> {
    /// Replaces each id by `id(old)`, for example to use a different type of id.
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
    /// Sorts each table by its ids, as `Directory::rows` returns it: members by organization and account, access by cluster
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
