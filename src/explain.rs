//! Explanations: what each gate decided, everything that prevents the action, and what would help.

mod circumstance;
mod names;
mod reasons;
mod remedies;
mod text;
mod words;

use alloc::vec::Vec;

pub use circumstance::{Circumstance, TokenPart, TokenSource};
pub use names::Names;
pub use remedies::Remedy;
pub use text::{ForUser, Report};

use crate::model::access::ClusterAccess;
use crate::model::action::{Action, ActionKind};
use crate::model::custom_role::CustomRole;
use crate::model::fact::{ResourceFact, RoleFact};
use crate::model::names::names;
use crate::model::resource::{Resource, ResourceKind};
use crate::model::subject::Subject;
use crate::policy::asked::Asked;
use crate::policy::decide::{evaluate, exposure_of};
use crate::policy::decision::{Decision, Exposure, Gate, MissingApprovals};
use crate::policy::gates::{FirstFailure, Trace};
use crate::policy::inputs::Inputs;
use crate::policy::reason::{ClusterOf, Reason};
use crate::policy::requirement::ApprovalGate;

/// Explains the decision that [`decide`](crate::decide) makes.
///
/// It checks the same gates as `decide`, but does not stop at the first that fails, and it looks for the smallest changes
/// that would allow the action. This allocates and takes a few hundred decisions, so use it for what a person will read and
/// `decide` for everything else.
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
///     "You are an Admin; shop-production is locked, so an Owner must deploy; 1 approval from an Owner"
/// );
/// let [remedy] = explanation.remedies() else { panic!("only one set of changes would help") };
/// assert_eq!(remedy.role(), Some(Role::Owner));
/// assert_eq!(remedy.approvals().map(|approvals| approvals.missing), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn explain<'a, Id: Ord + Clone + 'a>(
    subject: impl Into<Subject<'a, Id>>,
    action: Action<&'a CustomRole<Id>>,
    resource: impl Into<Resource<'a, Id>>,
) -> Explanation<Id> {
    Explanation::of(&Asked {
        subject: subject.into().into(),
        action: action.map(RoleFact::of),
        resource: resource.into().into(),
    })
}

names! {
    /// What a gate decided.
    pub enum Verdict: "verdict" {
        /// The gate lets the question pass.
        Passed = "passed",
        /// The gate denies.
        Failed = "failed",
        /// The action does not need this gate.
        NotAsked = "not asked",
        /// An earlier gate failed, and without it this one cannot be checked.
        CannotBeJudged = "cannot be judged",
    }
}

/// One thing that prevents the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// A check failed.
    Reason(Reason),
    /// Approvals are missing.
    Approval(MissingApprovals),
}

/// Why a question was decided as it was, and what would change the decision.
///
/// Show [`Explanation::for_user`] to the person who asked: it hides what they may not know. Show everything else only to
/// people who may see all the facts, such as the organization's Admins or your support team.
#[derive(Clone, Debug)]
pub struct Explanation<Id> {
    action: ActionKind,
    /// `None` for an unknown resource.
    known: Option<Known<Id>>,
    decision: Decision,
    exposure: Exposure,
    verdicts: [Verdict; Gate::ALL.len()],
    obstacles: Vec<Obstacle>,
    circumstances: Vec<Circumstance<Id>>,
    remedies: Vec<Remedy>,
}

/// What the text of an explanation reads of the question.
#[derive(Clone, Debug)]
struct Known<Id> {
    inputs: Inputs,
    resource: ResourceKind,
    /// Whether the subject has a time.
    has_time: bool,
    is_about_oneself: bool,
    /// The first of the project's clusters on which the access is too low.
    cluster_of_project: Option<Id>,
}

impl<Id: Ord + Clone> Explanation<Id> {
    pub(crate) fn of(asked: &Asked<'_, Id>) -> Self {
        let inputs = asked.inputs();
        let mut failures =
            AllFailures { verdicts: Gate::ALL.map(|gate| unless_judged(&inputs, gate)), obstacles: Vec::new() };
        let outcome = evaluate(&inputs, asked, &mut failures);
        failures.note_approval(outcome);
        let AllFailures { verdicts, obstacles } = failures;
        Self {
            action: asked.action.kind(),
            decision: evaluate(&inputs, asked, &mut FirstFailure),
            exposure: exposure_of(asked.subject, asked.resource),
            verdicts,
            circumstances: circumstance::of(asked, &inputs),
            remedies: remedies::of(asked),
            known: Some(Known {
                inputs,
                resource: asked.resource.kind(),
                has_time: asked.subject.now().is_known(),
                is_about_oneself: asked.is_about_oneself(),
                cluster_of_project: obstacles.iter().find_map(|obstacle| cluster_of_project(asked, *obstacle)),
            }),
            obstacles,
        }
    }
}

