//! What a service asks of its database: to store records, to load organizations, and to follow what others store.

use std::error::Error;

use shipgate::change::Record;
use shipgate::directory::Rows;
use shipgate::sql::Table;

/// A database with the tables of `shipgate::sql::schema`, and texts as ids.
pub trait Store {
    /// Stores a record, with what it changes in the rows.
    fn commit(&mut self, record: &Record<String>) -> Result<Commit, Box<dyn Error>>;

    /// Reads one organization, as it is at one moment.
    fn load(&mut self, organization: &str) -> Result<Loaded, Box<dyn Error>>;

    /// Reads the records of one organization from a revision on, that one included.
    fn records_from(&mut self, organization: &str, revision: u64) -> Result<Vec<Record<String>>, Box<dyn Error>>;

    /// Reads the records of many organizations, of each from a revision on, that one included.
    fn records_from_each(&mut self, known: &[(String, u64)]) -> Result<Vec<Record<String>>, Box<dyn Error>>;
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// It is stored.
    Stored,
    /// The organization has a later record. Apply it, and propose the change again.
    Behind,
    /// Something in another organization has the id.
    Taken,
}

impl Commit {
    /// Why a key is there already, by its table.
    pub(crate) fn refused(table: Table) -> Option<Self> {
        match table {
            Table::Records => Some(Self::Behind),
            Table::Ids => Some(Self::Taken),
            Table::Organizations
            | Table::Roles
            | Table::Members
            | Table::Teams
            | Table::TeamMembers
            | Table::Clusters
            | Table::ClusterAccess
            | Table::Projects
            | Table::ProjectRoles
            | Table::Environments => None,
        }
    }
}

/// What is loaded of an organization: what `Directory::attach` takes.
#[derive(Debug)]
pub struct Loaded {
    pub rows: Rows<String>,
    pub revision: u64,
    pub last_record: Option<String>,
}
