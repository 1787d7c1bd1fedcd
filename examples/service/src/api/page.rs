//! Pages of lists.

use serde::{Deserialize, Serialize};
use shipgate::directory::EntityKind;
use utoipa::{IntoParams, ToSchema};

use crate::api::Failure;
use crate::database::{Database, Query};

/// How many items a page has, unless it is said.
const USUAL: u16 = 50;

/// The most items that a page has.
const MOST: u16 = 200;

/// Which page of a list of an organization.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InOrganization {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    /// How many items, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// In which order a list is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// From the first.
    Rising,
    /// From the last.
    Falling,
}

/// Which page of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) limit: Option<u16>,
    pub(crate) after: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Send it as `after` for the next page; `null` if this is the last one.
    pub(crate) next: Option<String>,
}

/// By what a list by name is sorted.
const BY_NAME: [&str; 2] = ["COALESCE(n.name, t.id)", "t.id"];

/// Selects columns of the table of a kind, which is `t`, and the name of each thing, where a condition holds.
pub(crate) fn with_names(kind: EntityKind, columns: &str, condition: &str) -> Query {
    let [name, id] = BY_NAME;
    Query::new(format!(
        "SELECT {columns}, {name} AS name FROM shipgate_{kind}s AS t \
         LEFT JOIN service_names AS n ON n.kind = '{kind}' AND n.id = {id} WHERE {condition}"
    ))
}

impl Page {
    pub(crate) fn new(limit: Option<u16>, after: Option<String>) -> Self {
        Self { limit, after }
    }

    /// How many items the page has at most.
    pub(crate) fn limit(&self) -> Result<u16, Failure> {
        match self.limit.unwrap_or(USUAL) {
            limit @ 1..=MOST => Ok(limit),
            _ => Err(Failure::bad_request(format!("limit: it is 1 to {MOST}"))),
        }
    }

    /// Where the page begins: after the item with these keys.
    pub(crate) fn after(&self) -> Result<Option<[String; 2]>, Failure> {
        let Some(after) = &self.after else { return Ok(None) };
        let keys = serde_json::from_str(after);
        keys.map(Some).map_err(|_| malformed())
    }

    /// Adds the order and the bounds of the page to a query whose condition ends here. The items are sorted by two expressions, of
    /// which the second is unique.
    pub(crate) fn bound(
        &self,
        database: &Database,
        query: Query,
        keys: [&str; 2],
        order: Order,
    ) -> Result<Query, Failure> {
        let [first, second] = keys.map(|key| database.sorted(key));
        let (beyond, direction) = match order {
            Order::Rising => (">", "ASC"),
            Order::Falling => ("<", "DESC"),
        };
        let query = match self.after()? {
            Some([after, id]) => {
                let number = query.bound();
                let (one, two) = (number.saturating_add(1), number.saturating_add(2));
                query.and(&format!(" AND ({first}, {second}) {beyond} (${one}, ${two})")).bind(after).bind(id)
            }
            None => query,
        };
        // One more than the page has, to see whether there is another page.
        let limit = self.limit()?.saturating_add(1);
        Ok(query.and(&format!(" ORDER BY {first} {direction}, {second} {direction} LIMIT {limit}")))
    }

    /// Like [`Page::bound`], for things that [`with_names`] selects.
    pub(crate) fn bound_by_name(&self, database: &Database, query: Query) -> Result<Query, Failure> {
        self.bound(database, query, BY_NAME, Order::Rising)
    }

    /// Like [`Page::bound`], for items that are sorted by a time, from the last.
    pub(crate) fn bound_by_time(&self, query: Query, [at, id]: [&str; 2]) -> Result<Query, Failure> {
        let query = match self.after()? {
            Some([time, after]) => {
                let time: i64 = time.parse().map_err(|_| malformed())?;
                let number = query.bound();
                let (one, two) = (number.saturating_add(1), number.saturating_add(2));
                query.and(&format!(" AND ({at}, {id}) < (${one}, ${two})")).bind(time).bind(after)
            }
            None => query,
        };
        let limit = self.limit()?.saturating_add(1);
        Ok(query.and(&format!(" ORDER BY {at} DESC, {id} DESC LIMIT {limit}")))
    }

    /// The page, of items that [`Page::bound`] found.
    pub(crate) fn list<T>(&self, mut items: Vec<T>, keys: impl Fn(&T) -> [String; 2]) -> Result<List<T>, Failure> {
        let limit = usize::from(self.limit()?);
        let next = if items.len() > limit {
            items.truncate(limit);
            items.last().map(|item| serde_json::Value::from(keys(item).to_vec()).to_string())
        } else {
            None
        };
        Ok(List { items, next })
    }

    /// The page of items in memory, which come in the order of their ids.
    pub(crate) fn of<T>(&self, items: impl Iterator<Item = T>, id: impl Fn(&T) -> &str) -> Result<List<T>, Failure> {
        let after = self.after()?;
        let begun = |item: &T| after.as_ref().is_none_or(|[_, after]| id(item) > after.as_str());
        let items = items.filter(begun).take(usize::from(self.limit()?).saturating_add(1)).collect();
        self.list(items, |item| [String::new(), id(item).to_owned()])
    }
}

fn malformed() -> Failure {
    Failure::bad_request("after: send `next` of the page before")
}