/// The cluster of a project that an obstacle is about.
fn cluster_of_project<Id: Clone>(asked: &Asked<'_, Id>, obstacle: Obstacle) -> Option<Id> {
    let cluster = ClusterOf::OfProject;
    let Obstacle::Reason(Reason::ClusterLevelInsufficient { cluster: which, .. }) = obstacle else { return None };
    let ResourceFact::Project(project) = asked.resource else { return None };
    (0..).map(cluster).zip(project.clusters()).find_map(|(place, (id, _))| (place == which).then(|| id.clone()))
}

impl<Id> Explanation<Id> {
    /// The explanation for a resource that the directory does not contain.
    #[cfg(feature = "directory")]
    pub(crate) fn of_unknown_resource(action: ActionKind) -> Self {
        Self {
            action,
            known: None,
            decision: Decision::Deny(Reason::UnknownResource),
            exposure: Exposure::Hidden,
            verdicts: [Verdict::CannotBeJudged; Gate::ALL.len()],
            obstacles: alloc::vec![Obstacle::Reason(Reason::UnknownResource)],
            circumstances: Vec::new(),
            remedies: Vec::new(),
        }
    }

    /// The kind of the action that the question is about.
    #[must_use]
    pub const fn action(&self) -> ActionKind {
        self.action
    }

    /// The decision, exactly as [`decide`](crate::decide) returns it.
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// Whether a denial may be shown to the subject.
    #[must_use]
    pub const fn exposure(&self) -> Exposure {
        self.exposure
    }

    /// What each gate decided, in order.
    #[must_use]
    pub fn verdicts(&self) -> impl ExactSizeIterator<Item = (Gate, Verdict)> + use<Id> {
        Gate::ALL.into_iter().zip(self.verdicts)
    }

    /// Everything that prevents the action; the first is the one that the decision names. Empty if the action is allowed.
    #[must_use]
    pub fn obstacles(&self) -> &[Obstacle] {
        &self.obstacles
    }

    /// What lies behind the decision: the custom role and the grants that count, what has expired, and what a token lacks.
    #[must_use]
    pub fn circumstances(&self) -> &[Circumstance<Id>] {
        &self.circumstances
    }

    /// The minimal sets of changes that would each allow the action: see [`Remedy`]. Empty if the action is allowed, or if
    /// no change to the subject's membership, roles, cluster access and approvals would help.
    #[must_use]
    pub fn remedies(&self) -> &[Remedy] {
        &self.remedies
    }
}

/// The verdict on a gate if none of its checks is recorded.
fn unless_judged(inputs: &Inputs, gate: Gate) -> Verdict {
    let Some(requirement) = inputs.requirement else { return Verdict::CannotBeJudged };
    let needed = match gate {
        Gate::Applicable | Gate::Membership | Gate::Tenancy => true,
        Gate::Credential => inputs.credential.is_some(),
        Gate::Standing => inputs.project.is_some(),
        Gate::Role => requirement.permissions.iter().next().is_some(),
        Gate::Cluster => requirement.level != ClusterAccess::None,
        Gate::Safeguard => requirement.guard.is_some(),
        Gate::Relation => !requirement.constraints.is_empty(),
        Gate::Approval => requirement.approval == ApprovalGate::Applied,
    };
    if needed { Verdict::CannotBeJudged } else { Verdict::NotAsked }
}

/// Notes every failure and continues.
struct AllFailures {
    verdicts: [Verdict; Gate::ALL.len()],
    obstacles: Vec<Obstacle>,
}

impl Trace for AllFailures {
    fn record(&mut self, gate: Gate, result: Result<(), Reason>) -> Result<(), Reason> {
        match result {
            Ok(()) => self.note(gate, Verdict::Passed),
            // The same reason came from an earlier gate, without which this one cannot be judged.
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
    /// A gate with several checks fails if one of them does.
    fn note(&mut self, gate: Gate, verdict: Verdict) {
        if let Some(present) = self.verdicts.get_mut(gate.index()) {
            *present = match *present {
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
