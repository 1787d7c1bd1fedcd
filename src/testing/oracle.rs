//! A second reading of the policy: slow, plain, and written from its text alone. It shares the library's words and
//! none of its judgement; where the two disagree, one of them is wrong.
//!
//! It needs nothing but `std` and the library's public words, so that it can be included by path as well.

#[path = "oracle/approvals.rs"]
mod approvals;
#[path = "oracle/constraints.rs"]
mod constraints;
#[path = "oracle/facts.rs"]
pub(crate) mod facts;
#[path = "oracle/gates.rs"]
mod gates;
#[path = "oracle/giving.rs"]
mod giving;
#[path = "oracle/grants.rs"]
pub(crate) mod grants;
#[path = "oracle/outcomes.rs"]
mod outcomes;
#[path = "oracle/outlast.rs"]
mod outlast;
#[path = "oracle/place.rs"]
pub(crate) mod place;
#[path = "oracle/protection.rs"]
pub(crate) mod protection;
#[path = "oracle/roles.rs"]
pub(crate) mod roles;
#[path = "oracle/rows.rs"]
mod rows;
#[path = "oracle/table.rs"]
mod table;

use shipgate::directory::{Question, Rows};
use shipgate::{Action, Decision, Exposure, Reason};

pub(crate) use facts::{Id, World};
pub(crate) use table::row;

use gates::Judged;
use place::named_role;

/// The policy read a second time, slowly: plain lines written from its text. It uses the library's words and none of its
/// judgement; if the two disagree, one of them is wrong.
///
/// It differs in method, too. Where the policy speaks of all the cases that expiries allow, it goes through them one by one; and
/// what a change would give it finds by making the change, and looking at all that the member could have then.
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
///     let (action, resource) = (question.action.borrowed::<u64>(), question.resource.borrowed::<u64>());
///     let decision = directory.decide(&question.subject(), action, resource);
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

    /// The decision on the facts alone; `None` if the rows do not hold the resource, or the custom role that the action names.
    /// It differs from [`Oracle::decide`] where the facts of a question are of two organizations: a directory does not know
    /// such a resource or role.
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
        // Before any gate: what is not there, and what another organization has.
        let place = self.place(&question.resource);
        if place.is_none_or(|place| !self.is_of_one_organization(&question.action, &place)) {
            return Decision::Deny(Reason::UnknownResource);
        }
        self.judge(question, question.action, Judged::WholeToken)
    }

    /// What the facts alone answer; `None` where the world does not hold them all.
    pub(crate) fn decide_on_facts(&self, question: &Question<Id>) -> Option<Decision> {
        self.place(&question.resource)?;
        if named_role(&question.action).is_some_and(|role| !self.roles.contains_key(&role)) {
            return None;
        }
        Some(self.judge(question, question.action, Judged::WholeToken))
    }

    /// A denial is visible to those who may view the resource, whatever actions their token is for and whether or not it has
    /// expired. A resource that does not exist is hidden.
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
