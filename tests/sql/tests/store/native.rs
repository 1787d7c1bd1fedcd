//! Ids of PostgreSQL's own types.

use postgres::types::ToSql;
use shipgate::sql::{ColumnType, Dialect, IdType, Parameter, records_from_each, rows_of, statements};
use shipgate::{AccountKind, Directory};

use crate::database::in_postgres;

#[test]
fn in_postgresql_ids_can_be_numbers() {
    let Some(mut database) = in_postgres(IdType::BigInt) else { return };
    let directory = Directory::<u64>::new();
    let record = directory.propose_organization(100, 1, 7, AccountKind::User, None).unwrap();
    for statement in statements(&record, "the text", Dialect::Postgres) {
        let values: Vec<_> = statement.parameters().iter().map(bound).collect();
        let values: Vec<_> = values.iter().map(AsRef::as_ref).collect();
        assert_eq!(database.client.execute(statement.text(), &values).unwrap(), 1);
    }
    let texts = records_from_each(Dialect::Postgres, IdType::BigInt);
    let texts = database.client.query(&texts, &[&vec![1_i64, 2], &vec![0_i64, 0]]).unwrap();
    let texts: Vec<(i64, i64, &str)> = texts.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert_eq!(texts, [(1, 1, "the text")]);
}

#[test]
fn in_postgresql_ids_can_be_uuids() {
    let Some(mut database) = in_postgres(IdType::Uuid) else { return };
    for (_, query) in rows_of(Dialect::Postgres) {
        assert_eq!(database.client.prepare(&query).unwrap().params(), [postgres::types::Type::UUID]);
    }
    database.client.prepare(&records_from_each(Dialect::Postgres, IdType::Uuid)).unwrap();
}

fn bound(parameter: &Parameter<'_, u64>) -> Box<dyn ToSql + Sync> {
    match parameter {
        Parameter::Id(id) => Box::new(i64::try_from(**id).unwrap()),
        Parameter::Ids(ids) => Box::new(ids.iter().map(|id| i64::try_from(*id).unwrap()).collect::<Vec<_>>()),
        Parameter::Text(text) => Box::new(text.to_string()),
        Parameter::BigInt(number) => Box::new(*number),
        Parameter::SmallInt(number) => Box::new(*number),
        Parameter::Boolean(truth) => Box::new(*truth),
        Parameter::Null(ColumnType::Text) => Box::new(None::<String>),
        Parameter::Null(ColumnType::Id | ColumnType::BigInt) => Box::new(None::<i64>),
        Parameter::Null(ColumnType::SmallInt) => Box::new(None::<i16>),
        Parameter::Null(ColumnType::Boolean) => Box::new(None::<bool>),
    }
}
