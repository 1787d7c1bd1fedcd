//! Reviews of access: what each member had at a revision, line by line, with what was decided of it and what became of that.
//!
//! A review never says who has access: the library does. A line is the access at the revision at which the review was opened, and
//! beside it stands what the library says now. What is decided on a line is made when the review is closed, as a change by the
//! person who closes it.

mod close;
mod concern;
mod decide;
mod line;
mod lines;
mod present;

use shipgate::Time;
use shipgate::change::Record;

pub(crate) use close::{Closing, close};
pub(crate) use concern::Concerned;
pub(crate) use decide::{Wish, decide};
pub use line::{Decision, Key, Kind, Line, Outcome};
pub(crate) use lines::{Counts, Which};
pub use present::{Present, TokenNow, Tokens};
pub(crate) use present::{role_name, time};

use crate::database::{Database, Error, Query, Row, Step};
use crate::ids;

/// A review of the access in an organization.
#[derive(Clone, Debug)]
pub struct Review {
    /// Its id.
    pub id: String,
    /// The organization.
    pub organization: String,
    /// The revision whose access its lines have.
    pub revision: u64,
    /// The version of the policy when it was opened.
    pub policy: u32,
    /// How many lines it has.
    pub lines: u64,
    /// Who opened it.
    pub opened_by: String,
    /// When it was opened.
    pub opened_at: Time,
    /// Who closed it, if it is closed.
    pub closed_by: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Time>,
}

impl Review {
    /// A review that somebody opens now.
    #[must_use]
    pub fn new(organization: &str, revision: u64, opened_by: &str, now: Time) -> Self {
        Self {
            id: ids::new("review"),
            organization: organization.to_owned(),
            revision,
            policy: Record::<String>::POLICY,
            lines: 0,
            opened_by: opened_by.to_owned(),
            opened_at: now,
            closed_by: None,
            closed_at: None,
        }
    }

    /// A review of a row.
    ///
    /// # Errors
    ///
    /// [`Error`] if the row is none of a review.
    pub fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            organization: row.text("organization")?,
            revision: row.revision("revision")?,
            policy: u32::try_from(row.integer("policy")?).map_err(Error::content)?,
            lines: row.revision("lines")?,
            opened_by: row.text("opened_by")?,
            opened_at: row.time("opened_at")?,
            closed_by: row.optional_text("closed_by")?,
            closed_at: row.optional_time("closed_at")?,
        })
    }

    /// Whether it is still open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// The statements that store it with its lines.
    pub(crate) fn insert(&self, database: &Database, lines: &[Key]) -> Vec<Step> {
        let text = "INSERT INTO service_reviews (id, organization, revision, policy, lines, opened_by, opened_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let query = Query::new(text).bind(&self.id).bind(&self.organization).bind(self.revision);
        let query = query.bind(i64::from(self.policy)).bind(self.lines).bind(&self.opened_by).bind(self.opened_at);
        let mut steps = vec![query.into()];
        steps.extend(lines::insert(database, &self.id, lines));
        steps
    }
}

impl Database {
    /// The review with an id.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn review(&self, id: &str) -> Result<Option<Review>, Error> {
        let query = Query::new("SELECT * FROM service_reviews WHERE id = $1").bind(id);
        self.row(query).await?.as_ref().map(Review::of).transpose()
    }

    /// Stores a review with its lines.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn store_review(&self, review: &Review, lines: &[Key]) -> Result<(), Error> {
        self.execute_all(review.insert(self, lines)).await?;
        Ok(())
    }

    /// The last review of an organization that was closed by then.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn last_review(&self, organization: &str, by: Time) -> Result<Option<Review>, Error> {
        let text = "SELECT * FROM service_reviews WHERE organization = $1 AND closed_at <= $2 \
            ORDER BY closed_at DESC, id DESC LIMIT 1";
        self.row(Query::new(text).bind(organization).bind(by)).await?.as_ref().map(Review::of).transpose()
    }

    /// The review of an organization that was open then.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn open_review(&self, organization: &str, at: Time) -> Result<Option<Review>, Error> {
        let text = "SELECT * FROM service_reviews WHERE organization = $1 AND opened_at <= $2 \
            AND (closed_at IS NULL OR closed_at > $2) ORDER BY opened_at DESC, id DESC LIMIT 1";
        self.row(Query::new(text).bind(organization).bind(at)).await?.as_ref().map(Review::of).transpose()
    }
}
