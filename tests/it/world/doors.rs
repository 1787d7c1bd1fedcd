//! Everyone who answers questions: what one answers, all do.

use shipgate::explain::explain;
use shipgate::{Decision, Reason};

use super::Facts;
use super::Order;
#[cfg(feature = "directory")]
use super::held::Held;
use crate::oracle::{Question, World};

/// What is answered about what is not there.
pub(crate) const UNKNOWN: Decision = Decision::Deny(Reason::UnknownResource);

/// Facts at hand and a directory, and what each explains.
pub(crate) struct Doors {
    pub(crate) facts: Facts<u64>,
    #[cfg(feature = "directory")]
    pub(crate) held: Held<u64>,
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

    /// What each door answers: first those with facts at hand. Facts that are not held cannot be asked about: that is an unknown
    /// resource as well.
    pub(crate) fn decide(&self, question: &Question) -> Vec<Decision> {
        #[cfg_attr(not(feature = "directory"), expect(unused_mut, reason = "there is no directory"))]
        let mut decisions = self.decide_at_hand(question).to_vec();
        #[cfg(feature = "directory")]
        decisions.extend(self.decide_by_id(question));
        decisions
    }

    /// What each door answers with facts at hand.
    pub(crate) fn decide_at_hand(&self, question: &Question) -> [Decision; 3] {
        let explained =
            self.facts.put(question, |subject, action, resource| explain(subject, action, resource).decision());
        let decisions = [self.facts.decide(question), explained, self.facts.decide_as_member(question)];
        decisions.map(|decision| decision.unwrap_or(UNKNOWN))
    }

    /// What each door answers by id.
    #[cfg(feature = "directory")]
    pub(crate) fn decide_by_id(&self, question: &Question) -> Vec<Decision> {
        let decisions = [self.held.decide(question), self.held.explain(question).decision()];
        decisions.into_iter().chain(self.held.decide_found(question)).collect()
    }
}
