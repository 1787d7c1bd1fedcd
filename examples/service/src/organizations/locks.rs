//! Locks by the name of an organization.

use std::hash::{BuildHasher, RandomState};

use tokio::sync::{Mutex, MutexGuard};

/// How many there are. Organizations that share one wait for each other, which is harmless.
const LOCKS: usize = 256;

/// Locks by the name of an organization.
#[derive(Debug)]
pub(super) struct Locks {
    hasher: RandomState,
    all: Vec<Mutex<()>>,
    /// Of a number that is out of range, which there is none of.
    other: Mutex<()>,
}

impl Default for Locks {
    fn default() -> Self {
        let all = std::iter::repeat_with(Mutex::default).take(LOCKS).collect();
        Self { hasher: RandomState::new(), all, other: Mutex::default() }
    }
}

impl Locks {
    /// Waits until nobody else has the lock of this organization.
    pub(super) async fn lock(&self, organization: &str) -> MutexGuard<'_, ()> {
        let number = self.hasher.hash_one(organization) % 256;
        let lock = usize::try_from(number).ok().and_then(|number| self.all.get(number));
        lock.unwrap_or(&self.other).lock().await
    }
}
