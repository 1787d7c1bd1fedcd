//! The tables of rows and of the log, and their columns, in one place.

use crate::model::names::names;

names! {
    /// A table of [`schema`](crate::sql::schema). Each name begins with `shipgate_`, to be apart from the tables of your service.
    pub enum Table: "table" {
        /// The log: the records of every organization, also of those that were deleted. `follows` is the revision of the record
        /// before it, and 0 for the first.
        Records = "shipgate_records",
        /// The ids that are in use, of each kind in all organizations. An id that is in use cannot be inserted.
        Ids = "shipgate_ids",
        /// The [rows](crate::directory::Rows) of organizations.
        Organizations = "shipgate_organizations",
        /// The rows of custom roles. The permissions are their wire names, with a space between them.
        Roles = "shipgate_roles",
        /// The rows of members. Either `role` is the name of a built-in role, or `custom_role` the id of a custom one.
        Members = "shipgate_members",
        /// The rows of teams.
        Teams = "shipgate_teams",
        /// The rows of members of teams.
        TeamMembers = "shipgate_team_members",
        /// The rows of clusters.
        Clusters = "shipgate_clusters",
        /// The rows of access to clusters. `holder_kind` is `account` or `team`, and `holder` the id of it.
        ClusterAccess = "shipgate_cluster_access",
        /// The rows of projects.
        Projects = "shipgate_projects",
        /// The rows of roles in projects. `holder_kind` is `account` or `team`, and `holder` the id of it.
        ProjectRoles = "shipgate_project_roles",
        /// The rows of environments. The columns of an approval rule are NULL if there is none.
        Environments = "shipgate_environments",
    }
}

names! {
    /// The type of a column of a [`Table`].
    pub enum ColumnType: "type of column" {
        /// An id, of the type that you choose: see [`IdType`](crate::sql::IdType).
        Id = "id",
        /// A text.
        Text = "text",
        /// A whole number of 8 bytes. A time is in milliseconds since the Unix epoch.
        BigInt = "bigint",
        /// A whole number of 2 bytes.
        SmallInt = "smallint",
        /// A truth value, in SQLite 0 or 1.
        Boolean = "boolean",
    }
}

impl Table {
    /// The tables of rows, in the order of the fields of [`Rows`](crate::directory::Rows).
    pub const ROWS: [Self; 10] = [
        Self::Organizations,
        Self::Roles,
        Self::Members,
        Self::Teams,
        Self::TeamMembers,
        Self::Clusters,
        Self::ClusterAccess,
        Self::Projects,
        Self::ProjectRoles,
        Self::Environments,
    ];

    /// The names of the columns, in the order in which [`rows_of`](crate::sql::rows_of) reads them. The first are the primary
    /// key.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::sql::Table;
    ///
    /// let columns: Vec<_> = Table::Members.columns().collect();
    /// assert_eq!(columns, ["organization", "account", "kind", "role", "custom_role", "expires_at"]);
    /// ```
    pub fn columns(self) -> impl Iterator<Item = &'static str> {
        self.layout().fields().map(|field| field.name)
    }

    /// The columns of the table.
    pub(crate) const fn layout(self) -> Layout {
        match self {
            Self::Records => RECORDS,
            Self::Ids => IDS,
            Self::Organizations => ORGANIZATIONS,
            Self::Roles => ROLES,
            Self::Members => MEMBERS,
            Self::Teams => TEAMS,
            Self::TeamMembers => TEAM_MEMBERS,
            Self::Clusters => CLUSTERS,
            Self::ClusterAccess => CLUSTER_ACCESS,
            Self::Projects => PROJECTS,
            Self::ProjectRoles => PROJECT_ROLES,
            Self::Environments => ENVIRONMENTS,
        }
    }
}

// The organization leads each key, so that the tables can be partitioned and distributed by it. The ids are unique in all
// organizations, so it does not lead theirs.

const RECORDS: Layout = Layout {
    key: &[ORGANIZATION, Field::new("revision", ColumnType::BigInt)],
    values: &[
        ID,
        Field::id("previous").or_null(),
        Field::new("policy", ColumnType::BigInt),
        Field::new("at", ColumnType::BigInt).or_null(),
        Field::text("record"),
        FOLLOWS,
    ],
    check: None,
};

const IDS: Layout = Layout { key: &[Field::text("kind"), ID], values: &[ORGANIZATION], check: None };

const ORGANIZATIONS: Layout = Layout { key: &[ORGANIZATION], values: &[], check: None };

const ROLES: Layout =
    Layout { key: &[ORGANIZATION, ID], values: &[Field::text("rank"), Field::text("permissions")], check: None };

const MEMBERS: Layout = Layout {
    key: &[ORGANIZATION, ACCOUNT],
    values: &[Field::text("kind"), Field::text("role").or_null(), Field::id("custom_role").or_null(), EXPIRES_AT],
    check: Some("(role IS NULL) <> (custom_role IS NULL)"),
};

