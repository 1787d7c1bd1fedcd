//! Access as of a past revision or time: the rows of then, made by undoing what was changed since.
//!
//! It begins from the nearest rows that are not earlier: those of the present, or a checkpoint. A removal whose record does not say
//! what it removed takes a checkpoint with it, so that nothing has to be undone that cannot be.

mod last;
mod tables;

use std::sync::Arc;

pub use last::LastPasts;
use shipgate::change::Record;
use shipgate::directory::Rows;
use shipgate::{Directory, Time};

use crate::database::{Database, Error, Query};
use crate::history::tables::Tables;

/// A moment of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// As a record left it.
    Revision(u64),
    /// As the last record not after it left it.
    Time(Time),
}

/// An organization as it was.
#[derive(Clone, Debug)]
pub struct Past {
    /// What it was.
    pub directory: Arc<Directory<String>>,
    /// The revision.
    pub revision: u64,
    /// The time to decide at: of expiries that were over then.
    pub time: Time,
}

/// From a revision such as `17`, or a time such as `2026-12-31T23:59:59Z`.
impl std::str::FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(revision) => Ok(Self::Revision(revision)),
            Err(_) => text
                .parse()
                .map(Self::Time)
                .map_err(|_| "write a revision such as `17`, or a time such as `2026-12-31T23:59:59Z`".to_owned()),
        }
    }
}

impl Database {
    /// An organization as it was; `None` if it was not there then.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked, or does not say how it was.
    pub async fn past(&self, organization: &str, moment: Moment, now: Time) -> Result<Option<Past>, Error> {
        match self.revision_at(organization, moment, now).await? {
            Some((revision, time)) => self.past_at(organization, revision, time).await,
            None => Ok(None),
        }
    }

    /// An organization as a record left it, to be asked at a time.
    async fn past_at(&self, organization: &str, revision: u64, time: Time) -> Result<Option<Past>, Error> {
        let Some((rows, base)) = self.base(organization, revision).await? else { return Ok(None) };
        if base < revision {
            return Ok(None);
        }
        let mut tables = Tables::of(rows, organization);
        let mut since = self.records_from(organization, revision.saturating_add(1)).await?;
        since.retain(|record| record.revision() <= base);
        for record in since.iter().rev() {
            undo(&mut tables, record)?;
        }
        let rows = tables.into_rows();
        if rows.organizations.is_empty() {
            return Ok(None);
        }
        let directory = Directory::try_from(&rows).map_err(Error::content)?;
        Ok(Some(Past { directory: Arc::new(directory), revision, time }))
    }

    /// The revision of a moment, and the time to decide at. A revision that is not there yet is none.
    async fn revision_at(&self, organization: &str, moment: Moment, now: Time) -> Result<Option<(u64, Time)>, Error> {
        let find = |condition: &str| {
            let text = "SELECT revision, at FROM shipgate_records WHERE organization = $1 AND";
            Query::new(format!("{text} {condition} ORDER BY revision DESC LIMIT 1")).bind(organization)
        };
        match moment {
            Moment::Revision(0) => Ok(Some((0, now))),
            Moment::Revision(revision) => {
                let row = self.row(find("revision = $2").bind(revision)).await?;
                row.map(|row| Ok((revision, row.optional_time("at")?.unwrap_or(now)))).transpose()
            }
            Moment::Time(time) => {
                let row = self.row(find("at <= $2").bind(time)).await?;
                let revision = row.map_or(Ok(0), |row| row.revision("revision"))?;
                Ok(Some((revision, time)))
            }
        }
    }

    /// The nearest rows that are not earlier than a revision, and their own.
    async fn base(&self, organization: &str, revision: u64) -> Result<Option<(Rows<String>, u64)>, Error> {
        let text = "SELECT revision, document FROM service_checkpoints \
            WHERE organization = $1 AND revision >= $2 ORDER BY revision LIMIT 1";
        if let Some(row) = self.row(Query::new(text).bind(organization).bind(revision)).await? {
            let rows = serde_json::from_str(&row.text("document")?)?;
            return Ok(Some((rows, row.revision("revision")?)));
        }
        Ok(self.load(organization).await?.map(|loaded| (loaded.rows, loaded.revision)))
    }
}

fn undo(tables: &mut Tables, record: &Record<String>) -> Result<(), Error> {
    let edits: Vec<_> = record.edits().collect();
    edits.into_iter().rev().try_for_each(|edit| tables.undo(edit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_revision_or_a_time() {
        assert_eq!("17".parse(), Ok(Moment::Revision(17)));
        assert_eq!("1970-01-01T00:00:01Z".parse(), Ok(Moment::Time(Time::from_millis(1_000))));
        for text in ["", "-1", "now", "2026-12-31"] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
