//! The log of records: storing one with the rows that it changes, and reading it.

use shipgate::change::Record;
use shipgate::sql::{Dialect, IdType, Table, records_from, records_from_each, statements};

use crate::crash_points;
use crate::database::transaction::Done;
use crate::database::{Database, Error, Query, Row, Step, Transaction, Value};

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is stored.
    Yes,
    /// The organization has a later record: somebody else was first.
    Behind,
    /// Something in another organization has the id that it gives.
    Taken,
    /// The log does not have the record before it: an earlier state was restored.
    Lost,
    /// What was to be stored beside it is there already.
    BesideTaken,
    /// What was to be changed beside it is not there, or no longer as it was.
    BesideMissing,
}

impl Database {
    /// Stores a record with the rows that it changes, and what is beside it, in one transaction.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked. Then the outcome is not known: ask [`Database::has_record`].
    pub async fn store(&self, record: &Record<String>, beside: Vec<Step>) -> Result<Stored, Error> {
        let mut transaction = self.write().await?;
        match store_in(&mut transaction, self.dialect(), record).await? {
            Stored::Yes => {}
            refused => return Ok(refused),
        }
        match transaction.execute_all(beside).await? {
            Done::Yes => {}
            Done::Taken => return Ok(Stored::BesideTaken),
            Done::Missing => return Ok(Stored::BesideMissing),
        }
        crash_points::reach(crash_points::Step::Written).await;
        transaction.commit().await?;
        crash_points::reach(crash_points::Step::Committed).await;
        Ok(Stored::Yes)
    }

    /// Whether the log has this record.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn has_record(&self, record: &Record<String>) -> Result<bool, Error> {
        let query = Query::new("SELECT id FROM shipgate_records WHERE organization = $1 AND revision = $2");
        let row = self.row(query.bind(record.organization()).bind(record.revision())).await?;
        Ok(row.map(|row| row.text(0)).transpose()?.is_some_and(|id| id == *record.id()))
    }

    /// The records of one organization from a revision on, that one included.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked, or has what is no record.
    pub async fn records_from(&self, organization: &str, revision: u64) -> Result<Vec<Record<String>>, Error> {
        let query = Query::new(records_from(self.dialect())).bind(organization).bind(revision);
        records(&self.rows(query).await?)
    }

    /// The records of many organizations, of each from a revision on, that one included.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked, or has what is no record.
    pub async fn records_from_each(&self, known: &[(String, u64)]) -> Result<Vec<Record<String>>, Error> {
        let query = Query::new(records_from_each(self.dialect(), IdType::Text));
        let query = match self.dialect() {
            Dialect::Sqlite => query.bind(serde_json::to_string(known)?),
            Dialect::Postgres => {
                let organizations = known.iter().map(|(organization, _)| organization.clone()).collect();
                let revisions =
                    known.iter().map(|(_, revision)| i64::try_from(*revision).unwrap_or(i64::MAX)).collect();
                query.bind(Value::Texts(organizations)).bind(Value::Integers(revisions))
            }
        };
        records(&self.rows(query).await?)
    }
}

async fn store_in(transaction: &mut Transaction, dialect: Dialect, record: &Record<String>) -> Result<Stored, Error> {
    let text = serde_json::to_string(record)?;
    for statement in statements(record, &text, dialect) {
        let query = Query::new(statement.text()).bind_all(statement.parameters());
        match transaction.execute(query).await {
            Ok(_) if statement.table() == Table::Records => crash_points::reach(crash_points::Step::Recorded).await,
            Ok(_) => {}
            Err(error) => return refused(statement.table(), error),
        }
    }
    Ok(Stored::Yes)
}

/// Why a statement of the record failed, by its table.
fn refused(table: Table, error: Error) -> Result<Stored, Error> {
    match table {
        Table::Records if error.is_taken() => Ok(Stored::Behind),
        Table::Records if error.is_null() => Ok(Stored::Lost),
        Table::Ids if error.is_taken() => Ok(Stored::Taken),
        _ => Err(error),
    }
}

fn records(rows: &[Row]) -> Result<Vec<Record<String>>, Error> {
    rows.iter().map(|row| Ok(serde_json::from_str(&row.text("record")?)?)).collect()
}
