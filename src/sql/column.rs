//! Column names: the only input that becomes part of the SQL text.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt::{self, Write};
use core::str::Chars;

use crate::sql::dialect::Dialect;

/// The name of a column, optionally qualified with the name or alias of its table.
///
/// Clauses always quote it, so it is never read as an SQL keyword. If there is no such column, the statement fails.
///
/// # Examples
///
/// ```
/// use shipgate::sql::Column;
///
/// for name in ["id", "e.cluster_id", r#""Cluster""#, r#"e."target cluster""#] {
///     assert!(Column::new(name).is_ok());
/// }
/// for name in ["", "e.", "1st", "shop.e.id", "id = id OR id", r#""id"; --"#, r#""id"#] {
///     assert!(Column::new(name).is_err());
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    table: Option<String>,
    name: String,
}

impl Column {
    /// A column, given as `name` or `table.name`.
    ///
    /// A plain name consists of letters `a` to `z`, digits and underscores, and does not start with a digit. Its upper case
    /// is converted to lower case, as PostgreSQL does. A name in double quotes can contain anything except control
    /// characters; write a double quote in it twice.
    ///
    /// # Errors
    ///
    /// [`ColumnError::NotAName`] if this is not such a name; [`ColumnError::TooLong`] if a name is longer than 63 bytes.
    pub fn new(name: &str) -> Result<Self, ColumnError> {
        let Some((table, own)) = parts(name) else {
            return Err(ColumnError::NotAName { name: name.to_owned() });
        };
        let column = Self { table, name: own };
        if column.table.iter().chain([&column.name]).any(|part| part.len() > LONGEST) {
            return Err(ColumnError::TooLong { name: name.to_owned() });
        }
        Ok(column)
    }

    /// A column with a fixed name.
    fn named(name: &'static str) -> Self {
        Self { table: None, name: name.to_owned() }
    }

    /// The same column, of a table with this name or alias.
    fn of(self, table: &str) -> Result<Self, ColumnError> {
        let Self { table: qualifier, name } = Self::new(table)?;
        match qualifier {
            None => Ok(Self { table: Some(name), name: self.name }),
            Some(_) => Err(ColumnError::NotAName { name: table.to_owned() }),
        }
    }

    /// The column as it is written in a clause.
    pub(crate) const fn quoted(&self, dialect: Dialect) -> Quoted<'_> {
        Quoted { column: self, dialect }
    }
}

/// PostgreSQL truncates longer names, and the rest could be the name of a different column.
const LONGEST: usize = 63;

/// A text is not a valid name of a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnError {
    /// The text is not an identifier, or not just one.
    #[error("`{name}` is not the name of a column: write `name`, `\"any name\"` or `table.name`")]
    NotAName {
        /// The text.
        name: String,
    },
    /// The name is so long that PostgreSQL would truncate it.
    #[error("`{name}` has a name of more than 63 bytes, which PostgreSQL truncates: give the column an alias")]
    TooLong {
        /// The text.
        name: String,
    },
}

/// The name of the table, if any, and the name of the column.
fn parts(name: &str) -> Option<(Option<String>, String)> {
    let mut rest = name.chars();
    let first = identifier(&mut rest)?;
    match rest.next() {
        None => Some((None, first)),
        Some('.') => {
            let second = identifier(&mut rest)?;
            rest.as_str().is_empty().then_some((Some(first), second))
        }
        Some(_) => None,
    }
}

/// An identifier, without its quotes.
fn identifier(rest: &mut Chars<'_>) -> Option<String> {
    if let Some(quoted) = rest.as_str().strip_prefix('"') {
        *rest = quoted.chars();
        return within_quotes(rest);
    }
    let text = rest.as_str();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (plain, after) = text.split_at_checked(end)?;
    *rest = after.chars();
    plain.starts_with(|c: char| !c.is_ascii_digit()).then(|| plain.to_ascii_lowercase())
}

fn within_quotes(rest: &mut Chars<'_>) -> Option<String> {
    let mut name = String::new();
    loop {
        match rest.next()? {
            '"' if rest.as_str().starts_with('"') => name.extend(rest.next()),
            '"' => return (!name.is_empty()).then_some(name),
            c if c.is_control() => return None,
            c => name.push(c),
        }
    }
}

/// A column in quotes. SQLite reads a name in double quotes as a string if there is no such column, so its quote is a
/// backtick.
pub(crate) struct Quoted<'a> {
    column: &'a Column,
    dialect: Dialect,
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = match self.dialect {
            Dialect::Postgres => '"',
            Dialect::Sqlite => '`',
        };
        if let Some(table) = &self.column.table {
            write_quoted(f, table, quote)?;
            f.write_char('.')?;
        }
        write_quoted(f, &self.column.name, quote)
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, name: &str, quote: char) -> fmt::Result {
    f.write_char(quote)?;
    for c in name.chars() {
        if c == quote {
            f.write_char(quote)?;
        }
        f.write_char(c)?;
    }
    f.write_char(quote)
}

