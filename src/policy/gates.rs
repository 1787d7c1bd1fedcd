//! The gates from applicable to safeguard, in order. They read the inputs alone; each is one small function.

use crate::model::access::ClusterAccess;
use crate::model::protection::Safeguard;
use crate::model::role::{Permission, RankedPermissions, Role};
use crate::policy::decision::{Decision, Gate};
use crate::policy::inputs::{Credential, Inputs, Tenancy};
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
    pub(crate) requirement: &'static Requirement,
    /// The organization role.
    pub(crate) role: RankedPermissions,
    /// The effective role.
    pub(crate) standing: RankedPermissions,
}

/// What few questions need to know besides the inputs. It is asked for only then, so that no other question pays for it.
pub(crate) trait Rest {
    /// Whether the target is the subject.
    fn is_oneself(&self) -> bool;

    /// The first cluster that the project's environments deploy to on which the subject's access is below a level, with that
    /// access.
    fn first_below(
        &self,
        role: RankedPermissions,
        standing: RankedPermissions,
        level: ClusterAccess,
    ) -> Option<(u16, ClusterAccess)>;

    /// Judges the constraints and the approvals.
    fn judge(&self, inputs: &Inputs, passed: Passed, trace: &mut impl Trace) -> Result<Decision, Reason>;
}

/// Evaluates the gates up to the safeguard. A trace that ignores a failure also sees the later checks that do not depend on
/// what failed.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: twice as fast")]
pub(crate) fn pass(inputs: &Inputs, rest: &impl Rest, trace: &mut impl Trace) -> Result<Passed, Reason> {
    let Some(requirement) = inputs.requirement else {
        trace.record(Gate::Applicable, Err(Reason::NotApplicable))?;
        return Err(Reason::NotApplicable);
    };
    trace.record(Gate::Applicable, Ok(()))?;
    trace.record(Gate::Membership, membership(inputs.role).map(drop))?;
    trace.record(Gate::Tenancy, tenancy(inputs))?;
    trace.record(Gate::Credential, inputs.credential.map_or(Ok(()), token_is_live))?;
    trace.record(Gate::Credential, inputs.credential.map_or(Ok(()), token_covers))?;
    let role = membership(inputs.role)?;
    let standing = inputs.standing(role);
    trace.record(Gate::Standing, in_project(standing).map(drop))?;
    if let Some(standing) = standing {
        trace.record(Gate::Role, permission_or_oneself(requirement, standing, rest))?;
    }
    match (requirement.level_by, standing) {
        (LevelBy::Organization, _) => {
            trace.record(Gate::Cluster, present_cluster(inputs, requirement, role, None))?;
            trace.record(Gate::Cluster, new_cluster(inputs, requirement, role, None))?;
        }
        (LevelBy::Standing, standing @ Some(_)) => {
            trace.record(Gate::Cluster, present_cluster(inputs, requirement, role, standing))?;
            trace.record(Gate::Cluster, new_cluster(inputs, requirement, role, standing))?;
        }
        (LevelBy::EachOfProject, Some(standing)) => {
            let first_below = rest.first_below(role, standing, requirement.level);
            trace.record(Gate::Cluster, each_cluster(requirement, first_below))?;
        }
        (LevelBy::Standing | LevelBy::EachOfProject, None) => {}
    }
    let standing = in_project(standing)?;
    trace.record(Gate::Safeguard, safeguard(requirement, standing.rank, inputs.safeguard()))?;
    Ok(Passed { requirement, role, standing })
}

