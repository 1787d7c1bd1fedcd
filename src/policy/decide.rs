//! The decision: the gates, the constraints and the approvals, in that order.

use crate::model::action::Action;
use crate::model::custom_role::CustomRole;
#[cfg(feature = "directory")]
use crate::model::fact::RoleFact;
use crate::model::fact::{ResourceFact, SubjectFact};
use crate::model::resource::Resource;
use crate::model::subject::Subject;
use crate::policy::asked::{Asked, Asks};
use crate::policy::decision::{Decision, Denied, Exposure};
use crate::policy::gates::{self, FirstFailure, Rest, Trace};
use crate::policy::inputs::Inputs;
use crate::policy::reason::Reason;
use crate::policy::verdict;

/// May this subject perform this action on this resource?
///
/// The answer depends on the arguments alone: `decide` reads no clock, does no I/O, allocates nothing and never panics
/// (unless the `Ord` of your id type does). It checks the gates in the order of [`Gate::ALL`](crate::policy::Gate::ALL) and denies with the
/// [`Reason`] of the first that fails. A missing fact fails its gate.
///
/// The rule is in the guide: [gates](crate::_guide::policy#gates).
///
/// # Examples
///
/// ```
/// use shipgate::{
///     Account, Action, Cluster, Decision, Environment, Membership, Project, Protection, Reason, Resource, Role, Subject,
///     decide,
/// };
///
/// let shop = Project::new("shop", "acme-corp");
/// let us_east = Cluster::new("production-us-east", "acme-corp");
/// let production = Environment::new("shop-production", &shop, &us_east, Protection::RESTRICTED)?;
/// let alice = Account::user("alice").with(Membership::new("acme-corp", Role::Developer))?;
/// let carol = Account::user("carol").with(Membership::new("acme-corp", Role::Admin))?;
///
/// let deploy = |who| decide(&Subject::new(who), Action::Deploy, Resource::Environment(&production));
/// assert_eq!(deploy(&carol), Decision::Allow);
/// assert_eq!(
///     deploy(&alice),
///     Decision::Deny(Reason::EnvironmentProtected { have: Role::Developer, need: Role::Admin })
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[inline]
pub fn decide<'a, Id: Ord + 'a>(
    subject: impl Into<Subject<'a, Id>>,
    action: Action<&'a CustomRole<Id>>,
    resource: impl Into<Resource<'a, Id>>,
) -> Decision {
    let (subject, resource) = (subject.into(), resource.into());
    match verdict::look_up_at_hand(subject, action, resource) {
        Some(decision) => decision,
        None => evaluate_at_hand((subject, resource), action),
    }
}

// Apart, so that other questions do not pay for it. The facts come in a tuple so that they are put together only where this is
// called: passed alone, they would have to be in memory from the start.
#[inline(never)]
pub(crate) fn evaluate_at_hand<'a, Id: Ord>(
    (subject, resource): (Subject<'a, Id>, Resource<'a, Id>),
    action: Action<&'a CustomRole<Id>>,
) -> Decision {
    let asked = &Asked { subject: subject.into(), action: action.action(), resource: resource.into() };
    evaluate(&asked.inputs(), asked, &mut FirstFailure)
}

/// [`decide`] on facts wherever they are stored.
#[cfg(feature = "directory")]
#[inline]
pub(crate) fn decide_of<'a, Id: Ord>(
    subject: SubjectFact<'a, Id>,
    action: Action<RoleFact<'a, Id>>,
    resource: ResourceFact<'a, Id>,
) -> Decision {
    decide_here(Asked { subject, action, resource })
}

/// Requires that the subject may perform the action on the resource.
///
/// # Errors
///
/// [`Denied`] if [`decide`] returns anything but [`Decision::Allow`]. It has the decision, whether the subject may see it,
/// and the HTTP status to answer with.
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Action, Cluster, Membership, Role, authorize};
///
/// let us_east = Cluster::new("us-east", "acme-corp");
/// let alice = Account::user("alice").with(Membership::new("acme-corp", Role::Developer))?;
/// assert_eq!(authorize(&alice, Action::Deploy, &us_east), Ok(()));
/// assert_eq!(authorize(&alice, Action::Manage, &us_east).unwrap_err().status(), 403);
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
pub fn authorize<'a, Id: Ord + 'a>(
    subject: impl Into<Subject<'a, Id>>,
    action: Action<&'a CustomRole<Id>>,
    resource: impl Into<Resource<'a, Id>>,
) -> Result<(), Denied> {
    let (subject, resource) = (subject.into(), resource.into());
    Denied::unless_allowed(decide(subject, action, resource), || exposure(subject, resource))
}

/// [`decide_of`], forced inline so that what a resource kind does not have is removed at compile time.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: half the instructions")]
#[cfg(feature = "directory")]
pub(crate) fn decide_here<'a, Id: Ord>(asked: Asked<'a, Id, impl Asks<'a, Id>>) -> Decision {
    match verdict::look_up(&asked) {
        Some(decision) => decision,
        None => asked.evaluate(),
    }
}

/// Whether a denial may be shown to the subject: it is hidden if the subject may not view the resource.
///
/// Answer a hidden denial as if the resource did not exist; [`authorize`] chooses the HTTP status for you. The token's
/// restrictions to organizations, projects, environments and clusters apply, but its action set and expiry do not: with a
/// token that may only deploy, the subject still sees why a deployment is denied.
///
/// The rule is in the guide: [exposure](crate::_guide::policy#exposure).
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Cluster, Exposure, Membership, Resource, Role, Subject, exposure};
///
/// let us_east = Cluster::new("us-east", "acme-corp");
/// let victor = Account::user("victor").with(Membership::new("acme-corp", Role::Viewer))?;
/// let betty = Account::user("betty").with(Membership::new("acme-corp", Role::Billing))?;
/// assert_eq!(exposure(&Subject::new(&victor), Resource::Cluster(&us_east)), Exposure::Visible);
/// assert_eq!(exposure(&Subject::new(&betty), Resource::Cluster(&us_east)), Exposure::Hidden);
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[must_use]
pub fn exposure<'a, Id: Ord + 'a>(
    subject: impl Into<Subject<'a, Id>>,
    resource: impl Into<Resource<'a, Id>>,
) -> Exposure {
    exposure_of(subject.into().into(), resource.into().into())
}

/// [`exposure`] to facts wherever they are stored.
pub(crate) fn exposure_of<'a, Id: Ord>(subject: SubjectFact<'a, Id>, resource: ResourceFact<'a, Id>) -> Exposure {
    let viewing: Asked<'_, Id> = Asked { subject, action: Action::View, resource };
    let inputs = viewing.inputs().with_any_action_at_any_time();
    if evaluate(&inputs, &viewing, &mut FirstFailure).is_allowed() { Exposure::Visible } else { Exposure::Hidden }
}

/// Evaluates the gates in order. Asks for the rest only if the requirement has constraints or needs approval.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: twice as fast")]
pub(crate) fn evaluate(inputs: &Inputs, rest: &impl Rest, trace: &mut impl Trace) -> Decision {
    evaluate_gates(inputs, rest, trace).unwrap_or_else(Decision::Deny)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: twice as fast")]
fn evaluate_gates(inputs: &Inputs, rest: &impl Rest, trace: &mut impl Trace) -> Result<Decision, Reason> {
    let passed = gates::pass(inputs, rest, trace)?;
    if passed.requirement.asks_no_more(inputs.protection) {
        return Ok(Decision::Allow);
    }
    rest.judge(inputs, passed, trace)
}
