//! What is in memory: how much each organization takes, and which was not asked about for longest.

use std::collections::HashMap;

use shipgate::Time;
use shipgate::directory::Rows;

/// What a row is estimated to take, in bytes: its facts in a directory with its indexes, and the ids, of some 40 bytes each.
/// Measured with the example `measure`, whose ids are half as long (270 and 310 bytes), and rounded up.
const ROW: usize = 500;

/// What an organization is estimated to take beside its rows, in bytes.
const ORGANIZATION: usize = 512 << 10;

/// What is in memory.
#[derive(Debug)]
pub(super) struct Memory {
    most: Option<usize>,
    organizations: HashMap<String, Entry>,
    used: usize,
    /// Counts what is asked.
    asked: u64,
}

/// An organization in memory.
#[derive(Debug)]
struct Entry {
    bytes: usize,
    asked: u64,
    /// The revision and the time of its last record.
    last: Option<(u64, Time)>,
}

impl Memory {
    pub(super) fn new(most: Option<usize>) -> Self {
        Self { most, organizations: HashMap::new(), used: 0, asked: 0 }
    }

    pub(super) fn count(&self) -> usize {
        self.organizations.len()
    }

    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// Notes that an organization was loaded.
    pub(super) fn loaded(&mut self, organization: &str, bytes: usize, last: Option<(u64, Time)>) {
        self.dropped(organization);
        self.asked = self.asked.wrapping_add(1);
        self.used = self.used.saturating_add(bytes);
        self.organizations.insert(organization.to_owned(), Entry { bytes, asked: self.asked, last });
    }

    /// Notes that an organization was asked about.
    pub(super) fn asked_about(&mut self, organization: &str) {
        self.asked = self.asked.wrapping_add(1);
        if let Some(entry) = self.organizations.get_mut(organization) {
            entry.asked = self.asked;
        }
    }

    /// Notes that a record was applied, which may have added so many rows.
    pub(super) fn applied(&mut self, organization: &str, revision: u64, at: Option<Time>, rows: usize) {
        let Some(entry) = self.organizations.get_mut(organization) else { return };
        let bytes = rows.saturating_mul(ROW);
        entry.bytes = entry.bytes.saturating_add(bytes);
        self.used = self.used.saturating_add(bytes);
        if let Some(at) = at {
            entry.last = Some((revision, entry.last.map_or(at, |(_, last)| last.max(at))));
        }
    }

    /// The time of the last record of an organization.
    pub(super) fn last_time(&self, organization: &str) -> Option<Time> {
        self.organizations.get(organization)?.last.map(|(_, at)| at)
    }

    /// Notes that an organization is no longer in memory.
    pub(super) fn dropped(&mut self, organization: &str) {
        if let Some(entry) = self.organizations.remove(organization) {
            self.used = self.used.saturating_sub(entry.bytes);
        }
    }

    /// The organization to drop next, so that the rest is within the bound: that which was not asked about for longest, but not
    /// this one.
    pub(super) fn to_drop(&self, but: &str) -> Option<String> {
        if self.used <= self.most? {
            return None;
        }
        let others = self.organizations.iter().filter(|(organization, _)| *organization != but);
        others.min_by_key(|(_, entry)| entry.asked).map(|(organization, _)| organization.clone())
    }
}

/// What the rows of an organization are estimated to take in memory, in bytes.
pub(super) fn bytes(rows: &Rows<String>) -> usize {
    let Rows {
        organizations,
        roles,
        members,
        teams,
        team_members,
        clusters,
        cluster_access,
        projects,
        project_roles,
        environments,
    } = rows;
    let counts = [
        organizations.len(),
        roles.len(),
        members.len(),
        teams.len(),
        team_members.len(),
        clusters.len(),
        cluster_access.len(),
        projects.len(),
        project_roles.len(),
        environments.len(),
    ];
    counts.into_iter().fold(0, usize::saturating_add).saturating_mul(ROW).saturating_add(ORGANIZATION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_about_for_longest_is_dropped_first() {
        let mut memory = Memory::new(Some(250));
        for organization in ["acme", "globex", "initech"] {
            memory.loaded(organization, 100, None);
        }
        memory.asked_about("acme");
        assert_eq!(memory.to_drop("initech"), Some("globex".to_owned()));
        memory.dropped("globex");
        assert_eq!((memory.used(), memory.to_drop("initech")), (200, None));
    }

    #[test]
    fn the_organization_that_is_asked_about_stays_however_large_it_is() {
        let mut memory = Memory::new(Some(1));
        memory.loaded("acme", 100, None);
        assert_eq!(memory.to_drop("acme"), None);
        assert_eq!(Memory::new(None).to_drop("acme"), None);
    }

    #[test]
    fn the_last_time_never_goes_back() {
        let mut memory = Memory::new(None);
        memory.loaded("acme", 100, Some((3, Time::from_millis(50))));
        memory.applied("acme", 4, Some(Time::from_millis(40)), 1);
        assert_eq!(memory.last_time("acme"), Some(Time::from_millis(50)));
    }
}
