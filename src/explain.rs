//! The explanation: what every gate says, all that stands in the way, and what would open it.

mod openings;
mod text;

use alloc::vec::Vec;

pub use openings::Opening;
pub use text::{ForUser, Names, Report};

use crate::action::Action;
use crate::case::Case;
use crate::cluster::Level;
use crate::decide::{FirstFailure, Watch, exposure, judge};
use crate::decision::{Approvals, Decision, Exposure, Gate, Reason};
use crate::names::names;
use crate::need::{Approval, Relations};
use crate::relation::Relation;
use crate::resource::Resource;
use crate::subject::Subject;

/// Explains the answer to a question: [`decide`](crate::decide)'s decision, always, with all that led to it.
///
/// It asks the same gates, but does not stop at the first that fails. It allocates, and decides some hundred times over
/// to find what would open it: explain what a person reads, decide what a program asks.
///
/// # Examples
///
/// ```
/// use shipgate::{
///     Account, Action, Cluster, Environment, Membership, Names, Project, Protection, Resource, Role, Subject, explain,
/// };
///
/// let shop = Project::new("shop", "acme-corp");
/// let us_east = Cluster::new("production-us-east", "acme-corp");
/// let production = Environment::new("shop-production", &shop, &us_east, Protection::LOCKED)?;
/// let carol = Account::user("carol").with(Membership::new("acme-corp", Role::Admin))?;
///
/// let explanation = explain(&Subject::new(&carol), Action::Deploy, Resource::Environment(&production));
/// assert_eq!(
///     explanation.for_user(&Names::new(&"carol", &"shop-production")).to_string(),
///     "carol is an Admin; shop-production is locked, so an Owner must deploy; 1 approval from an Owner"
/// );
/// let [opening] = explanation.openings() else { panic!("one set of changes opens it") };
/// assert_eq!(opening.role(), Some(Role::Owner));
/// assert_eq!(opening.approvals().map(|approvals| approvals.missing), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn explain<Id: Ord>(subject: &Subject<'_, Id>, action: Action, resource: Resource<'_, Id>) -> Explanation {
    let facts =
        Facts { case: Case::of(subject, action, &resource), relation: Relation::of(subject, action, &resource) };
    Explanation::of(facts, exposure(subject, resource))
}

names! {
    /// What a gate says.
    pub enum Verdict: "verdict" {
        /// It lets the question pass.
        Passed = "passed",
        /// It stands in the way.
        Failed = "failed",
        /// The action does not ask it.
        NotAsked = "not asked",
        /// A gate before it failed without which there is nothing to judge.
        CannotBeJudged = "cannot be judged",
    }
}

/// One thing that stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// A check that failed.
    Reason(Reason),
    /// Approvals that are missing.
    Approval(Approvals),
}

/// What led to a decision, and what would lead to another.
///
/// It is about a person and for a person: show what [`Explanation::for_user`] says to whoever asked, and the rest to
/// those who may read it all.
#[derive(Clone, Debug)]
pub struct Explanation {
    action: Action,
    /// Where nothing is known of the resource there is no case.
    case: Option<Case>,
    decision: Decision,
    exposure: Exposure,
    verdicts: [Verdict; Gate::ALL.len()],
    obstacles: Vec<Obstacle>,
    openings: Vec<Opening>,
}

/// All that the gates read of a question, to be judged as it is or with a change.
#[derive(Clone, Copy, Debug)]
struct Facts {
    case: Case,
    relation: Relation,
}

impl Facts {
    fn judge(&self, watch: &mut impl Watch) -> Decision {
        judge(&self.case, || self.relation, watch)
    }
}

impl Explanation {
    fn of(facts: Facts, exposure: Exposure) -> Self {
        let mut all =
            AllFailures { verdicts: Gate::ALL.map(|gate| unless_judged(&facts.case, gate)), obstacles: Vec::new() };
        let outcome = facts.judge(&mut all);
        all.note_approval(outcome);
        let AllFailures { verdicts, obstacles } = all;
        Self {
            action: facts.relation.action,
            case: Some(facts.case),
            decision: facts.judge(&mut FirstFailure),
            exposure,
            verdicts,
            obstacles,
            openings: openings::of(&facts),
        }
    }

