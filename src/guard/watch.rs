//! What was asked in a request.

use core::sync::atomic::{AtomicBool, Ordering};

/// Whether a question was enforced, and whether one was refused. It only ever becomes true.
#[derive(Debug, Default)]
pub(super) struct Watch {
    allowed: AtomicBool,
    refused: AtomicBool,
}

/// Why an answer may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NotAsked,
    NotFollowed,
}

impl Watch {
    /// Takes note of a decision that is enforced.
    pub(super) fn enforced<T, E>(&self, answer: Result<T, E>) -> Result<T, E> {
        let seen = if answer.is_ok() { &self.allowed } else { &self.refused };
        seen.store(true, Ordering::Release);
        answer
    }

    /// Why an answer that tells of success may not pass; `None` if it may.
    pub(super) fn fault(&self) -> Option<Fault> {
        match (self.allowed.load(Ordering::Acquire), self.refused.load(Ordering::Acquire)) {
            (_, true) => Some(Fault::NotFollowed),
            (true, false) => None,
            (false, false) => Some(Fault::NotAsked),
        }
    }
}

impl Fault {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "the handler answered without a decision: ask the guard first",
            Self::NotFollowed => {
                "the handler answered in spite of a refusal: return the error, or ask with `Guard::decide`"
            }
        }
    }
}
