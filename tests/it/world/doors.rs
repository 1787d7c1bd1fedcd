//! Everyone who answers questions: what one answers, all do.

use shipgate::explain::explain;
use shipgate::{Decision, Reason};

use super::Facts;
use super::Order;
#[cfg(feature = "directory")]
use super::held::Held;
use crate::oracle::{Question, World};

/// Facts at hand and a directory, and what each explains.
pub(crate) struct Doors {
    facts: Facts<u64>,
    #[cfg(feature = "directory")]
    held: Held<u64>,
}

impl Doors {
    pub(crate) fn of(world: &World) -> Self {
        Self::in_order(world, Order::Ascending)
    }

    pub(crate) fn in_order(world: &World, order: Order) -> Self {
        Self {
            facts: Facts::in_order(world, order),
            #[cfg(feature = "directory")]
            held: Held::in_order(world, order),
        }
    }

    /// What each door answers. Facts that are not held cannot be asked about: that is an unknown resource as well.
    pub(crate) fn decide(&self, question: &Question) -> Vec<Decision> {
        let unknown = Decision::Deny(Reason::UnknownResource);
        let explained =
            self.facts.put(question, |subject, action, resource| explain(subject, action, resource).decision());
        let mut decisions = vec![
            self.facts.decide(question).unwrap_or(unknown),
            explained.unwrap_or(unknown),
            #[cfg(feature = "directory")]
            self.held.decide(question),
            #[cfg(feature = "directory")]
            self.held.explain(question).decision(),
        ];
        decisions.extend(self.facts.decide_as_member(question));
        #[cfg(feature = "directory")]
        decisions.extend(self.held.decide_found(question));
        decisions
    }
}
