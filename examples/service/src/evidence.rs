//! Evidence for an auditor: who had which access at a moment, since when, and who allowed it, as one ZIP archive.
//!
//! Each table is written row by row, in three forms at once: as CSV, as JSON, and as a part of one HTML page. So the archive of a
//! large organization takes little memory. What a table says of access, the library says.

mod archive;
mod cell;
mod changes;
mod deployers;
mod findings;
mod grants;
mod groups;
mod history;
mod manifest;
mod page;
mod reviews;
mod roster;
mod table;

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;
use std::time::Instant;

use shipgate::{Directory, Time};
use tokio::runtime::Handle;

use crate::database::{self, Database, Query, Row};
use crate::evidence::archive::Archive;
use crate::history::Past;
use crate::review::Review;

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be asked.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// It could not be written.
    #[error("the archive cannot be written: {0}")]
    Output(#[from] std::io::Error),
    /// It could not be written.
    #[error("the archive cannot be written: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// A row of it could not be written.
    #[error("the archive cannot be written: {0}")]
    Csv(#[from] csv::Error),
    /// Something in it has no JSON.
    #[error("the archive cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// It took too long.
    #[error("the archive took too long to make")]
    TooLong,
    /// There is no such organization, or there was none then.
    #[error("there is no such organization at that moment")]
    Absent,
}

/// The organization that evidence is of.
#[derive(Clone, Debug)]
pub enum Subject {
    /// As it is now.
    Now {
        /// What it is.
        directory: Arc<Directory<String>>,
        /// The time to decide at.
        time: Time,
    },
    /// As it was.
    Then(Past),
}

impl Subject {
    fn directory(&self) -> &Directory<String> {
        match self {
            Self::Now { directory, .. } => directory,
            Self::Then(past) => &past.directory,
        }
    }

    fn time(&self) -> Time {
        match self {
            Self::Now { time, .. } => *time,
            Self::Then(past) => past.time,
        }
    }

    fn revision(&self, organization: &str) -> u64 {
        match self {
            Self::Now { directory, .. } => directory.revision(organization).unwrap_or_default(),
            Self::Then(past) => past.revision,
        }
    }
}

/// Who asks for evidence, and of what.
#[derive(Clone, Debug)]
pub struct Request {
    /// The organization.
    pub organization: String,
    /// What it is, or was.
    pub subject: Subject,
    /// The moment that was asked for, as it was written; `None` for the present.
    pub at: Option<String>,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub now: Time,
    /// When it has to be done.
    pub deadline: Option<Instant>,
}

/// Makes the archive, in a file without a name. It is read from its beginning. `turn` is kept until the work is done.
///
/// # Errors
///
/// [`Error`] if the database could not be asked, or the archive could not be written.
pub async fn export<T: Send + 'static>(database: &Database, request: Request, turn: T) -> Result<File, Error> {
    let (database, runtime) = (database.clone(), Handle::current());
    let make = move || {
        // It is given back when the work is done, also if nobody waits for it any more.
        let _turn = turn;
        Export::new(database, runtime, request)?.write()
    };
    let done = tokio::task::spawn_blocking(make).await;
    done.map_err(|error| std::io::Error::other(error.to_string()))?
}

/// Makes evidence. It is no part of the runtime's own threads, so it may wait.
struct Export {
    database: Database,
    runtime: Handle,
    request: Request,
    revision: u64,
    time: Time,
    /// The review before, from which on changes are told.
    last: Option<Review>,
    /// The review that was open.
    open: Option<Review>,
    history: history::History,
    /// The names of accounts, for people to read.
    names: BTreeMap<String, String>,
}

impl Export {
    fn new(database: Database, runtime: Handle, request: Request) -> Result<Self, Error> {
        let organization = request.organization.as_str();
        let (revision, time) = (request.subject.revision(organization), request.subject.time());
        let by = if request.at.is_some() { time } else { request.now };
        let last = runtime.block_on(database.last_review(organization, by))?;
        let open = runtime.block_on(database.open_review(organization, by))?;
        let history = history::History::default();
        Ok(Self { database, runtime, request, revision, time, last, open, history, names: BTreeMap::new() })
    }

    fn organization(&self) -> &str {
        &self.request.organization
    }

    fn directory(&self) -> &Directory<String> {
        self.request.subject.directory()
    }

    fn rows(&self, query: Query) -> Result<Vec<Row>, Error> {
        if self.request.deadline.is_some_and(|deadline| Instant::now() > deadline) {
            return Err(Error::TooLong);
        }
        Ok(self.runtime.block_on(self.database.rows(query))?)
    }

    /// The name of an account, if it has one.
    fn name(&self, account: &str) -> &str {
        self.names.get(account).map_or("", String::as_str)
    }

    fn write(mut self) -> Result<File, Error> {
        self.history = self.read_history()?;
        self.names = self.read_names()?;
        let mut archive = Archive::new(self.request.deadline)?;
        archive.begin_page(&page::head(&self))?;
        self.roster(&mut archive)?;
        self.teams(&mut archive)?;
        self.grants(&mut archive)?;
        self.environments(&mut archive)?;
        self.deployers(&mut archive)?;
        self.changes(&mut archive)?;
        self.findings(&mut archive)?;
        self.reviews(&mut archive)?;
        self.decisions(&mut archive)?;
        archive.end_page(&page::foot())?;
        let policies = self.policies()?;
        archive.finish(|files| manifest::text(&self, &policies, files))
    }

    /// The versions of the policy by which the records were decided.
    fn policies(&self) -> Result<Vec<i64>, Error> {
        let text =
            "SELECT DISTINCT policy FROM shipgate_records WHERE organization = $1 AND revision <= $2 ORDER BY policy";
        let rows = self.rows(Query::new(text).bind(self.organization()).bind(self.revision))?;
        rows.iter().map(|row| Ok(row.integer("policy")?)).collect()
    }
}
