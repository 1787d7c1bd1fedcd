//! Why rows are rejected.

use alloc::string::{String, ToString};
use core::fmt::Display;

use crate::model::escape::Escaped;
use crate::model::names::names;

/// An id as a message shows it: in quotes, with what would garble a line escaped.
pub(crate) fn name<Q: Display + ?Sized>(id: &Q) -> String {
    Escaped::in_quotes(id).to_string()
}

names! {
    /// What a directory holds by id.
    pub enum EntityKind: "kind of fact" {
        /// An account.
        Account = "account",
        /// An organization.
        Organization = "organization",
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
    /// A grant to an account that is not a member.
    #[error("account {account} is not a member of {organization}")]
    NotAMember { account: String, organization: String },
    /// A second override.
    #[error("account {account} has a level on {cluster} already: one override per cluster")]
    DuplicateClusterAccess { account: String, cluster: String },
    /// A second project role.
    #[error("account {account} has a role in {project} already: one role per project")]
    DuplicateProjectRole { account: String, project: String },
    /// An environment on another organization's cluster.
    #[error("cluster {cluster} is not one of {organization}: choose a cluster of the project's organization")]
    ForeignCluster { cluster: String, organization: String },
    /// Two environments in one place.
    #[error("namespace {namespace} of cluster {cluster} is taken: one environment would deploy over the other")]
    NamespaceTaken { namespace: String, cluster: String },
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
        /// [`Rows::accounts`](crate::directory::Rows::accounts).
        Accounts = "accounts",
        /// [`Rows::organizations`](crate::directory::Rows::organizations).
        Organizations = "organizations",
        /// [`Rows::members`](crate::directory::Rows::members).
        Members = "members",
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
/// use shipgate::Directory;
/// use shipgate::directory::{ClusterRow, Rows, TableName};
///
/// let cluster = ClusterRow { id: 20, organization: 1, orchestrator: None };
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
