//! The statements that store a record: it in the log, and what it changes in the rows.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::change::{
    ClusterState, Edit, EnvironmentState, MemberState, OrganizationState, ProjectState, Record, Removed, RoleState,
    TeamMemberState, TeamState,
};
use crate::directory::error::EntityKind;
use crate::model::custom_role::{AnyRole, RolePermissions};
use crate::model::grants::Holder;
use crate::model::protection::{Protection, SelfApproval};
use crate::model::role::Permission;
use crate::model::time::Time;
use crate::sql::dialect::Dialect;
use crate::sql::parameter::Parameter;
use crate::sql::table::{ColumnType, Table};
use crate::sql::text::{delete, insert, insert_record, upsert};

/// A statement that changes one table: its text, and the values to bind to its placeholders, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<'a, Id> {
    table: Table,
    text: String,
    parameters: Vec<Parameter<'a, Id>>,
}

impl<'a, Id> Statement<'a, Id> {
    /// The table that it changes.
    #[must_use]
    pub const fn table(&self) -> Table {
        self.table
    }

    /// The SQL text. There are few different ones, so prepare and cache them.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The values to bind to the placeholders, in order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter<'a, Id>] {
        &self.parameters
    }
}

/// The statements that store a record, in the tables of [`schema`](crate::sql::schema). `text` is the record's JSON. Execute
/// them in order, in one transaction, and commit it; then [apply](crate::Directory::apply) the record.
///
/// The first inserts the record into the log. Then each edit of a row is one upsert or one delete, and a removal one delete
/// from each table. What is created or deleted is inserted into the table of ids, or deleted from it.
///
/// If a statement fails because its key is taken, [its table](Statement::table) says why:
///
/// - [`Table::Records`]: somebody else changed the organization first. Apply their records, and propose the change again.
/// - [`Table::Ids`]: the id is in use, perhaps in an organization that the directory does not have. Choose another one.
///
/// If the first statement fails because `follows` would be NULL, the log does not have the record before this one: it was
/// restored to an earlier state, or lost commits in a failover. Attach the organization again.
///
/// # Examples
///
/// ```
/// use shipgate::change::Change;
/// use shipgate::sql::{ColumnType, Dialect, Parameter, statements};
/// use shipgate::{AccountKind, Directory, Role, SubjectId};
///
/// let mut directory = Directory::<u64>::new();
/// directory.create_organization(100, 1, 7, AccountKind::User, None)?;
/// let invite = Change::invite_member(1u64, 8u64, AccountKind::User, Role::Admin, None);
/// let record = directory.propose(101, &SubjectId::new(&7), invite)?;
///
/// let text = "…"; // serde_json::to_string(&record)?
/// let statements = statements(&record, text, Dialect::Sqlite);
/// assert_eq!(statements.len(), 2);
/// assert_eq!(
///     statements[0].text(),
///     "INSERT INTO shipgate_records (organization, revision, id, previous, policy, at, record, follows) \
///      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, COALESCE((SELECT last.revision FROM shipgate_records AS last \
///      WHERE last.organization = ?1 AND last.revision = CAST(?2 AS BIGINT) - 1 AND last.id = ?4), \
///      CASE WHEN CAST(?2 AS BIGINT) = 1 THEN 0 END))",
/// );
/// assert_eq!(
///     statements[1].text(),
///     "INSERT INTO shipgate_members (organization, account, kind, role, custom_role, expires_at) \
///      VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (organization, account) \
///      DO UPDATE SET kind = excluded.kind, role = excluded.role, custom_role = excluded.custom_role, \
///      expires_at = excluded.expires_at",
/// );
/// assert_eq!(
///     statements[1].parameters(),
///     [
///         Parameter::Id(&1),
///         Parameter::Id(&8),
///         Parameter::Text("user".into()),
///         Parameter::Text("admin".into()),
///         Parameter::Null(ColumnType::Id),
///         Parameter::Null(ColumnType::BigInt),
///     ],
/// );
/// # Ok::<(), shipgate::change::ChangeError>(())
/// ```
#[must_use]
pub fn statements<'a, Id>(record: &'a Record<Id>, text: &'a str, dialect: Dialect) -> Vec<Statement<'a, Id>> {
    let mut writer = Writer { dialect, statements: Vec::new() };
    writer.record(record, text);
    for edit in record.edits() {
        writer.edit(edit);
    }
    writer.statements
}

struct Writer<'a, Id> {
    dialect: Dialect,
    statements: Vec<Statement<'a, Id>>,
}

impl<'a, Id> Writer<'a, Id> {
    fn record(&mut self, record: &'a Record<Id>, text: &'a str) {
        let row = vec![
            Parameter::Id(record.organization()),
            // No organization comes to such a revision: at a change each microsecond, it takes 292,000 years.
            Parameter::BigInt(i64::try_from(record.revision()).unwrap_or(i64::MAX)),
            Parameter::Id(record.id()),
            or_null(record.previous().map(Parameter::Id), ColumnType::Id),
            Parameter::BigInt(record.policy().into()),
            time(record.time()),
            word(text),
        ];
        self.push(Table::Records, insert_record(self.dialect), row);
    }

