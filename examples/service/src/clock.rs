//! The clock of this instance, and how far it is from the database's.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use shipgate::Time;

/// The most that the clock of an instance may differ from the database's, in milliseconds.
pub const TOLERANCE: i64 = 2_000;

/// The clock of this instance.
#[derive(Debug, Default)]
pub struct Clock {
    /// How far it is set wrong, in milliseconds: for tests.
    error: AtomicI64,
    /// How far it was ahead of the database's, when they were last compared.
    ahead: AtomicI64,
}

impl Clock {
    /// The present time.
    #[must_use]
    pub fn now(&self) -> Time {
        let now = Time::from(SystemTime::now());
        Time::from_millis(now.as_millis().saturating_add(self.error.load(Ordering::Relaxed)))
    }

    /// Sets the clock wrong, by so many milliseconds: a test of what happens then.
    pub fn set_wrong(&self, milliseconds: i64) {
        self.error.store(milliseconds, Ordering::Relaxed);
    }

    /// Compares the clock with the database's, which was read between these two times.
    pub fn compare(&self, before: Time, database: Time, after: Time) {
        let (before, database, after) = (before.as_millis(), database.as_millis(), after.as_millis());
        // What the reading took cannot be told from a difference.
        let ahead = if database < before {
            before.saturating_sub(database)
        } else if database > after {
            after.saturating_sub(database)
        } else {
            0
        };
        self.ahead.store(ahead, Ordering::Relaxed);
    }

    /// How far the clock is ahead of the database's, in milliseconds; negative if it is behind.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Whether the clock is near enough to the database's to decide by it.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.ahead().abs() <= TOLERANCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_by_what_the_reading_does_not_explain() {
        let clock = Clock::default();
        let at = Time::from_millis;
        for (before, database, after, ahead) in
            [(100, 150, 200, 0_i64), (100, 90, 200, 10), (100, 300, 200, -100), (5_000, 100, 5_001, 4_900)]
        {
            clock.compare(at(before), at(database), at(after));
            assert_eq!((clock.ahead(), clock.is_right()), (ahead, ahead.abs() <= 2_000));
        }
    }
}
