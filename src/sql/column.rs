//! Columns: the only words of the caller's that reach the text of a clause.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt::{self, Write};
use core::str::Chars;

use crate::sql::dialect::Dialect;

/// The name of a column, optionally behind the name or alias of its table.
///
/// In a clause it is quoted, so that no name is taken for a word of SQL, nor for a text where there is no such column.
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
    /// A column by its name: letters `a` to `z`, digits and underscores, or anything in double quotes, where a double quote
    /// is written twice; before it the table and a dot, if wanted. Without quotes upper case counts as lower case, as SQL
    /// has it.
    ///
    /// # Errors
    ///
    /// [`ColumnError::NotAName`] for anything else; [`ColumnError::TooLong`] for a name of more than 63 bytes.
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

    /// As it stands in a clause.
    pub(crate) const fn quoted(&self, dialect: Dialect) -> Quoted<'_> {
        Quoted { column: self, dialect }
    }
}

/// What PostgreSQL would cut off could be the name of another column.
const LONGEST: usize = 63;

/// Why a text is not taken for the name of a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnError {
    /// It is no identifier, or more than one.
    #[error("`{name}` is not the name of a column: write `name`, `\"any name\"` or `table.name`")]
    NotAName {
        /// The text.
        name: String,
    },
    /// PostgreSQL would cut it off.
    #[error("`{name}` has a name of more than 63 bytes, which PostgreSQL cuts off: give the column an alias")]
    TooLong {
        /// The text.
        name: String,
    },
}

/// The name of a table, where there is one, and that of a column.
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

/// A column in quotes. SQLite takes a name in double quotes that is that of no column for a text; in these it is an error.
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

/// The columns of a table of clusters or of projects.
///
/// They hold ids as they are bound, and compare them as the directory does: texts byte for byte (no `citext`, no `char(n)`,
/// no `COLLATE NOCASE`). In SQLite, where a list is JSON, ids are texts or whole numbers up to [`i64::MAX`]: a blob equals
/// nothing in a list, and a list of what is left out would not leave it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The id of the organization that it belongs to.
    pub organization: Column,
    /// Its own id.
    pub id: Column,
}

/// The columns of a table of environments; its ids are held as those of [`Columns`] are.
///
/// A row stands for an environment as [`Protection::new`](crate::Protection::new) reads it. A row that stands for none is
/// never selected: one with NULL where something is needed, or with a rule that its level may not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentColumns {
    /// The id of the organization that it belongs to.
    pub organization: Column,
    /// Its own id.
    pub id: Column,
    /// The id of its project.
    pub project: Column,
    /// The id of the cluster that it deploys to.
    pub cluster: Column,
    /// The level of its protection: `none`, `restricted` or `locked`.
    pub protection: Column,
    /// Whose approval its rule asks for: `admin` or `owner`; NULL without a rule.
    pub approval_from: Column,
    /// How many approvals its rule asks for: a whole number; not read without a rule.
    pub approval_count: Column,
    /// Whether its rule counts the requester's own approval: a boolean, in SQLite 0 or 1; not read without a rule.
    pub self_approval: Column,
}