    fn edit(&mut self, edit: &'a Edit<Id>) {
        use Parameter::Id;
        match edit {
            Edit::Organization { organization, from, to } => {
                let values = to.as_ref().map(|OrganizationState {}| vec![]);
                self.row(Table::Organizations, vec![Id(organization)], values);
                self.id(EntityKind::Organization, [organization, organization], [from.as_ref(), to.as_ref()]);
            }
            Edit::Role { organization, role, from, to } => {
                let values = |RoleState { definition }: &RoleState| {
                    vec![word(definition.rank().as_str()), words(definition.permissions())]
                };
                let states = [from.as_ref(), to.as_ref()];
                self.row_and_id(Table::Roles, EntityKind::Role, [organization, role], states, values);
            }
            Edit::Member { organization, account, from: _, to } => {
                self.row(Table::Members, vec![Id(organization), Id(account)], to.as_ref().map(of_member));
            }
            Edit::Team { organization, team, from, to } => {
                let states = [from.as_ref(), to.as_ref()];
                self.row_and_id(Table::Teams, EntityKind::Team, [organization, team], states, |TeamState {}| vec![]);
            }
            Edit::TeamMember { organization, team, account, from: _, to } => {
                let values = to.as_ref().map(|TeamMemberState {}| vec![]);
                self.row(Table::TeamMembers, vec![Id(organization), Id(team), Id(account)], values);
            }
            Edit::ClusterAccess { organization, cluster, holder, from: _, to } => {
                let [kind, id] = of_holder(holder);
                let values = to.map(|grant| vec![word(grant.value().as_str()), time(grant.expires_at())]);
                self.row(Table::ClusterAccess, vec![Id(organization), Id(cluster), kind, id], values);
            }
            Edit::ProjectRole { organization, project, holder, from: _, to } => {
                let [kind, id] = of_holder(holder);
                let values = to.map(|grant| vec![word(grant.value().as_str()), time(grant.expires_at())]);
                self.row(Table::ProjectRoles, vec![Id(organization), Id(project), kind, id], values);
            }
            Edit::Project { organization, project, from, to } => {
                let values = |ProjectState { visibility }: &ProjectState| vec![word(visibility.as_str())];
                let states = [from.as_ref(), to.as_ref()];
                self.row_and_id(Table::Projects, EntityKind::Project, [organization, project], states, values);
            }
            Edit::Cluster { organization, cluster, from, to } => {
                let values = |ClusterState { orchestrator, visibility }: &ClusterState| {
                    let orchestrator = orchestrator.map(|orchestrator| word(orchestrator.as_str()));
                    vec![or_null(orchestrator, ColumnType::Text), word(visibility.as_str())]
                };
                let states = [from.as_ref(), to.as_ref()];
                self.row_and_id(Table::Clusters, EntityKind::Cluster, [organization, cluster], states, values);
            }
            Edit::Environment { organization, environment, from, to } => {
                let (kind, ids, states) = (EntityKind::Environment, [organization, environment], [from, to]);
                self.row_and_id(Table::Environments, kind, ids, states.map(Option::as_ref), of_environment);
            }
            Edit::Remove { organization, removed, restore: _ } => self.removal(organization, removed),
        }
    }

