//! A log in memory, which takes each organization and revision once, and only after the record before it.

use std::cell::Cell;
use std::collections::BTreeMap;

use shipgate::Directory;
use shipgate::Time;
use shipgate::change::{AttachError, Follower, Read, Record, Taken, Unusable};

/// Records by organization and revision, as the table of a database.
#[derive(Clone)]
pub(crate) struct Log {
    records: BTreeMap<(u64, u64), Record<u64>>,
    ids: Cell<u64>,
}

/// Somebody was first, or the record before it is not in the log.
#[derive(Debug)]
pub(crate) struct NotInserted;

impl Log {
    pub(crate) fn new() -> Self {
        Self { records: BTreeMap::new(), ids: Cell::new(1_000) }
    }

    /// An id that no record has.
    pub(crate) fn id(&self) -> u64 {
        self.ids.set(self.ids.get() + 1);
        self.ids.get()
    }

    pub(crate) fn insert(&mut self, record: Record<u64>) -> Result<(), NotInserted> {
        let key = (*record.organization(), record.revision());
        let previous = self.get(key.0, key.1 - 1).map(Record::id);
        if self.records.contains_key(&key) || previous != record.previous() {
            return Err(NotInserted);
        }
        self.records.insert(key, record);
        Ok(())
    }

    pub(crate) fn get(&self, organization: u64, revision: u64) -> Option<&Record<u64>> {
        self.records.get(&(organization, revision))
    }

    /// What a read of a stream finds.
    pub(crate) fn records(&self, read: &Read<u64>) -> impl Iterator<Item = Record<u64>> + use<> {
        self.from(*read.organization(), read.revision()).cloned().collect::<Vec<_>>().into_iter()
    }

    fn from(&self, organization: u64, revision: u64) -> impl Iterator<Item = &Record<u64>> {
        self.records.range((organization, revision)..=(organization, u64::MAX)).map(|(_, record)| record)
    }

    /// Restores an organization to an earlier state.
    pub(crate) fn truncate(&mut self, organization: u64, to: u64) {
        self.records.retain(|(of, revision), _| *of != organization || *revision <= to);
    }

    /// The directory of one organization at a revision, as its records say.
    pub(crate) fn directory(&self, organization: u64, revision: u64) -> Directory<u64> {
        let mut directory = Directory::new();
        for record in self.from(organization, 1).take_while(|record| record.revision() <= revision) {
            directory.apply(record).unwrap();
        }
        directory
    }

    /// Attaches an organization as a database would give it: its rows, and its last record.
    pub(crate) fn attach(&self, to: &Follower<u64>, organization: u64, began: Time) -> Result<(), AttachError> {
        let directory = self.directory(organization, u64::MAX);
        let revision = directory.revision(&organization).unwrap();
        to.attach(&directory.rows(), revision, directory.last_record(&organization).copied(), began)
    }
}

/// Reads and takes every stream.
pub(crate) fn catch_up(follower: &Follower<u64>, log: &Log, began: Time) -> Result<(), Unusable> {
    for read in follower.reads() {
        assert_eq!(follower.take(&read, log.records(&read), began)?, Taken::UpToDate);
    }
    Ok(())
}
