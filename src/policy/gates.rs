//! The gates from applicable to safeguard, in order. They read the inputs alone; each is one small function.

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::protection::ApprovalRule;
use crate::model::role::Role;
use crate::policy::decision::Gate;
use crate::policy::inputs::{Inputs, Tenancy};
use crate::policy::reason::{ClusterOf, Reason, RoleRequirement};
use crate::policy::requirement::{Guard, LevelBy, Requirement};

/// Follows the evaluation of a question, check by check.
pub(crate) trait Trace {
    /// Records the result of a check. Returning an error ends the evaluation with that reason.
    fn record(&mut self, gate: Gate, result: Result<(), Reason>) -> Result<(), Reason>;
}

/// Ends the evaluation at the first check that fails.
pub(crate) struct FirstFailure;

impl Trace for FirstFailure {
    #[inline]
    fn record(&mut self, _: Gate, result: Result<(), Reason>) -> Result<(), Reason> {
        result
    }
}

/// What the gates up to the safeguard have established.
#[derive(Clone, Copy)]
pub(crate) struct Passed {
    pub(crate) requirement: Requirement,
    /// The organization role.
    pub(crate) role: Role,
    /// The effective role.
    pub(crate) standing: Role,
}

/// Evaluates the gates up to the safeguard. A trace that ignores a failure also sees the later checks that do not depend on
/// what failed.
// `is_oneself` is called only for the one row that needs it, so that no other question pays for it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: twice as fast")]
pub(crate) fn pass(inputs: &Inputs, is_oneself: impl Fn() -> bool, trace: &mut impl Trace) -> Result<Passed, Reason> {
    let Some(requirement) = inputs.requirement else {
        trace.record(Gate::Applicable, Err(Reason::NotApplicable))?;
        return Err(Reason::NotApplicable);
    };
    trace.record(Gate::Applicable, Ok(()))?;
    trace.record(Gate::Membership, inputs.role.map(drop).ok_or(Reason::NotAMember))?;
    trace.record(Gate::Tenancy, tenancy(inputs))?;
    trace.record(Gate::Credential, token_is_live(inputs))?;
    trace.record(Gate::Credential, token_covers(inputs))?;
    let role = inputs.role.ok_or(Reason::NotAMember)?;
    let standing = inputs.standing(role);
    trace.record(Gate::Standing, standing.map(drop).ok_or(Reason::NotInProject))?;
    if let Some(standing) = standing {
        trace.record(Gate::Role, permission(requirement, standing, is_oneself))?;
    }
    let level_by = match requirement.level_by {
        LevelBy::Standing => standing,
        LevelBy::Organization => Some(role),
    };
    if let Some(role) = level_by {
        trace.record(Gate::Cluster, present_cluster(inputs, requirement, role))?;
        trace.record(Gate::Cluster, new_cluster(inputs, requirement, role))?;
    }
    let standing = standing.ok_or(Reason::NotInProject)?;
    trace.record(Gate::Safeguard, safeguard(inputs, requirement, standing))?;
    Ok(Passed { requirement, role, standing })
}

/// Whether an account's approval counts for a rule. `viewing` asks whether that account may view the deployment.
pub(crate) fn approves(viewing: &Inputs, kind: AccountKind, rule: ApprovalRule) -> bool {
    // Viewing has no constraints and needs no approval, so there are no further gates.
    let passed = pass(viewing, || false, &mut FirstFailure);
    kind == AccountKind::User && passed.is_ok_and(|passed| passed.standing.includes(rule.from().role()))
}

#[inline]
fn tenancy(inputs: &Inputs) -> Result<(), Reason> {
    match inputs.tenancy {
        Tenancy::One => Ok(()),
        Tenancy::Foreign => Err(Reason::ForeignResource),
    }
}

#[inline]
fn token_is_live(inputs: &Inputs) -> Result<(), Reason> {
    pass_if(inputs.credential.is_none_or(|token| token.live), Reason::CredentialExpired)
}

#[inline]
fn token_covers(inputs: &Inputs) -> Result<(), Reason> {
    let covers = inputs.credential.is_none_or(|token| token.covers_action && token.reaches_resource);
    pass_if(covers, Reason::OutOfScope)
}

#[inline]
fn permission(requirement: Requirement, standing: Role, is_oneself: impl Fn() -> bool) -> Result<(), Reason> {
    match requirement.permission {
        None => Ok(()),
        Some(permission) => {
            let may = standing.permissions().contains(permission) || requirement.or_oneself && is_oneself();
            pass_if(may, Reason::RoleInsufficient { have: standing, need: RoleRequirement::Permission(permission) })
        }
    }
}

#[inline]
fn present_cluster(inputs: &Inputs, requirement: Requirement, role: Role) -> Result<(), Reason> {
    if requirement.level == ClusterAccess::None {
        return Ok(());
    }
    let [present, _] = inputs.clusters;
    // A requirement has a level only for kinds of resource that have a cluster.
    let have = present.map_or(ClusterAccess::None, |grant| ClusterAccess::of(role, grant));
    pass_if(have >= requirement.level, level_insufficient(have, requirement.level, ClusterOf::Present))
}

#[inline]
fn new_cluster(inputs: &Inputs, requirement: Requirement, role: Role) -> Result<(), Reason> {
    let [_, Some(new)] = inputs.clusters else { return Ok(()) };
    let have = ClusterAccess::of(role, new);
    pass_if(have >= requirement.level, level_insufficient(have, requirement.level, ClusterOf::New))
}

const fn level_insufficient(have: ClusterAccess, need: ClusterAccess, cluster: ClusterOf) -> Reason {
    Reason::ClusterLevelInsufficient { have, need, cluster }
}

#[inline]
fn safeguard(inputs: &Inputs, requirement: Requirement, standing: Role) -> Result<(), Reason> {
    match requirement.guard {
        None => Ok(()),
        Some(Guard::Deployer) => guard(standing, inputs.safeguard.deployer()),
        Some(Guard::Custodian) => guard(standing, inputs.safeguard.custodian()),
    }
}

#[inline]
pub(crate) fn guard(have: Role, need: Role) -> Result<(), Reason> {
    pass_if(have.includes(need), Reason::EnvironmentProtected { have, need })
}

#[inline]
pub(crate) const fn pass_if(passes: bool, reason: Reason) -> Result<(), Reason> {
    if passes { Ok(()) } else { Err(reason) }
}
