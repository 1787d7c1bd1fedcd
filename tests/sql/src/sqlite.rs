//! SQLite: the parameters of a clause or a statement, and a store.

use std::error::Error;

use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params_from_iter};
use shipgate::change::Record;
use shipgate::directory::Rows;
use shipgate::sql::{Dialect, IdType, Parameter, last_record, records_from, records_from_each, rows_of, statements};

use crate::rows::{Cells, add};
use crate::store::{Commit, Loaded, Store};

/// SQLite takes a list as the text of one JSON array.
pub fn bound(parameter: &Parameter<'_, String>) -> serde_json::Result<Value> {
    Ok(match parameter {
        Parameter::Id(id) => Value::Text((*id).clone()),
        Parameter::Ids(ids) => Value::Text(serde_json::to_string(ids)?),
        Parameter::Text(text) => Value::Text(text.to_string()),
        Parameter::BigInt(number) => Value::Integer(*number),
        Parameter::SmallInt(number) => Value::Integer((*number).into()),
        Parameter::Boolean(truth) => Value::Integer((*truth).into()),
        Parameter::Null(_) => Value::Null,
    })
}

impl Store for Connection {
    fn commit(&mut self, record: &Record<String>) -> Result<Commit, Box<dyn Error>> {
        let text = serde_json::to_string(record)?;
        let transaction = self.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for statement in statements(record, &text, Dialect::Sqlite) {
            let values = statement.parameters().iter().map(bound).collect::<Result<Vec<_>, _>>()?;
            let executed = transaction.prepare(statement.text())?.execute(params_from_iter(values));
            match (executed, Commit::refused(statement.table())) {
                (Ok(_), _) => {}
                (Err(error), Some(refused)) if is_key_taken(&error) => return Ok(refused),
                (Err(error), _) => return Err(error.into()),
            }
        }
        transaction.commit()?;
        Ok(Commit::Stored)
    }

    fn load(&mut self, organization: &str) -> Result<Loaded, Box<dyn Error>> {
        let transaction = self.transaction()?;
        let mut rows = Rows::default();
        for (table, query) in rows_of(Dialect::Sqlite) {
            let mut query = transaction.prepare(&query)?;
            let mut found = query.query([organization])?;
            while let Some(row) = found.next()? {
                add(&mut rows, table, row)?;
            }
        }
        let last = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
        let last = transaction.query_row(&last_record(Dialect::Sqlite), [organization], last).optional()?;
        let (revision, last_record) = last.unzip();
        Ok(Loaded { rows, revision: revision.unwrap_or(0).try_into()?, last_record })
    }

    fn records_from(&mut self, organization: &str, revision: u64) -> Result<Vec<Record<String>>, Box<dyn Error>> {
        let mut query = self.prepare(&records_from(Dialect::Sqlite))?;
        let texts = query.query_map((organization, i64::try_from(revision)?), |row| row.get::<_, String>(2))?;
        texts.map(|text| Ok(serde_json::from_str(&text?)?)).collect()
    }

    fn records_from_each(&mut self, known: &[(String, u64)]) -> Result<Vec<Record<String>>, Box<dyn Error>> {
        let mut query = self.prepare(&records_from_each(Dialect::Sqlite, IdType::Text))?;
        let texts = query.query_map([serde_json::to_string(known)?], |row| row.get::<_, String>(2))?;
        texts.map(|text| Ok(serde_json::from_str(&text?)?)).collect()
    }
}

impl Cells for Row<'_> {
    fn text(&self, column: usize) -> Result<Option<String>, Box<dyn Error>> {
        Ok(self.get(column)?)
    }

    fn big(&self, column: usize) -> Result<Option<i64>, Box<dyn Error>> {
        Ok(self.get(column)?)
    }

    fn small(&self, column: usize) -> Result<Option<i16>, Box<dyn Error>> {
        Ok(self.get(column)?)
    }

    fn truth(&self, column: usize) -> Result<Option<bool>, Box<dyn Error>> {
        Ok(self.get(column)?)
    }
}

/// Not of the column of the log that is NULL if the log does not have the record before.
fn is_key_taken(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    code.is_some_and(|code| [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].contains(&code))
}
