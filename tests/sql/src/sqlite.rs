//! Parameters of a clause for SQLite.

use rusqlite::types::Value;
use shipgate::sql::Parameter;

/// SQLite takes a list as the text of one JSON array.
pub fn bound(parameter: &Parameter<'_, String>) -> serde_json::Result<Value> {
    Ok(match parameter {
        Parameter::Id(id) => Value::Text((*id).clone()),
        Parameter::Ids(ids) => Value::Text(serde_json::to_string(ids)?),
        Parameter::Number(number) => Value::Integer((*number).into()),
    })
}