const TEAMS: Layout = Layout { key: &[ORGANIZATION, ID], values: &[], check: None };

const TEAM_MEMBERS: Layout = Layout { key: &[ORGANIZATION, Field::id("team"), ACCOUNT], values: &[], check: None };

const CLUSTERS: Layout =
    Layout { key: &[ORGANIZATION, ID], values: &[Field::text("orchestrator").or_null(), VISIBILITY], check: None };

const CLUSTER_ACCESS: Layout = Layout {
    key: &[ORGANIZATION, CLUSTER, HOLDER_KIND, HOLDER],
    values: &[Field::text("level"), EXPIRES_AT],
    check: Some(A_HOLDER),
};

const PROJECTS: Layout = Layout { key: &[ORGANIZATION, ID], values: &[VISIBILITY], check: None };

const PROJECT_ROLES: Layout = Layout {
    key: &[ORGANIZATION, PROJECT, HOLDER_KIND, HOLDER],
    values: &[Field::text("role"), EXPIRES_AT],
    check: Some(A_HOLDER),
};

const ENVIRONMENTS: Layout = Layout {
    key: &[ORGANIZATION, ID],
    values: &[
        PROJECT,
        CLUSTER,
        Field::text("namespace"),
        Field::text("protection"),
        Field::text("approval_from").or_null(),
        Field::new("approval_count", ColumnType::SmallInt).or_null(),
        Field::new("self_approval", ColumnType::Boolean).or_null(),
        Field::text("bypass").or_null(),
    ],
    check: Some(
        "(approval_from IS NULL) = (approval_count IS NULL) AND (approval_from IS NULL) = (self_approval IS NULL) AND \
         (approval_from IS NULL) = (bypass IS NULL)",
    ),
};

/// The revision of the record before it, as the log has it. It is computed on inserting, and must not be NULL, so that no record
/// is stored after one that the log does not have.
pub(crate) const FOLLOWS: Field = Field::new("follows", ColumnType::BigInt);
const ORGANIZATION: Field = Field::id("organization");
const ID: Field = Field::id("id");
const ACCOUNT: Field = Field::id("account");
const CLUSTER: Field = Field::id("cluster");
const PROJECT: Field = Field::id("project");
const HOLDER_KIND: Field = Field::text("holder_kind");
const HOLDER: Field = Field::id("holder");
const VISIBILITY: Field = Field::text("visibility");
const EXPIRES_AT: Field = Field::new("expires_at", ColumnType::BigInt).or_null();
const A_HOLDER: &str = "holder_kind IN ('account', 'team')";

/// The columns of a table.
pub(crate) struct Layout {
    pub(crate) key: &'static [Field],
    pub(crate) values: &'static [Field],
    pub(crate) check: Option<&'static str>,
}

impl Layout {
    /// All columns, the key first.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.key.iter().chain(self.values)
    }
}

/// A column.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) holds: ColumnType,
    pub(crate) null: Null,
}

/// Whether a column may be NULL.
pub(crate) enum Null {
    Never,
    Allowed,
}

impl Field {
    const fn new(name: &'static str, holds: ColumnType) -> Self {
        Self { name, holds, null: Null::Never }
    }

    const fn id(name: &'static str) -> Self {
        Self::new(name, ColumnType::Id)
    }

    const fn text(name: &'static str) -> Self {
        Self::new(name, ColumnType::Text)
    }

    const fn or_null(self) -> Self {
        Self { null: Null::Allowed, ..self }
    }
}

/// An index beside those of the primary keys.
pub(crate) struct Index {
    pub(crate) name: &'static str,
    pub(crate) create: &'static str,
    pub(crate) table: Table,
    pub(crate) columns: &'static str,
}

/// What finds the rows that a removal deletes, the organizations of an account, and a namespace that is taken.
pub(crate) const INDEXES: [Index; 5] = [
    Index { name: "shipgate_ids_of_organization", create: "CREATE INDEX", table: Table::Ids, columns: "organization" },
    Index { name: "shipgate_members_of_account", create: "CREATE INDEX", table: Table::Members, columns: "account" },
    Index {
        name: "shipgate_cluster_access_of_holder",
        create: "CREATE INDEX",
        table: Table::ClusterAccess,
        columns: "organization, holder_kind, holder",
    },
    Index {
        name: "shipgate_project_roles_of_holder",
        create: "CREATE INDEX",
        table: Table::ProjectRoles,
        columns: "organization, holder_kind, holder",
    },
    Index {
        name: "shipgate_namespaces",
        create: "CREATE UNIQUE INDEX",
        table: Table::Environments,
        columns: "organization, cluster, namespace",
    },
];
