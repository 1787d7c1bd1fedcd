//! Parameters of a clause for PostgreSQL.

use postgres::types::ToSql;
use shipgate::sql::Parameter;

/// PostgreSQL takes a list as one array.
pub fn bound(parameter: &Parameter<'_, String>) -> Box<dyn ToSql + Sync> {
    match parameter {
        Parameter::Id(id) => Box::new((*id).clone()),
        Parameter::Ids(ids) => Box::new(ids.to_vec()),
        // The type of the column `approval_count`, here smallint.
        Parameter::Number(number) => Box::new(i16::from(*number)),
    }
}
