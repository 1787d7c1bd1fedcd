//! Changes: decided, stored, and then applied from the log.

use std::time::Duration;

use rand::RngExt;
use shipgate::Time;
use shipgate::change::{Follower, ProposeError, Record, Unusable};

use crate::database::{Step, Stored};
use crate::organizations::consequences::consequences;
use crate::organizations::{Error, Organizations};
use crate::{crash_points, ids};

/// How often a change is decided again, because others changed the organization first.
const ATTEMPTS: u32 = 20;

/// How often of these because the log was read meanwhile.
const STALE_ATTEMPTS: u32 = 3;

/// A proposal: what the log would have next.
pub struct Proposed {
    /// The record.
    pub record: Record<String>,
    /// What is stored beside it, in the same transaction.
    pub beside: Vec<Step>,
}

impl Organizations {
    /// Makes a change: `propose` decides it on the present state, with the time and the id of its record, and says what is stored
    /// beside it. If others were first, it is asked again on what they left. The record that is returned is stored, and applied
    /// here.
    ///
    /// # Errors
    ///
    /// The error of `propose`, or why it could not be stored.
    pub async fn change(
        &self,
        organization: &str,
        propose: impl Fn(&Follower<String>, Time, String) -> Result<Proposed, Error> + Send + Sync,
    ) -> Result<Record<String>, Error> {
        self.ensure(organization).await?;
        // Those on this instance take turns, so that only those on others are in the way.
        let _turn = self.changing.lock(organization).await;
        for attempt in 0..ATTEMPTS {
            let proposed = propose(&self.follower, self.time_of_next(organization), ids::new("record"));
            let Proposed { record, beside } = match proposed {
                // The log was read between taking the time and deciding.
                Err(Error::Refused(ProposeError::Unusable(Unusable::Stale { .. }))) if attempt < STALE_ATTEMPTS => {
                    continue;
                }
                proposed => proposed?,
            };
            let beside = self.with_consequences(&record, beside)?;
            crash_points::reach(crash_points::Step::Decided).await;
            match self.store(&record, beside).await? {
                Stored::Yes => return self.see(record).await,
                Stored::Behind => {
                    self.read_one(organization).await?;
                    pause(attempt).await;
                }
                Stored::Lost => self.load(organization).await?,
                Stored::Taken => return Err(Error::IdTaken),
                Stored::BesideTaken => return Err(Error::BesideTaken),
                Stored::BesideMissing => return Err(Error::BesideMissing),
            }
        }
        Err(Error::Contended)
    }

    /// Founds an organization.
    ///
    /// # Errors
    ///
    /// See [`Organizations::change`].
    pub async fn found(
        &self,
        propose: impl FnOnce(&Follower<String>, Time, String) -> Result<Proposed, ProposeError> + Send,
    ) -> Result<Record<String>, Error> {
        self.require_clock()?;
        let Proposed { record, mut beside } = propose(&self.follower, self.clock.now(), ids::new("record"))?;
        beside.extend(consequences(&record, None)?);
        match self.store(&record, beside).await? {
            Stored::Yes => self.see(record).await,
            Stored::BesideTaken => Err(Error::BesideTaken),
            Stored::BesideMissing => Err(Error::BesideMissing),
            Stored::Behind | Stored::Taken | Stored::Lost => Err(Error::IdTaken),
        }
    }

    /// The time of the next record: never before that of the last one, whichever clock that was.
    fn time_of_next(&self, organization: &str) -> Time {
        let now = self.clock.now();
        self.memory().last_time(organization).map_or(now, |last| last.max(now))
    }

    /// Adds what follows from a record, whoever proposed it.
    fn with_consequences(&self, record: &Record<String>, mut beside: Vec<Step>) -> Result<Vec<Step>, Error> {
        let before = self.snapshot(record.organization())?;
        beside.extend(consequences(record, Some(&before))?);
        Ok(beside)
    }

    /// Stores a record. If the connection is lost in the middle, the log says whether it is stored.
    async fn store(&self, record: &Record<String>, beside: Vec<Step>) -> Result<Stored, Error> {
        let error = match self.database.store(record, beside).await {
            Ok(stored) => return Ok(stored),
            Err(error) => error,
        };
        match self.database.has_record(record).await {
            Ok(true) => Ok(Stored::Yes),
            Ok(false) => Err(error.into()),
            Err(_) => Err(Error::Unknown(error)),
        }
    }

    /// Applies a record that is stored, from the log, and announces it.
    async fn see(&self, record: Record<String>) -> Result<Record<String>, Error> {
        self.stored.notify_one();
        match self.read_one(record.organization()).await {
            // It was deleted by this record.
            Ok(()) | Err(Error::Absent) => {}
            // It is stored all the same, and the next poll applies it.
            Err(error) => tracing::error!("a change that is stored could not be read yet: {error}"),
        }
        crash_points::reach(crash_points::Step::Applied).await;
        Ok(record)
    }
}

/// A pause that grows, so that instances which are in each other's way part.
async fn pause(attempt: u32) {
    let most = 1_u64 << attempt.min(6);
    let milliseconds = rand::rng().random_range(0..=most);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
