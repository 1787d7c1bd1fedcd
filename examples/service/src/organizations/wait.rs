//! Waits for a revision, so that whoever has made a change sees it on every instance.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use crate::organizations::{Error, Organizations};

/// The longest wait for a revision.
const MOST: Duration = Duration::from_secs(5);

/// How often the log is read while somebody waits.
const EVERY: Duration = Duration::from_millis(50);

impl Organizations {
    /// Waits until an organization is at a revision or later. Load it before.
    ///
    /// # Errors
    ///
    /// [`Error::NotYet`] after 5 seconds, or why the organization cannot be read.
    pub async fn wait_for(&self, organization: &str, wanted: u64) -> Result<(), Error> {
        let deadline = Instant::now() + MOST;
        while self.revision(organization) < wanted {
            match timeout_at(deadline, self.read_one(organization)).await {
                Ok(read) => read?,
                Err(_) => return Err(self.not_yet(organization, wanted)),
            }
            if self.revision(organization) < wanted {
                sleep_until(deadline.min(Instant::now() + EVERY)).await;
            }
            if Instant::now() >= deadline {
                return Err(self.not_yet(organization, wanted));
            }
        }
        Ok(())
    }

    /// The revision that this instance has of an organization; 0 if it has none.
    #[must_use]
    pub fn revision(&self, organization: &str) -> u64 {
        self.follower.read(&organization.to_owned()).map_or(0, |read| read.revision())
    }

    fn not_yet(&self, organization: &str, wanted: u64) -> Error {
        Error::NotYet { wanted, present: self.revision(organization) }
    }
}