#[inline]
pub(crate) const fn membership(role: Option<RankedPermissions>) -> Result<RankedPermissions, Reason> {
    match role {
        Some(role) => Ok(role),
        None => Err(Reason::NotAMember),
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: otherwise the inputs are written to memory")]
fn tenancy(inputs: &Inputs) -> Result<(), Reason> {
    match inputs.tenancy {
        Tenancy::One => Ok(()),
        Tenancy::Foreign => Err(Reason::ForeignResource),
    }
}

/// What a token allows, if there is one.
#[inline]
pub(crate) const fn credential(token: Credential) -> Result<(), Reason> {
    match token_is_live(token) {
        Ok(()) => token_covers(token),
        expired => expired,
    }
}

#[inline]
const fn token_is_live(token: Credential) -> Result<(), Reason> {
    pass_if(token.live, Reason::CredentialExpired)
}

#[inline]
const fn token_covers(token: Credential) -> Result<(), Reason> {
    pass_if(token.covers_action && token.reaches_resource, Reason::OutOfScope)
}

#[inline]
pub(crate) const fn in_project(standing: Option<RankedPermissions>) -> Result<RankedPermissions, Reason> {
    match standing {
        Some(standing) => Ok(standing),
        None => Err(Reason::NotInProject),
    }
}

#[inline]
fn permission_or_oneself(
    requirement: &Requirement,
    standing: RankedPermissions,
    rest: &impl Rest,
) -> Result<(), Reason> {
    let permitted = permission(requirement, standing);
    if permitted.is_err() && requirement.or_oneself && rest.is_oneself() { Ok(()) } else { permitted }
}

#[inline]
pub(crate) const fn permission(requirement: &Requirement, standing: RankedPermissions) -> Result<(), Reason> {
    match standing.permissions.first_lacking(requirement.permissions) {
        None => Ok(()),
        Some(permission) => Err(lacks(standing, permission)),
    }
}

/// The reason for a role without a permission.
pub(crate) const fn lacks(standing: RankedPermissions, permission: Permission) -> Reason {
    Reason::RoleInsufficient { have: standing.rank, need: RoleRequirement::Permission(permission) }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: otherwise the inputs are written to memory")]
fn present_cluster(
    inputs: &Inputs,
    requirement: &Requirement,
    role: RankedPermissions,
    standing: Option<RankedPermissions>,
) -> Result<(), Reason> {
    if requirement.level == ClusterAccess::None {
        return Ok(());
    }
    let [present, _] = inputs.clusters;
    // A requirement has a level only for kinds of resource that have a cluster.
    let have = match present {
        Some(on) => inputs.level(role, standing, on),
        None => ClusterAccess::None,
    };
    level(requirement, have, ClusterOf::Present)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: otherwise the inputs are written to memory")]
fn new_cluster(
    inputs: &Inputs,
    requirement: &Requirement,
    role: RankedPermissions,
    standing: Option<RankedPermissions>,
) -> Result<(), Reason> {
    let [_, Some(new)] = inputs.clusters else { return Ok(()) };
    level(requirement, inputs.level(role, standing, new), ClusterOf::New)
}

fn each_cluster(requirement: &Requirement, first_below: Option<(u16, ClusterAccess)>) -> Result<(), Reason> {
    match first_below {
        None => Ok(()),
        Some((place, have)) => level(requirement, have, ClusterOf::OfProject(place)),
    }
}

#[inline]
pub(crate) const fn level(requirement: &Requirement, have: ClusterAccess, cluster: ClusterOf) -> Result<(), Reason> {
    let need = requirement.level;
    pass_if(have.includes(need), Reason::ClusterLevelInsufficient { have, need, cluster })
}

#[inline]
pub(crate) const fn safeguard(requirement: &Requirement, rank: Role, safeguard: Safeguard) -> Result<(), Reason> {
    match requirement.guard {
        None => Ok(()),
        Some(Guard::Deployer) => guard(rank, safeguard.deployer()),
        Some(Guard::Keeper) => guard(rank, safeguard.keeper()),
        Some(Guard::Custodian) => guard(rank, safeguard.custodian()),
    }
}

#[inline]
pub(crate) const fn guard(have: Role, need: Role) -> Result<(), Reason> {
    pass_if(have.includes(need), Reason::EnvironmentProtected { have, need })
}

#[inline]
pub(crate) const fn pass_if(passes: bool, reason: Reason) -> Result<(), Reason> {
    if passes { Ok(()) } else { Err(reason) }
}
