//! Search: who may do this to that, and what may she do it to. Every answer is `decide`'s own: it is asked once for each
//! class of those whom it cannot tell apart.

mod actions;
mod class;
mod what;
mod who;

pub use actions::Actions;
pub(super) use actions::values;
use class::Class;
use hashbrown::HashMap;
pub use what::Search;
pub use who::WhoMay;

use crate::decision::Decision;

/// What `decide` answered for each class.
#[derive(Clone, Debug)]
struct Memo(HashMap<Class, Decision>);

impl Memo {
    fn new() -> Self {
        Self(HashMap::new())
    }

    #[inline]
    fn get_or_ask(&mut self, class: Class, ask: impl FnOnce() -> Decision) -> Decision {
        match self.0.get(&class) {
            Some(decision) => *decision,
            None => *self.0.entry(class).insert(ask()).get(),
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
