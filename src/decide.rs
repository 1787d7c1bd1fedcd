//! The decision: the gates in order, one small function each.

use crate::account::AccountKind;
use crate::action::Action;
use crate::case::{Case, Target, Tenancy};
use crate::cluster::Level;
use crate::decision::{Approvals, ClusterOf, Decision, Exposure, Gate, Reason, RoleNeed};
use crate::need::{Approval, Guard, LevelBy, Need, Relations};
use crate::permission::Permission;
use crate::protection::{ApprovalRule, SelfApproval};
use crate::resource::Resource;
use crate::role::Role;
use crate::subject::Subject;

/// May this subject do this to that?
///
/// Total and pure: the same facts give the same answer, no clock is read, nothing is allocated and nothing panics (an
/// id's own `Ord` aside). The gates are asked in the order of [`Gate::ALL`]; the first that fails is the reason, and a
/// fact that is missing fails its gate.
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
pub fn decide<Id: Ord>(subject: &Subject<'_, Id>, action: Action, resource: Resource<'_, Id>) -> Decision {
    judge(&Case::of(subject, action, &resource), &mut FirstFailure)
}

/// How much a denial may show: nothing, where the subject may not view the resource.
///
/// The token's action set and expiry do not count here, its restrictions do: a token that may only deploy still knows
/// what it deploys to. A service answers a hidden denial as if there were no such thing (404), a visible one with the
/// reason (403; 401 for [`Reason::CredentialExpired`]).
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
/// # Ok::<(), shipgate::AccountError>(())
/// ```
#[must_use]
pub fn exposure<Id: Ord>(subject: &Subject<'_, Id>, resource: Resource<'_, Id>) -> Exposure {
    let case = Case::of(subject, Action::View, &resource).with_any_action_at_any_time();
    if judge(&case, &mut FirstFailure).is_allowed() { Exposure::Visible } else { Exposure::Hidden }
}

/// Whether this approver's approval counts for a rule: asked of the case of its viewing the deployment.
pub(crate) fn approves(viewing: &Case, rule: ApprovalRule) -> bool {
    let standing = viewing.role.and_then(|role| viewing.standing(role));
    viewing.kind == AccountKind::User
        && standing.is_some_and(|standing| standing.includes(rule.from().role()))
        && judge(viewing, &mut FirstFailure).is_allowed()
}

/// Who looks on while a case is judged, gate by gate.
pub(crate) trait Watch {
    /// Sees what a check of a gate found. An error ends the judging with that reason.
    fn see(&mut self, gate: Gate, found: Result<(), Reason>) -> Result<(), Reason>;
}

/// Stops at the first check that fails.
pub(crate) struct FirstFailure;

impl Watch for FirstFailure {
    #[inline]
    fn see(&mut self, _: Gate, found: Result<(), Reason>) -> Result<(), Reason> {
        found
    }
}

/// Asks the gates in order. A watch that lets a failure pass sees every check that can be judged without it.
#[inline]
pub(crate) fn judge(case: &Case, watch: &mut impl Watch) -> Decision {
    ask_gates(case, watch).unwrap_or_else(Decision::Deny)
}

#[inline]
fn ask_gates(case: &Case, watch: &mut impl Watch) -> Result<Decision, Reason> {
    let Some(need) = case.need else {
        watch.see(Gate::Applicable, Err(Reason::NotApplicable))?;
        return Err(Reason::NotApplicable);
    };
    watch.see(Gate::Applicable, Ok(()))?;
    watch.see(Gate::Membership, case.role.map(drop).ok_or(Reason::NotAMember))?;
    watch.see(Gate::Tenancy, tenancy(case))?;
    watch.see(Gate::Credential, token_is_live(case))?;
    watch.see(Gate::Credential, token_covers(case))?;
    let role = case.role.ok_or(Reason::NotAMember)?;
    let standing = case.standing(role);
    watch.see(Gate::Standing, standing.map(drop).ok_or(Reason::NotInProject))?;
    if let Some(standing) = standing {
        watch.see(Gate::Role, permission(case, need, standing))?;
    }
    let level_by = match need.level_by {
        LevelBy::Standing => standing,
        LevelBy::Organization => Some(role),
    };
    if let Some(role) = level_by {
        watch.see(Gate::Cluster, present_cluster(case, need, role))?;
        watch.see(Gate::Cluster, new_cluster(case, need, role))?;
    }
    let standing = standing.ok_or(Reason::NotInProject)?;
    watch.see(Gate::Safeguard, safeguard(case, need, standing))?;
    if !need.relations.is_empty() {
        relations(&Related { case, need, role, standing }, watch)?;
    }
    Ok(approval(case, need))
}

#[inline]
fn tenancy(case: &Case) -> Result<(), Reason> {
    match case.tenancy {
        Tenancy::One => Ok(()),
        Tenancy::Foreign => Err(Reason::ForeignResource),
    }
}

