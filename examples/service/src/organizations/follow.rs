//! Follows the log: reads it every second or so, and at once if somebody announces that there is something new.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use shipgate::Time;
use shipgate::change::{Read, Record, Taken};
use sqlx::postgres::PgListener;

use crate::crash_points;
use crate::database::{Database, Query};
use crate::organizations::{Error, Organizations};

/// Changes are announced at most so often.
const ANNOUNCE_EVERY: Duration = Duration::from_millis(20);

/// The channel of PostgreSQL on which they are announced. An announcement carries nothing.
const CHANNEL: &str = "shipgate_service";

impl Organizations {
    /// Follows the log until the task is dropped: polls, listens and announces.
    pub async fn follow(self: Arc<Self>) {
        let (listening, announcing) = (Arc::clone(&self), Arc::clone(&self));
        tokio::join!(self.poll(), listening.listen(), announcing.announce());
    }

    async fn poll(&self) {
        loop {
            if let Err(error) = self.read_all().await {
                tracing::error!("the log could not be read: {error}");
            }
            let wait = tokio::time::sleep(self.following.poll);
            tokio::select! {
                () = wait => {}
                () = self.announced.notified() => {}
            }
        }
    }

    /// Reads the log of all organizations that are loaded, and compares the clocks.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn read_all(&self) -> Result<(), Error> {
        let began = self.clock.now();
        let database = self.database.time().await?;
        self.clock.compare(began, database, self.clock.now());
        if self.is_before_last_poll(began) {
            self.drop_all();
        }
        let reads = self.follower.reads();
        let known: Vec<_> = reads.iter().map(|read| (read.organization().clone(), read.revision())).collect();
        let mut records: HashMap<String, Vec<_>> = HashMap::new();
        if !known.is_empty() {
            for record in self.database.records_from_each(&known).await? {
                records.entry(record.organization().clone()).or_default().push(record);
            }
        }
        for read in reads {
            let records = records.remove(read.organization()).unwrap_or_default();
            self.take(&read, records, began).await;
        }
        self.polled_at(began);
        Ok(())
    }

    /// Whether the clock was set back since the last poll. Then what was read by the wrong clock would count as stale.
    fn is_before_last_poll(&self, began: Time) -> bool {
        began.as_millis() < self.polled.load(Ordering::Relaxed)
    }

    /// Reads the log of one organization.
    pub(super) async fn read_one(&self, organization: &str) -> Result<(), Error> {
        let began = self.clock.now();
        let Some(read) = self.follower.read(&organization.to_owned()) else { return self.load(organization).await };
        let records = self.database.records_from(organization, read.revision()).await?;
        self.take(&read, records, began).await;
        Ok(())
    }

    /// Takes what was read of one organization. If the log contradicts what is loaded, the organization is loaded again.
    async fn take(&self, read: &Read<String>, records: Vec<Record<String>>, began: Time) {
        let organization = read.organization();
        let new: Vec<_> =
            records.iter().filter(|record| record.revision() > read.revision()).map(Applied::of).collect();
        match self.follower.take(read, records, began) {
            Ok(Taken::UpToDate) => {
                let mut memory = self.memory();
                for Applied { revision, at, rows } in new {
                    memory.applied(organization, revision, at, rows);
                }
            }
            // The next read finds what is missing.
            Ok(Taken::ReadAgain) => self.announced.notify_one(),
            Err(unusable) => {
                tracing::error!("{unusable}");
                match self.load(organization).await {
                    Ok(()) | Err(Error::Absent) => {}
                    Err(error) => tracing::error!("organization {organization} could not be loaded again: {error}"),
                }
            }
        }
        self.make_room(organization);
    }

    /// Wakes the poll when another instance announces a change.
    async fn listen(&self) {
        let Database::Postgres(pool) = &self.database else { return };
        if !self.following.notify {
            return;
        }
        loop {
            match self.listen_once(pool).await {
                Ok(()) => {}
                Err(error) => tracing::warn!("changes are not announced for now, and found by polling: {error}"),
            }
            tokio::time::sleep(self.following.poll).await;
        }
    }

    async fn listen_once(&self, pool: &sqlx::PgPool) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        loop {
            // `None` is a connection that was lost and made anew: what was announced meanwhile is not known.
            let _ = listener.try_recv().await?;
            self.announced.notify_one();
        }
    }

    /// Announces changes that were stored here, after they were committed, and many at once as one.
    async fn announce(&self) {
        let Database::Postgres(_) = &self.database else { return };
        if !self.following.notify {
            return;
        }
        loop {
            self.stored.notified().await;
            crash_points::reach(crash_points::Step::Announcing).await;
            let query = Query::new("SELECT pg_notify($1, '')").bind(CHANNEL);
            if let Err(error) = self.database.row(query).await {
                tracing::warn!("a change could not be announced, and others find it by polling: {error}");
            }
            tokio::time::sleep(ANNOUNCE_EVERY).await;
        }
    }
}

/// What a record that was applied says of memory.
struct Applied {
    revision: u64,
    at: Option<Time>,
    rows: usize,
}

impl Applied {
    fn of(record: &Record<String>) -> Self {
        Self { revision: record.revision(), at: record.time(), rows: record.edits().count() }
    }
}
