//! The names of people and things, for ids that a page shows.

use std::collections::HashMap;

use shipgate::directory::EntityKind;

use crate::api::Failure;
use crate::database::{Database, Query, Value};

/// Names by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// The name of an id; the id itself if it has none, such as that of an account that was erased.
    pub(crate) fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }

    /// The names of accounts.
    pub(crate) async fn of_accounts(
        database: &Database,
        ids: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, Failure> {
        let ids: Vec<_> = ids.into_iter().map(|id| id.as_ref().to_owned()).collect();
        let text =
            format!("SELECT id, name FROM service_accounts WHERE {} AND name <> ''", database.is_one_of("id", 1));
        Self::found(database, Query::new(text).bind(Value::Texts(ids))).await
    }

    /// The names of things of a kind.
    pub(crate) async fn of_things(
        database: &Database,
        kind: EntityKind,
        ids: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, Failure> {
        let ids: Vec<_> = ids.into_iter().map(|id| id.as_ref().to_owned()).collect();
        let condition = database.is_one_of("id", 2);
        let text = format!("SELECT id, name FROM service_names WHERE kind = $1 AND {condition}");
        Self::found(database, Query::new(text).bind(kind.as_str()).bind(Value::Texts(ids))).await
    }

    /// The names that a query finds: of `id` and `name`.
    pub(crate) async fn found(database: &Database, query: Query) -> Result<Self, Failure> {
        let mut names = HashMap::new();
        for row in database.rows(query).await? {
            names.insert(row.text("id")?, row.text("name")?);
        }
        Ok(Self(names))
    }
}

/// The name of a thing; its id if it has none.
pub(crate) async fn name_of_thing(database: &Database, kind: EntityKind, id: &str) -> Result<String, Failure> {
    Ok(Names::of_things(database, kind, [id]).await?.of(id).to_owned())
}