/// The columns of a table of clusters or projects.
///
/// The columns must store ids as you bind them, and compare them as the directory does: strings byte for byte, so not as
/// `citext`, `char(n)` or `COLLATE NOCASE`. In SQLite, ids must be text or integers of at most [`i64::MAX`], because lists
/// are bound as JSON: a blob matches nothing in a list, so [`Selection::Except`](crate::query::Selection::Except), which a
/// filter has only where it is [open to new rows](crate::query::Filter::open_to_new_rows), would select what it should leave
/// out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The id of the organization that the cluster or project belongs to.
    pub organization: Column,
    /// The id of the cluster or project.
    pub id: Column,
}

/// The columns of the tables of [`schema`](crate::sql::schema): `organization` and `id`.
///
/// # Examples
///
/// ```
/// use shipgate::sql::{Column, Columns};
///
/// let columns = Columns::default();
/// assert_eq!((columns.organization, columns.id), (Column::new("organization")?, Column::new("id")?));
/// # Ok::<(), shipgate::sql::ColumnError>(())
/// ```
impl Default for Columns {
    fn default() -> Self {
        Self { organization: Column::named("organization"), id: Column::named("id") }
    }
}

impl Columns {
    /// The default columns, of a table with this name or alias: for a query that joins tables.
    ///
    /// # Errors
    ///
    /// The errors of [`Column::new`].
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::sql::{Column, Columns};
    ///
    /// assert_eq!(Columns::of("c")?.id, Column::new("c.id")?);
    /// assert!(Columns::of("c; --").is_err());
    /// # Ok::<(), shipgate::sql::ColumnError>(())
    /// ```
    pub fn of(table: &str) -> Result<Self, ColumnError> {
        let Self { organization, id } = Self::default();
        Ok(Self { organization: organization.of(table)?, id: id.of(table)? })
    }
}

/// The columns of a table of environments. Ids are stored as described for [`Columns`].
///
/// Level and rule mean what [`Protection::new`](crate::Protection::new) makes of them. A row that it rejects is never
/// selected, nor is a row with NULL in a column that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentColumns {
    /// The id of the organization that the environment belongs to.
    pub organization: Column,
    /// The id of the environment.
    pub id: Column,
    /// The id of the project that the environment belongs to.
    pub project: Column,
    /// The id of the cluster that the environment is deployed to.
    pub cluster: Column,
    /// The protection level: `none`, `reviewed`, `restricted` or `locked`.
    pub protection: Column,
    /// The role that an approver needs: `admin` or `owner`; NULL if there is no approval rule.
    pub approval_from: Column,
    /// The number of approvals required: an integer. Not read if there is no approval rule.
    pub approval_count: Column,
    /// Whether the requester's own approval counts: a boolean, in SQLite 0 or 1. Not read if there is no approval rule.
    pub self_approval: Column,
    /// Who may deploy without approval: `none`, `admin` or `owner`. Not read if there is no approval rule.
    pub bypass: Column,
}

/// The columns of the table of environments of [`schema`](crate::sql::schema), which have the names of these fields.
///
/// # Examples
///
/// ```
/// use shipgate::sql::{EnvironmentColumns, Column, Table};
///
/// let columns = EnvironmentColumns::default();
/// assert_eq!(columns.approval_count, Column::new("approval_count")?);
/// assert!(Table::Environments.columns().any(|name| name == "approval_count"));
/// # Ok::<(), shipgate::sql::ColumnError>(())
/// ```
impl Default for EnvironmentColumns {
    fn default() -> Self {
        Self {
            organization: Column::named("organization"),
            id: Column::named("id"),
            project: Column::named("project"),
            cluster: Column::named("cluster"),
            protection: Column::named("protection"),
            approval_from: Column::named("approval_from"),
            approval_count: Column::named("approval_count"),
            self_approval: Column::named("self_approval"),
            bypass: Column::named("bypass"),
        }
    }
}

impl EnvironmentColumns {
    /// The default columns, of a table with this name or alias: for a query that joins tables.
    ///
    /// # Errors
    ///
    /// The errors of [`Column::new`].
    pub fn of(table: &str) -> Result<Self, ColumnError> {
        let columns = Self::default();
        Ok(Self {
            organization: columns.organization.of(table)?,
            id: columns.id.of(table)?,
            project: columns.project.of(table)?,
            cluster: columns.cluster.of(table)?,
            protection: columns.protection.of(table)?,
            approval_from: columns.approval_from.of(table)?,
            approval_count: columns.approval_count.of(table)?,
            self_approval: columns.self_approval.of(table)?,
            bypass: columns.bypass.of(table)?,
        })
    }
}
