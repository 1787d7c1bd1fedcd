//! Finds the organization that something belongs to.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use shipgate::directory::EntityKind;

use crate::database::Query;
use crate::organizations::{Error, Organizations};

/// How many places are remembered.
const MOST: usize = 200_000;

/// Where things are. An id is made once and never moves, so a place that was found stays right until the thing is deleted: then
/// the organization does not have it.
#[derive(Debug, Default)]
pub(super) struct Places(RwLock<HashMap<(EntityKind, String), String>>);

impl Places {
    fn get(&self, kind: EntityKind, id: &str) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&(kind, id.to_owned())).cloned()
    }

    fn remember(&self, kind: EntityKind, id: &str, organization: &str) {
        let mut places = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST {
            places.clear();
        }
        places.insert((kind, id.to_owned()), organization.to_owned());
    }
}

impl Organizations {
    /// The organization that has something with this id.
    ///
    /// # Errors
    ///
    /// [`Error::Absent`] if nothing of the kind has the id, or why the database could not be asked.
    pub async fn organization_of(&self, kind: EntityKind, id: &str) -> Result<String, Error> {
        if let Some(organization) = self.places.get(kind, id) {
            return Ok(organization);
        }
        let query = Query::new("SELECT organization FROM shipgate_ids WHERE kind = $1 AND id = $2");
        let row = self.database.row(query.bind(kind.as_str()).bind(id)).await?.ok_or(Error::Absent)?;
        let organization = row.text(0)?;
        self.places.remember(kind, id, &organization);
        Ok(organization)
    }

    /// The organizations that an account is a member of, in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn organizations_of_member(&self, account: &str) -> Result<Vec<String>, Error> {
        let query = Query::new("SELECT organization FROM shipgate_members WHERE account = $1 ORDER BY organization");
        let rows = self.database.rows(query.bind(account)).await?;
        Ok(rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?)
    }
}
