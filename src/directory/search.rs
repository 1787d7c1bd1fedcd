//! Search: who may do this to that, and what may she do it to. Every answer is `decide`'s own: it is asked once for each
//! class of those whom it cannot tell apart.

mod actions;
mod what;
mod who;

use core::hash::Hash;

pub use actions::Actions;
pub(super) use actions::values;
use hashbrown::HashMap;
pub use what::Search;
pub use who::WhoMay;

use crate::decision::Decision;

/// What `decide` answered for each class: a class is all that an answer depends on while the rest of the question stays
/// as it is.
#[derive(Clone, Debug)]
struct Memo<Class> {
    answers: HashMap<Class, Decision>,
    last: Option<(Class, Decision)>,
}

impl<Class: Copy + Hash + Eq> Memo<Class> {
    fn new() -> Self {
        Self { answers: HashMap::new(), last: None }
    }

    #[inline]
    fn get_or_ask(&mut self, class: Class, ask: impl FnOnce() -> Decision) -> Decision {
        match self.last {
            Some((last, decision)) if last == class => decision,
            Some(_) | None => {
                let decision = *self.answers.entry(class).or_insert_with(ask);
                self.last = Some((class, decision));
                decision
            }
        }
    }
}

/// Whether something is allowed, waits for approval or is denied: the best first.
pub(super) const fn rank(decision: Decision) -> u8 {
    match decision {
        Decision::Allow => 0,
        Decision::RequireApproval(_) => 1,
        Decision::Deny(_) => 2,
    }
}

/// An answer that is found: whatever is not denied.
#[inline]
fn found<T>(what: T, decision: Decision) -> Option<(T, Decision)> {
    match decision {
        Decision::Allow | Decision::RequireApproval(_) => Some((what, decision)),
        Decision::Deny(_) => None,
    }
}