#[inline]
fn token_is_live(case: &Case) -> Result<(), Reason> {
    pass_if(case.credential.is_none_or(|token| token.live), Reason::CredentialExpired)
}

#[inline]
fn token_covers(case: &Case) -> Result<(), Reason> {
    let covers = case.credential.is_none_or(|token| token.covers_action && token.reaches_resource);
    pass_if(covers, Reason::OutOfScope)
}

#[inline]
fn permission(case: &Case, need: Need, standing: Role) -> Result<(), Reason> {
    match need.permission {
        None => Ok(()),
        Some(permission) => {
            let may = standing.permissions().contains(permission) || need.or_oneself && is_oneself(case);
            pass_if(may, role_insufficient(standing, permission))
        }
    }
}

const fn role_insufficient(have: Role, permission: Permission) -> Reason {
    Reason::RoleInsufficient { have, need: RoleNeed::Permission(permission) }
}

fn is_oneself(case: &Case) -> bool {
    case.relation.target.is_some_and(|target| target.oneself)
}

#[inline]
fn present_cluster(case: &Case, need: Need, role: Role) -> Result<(), Reason> {
    if need.level == Level::None {
        return Ok(());
    }
    let [present, _] = case.clusters;
    // Every kind of resource whose row asks for a level has a cluster.
    let have = present.map_or(Level::None, |held| Level::of(role, held));
    pass_if(have >= need.level, level_insufficient(have, need.level, ClusterOf::Present))
}

#[inline]
fn new_cluster(case: &Case, need: Need, role: Role) -> Result<(), Reason> {
    let [_, Some(new)] = case.clusters else { return Ok(()) };
    let have = Level::of(role, new);
    pass_if(have >= need.level, level_insufficient(have, need.level, ClusterOf::New))
}

const fn level_insufficient(have: Level, need: Level, cluster: ClusterOf) -> Reason {
    Reason::ClusterLevelInsufficient { have, need, cluster }
}

#[inline]
fn safeguard(case: &Case, need: Need, standing: Role) -> Result<(), Reason> {
    match need.guard {
        None => Ok(()),
        Some(Guard::Deployer) => guard(standing, case.safeguard.deployer()),
        Some(Guard::Custodian) => guard(standing, case.safeguard.custodian()),
    }
}

#[inline]
fn guard(have: Role, need: Role) -> Result<(), Reason> {
    pass_if(have.includes(need), Reason::EnvironmentProtected { have, need })
}

/// What the relation rules are asked of: a case whose subject has a standing.
struct Related<'a> {
    case: &'a Case,
    need: Need,
    /// The organization role.
    role: Role,
    standing: Role,
}

/// Asks the relation rules that the row names, in their order.
fn relations(related: &Related<'_>, watch: &mut impl Watch) -> Result<(), Reason> {
    let mut see = |rule: Relations, check: fn(&Related<'_>) -> Result<(), Reason>| {
        if related.need.relations.contains(rule) { watch.see(Gate::Relation, check(related)) } else { Ok(()) }
    };
    see(Relations::RANK, rank_of_target)?;
    see(Relations::RANK, rank_to_give)?;
    see(Relations::ASSIGNABLE, assignable)?;
    see(Relations::LAST_OWNER, last_owner)?;
    see(Relations::EMPTY, empty)?;
    see(Relations::LOOSENING, loosening)?;
    see(Relations::REQUESTER, is_requester)?;
    see(Relations::OWN, own)?;
    see(Relations::APPROVER, rule_in_force)?;
    see(Relations::APPROVER, approver_is_human)?;
    see(Relations::APPROVER, approver_role)?;
    see(Relations::APPROVER, approver_is_another)?;
    see(Relations::ESCALATION, ceiling)?;
    see(Relations::ESCALATION, escalation)
}

/// Without a target the case has failed its tenancy gate, with the same reason.
fn target(related: &Related<'_>) -> Result<Target, Reason> {
    related.case.relation.target.ok_or(Reason::ForeignResource)
}

fn rank_of_target(related: &Related<'_>) -> Result<(), Reason> {
    match related.case.action {
        Action::InviteMember { .. } => Ok(()),
        Action::Remove if is_oneself(related.case) => Ok(()),
        _ => outranks(related.role, target(related)?.role),
    }
}

fn rank_to_give(related: &Related<'_>) -> Result<(), Reason> {
    match related.case.action {
        Action::InviteMember { role: to } | Action::ChangeRole { to } => outranks(related.role, to),
        _ => Ok(()),
    }
}

fn outranks(have: Role, need: Role) -> Result<(), Reason> {
    pass_if(have.includes(need), Reason::Outranked { have, need })
}

