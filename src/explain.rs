//! The explanation: what every gate says, all that stands in the way, and what would open it.

mod remedies;
mod text;

use alloc::vec::Vec;

use remedies::AllInputs;
pub use remedies::Remedy;
pub use text::{ForUser, Names, Report};

use crate::model::access::ClusterAccess;
use crate::model::action::Action;
use crate::model::names::names;
use crate::model::resource::Resource;
use crate::model::subject::Subject;
use crate::policy::constraints::ConstraintFacts;
use crate::policy::decide::exposure;
use crate::policy::decision::{Decision, Exposure, Gate, MissingApprovals};
use crate::policy::gates::{FirstFailure, Trace};
use crate::policy::inputs::Inputs;
use crate::policy::reason::Reason;
use crate::policy::requirement::ApprovalGate;

/// Explains the answer to a question: [`decide`](crate::decide)'s decision, always, with all that led to it.
///
/// It asks the same gates, but does not stop at the first that fails. It allocates, and decides some hundred times over
/// to find what would open it: explain what a person reads, decide what a program asks.
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Action, Cluster, Environment, Membership, Project, Protection, Resource, Role, Subject};
/// use shipgate::explain::{explain, Names};
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
/// let [remedy] = explanation.remedies() else { panic!("one set of changes opens it") };
/// assert_eq!(remedy.role(), Some(Role::Owner));
/// assert_eq!(remedy.approvals().map(|approvals| approvals.missing), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn explain<'a, Id: Ord + 'a>(
    subject: impl Into<Subject<'a, Id>>,
    action: Action,
    resource: impl Into<Resource<'a, Id>>,
) -> Explanation {
    let (subject, resource) = (subject.into(), resource.into());
    let all = AllInputs {
        inputs: Inputs::of(&subject, action, &resource),
        facts: ConstraintFacts::of(&subject, action, &resource),
    };
    Explanation::of(&all, exposure(subject, resource))
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
    Approval(MissingApprovals),
}

/// What led to a decision, and what would lead to another.
///
/// It is about a person and for a person: show what [`Explanation::for_user`] says to whoever asked, and the rest to
/// those who may read it all.
#[derive(Clone, Debug)]
pub struct Explanation {
    action: Action,
    /// Where nothing is known of the resource there is no inputs.
    inputs: Option<Inputs>,
    decision: Decision,
    exposure: Exposure,
    verdicts: [Verdict; Gate::ALL.len()],
    obstacles: Vec<Obstacle>,
    remedies: Vec<Remedy>,
}

impl Explanation {
    fn of(all: &AllInputs, exposure: Exposure) -> Self {
        let mut failures =
            AllFailures { verdicts: Gate::ALL.map(|gate| unless_judged(&all.inputs, gate)), obstacles: Vec::new() };
        let outcome = all.evaluate(&mut failures);
        failures.note_approval(outcome);
        let AllFailures { verdicts, obstacles } = failures;
        Self {
            action: all.facts.action,
            inputs: Some(all.inputs),
            decision: all.evaluate(&mut FirstFailure),
            exposure,
            verdicts,
            obstacles,
            remedies: remedies::of(all),
        }
    }

    /// That of a resource that a directory does not hold.
    #[cfg(feature = "directory")]
    pub(crate) fn of_unknown_resource(action: Action) -> Self {
        Self {
            action,
            inputs: None,
            decision: Decision::Deny(Reason::UnknownResource),
            exposure: Exposure::Hidden,
            verdicts: [Verdict::CannotBeJudged; Gate::ALL.len()],
            obstacles: alloc::vec![Obstacle::Reason(Reason::UnknownResource)],
            remedies: Vec::new(),
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
    pub fn remedies(&self) -> &[Remedy] {
        &self.remedies
    }
}

/// What a gate says where no check of it is seen.
fn unless_judged(inputs: &Inputs, gate: Gate) -> Verdict {
    let Some(requirement) = inputs.requirement else { return Verdict::CannotBeJudged };
    let asked = match gate {
        Gate::Applicable | Gate::Membership | Gate::Tenancy => true,
        Gate::Credential => inputs.credential.is_some(),
        Gate::Standing => inputs.project.is_some(),
        Gate::Role => requirement.permission.is_some(),
        Gate::Cluster => requirement.level != ClusterAccess::None,
        Gate::Safeguard => requirement.guard.is_some(),
        Gate::Relation => !requirement.constraints.is_empty(),
        Gate::Approval => requirement.approval == ApprovalGate::Record,
    };
    if asked { Verdict::CannotBeJudged } else { Verdict::NotAsked }
}

/// Lets every failure pass, and notes it.
struct AllFailures {
    verdicts: [Verdict; Gate::ALL.len()],
    obstacles: Vec<Obstacle>,
}

impl Trace for AllFailures {
    fn record(&mut self, gate: Gate, found: Result<(), Reason>) -> Result<(), Reason> {
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
