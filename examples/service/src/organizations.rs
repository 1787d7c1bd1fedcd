//! The organizations that this instance has in memory: loaded when they are asked for, kept in step with the log, dropped when
//! memory is short.
//!
//! What counts is what the log says. A change is decided, stored in the log with the rows that it changes, and then applied from
//! the log: by this instance as by every other.

mod change;
mod consequences;
mod error;
mod find;
mod follow;
mod load;
mod locks;
mod memory;
mod wait;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use change::Proposed;
pub use error::Error;
use shipgate::Time;
use shipgate::change::Follower;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::database::Database;
use crate::organizations::find::Places;
use crate::organizations::locks::Locks;
use crate::organizations::memory::Memory;

/// How the log is followed.
#[derive(Clone, Copy, Debug)]
pub struct Following {
    /// How often it is read, if nobody says that there is something new.
    pub poll: Duration,
    /// For how long an instance decides without having read it.
    pub stale_after: Duration,
    /// The most that the organizations may take in memory, in bytes; `None` for no bound.
    pub memory: Option<usize>,
    /// Whether to listen for what other instances announce, and to announce changes to them.
    pub notify: bool,
}

/// The organizations that this instance has in memory.
#[derive(Debug)]
pub struct Organizations {
    database: Database,
    clock: Arc<Clock>,
    follower: Arc<Follower<String>>,
    following: Following,
    memory: Mutex<Memory>,
    places: Places,
    loading: Locks,
    changing: Locks,
    /// When the last poll that read all of them began; the least time if there was none.
    polled: AtomicI64,
    /// Woken when a change was stored here.
    stored: Notify,
    /// Woken when the log should be read at once.
    announced: Notify,
}

impl Organizations {
    /// None yet, of a database.
    #[must_use]
    pub fn new(database: Database, clock: Arc<Clock>, following: Following) -> Self {
        Self {
            database,
            clock,
            follower: Arc::new(Follower::new(following.stale_after)),
            following,
            memory: Mutex::new(Memory::new(following.memory)),
            places: Places::default(),
            loading: Locks::default(),
            changing: Locks::default(),
            polled: AtomicI64::new(i64::MIN),
            stored: Notify::new(),
            announced: Notify::new(),
        }
    }

    /// What guards decide on.
    #[must_use]
    pub fn follower(&self) -> &Arc<Follower<String>> {
        &self.follower
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How many are loaded, and what they are estimated to take in memory, in bytes.
    #[must_use]
    pub fn in_memory(&self) -> (usize, usize) {
        let memory = self.memory();
        (memory.count(), memory.used())
    }

    /// Whether this instance may answer: it has read the log lately, and its clock is right.
    ///
    /// # Errors
    ///
    /// [`Error`], which says why not.
    pub fn require_ready(&self) -> Result<(), Error> {
        self.require_clock()?;
        let polled = self.polled.load(Ordering::Relaxed);
        let age = self.clock.now().as_millis().saturating_sub(polled);
        let most = i64::try_from(self.following.stale_after.as_millis()).unwrap_or(i64::MAX);
        if age > most { Err(Error::NotPolled) } else { Ok(()) }
    }

    fn require_clock(&self) -> Result<(), Error> {
        if self.clock.is_right() { Ok(()) } else { Err(Error::Clock { ahead: self.clock.ahead() }) }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn polled_at(&self, began: Time) {
        self.polled.store(began.as_millis(), Ordering::Relaxed);
    }
}
