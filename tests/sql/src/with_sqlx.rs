//! Reading and committing with sqlx, and UUIDs as ids.

use shipgate::Time;
use shipgate::change::{Follower, Record};
use shipgate::sql::{ColumnType, Dialect, IdType, Parameter, Table, records_from_each, statements};
use sqlx::{PgPool, Row};
use uuid::Uuid;

use crate::store::Commit;

type Error = Box<dyn std::error::Error>;

pub async fn read(pool: &PgPool, follower: &Follower<Uuid>, began: Time) -> Result<(), Error> {
    let reads = follower.reads();
    let organizations: Vec<Uuid> = reads.iter().map(|read| *read.organization()).collect();
    let revisions: Vec<i64> = reads.iter().map(|read| read.revision().try_into()).collect::<Result<_, _>>()?;
    let query = records_from_each(Dialect::Postgres, IdType::Uuid);
    let rows = sqlx::query(&query).bind(organizations).bind(revisions).fetch_all(pool).await?;
    let records = rows.iter().map(|row| Ok(serde_json::from_str(row.try_get("record")?)?));
    let records: Vec<Record<Uuid>> = records.collect::<Result<_, Error>>()?;
    for read in reads {
        let of_it = records.iter().filter(|record| record.organization() == read.organization());
        if let Err(unusable) = follower.take(&read, of_it.cloned(), began) {
            eprintln!("{unusable}"); // and attach it again
        }
    }
    Ok(())
}

pub async fn commit(pool: &PgPool, record: &Record<Uuid>) -> Result<Commit, Error> {
    let text = serde_json::to_string(record)?;
    let mut transaction = pool.begin().await?;
    for statement in statements(record, &text, Dialect::Postgres) {
        let query = statement.parameters().iter().fold(sqlx::query(statement.text()), |query, value| match value {
            Parameter::Id(id) => query.bind(*id),
            Parameter::Ids(ids) => query.bind(ids.to_vec()),
            Parameter::Text(text) => query.bind(text.to_string()),
            Parameter::BigInt(number) => query.bind(number),
            Parameter::SmallInt(number) => query.bind(number),
            Parameter::Boolean(truth) => query.bind(truth),
            Parameter::Null(ColumnType::Id) => query.bind(None::<Uuid>),
            Parameter::Null(ColumnType::Text) => query.bind(None::<String>),
            Parameter::Null(ColumnType::BigInt) => query.bind(None::<i64>),
            Parameter::Null(ColumnType::SmallInt) => query.bind(None::<i16>),
            Parameter::Null(ColumnType::Boolean) => query.bind(None::<bool>),
        });
        match query.execute(&mut *transaction).await {
            Ok(_) => {}
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => match statement.table() {
                Table::Records => return Ok(Commit::Behind),
                _ => return Ok(Commit::Taken),
            },
            Err(error) => return Err(error.into()),
        }
    }
    transaction.commit().await?;
    Ok(Commit::Stored)
}
