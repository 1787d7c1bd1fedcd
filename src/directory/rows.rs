//! Rows: the contents of a directory, as a database would store them.

use alloc::string::String;
use alloc::vec::Vec;

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::Orchestrator;
use crate::model::custom_role::{AnyRole, RoleDefinition};
use crate::model::grants::Holder;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::ProjectRole;
use crate::model::time::Time;

/// The contents of a directory, as rows of database tables. A directory is built from rows and can be exported as rows.
///
/// There is no table of accounts: an account that is a member of no organization is not kept, and each of its members' rows
/// has its kind.
///
/// With the feature `serde`, its serialized form is the directory document.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "directory")]
/// # fn main() -> Result<(), shipgate::directory::LoadError> {
/// use shipgate::directory::{MemberRow, OrganizationRow, Rows};
/// use shipgate::{AccountKind, Directory, Role};
///
/// let olivia = MemberRow {
///     organization: 1,
///     account: 7,
///     kind: AccountKind::User,
///     role: Role::Owner.into(),
///     expires_at: None,
/// };
/// let rows = Rows { organizations: vec![OrganizationRow { id: 1 }], members: vec![olivia], ..Rows::default() };
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
    /// The organizations.
    pub organizations: Vec<OrganizationRow<Id>>,
    /// The custom roles of organizations.
    pub roles: Vec<RoleRow<Id>>,
    /// The members of organizations.
    pub members: Vec<MemberRow<Id>>,
    /// The teams of organizations.
    pub teams: Vec<TeamRow<Id>>,
    /// The members of teams.
    pub team_members: Vec<TeamMemberRow<Id>>,
    /// The clusters of organizations.
    pub clusters: Vec<ClusterRow<Id>>,
    /// The access of members and teams to clusters, where it differs from the default of a role.
    pub cluster_access: Vec<ClusterAccessRow<Id>>,
    /// The projects of organizations.
    pub projects: Vec<ProjectRow<Id>>,
    /// The roles of members and teams in projects.
    pub project_roles: Vec<ProjectRoleRow<Id>>,
    /// The environments of projects.
    pub environments: Vec<EnvironmentRow<Id>>,
}

/// No rows.
impl<Id> Default for Rows<Id> {
    fn default() -> Self {
        Self {
            organizations: Vec::new(),
            roles: Vec::new(),
            members: Vec::new(),
            teams: Vec::new(),
            team_members: Vec::new(),
            clusters: Vec::new(),
            cluster_access: Vec::new(),
            projects: Vec::new(),
            project_roles: Vec::new(),
            environments: Vec::new(),
        }
    }
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrganizationRow<Id> {
    /// Its id.
    pub id: Id,
}

/// A custom role of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleRow<Id> {
    /// Its id.
    pub id: Id,
    /// The organization that it belongs to.
    pub organization: Id,
    /// Its rank and its permissions.
    pub definition: RoleDefinition,
}

/// A member of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MemberRow<Id> {
    /// The organization.
    pub organization: Id,
    /// The account that is a member of it.
    pub account: Id,
    /// Whether the account is a person's or a program's. All rows of an account have the same kind.
    pub kind: AccountKind,
    /// The member's role: a built-in one, or a custom role of the organization.
    pub role: AnyRole<Id>,
    /// When the membership expires; `None` if it does not.
    pub expires_at: Option<Time>,
}

/// A team of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TeamRow<Id> {
    /// Its id.
    pub id: Id,
    /// The organization that it belongs to.
    pub organization: Id,
}

/// A member of a team.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TeamMemberRow<Id> {
    /// The team.
    pub team: Id,
    /// The member of the team's organization.
    pub account: Id,
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
    /// Who can see the cluster.
    pub visibility: Visibility,
}

/// The access of a member or a team to a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClusterAccessRow<Id> {
    /// The cluster.
    pub cluster: Id,
    /// The member or the team of the cluster's organization.
    pub holder: Holder<Id>,
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

/// The role of a member or a team in a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectRoleRow<Id> {
    /// The project.
    pub project: Id,
    /// The member or the team of the project's organization.
    pub holder: Holder<Id>,
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
    /// Its namespace on the cluster, which no other environment has.
    pub namespace: String,
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
            organizations: each(self.organizations, |row| OrganizationRow { id: id(row.id) }),
            roles: each(self.roles, |row| RoleRow {
                id: id(row.id),
                organization: id(row.organization),
                definition: row.definition,
            }),
            members: each(self.members, |row| MemberRow {
                organization: id(row.organization),
                account: id(row.account),
                kind: row.kind,
                role: row.role.map(&mut id),
                expires_at: row.expires_at,
            }),
            teams: each(self.teams, |row| TeamRow { id: id(row.id), organization: id(row.organization) }),
            team_members: each(self.team_members, |row| TeamMemberRow { team: id(row.team), account: id(row.account) }),
            clusters: each(self.clusters, |row| ClusterRow {
                id: id(row.id),
                organization: id(row.organization),
                orchestrator: row.orchestrator,
                visibility: row.visibility,
            }),
            cluster_access: each(self.cluster_access, |row| ClusterAccessRow {
                cluster: id(row.cluster),
                holder: row.holder.map(&mut id),
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
                holder: row.holder.map(&mut id),
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
    /// Sorts each table by its ids, as `Directory::rows` returns it: members by organization and account, members of teams
    /// by team and account, access by cluster and holder, roles in projects by project and holder, and all other tables by
    /// their own id. Of the holders, accounts come before teams.
    pub fn sort(&mut self) {
        self.organizations.sort_by(|a, b| a.id.cmp(&b.id));
        self.roles.sort_by(|a, b| a.id.cmp(&b.id));
        self.members.sort_by(|a, b| (&a.organization, &a.account).cmp(&(&b.organization, &b.account)));
        self.teams.sort_by(|a, b| a.id.cmp(&b.id));
        self.team_members.sort_by(|a, b| (&a.team, &a.account).cmp(&(&b.team, &b.account)));
        self.clusters.sort_by(|a, b| a.id.cmp(&b.id));
        self.cluster_access.sort_by(|a, b| (&a.cluster, &a.holder).cmp(&(&b.cluster, &b.holder)));
        self.projects.sort_by(|a, b| a.id.cmp(&b.id));
        self.project_roles.sort_by(|a, b| (&a.project, &a.holder).cmp(&(&b.project, &b.holder)));
        self.environments.sort_by(|a, b| a.id.cmp(&b.id));
    }
}
