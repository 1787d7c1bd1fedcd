//! Why rows are rejected.

use alloc::string::{String, ToString};
use core::fmt::Display;

use crate::model::account::AccountKind;
use crate::model::escape::Escaped;
use crate::model::names::names;
use crate::model::namespace::NamespaceError;

/// An id as a message shows it: in quotes, with what would garble a line escaped.
pub(crate) fn name<Q: Display + ?Sized>(id: &Q) -> String {
    Escaped::in_quotes(id).to_string()
}

names! {
    /// What a directory holds by id.
    #[derive(PartialOrd, Ord)]
    pub enum EntityKind: "kind of fact" {
        /// An account.
        Account = "account",
        /// An organization.
        Organization = "organization",
        /// A custom role.
        Role = "role",
        /// A team.
        Team = "team",
        /// A project.
        Project = "project",
        /// A cluster.
        Cluster = "cluster",
        /// An environment.
        Environment = "environment",
    }
}

/// Why a row was rejected. The ids are in quotes, with control characters escaped, as in the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the ids that the message names")]
#[non_exhaustive]
pub enum RowError {
    /// A second fact of one id.
    #[error("{kind} {id} is there already: ids of a kind are unique in the whole directory")]
    Duplicate { kind: EntityKind, id: String },
    /// An id that nothing has.
    #[error("{kind} {id} does not exist: add it first, or name one that does")]
    Unknown { kind: EntityKind, id: String },
    /// A second membership.
    #[error("account {account} is a member of {organization} already: one role per member")]
    DuplicateMember { account: String, organization: String },
    /// A second kind for one account.
    #[error(
        "account {account} is of the kind {present} by another row, and of the kind {kind} by this one: choose one"
    )]
    OtherKind { account: String, present: AccountKind, kind: AccountKind },
    /// A custom role of another organization.
    #[error(
        "role {role} is not one of {organization}: choose a built-in role, or a custom one of the same organization"
    )]
    ForeignRole { role: String, organization: String },
    /// A grant or a place in a team, to an account that is not a member.
    #[error("account {account} is not a member of {organization}")]
    NotAMember { account: String, organization: String },
    /// A grant to a team of another organization.
    #[error("team {team} is not one of {organization}: choose a team of the same organization")]
    ForeignTeam { team: String, organization: String },
    /// A second place in one team.
    #[error("account {account} is in team {team} already: one place per member")]
    DuplicateTeamMember { account: String, team: String },
    /// A second override of one holder.
    #[error("{kind} {holder} has a level on {cluster} already: one override per cluster")]
    DuplicateClusterAccess { kind: EntityKind, holder: String, cluster: String },
    /// A second project role of one holder.
    #[error("{kind} {holder} has a role in {project} already: one role per project")]
    DuplicateProjectRole { kind: EntityKind, holder: String, project: String },
    /// An environment on another organization's cluster.
    #[error("cluster {cluster} is not one of {organization}: choose a cluster of the project's organization")]
    ForeignCluster { cluster: String, organization: String },
    /// A namespace that cannot be one.
    #[error("namespace {namespace}: {error}")]
    Namespace { namespace: String, error: NamespaceError },
    /// Two environments in one place.
    #[error("namespace {namespace} of cluster {cluster} is taken: one environment would deploy over the other")]
    NamespaceTaken { namespace: String, cluster: String },
    /// There are as many facts of the row's kind as can be numbered: some four billion, or one billion memberships that are
    /// more than a built-in role and one grant without expiry.
    #[error("there is no room for more: the facts of a kind are numbered, and their numbers end")]
    Full,
    /// An expiry that no document or record could say.
    #[error("the expiry lies outside the years 0000 to 9999: leave it out for a grant that does not expire")]
    Time,
}

impl RowError {
    pub(crate) fn unknown<Q: Display + ?Sized>(kind: EntityKind, id: &Q) -> Self {
        Self::Unknown { kind, id: name(id) }
    }

    pub(crate) fn not_a_member<A: Display + ?Sized, O: Display>(account: &A, organization: &O) -> Self {
        Self::NotAMember { account: name(account), organization: name(organization) }
    }
}

names! {
    /// The tables of [`Rows`](crate::directory::Rows).
    pub enum TableName: "table" {
        /// [`Rows::organizations`](crate::directory::Rows::organizations).
        Organizations = "organizations",
        /// [`Rows::roles`](crate::directory::Rows::roles).
        Roles = "roles",
        /// [`Rows::members`](crate::directory::Rows::members).
        Members = "members",
        /// [`Rows::teams`](crate::directory::Rows::teams).
        Teams = "teams",
        /// [`Rows::team_members`](crate::directory::Rows::team_members).
        TeamMembers = "team_members",
        /// [`Rows::clusters`](crate::directory::Rows::clusters).
        Clusters = "clusters",
        /// [`Rows::cluster_access`](crate::directory::Rows::cluster_access).
        ClusterAccess = "cluster_access",
        /// [`Rows::projects`](crate::directory::Rows::projects).
        Projects = "projects",
        /// [`Rows::project_roles`](crate::directory::Rows::project_roles).
        ProjectRoles = "project_roles",
        /// [`Rows::environments`](crate::directory::Rows::environments).
        Environments = "environments",
    }
}

/// A row that was rejected, with its table and its position.
///
/// # Examples
///
/// ```
/// use shipgate::directory::{ClusterRow, Rows, TableName};
/// use shipgate::{Directory, Visibility};
///
/// let cluster = ClusterRow { id: 20, organization: 1, orchestrator: None, visibility: Visibility::Organization };
/// let error = Directory::try_from(Rows { clusters: vec![cluster], ..Rows::default() }).unwrap_err();
/// assert_eq!((error.table(), error.row()), (TableName::Clusters, 0));
/// assert_eq!(error.to_string(), r#"clusters[0]: organization "1" does not exist: add it first, or name one that does"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{table}[{row}]: {error}")]
pub struct LoadError {
    table: TableName,
    row: usize,
    #[source]
    error: RowError,
}

impl LoadError {
    pub(crate) const fn new(table: TableName, row: usize, error: RowError) -> Self {
        Self { table, row, error }
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> TableName {
        self.table
    }

    /// The position of the row in its table, counted from 0.
    #[must_use]
    pub const fn row(&self) -> usize {
        self.row
    }

    /// Why the row was rejected.
    #[must_use]
    pub const fn error(&self) -> &RowError {
        &self.error
    }

    #[cfg(feature = "authzen")]
    pub(crate) fn into_error(self) -> RowError {
        self.error
    }
}