    /// Changes the row of something that has an id of its own.
    fn row_and_id<S>(
        &mut self,
        table: Table,
        kind: EntityKind,
        [organization, id]: [&'a Id; 2],
        [from, to]: [Option<&'a S>; 2],
        values: impl FnOnce(&'a S) -> Vec<Parameter<'a, Id>>,
    ) {
        self.row(table, vec![Parameter::Id(organization), Parameter::Id(id)], to.map(values));
        self.id(kind, [organization, id], [from, to]);
    }

    /// Upserts a row, or deletes it if there are no values.
    fn row(&mut self, table: Table, key: Vec<Parameter<'a, Id>>, values: Option<Vec<Parameter<'a, Id>>>) {
        match values {
            Some(values) => {
                let row = key.into_iter().chain(values).collect();
                self.push(table, upsert(table, self.dialect), row);
            }
            None => self.delete(table, table.layout().key.iter().map(|field| field.name), key),
        }
    }

    /// Takes the id of what is created, and gives back that of what is deleted.
    fn id<S>(&mut self, kind: EntityKind, ids: [&'a Id; 2], states: [Option<&S>; 2]) {
        match states {
            [None, Some(_)] => self.push(Table::Ids, insert(Table::Ids, self.dialect), of_id(kind, ids)),
            [Some(_), None] => self.give_back(kind, ids),
            [None, None] | [Some(_), Some(_)] => {}
        }
    }

    fn give_back(&mut self, kind: EntityKind, ids: [&'a Id; 2]) {
        self.delete(Table::Ids, Table::Ids.columns(), of_id(kind, ids));
    }

    fn removal(&mut self, organization: &'a Id, removed: &'a Removed<Id>) {
        let of = |id| vec![Parameter::Id(organization), Parameter::Id(id)];
        let of_team = |team| vec![Parameter::Id(organization), word(EntityKind::Team.as_str()), Parameter::Id(team)];
        match removed {
            Removed::Organization => {
                for table in Table::ROWS.into_iter().chain([Table::Ids]) {
                    self.delete(table, ["organization"].into_iter(), vec![Parameter::Id(organization)]);
                }
            }
            Removed::Project(project) => {
                self.delete(Table::ProjectRoles, ["organization", "project"].into_iter(), of(project));
                self.row(Table::Projects, of(project), None);
                self.give_back(EntityKind::Project, [organization, project]);
            }
            Removed::Cluster(cluster) => {
                self.delete(Table::ClusterAccess, ["organization", "cluster"].into_iter(), of(cluster));
                self.row(Table::Clusters, of(cluster), None);
                self.give_back(EntityKind::Cluster, [organization, cluster]);
            }
            Removed::Team(team) => {
                for table in [Table::ClusterAccess, Table::ProjectRoles] {
                    self.delete(table, ["organization", "holder_kind", "holder"].into_iter(), of_team(team));
                }
                self.row(Table::Teams, of(team), None);
                self.give_back(EntityKind::Team, [organization, team]);
            }
        }
    }

    fn delete(
        &mut self,
        table: Table,
        columns: impl Iterator<Item = &'static str>,
        parameters: Vec<Parameter<'a, Id>>,
    ) {
        self.push(table, delete(table, columns, self.dialect), parameters);
    }

    fn push(&mut self, table: Table, text: String, parameters: Vec<Parameter<'a, Id>>) {
        self.statements.push(Statement { table, text, parameters });
    }
}

fn of_id<Id>(kind: EntityKind, [organization, id]: [&Id; 2]) -> Vec<Parameter<'_, Id>> {
    vec![word(kind.as_str()), Parameter::Id(id), Parameter::Id(organization)]
}

fn of_member<Id>(state: &MemberState<Id>) -> Vec<Parameter<'_, Id>> {
    let MemberState { kind, role, expires_at } = state;
    let (built_in, custom) = match role {
        AnyRole::BuiltIn(role) => (Some(word(role.as_str())), None),
        AnyRole::Custom(role) => (None, Some(Parameter::Id(role))),
    };
    let role = [or_null(built_in, ColumnType::Text), or_null(custom, ColumnType::Id)];
    [word(kind.as_str())].into_iter().chain(role).chain([time(*expires_at)]).collect()
}

fn of_environment<Id>(state: &EnvironmentState<Id>) -> Vec<Parameter<'_, Id>> {
    let EnvironmentState { project, cluster, namespace, protection } = state;
    let belongs = [Parameter::Id(project), Parameter::Id(cluster), word(namespace)];
    belongs.into_iter().chain(of_protection(*protection)).collect()
}

fn of_protection<'a, Id>(protection: Protection) -> [Parameter<'a, Id>; 5] {
    let rule = protection.rule();
    let self_approval = rule.map(|rule| match rule.self_approval() {
        SelfApproval::Forbidden => Parameter::Boolean(false),
        SelfApproval::Allowed => Parameter::Boolean(true),
    });
    [
        word(protection.level().as_str()),
        or_null(rule.map(|rule| word(rule.from().as_str())), ColumnType::Text),
        or_null(rule.map(|rule| Parameter::SmallInt(rule.count().into())), ColumnType::SmallInt),
        or_null(self_approval, ColumnType::Boolean),
        or_null(rule.map(|rule| word(rule.bypass().as_str())), ColumnType::Text),
    ]
}

fn of_holder<Id>(holder: &Holder<Id>) -> [Parameter<'_, Id>; 2] {
    let kind = match holder {
        Holder::Account(_) => EntityKind::Account,
        Holder::Team(_) => EntityKind::Team,
    };
    [word(kind.as_str()), Parameter::Id(holder.id())]
}

fn word<Id>(word: &str) -> Parameter<'_, Id> {
    Parameter::Text(Cow::Borrowed(word))
}

/// The wire names of permissions, with a space between them.
fn words<'a, Id>(permissions: RolePermissions) -> Parameter<'a, Id> {
    let names: Vec<_> = permissions.permissions().iter().map(Permission::as_str).collect();
    Parameter::Text(Cow::Owned(names.join(" ")))
}

fn time<'a, Id>(time: Option<Time>) -> Parameter<'a, Id> {
    or_null(time.map(|time| Parameter::BigInt(time.as_millis())), ColumnType::BigInt)
}

fn or_null<Id>(value: Option<Parameter<'_, Id>>, holds: ColumnType) -> Parameter<'_, Id> {
    value.unwrap_or(Parameter::Null(holds))
}