fn assignable(related: &Related<'_>) -> Result<(), Reason> {
    let target = target(related)?;
    let is_user = target.kind == AccountKind::User;
    let may = match related.case.action {
        Action::ChangeRole { to: Role::Owner } => is_user,
        Action::SetExpiry { .. } => !target.oneself,
        Action::TransferOwnership => is_user && !target.expires && !target.oneself,
        Action::SetProjectRole { .. } => matches!(target.role, Role::Developer | Role::Viewer) && !target.oneself,
        Action::SetClusterAccess { .. } => target.role != Role::Owner,
        _ => true,
    };
    pass_if(may, Reason::NotAssignable)
}

fn last_owner(related: &Related<'_>) -> Result<(), Reason> {
    let unmakes_an_owner = match related.case.action {
        Action::Remove | Action::SetExpiry { to: Some(_) } => true,
        Action::ChangeRole { to } => to != Role::Owner,
        _ => false,
    };
    let is_the_last = target(related)?.is_permanent_owner() && related.case.relation.owners <= 1;
    pass_if(!(unmakes_an_owner && is_the_last), Reason::LastOwner)
}

fn empty(related: &Related<'_>) -> Result<(), Reason> {
    pass_if(related.case.relation.environments == 0, Reason::NotEmpty)
}

fn loosening(related: &Related<'_>) -> Result<(), Reason> {
    match related.case.action {
        Action::SetProtection { to } if to.loosens(related.case.protection) => {
            guard(related.standing, related.case.safeguard.custodian())
        }
        _ => Ok(()),
    }
}

fn is_requester(related: &Related<'_>) -> Result<(), Reason> {
    pass_if(related.case.relation.requester, Reason::NotRequester)
}

fn own(related: &Related<'_>) -> Result<(), Reason> {
    let [present, _] = related.case.clusters;
    let manages = present.is_some_and(|held| Level::of(related.standing, held) == Level::Manage);
    let may = related.case.relation.requester || related.standing.includes(Role::Admin) || manages;
    pass_if(may, Reason::NotOwnDeployment)
}

fn rule_in_force(related: &Related<'_>) -> Result<(), Reason> {
    related.case.protection.rule().map(drop).ok_or(Reason::ApprovalNotRequired)
}

fn approver_is_human(related: &Related<'_>) -> Result<(), Reason> {
    pass_if(related.case.kind == AccountKind::User, Reason::ServiceAccount)
}

fn approver_role(related: &Related<'_>) -> Result<(), Reason> {
    let Some(rule) = related.case.protection.rule() else { return Ok(()) };
    let (have, need) = (related.standing, rule.from().role());
    pass_if(have.includes(need), Reason::RoleInsufficient { have, need: RoleNeed::Role(need) })
}

fn approver_is_another(related: &Related<'_>) -> Result<(), Reason> {
    let Some(rule) = related.case.protection.rule() else { return Ok(()) };
    let may = !related.case.relation.requester || rule.self_approval() == SelfApproval::Allowed;
    pass_if(may, Reason::SelfApproval)
}

fn ceiling(related: &Related<'_>) -> Result<(), Reason> {
    let Action::SetClusterAccess { to: Some(grant) } = related.case.action else { return Ok(()) };
    let (need, ceiling) = (grant.value(), Level::ceiling_of(target(related)?.role));
    pass_if(need <= ceiling, Reason::AboveCeiling { need, ceiling })
}

fn escalation(related: &Related<'_>) -> Result<(), Reason> {
    let Action::SetClusterAccess { to } = related.case.action else { return Ok(()) };
    let target = target(related)?;
    let default = Level::default_of(target.role);
    // The default comes back when a grant lapses.
    let need = match to {
        None => default,
        Some(grant) if grant.expires_at().is_some() => grant.value().max(default),
        Some(grant) => grant.value(),
    }
    .min(Level::ceiling_of(target.role));
    let [present, _] = related.case.clusters;
    let have = present.map_or(Level::None, |held| Level::of(related.role, held));
    let raises = need > Level::of(target.role, target.level);
    pass_if(!raises || need <= have, Reason::Escalation { have, need })
}

#[inline]
fn approval(case: &Case, need: Need) -> Decision {
    match (need.approval, case.protection.rule()) {
        (Approval::NotAsked, _) | (Approval::Asked, None) => Decision::Allow,
        (Approval::Asked, Some(rule)) => match missing(case, rule) {
            0 => Decision::Allow,
            missing => Decision::RequireApproval(Approvals { from: rule.from(), missing }),
        },
    }
}

/// How many approvals a rule still asks for.
fn missing(case: &Case, rule: ApprovalRule) -> u8 {
    let given = case.relation.approvals;
    let own = u8::from(given.by_subject && approves(&case.approving(), rule));
    rule.count().saturating_sub(given.by_others).saturating_sub(own)
}

#[inline]
const fn pass_if(passes: bool, reason: Reason) -> Result<(), Reason> {
    if passes { Ok(()) } else { Err(reason) }
}
