//! Loads an organization: its rows, and its last record.

use shipgate::Time;
use shipgate::directory::Rows;
use shipgate::sql::rows_of;

use crate::database::table_rows::add;
use crate::database::{Database, Error, Query};

/// What is loaded of an organization, as of one moment.
#[derive(Debug)]
pub struct Loaded {
    /// Its rows.
    pub rows: Rows<String>,
    /// The revision of its last record; 0 if there is none.
    pub revision: u64,
    /// The id of its last record.
    pub last_record: Option<String>,
    /// The time of its last record.
    pub last_time: Option<Time>,
}

impl Database {
    /// Reads one organization; `None` if there is none with this id.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked, or has what is no row.
    pub async fn load(&self, organization: &str) -> Result<Option<Loaded>, Error> {
        let mut transaction = self.read().await?;
        let mut rows = Rows::default();
        for (table, text) in rows_of(self.dialect()) {
            for row in transaction.rows(Query::new(text).bind(organization)).await? {
                add(&mut rows, table, &row)?;
            }
            if rows.organizations.is_empty() {
                return Ok(None);
            }
        }
        let query =
            "SELECT revision, id, at FROM shipgate_records WHERE organization = $1 ORDER BY revision DESC LIMIT 1";
        let last = transaction.row(Query::new(query).bind(organization)).await?;
        let (revision, last_record, last_time) = match last {
            Some(row) => (row.revision("revision")?, Some(row.text("id")?), row.optional_time("at")?),
            None => (0, None, None),
        };
        Ok(Some(Loaded { rows, revision, last_record, last_time }))
    }
}