    /// That of a resource that a directory does not hold.
    #[cfg(feature = "directory")]
    pub(crate) fn of_unknown_resource(action: Action) -> Self {
        Self {
            action,
            case: None,
            decision: Decision::Deny(Reason::UnknownResource),
            exposure: Exposure::Hidden,
            verdicts: [Verdict::CannotBeJudged; Gate::ALL.len()],
            obstacles: alloc::vec![Obstacle::Reason(Reason::UnknownResource)],
            openings: Vec::new(),
        }
    }

    /// What was asked.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The decision: `decide`'s own.
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// How much a denial may show.
    #[must_use]
    pub const fn exposure(&self) -> Exposure {
        self.exposure
    }

    /// What each gate says, in the order in which they are asked.
    #[must_use]
    pub fn verdicts(&self) -> impl ExactSizeIterator<Item = (Gate, Verdict)> {
        Gate::ALL.into_iter().zip(self.verdicts)
    }

    /// All that stands in the way; the first is the decision's own. Empty where the decision is to allow.
    #[must_use]
    pub fn obstacles(&self) -> &[Obstacle] {
        &self.obstacles
    }

    /// The minimal sets of changes that would each open it: of none does a part suffice, nor a lower value. Empty where
    /// the decision is to allow, and where no change to what the subject holds would help.
    #[must_use]
    pub fn openings(&self) -> &[Opening] {
        &self.openings
    }
}

/// What a gate says where no check of it is seen.
fn unless_judged(case: &Case, gate: Gate) -> Verdict {
    let Some(need) = case.need else { return Verdict::CannotBeJudged };
    let asked = match gate {
        Gate::Applicable | Gate::Membership | Gate::Tenancy => true,
        Gate::Credential => case.credential.is_some(),
        Gate::Standing => case.project.is_some(),
        Gate::Role => need.permission.is_some(),
        Gate::Cluster => need.level != Level::None,
        Gate::Safeguard => need.guard.is_some(),
        Gate::Relation => need.relations != Relations::empty(),
        Gate::Approval => need.approval == Approval::Asked,
    };
    if asked { Verdict::CannotBeJudged } else { Verdict::NotAsked }
}

/// Lets every failure pass, and notes it.
struct AllFailures {
    verdicts: [Verdict; Gate::ALL.len()],
    obstacles: Vec<Obstacle>,
}

impl Watch for AllFailures {
    fn see(&mut self, gate: Gate, found: Result<(), Reason>) -> Result<(), Reason> {
        match found {
            Ok(()) => self.note(gate, Verdict::Passed),
            // A reason that stands already is that of an earlier gate, without which this one cannot be judged.
            Err(reason) if self.obstacles.contains(&Obstacle::Reason(reason)) => {}
            Err(reason) => {
                self.note(gate, Verdict::Failed);
                self.obstacles.push(Obstacle::Reason(reason));
            }
        }
        Ok(())
    }
}

impl AllFailures {
    /// Of a gate with several checks one that fails is enough; one that is not asked stays so.
    fn note(&mut self, gate: Gate, verdict: Verdict) {
        if let Some(noted) = self.verdicts.get_mut(gate.index()) {
            *noted = match *noted {
                Verdict::NotAsked => Verdict::NotAsked,
                Verdict::Failed => Verdict::Failed,
                Verdict::Passed | Verdict::CannotBeJudged => verdict,
            };
        }
    }

    fn note_approval(&mut self, outcome: Decision) {
        match outcome {
            Decision::Allow => self.note(Gate::Approval, Verdict::Passed),
            Decision::RequireApproval(approvals) => {
                self.note(Gate::Approval, Verdict::Failed);
                self.obstacles.push(Obstacle::Approval(approvals));
            }
            Decision::Deny(_) => {}
        }
    }
}
