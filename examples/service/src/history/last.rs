//! The organizations of the past that were looked at last, so that the next page of one need not make it again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shipgate::{Directory, Time};

use crate::database::{Database, Error};
use crate::history::{Moment, Past};

/// How many are kept, beyond the bound of memory for the organizations of today.
const MOST: usize = 2;

/// The organizations of the past that were looked at last. How something was never changes, so nothing has to be forgotten.
#[derive(Debug, Default)]
pub struct LastPasts(Mutex<VecDeque<Kept>>);

#[derive(Debug)]
struct Kept {
    organization: String,
    revision: u64,
    directory: Arc<Directory<String>>,
}

impl LastPasts {
    /// An organization as it was; `None` if it was not there then.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked, or does not say how it was.
    pub async fn find(
        &self,
        database: &Database,
        organization: &str,
        moment: Moment,
        now: Time,
    ) -> Result<Option<Past>, Error> {
        let Some((revision, time)) = database.revision_at(organization, moment, now).await? else { return Ok(None) };
        if let Some(directory) = self.kept(organization, revision) {
            return Ok(Some(Past { directory, revision, time }));
        }
        let past = database.past_at(organization, revision, time).await?;
        if let Some(past) = &past {
            self.keep(organization, past);
        }
        Ok(past)
    }

    fn kept(&self, organization: &str, revision: u64) -> Option<Arc<Directory<String>>> {
        let last = self.lock();
        let kept = last.iter().find(|kept| kept.organization == organization && kept.revision == revision)?;
        Some(Arc::clone(&kept.directory))
    }

    fn keep(&self, organization: &str, past: &Past) {
        let (organization, directory) = (organization.to_owned(), Arc::clone(&past.directory));
        let mut last = self.lock();
        last.push_back(Kept { organization, revision: past.revision, directory });
        if last.len() > MOST {
            last.pop_front();
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
