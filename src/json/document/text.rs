//! The document as JSON text, read so that every error names its place in the document.

use alloc::format;
use alloc::string::String;
use core::fmt::Display;
use core::hash::Hash;
use core::str::FromStr;

use serde::{Deserialize, Deserializer};

use crate::directory::error::{LoadError, RowError, TableName};
use crate::directory::rows::Rows;
use crate::directory::store::Directory;
use crate::json::document::borrowed::Borrowed;
use crate::json::document::nested::Document;
use crate::json::id::FromText;
use crate::json::text::{self, JsonError};

impl<Id: Ord + Clone + Display + FromStr<Err: Display>> Rows<Id> {
    /// Reads a directory document from JSON text. A byte order mark before it is passed over.
    ///
    /// # Errors
    ///
    /// [`JsonError`], with the place, for text that is not JSON, or not the JSON of a directory document. Whether the rows fit
    /// together is checked when a directory is made of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::directory::Rows;
    ///
    /// let text = r#"{ "organizations": [{ "id": "acme-corp", "clusters": [{}] }] }"#;
    /// let error = Rows::<String>::from_json(text).unwrap_err();
    /// assert_eq!(error.to_string(), "organizations[0].clusters[0]: missing field `id`");
    /// ```
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        let mut rows = read(text)?;
        rows.sort();
        Ok(rows)
    }
}

/// The rows in the order of the document.
fn read<Id: Ord + Clone + Display + FromStr<Err: Display>>(text: &str) -> Result<Rows<Id>, JsonError> {
    let Whole(document) = text::read(text)?;
    Ok(document.into_rows())
}

/// The directory of a text that is a document whose rows fit together; `None` for any other text.
fn load<Id: Hash + Ord + Clone + Display + FromStr<Err: Display>>(text: &str) -> Option<Directory<Id>> {
    let Whole(document) = text::read_valid::<Whole<Borrowed<'_>>>(text)?;
    document.load()
}

/// A document, to be read by what reads any JSON.
struct Whole<Id>(Document<Id>);

impl<'de, Id: Ord + Display + FromText<'de>> Deserialize<'de> for Whole<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Document::read(deserializer).map(Self)
    }
}

impl<Id: Hash + Ord + Clone + Display + FromStr<Err: Display>> Directory<Id> {
    /// Loads a directory from the JSON text of a directory document: what [`Rows`] serialize to.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Read`] for text that is not the JSON of a document, [`DocumentError::Row`] for a document whose rows do
    /// not fit together. Both name the place.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::Directory;
    ///
    /// let text = r#"{ "organizations": [{ "id": "acme-corp", "members": [{ "account": "olivia", "role": "owner" }] }] }"#;
    /// let directory = Directory::<String>::from_json(text)?;
    /// assert_eq!(directory.organization("acme-corp").map(|acme| acme.owners()), Some(1));
    ///
    /// let misspelt = Directory::<String>::from_json(&text.replace("role", "roll")).unwrap_err();
    /// assert_eq!(
    ///     misspelt.to_string(),
    ///     "organizations[0].members[0].roll: unknown field `roll`, expected one of `account`, `role`, `expires_at`",
    /// );
    /// # Ok::<(), shipgate::json::DocumentError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        if let Some(directory) = load(text) {
            return Ok(directory);
        }
        // What is wrong, and where, is found by reading it once more.
        let rows = read(text)?;
        Self::try_from(&rows).map_err(|error| {
            let place = place(&rows, &error);
            DocumentError::Row { place, error: error.into_error() }
        })
    }
}

/// Why a text is not the document of a directory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] JsonError),
    /// One of its rows repeats another, refers to nothing or contradicts another.
    #[error("{place}: {error}")]
    Row {
        /// Where the row is, such as `organizations[0].clusters[2].access[1]`.
        place: String,
        /// Why it was rejected.
        #[source]
        error: RowError,
    },
}

/// Where the row of an error is in the document that the rows were read from, in its order: the rows of one owner are next to
/// each other, and owners are unique, or else they would be the error.
fn place<Id: PartialEq>(rows: &Rows<Id>, error: &LoadError) -> String {
    let row = error.row();
    match error.table() {
        TableName::Organizations => format!("organizations[{row}]"),
        TableName::Members => {
            let owner = |member: usize| rows.members.get(member).map(|row| &row.organization);
            format!("{}.members[{}]", organization(rows, owner(row)), rank(row, owner))
        }
        TableName::Roles => {
            let owner = |role: usize| rows.roles.get(role).map(|row| &row.organization);
            format!("{}.roles[{}]", organization(rows, owner(row)), rank(row, owner))
        }
        TableName::Teams => team(rows, row),
        TableName::TeamMembers => {
            let owner = |member: usize| rows.team_members.get(member).map(|row| &row.team);
            let of = rows.teams.iter().position(|team| Some(&team.id) == owner(row));
            format!("{}.members[{}]", team(rows, of.unwrap_or_default()), rank(row, owner))
        }
        TableName::Clusters => cluster(rows, row),
        TableName::ClusterAccess => {
            let owner = |access: usize| rows.cluster_access.get(access).map(|row| &row.cluster);
            let of = rows.clusters.iter().position(|cluster| Some(&cluster.id) == owner(row));
            format!("{}.access[{}]", cluster(rows, of.unwrap_or_default()), rank(row, owner))
        }
        TableName::Projects => project(rows, row),
        TableName::ProjectRoles => {
            let owner = |role: usize| rows.project_roles.get(role).map(|row| &row.project);
            let of = rows.projects.iter().position(|project| Some(&project.id) == owner(row));
            format!("{}.members[{}]", project(rows, of.unwrap_or_default()), rank(row, owner))
        }
        TableName::Environments => {
            let owner = |environment: usize| rows.environments.get(environment).map(|row| &row.project);
            let of = rows.projects.iter().position(|project| Some(&project.id) == owner(row));
            format!("{}.environments[{}]", project(rows, of.unwrap_or_default()), rank(row, owner))
        }
    }
}

fn organization<Id: PartialEq>(rows: &Rows<Id>, id: Option<&Id>) -> String {
    let place = rows.organizations.iter().position(|row| Some(&row.id) == id);
    format!("organizations[{}]", place.unwrap_or_default())
}

fn team<Id: PartialEq>(rows: &Rows<Id>, row: usize) -> String {
    let owner = |team: usize| rows.teams.get(team).map(|row| &row.organization);
    format!("{}.teams[{}]", organization(rows, owner(row)), rank(row, owner))
}

fn cluster<Id: PartialEq>(rows: &Rows<Id>, row: usize) -> String {
    let owner = |cluster: usize| rows.clusters.get(cluster).map(|row| &row.organization);
    format!("{}.clusters[{}]", organization(rows, owner(row)), rank(row, owner))
}

fn project<Id: PartialEq>(rows: &Rows<Id>, row: usize) -> String {
    let owner = |project: usize| rows.projects.get(project).map(|row| &row.organization);
    format!("{}.projects[{}]", organization(rows, owner(row)), rank(row, owner))
}

/// The position of a row among those of its owner.
fn rank<'a, Id: PartialEq + 'a>(row: usize, owner: impl Fn(usize) -> Option<&'a Id>) -> usize {
    (0..row).rev().take_while(|before| owner(*before) == owner(row)).count()
}
