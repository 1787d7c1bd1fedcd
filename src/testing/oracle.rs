//! A second reading of the policy: slow, plain, and written from its text alone. It shares the library's words and
//! none of its judgement; where the two disagree, one of them is wrong.
//!
//! It needs nothing but `std` and the library's public words, so that it can be included by path as well.

#[path = "oracle/facts.rs"]
pub(crate) mod facts;
#[path = "oracle/gates.rs"]
mod gates;
#[path = "oracle/protection.rs"]
pub(crate) mod protection;
#[path = "oracle/relations.rs"]
mod relations;
#[path = "oracle/roles.rs"]
pub(crate) mod roles;
#[path = "oracle/rows.rs"]
mod rows;

use shipgate::directory::{Question, Rows};
use shipgate::{Action, Decision, Exposure, Reason};

pub(crate) use facts::{Id, World};
pub(crate) use rows::row;

use gates::Judged;

/// The policy read a second time, slowly: plain lines written from its text. It uses the library's words and none of its
/// judgement; if the two disagree, one of them is wrong.
///
/// # Examples
///
/// ```
/// use shipgate::Directory;
/// use shipgate::testing::{Mix, Oracle, dense, questions};
///
/// let rows = dense(7);
/// let (directory, oracle) = (Directory::try_from(&rows)?, Oracle::new(&rows));
/// for question in questions(&rows, Mix::EVEN, 7).take(100) {
///     let decision = directory.decide(&question.subject(), question.action, question.resource.borrowed::<u64>());
///     assert_eq!(decision, oracle.decide(&question), "{question:?}");
/// }
/// # Ok::<(), shipgate::directory::LoadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Oracle {
    pub(crate) world: World,
}

impl Oracle {
    /// An oracle that knows these rows. It makes its indexes once, so that it can be asked a million questions.
    #[must_use]
    pub fn new(rows: &Rows<u64>) -> Self {
        Self { world: World::of(rows).counted() }
    }

    /// The decision of a directory that holds these rows.
    pub fn decide(&self, question: &Question<u64>) -> Decision {
        self.world.decide(question)
    }

    /// The decision on the facts alone; `None` if the rows do not hold the resource. It differs from [`Oracle::decide`] where
    /// the facts of a resource are of two organizations: a directory does not know such a resource.
    #[must_use]
    pub fn decide_on_facts(&self, question: &Question<u64>) -> Option<Decision> {
        self.world.decide_on_facts(question)
    }

    /// What a directory that holds these rows says may be shown of a denial.
    #[must_use]
    pub fn exposure(&self, question: &Question<u64>) -> Exposure {
        self.world.exposure(question)
    }
}

impl World {
    /// What a directory that holds this world answers.
    pub(crate) fn decide(&self, question: &Question<Id>) -> Decision {
        // Answered before any gate if the resource or a part of it does not exist.
        let Some(place) = self.place(&question.resource) else {
            return Decision::Deny(Reason::UnknownResource);
        };
        // "and also where the cluster named by a `create` or a placement is another organization's"
        if place.clusters().any(|cluster| self.organization_of_cluster(cluster) != Some(place.organization)) {
            return Decision::Deny(Reason::UnknownResource);
        }
        self.judge(question, question.action, Judged::WholeToken)
    }

    /// What the facts alone answer; `None` where the world does not hold them all.
    pub(crate) fn decide_on_facts(&self, question: &Question<Id>) -> Option<Decision> {
        self.place(&question.resource)?;
        Some(self.judge(question, question.action, Judged::WholeToken))
    }

    /// "A denial is hidden when the subject may not `view` the resource (judged without the token's action set and
    /// expiry), and visible otherwise". A resource that does not exist is hidden too.
    pub(crate) fn exposure(&self, question: &Question<Id>) -> Exposure {
        if self.place(&question.resource).is_none() {
            return Exposure::Hidden;
        }
        match self.judge(question, Action::View, Judged::RestrictionsOnly) {
            Decision::Allow => Exposure::Visible,
            Decision::RequireApproval(_) | Decision::Deny(_) => Exposure::Hidden,
        }
    }
}
