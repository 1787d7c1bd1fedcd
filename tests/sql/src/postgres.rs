//! PostgreSQL: the parameters of a clause or a statement, and a store.

use std::collections::HashMap;
use std::error::Error;

use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, GenericClient, IsolationLevel, Row};
use shipgate::change::Record;
use shipgate::directory::Rows;
use shipgate::sql::{
    ColumnType, Dialect, IdType, Parameter, last_record, records_from, records_from_each, rows_of, statements,
};

use crate::rows::{Cells, add};
use crate::store::{Commit, Loaded, Store};

/// PostgreSQL takes a list as one array, and NULL with its type.
pub fn bound(parameter: &Parameter<'_, String>) -> Box<dyn ToSql + Sync> {
    match parameter {
        Parameter::Id(id) => Box::new((*id).clone()),
        Parameter::Ids(ids) => Box::new(ids.to_vec()),
        Parameter::Text(text) => Box::new(text.to_string()),
        Parameter::BigInt(number) => Box::new(*number),
        Parameter::SmallInt(number) => Box::new(*number),
        Parameter::Boolean(truth) => Box::new(*truth),
        Parameter::Null(ColumnType::Id | ColumnType::Text) => Box::new(None::<String>),
        Parameter::Null(ColumnType::BigInt) => Box::new(None::<i64>),
        Parameter::Null(ColumnType::SmallInt) => Box::new(None::<i16>),
        Parameter::Null(ColumnType::Boolean) => Box::new(None::<bool>),
    }
}

/// A connection, with the statements that it has prepared.
pub struct Postgres {
    pub client: Client,
    prepared: Prepared,
}

#[derive(Default)]
struct Prepared(HashMap<String, postgres::Statement>);

impl Prepared {
    fn get(&mut self, client: &mut impl GenericClient, text: &str) -> Result<postgres::Statement, postgres::Error> {
        if let Some(statement) = self.0.get(text) {
            return Ok(statement.clone());
        }
        let statement = client.prepare(text)?;
        self.0.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Postgres {
    pub fn new(client: Client) -> Self {
        Self { client, prepared: Prepared::default() }
    }

    fn records(
        &mut self,
        text: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Record<String>>, Box<dyn Error>> {
        let query = self.prepared.get(&mut self.client, text)?;
        let rows = self.client.query(&query, parameters)?;
        rows.iter().map(|row| Ok(serde_json::from_str(row.try_get(2)?)?)).collect()
    }
}

impl Store for Postgres {
    fn commit(&mut self, record: &Record<String>) -> Result<Commit, Box<dyn Error>> {
        let text = serde_json::to_string(record)?;
        let mut transaction = self.client.transaction()?;
        for statement in statements(record, &text, Dialect::Postgres) {
            let values: Vec<_> = statement.parameters().iter().map(bound).collect();
            let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(AsRef::as_ref).collect();
            let prepared = self.prepared.get(&mut transaction, statement.text())?;
            match (transaction.execute(&prepared, &values), Commit::refused(statement.table())) {
                (Ok(_), _) => {}
                (Err(error), Some(refused)) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => {
                    return Ok(refused);
                }
                (Err(error), _) => return Err(error.into()),
            }
        }
        transaction.commit()?;
        Ok(Commit::Stored)
    }

    fn load(&mut self, organization: &str) -> Result<Loaded, Box<dyn Error>> {
        let builder = self.client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
        let mut transaction = builder.read_only(true).start()?;
        let mut rows = Rows::default();
        for (table, query) in rows_of(Dialect::Postgres) {
            let query = self.prepared.get(&mut transaction, &query)?;
            for row in transaction.query(&query, &[&organization])? {
                add(&mut rows, table, &row)?;
            }
        }
        let last = transaction.query_opt(&last_record(Dialect::Postgres), &[&organization])?;
        let revision = last.as_ref().map_or(Ok(0), |row| row.try_get::<_, i64>(0))?;
        let last_record = last.map(|row| row.try_get(1)).transpose()?;
        Ok(Loaded { rows, revision: revision.try_into()?, last_record })
    }

    fn records_from(&mut self, organization: &str, revision: u64) -> Result<Vec<Record<String>>, Box<dyn Error>> {
        self.records(&records_from(Dialect::Postgres), &[&organization, &i64::try_from(revision)?])
    }

    fn records_from_each(&mut self, known: &[(String, u64)]) -> Result<Vec<Record<String>>, Box<dyn Error>> {
        let organizations: Vec<_> = known.iter().map(|(organization, _)| organization.as_str()).collect();
        let revisions = known.iter().map(|(_, revision)| i64::try_from(*revision)).collect::<Result<Vec<_>, _>>()?;
        self.records(&records_from_each(Dialect::Postgres, IdType::Text), &[&organizations, &revisions])
    }
}

impl Cells for Row {
    fn text(&self, column: usize) -> Result<Option<String>, Box<dyn Error>> {
        Ok(self.try_get(column)?)
    }

    fn big(&self, column: usize) -> Result<Option<i64>, Box<dyn Error>> {
        Ok(self.try_get(column)?)
    }

    fn small(&self, column: usize) -> Result<Option<i16>, Box<dyn Error>> {
        Ok(self.try_get(column)?)
    }

    fn truth(&self, column: usize) -> Result<Option<bool>, Box<dyn Error>> {
        Ok(self.try_get(column)?)
    }
}
