//! The decision: the gates in order, one small function each.

use crate::account::AccountKind;
use crate::action::Action;
use crate::case::{Case, Tenancy};
use crate::cluster::Level;
use crate::decision::{Approvals, ClusterOf, Decision, Exposure, Gate, Reason, RoleNeed};
use crate::need::{Approval, Guard, LevelBy, Need, Relations};
use crate::permission::Permission;
use crate::protection::{ApprovalRule, SelfApproval};
use crate::relation::{Relation, Target};
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
    decide_here(subject, action, resource)
}

/// [`decide`], inlined where it is asked: where the kind of resource is known, what it does not have costs nothing.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: half the instructions")]
pub(crate) fn decide_here<Id: Ord>(subject: &Subject<'_, Id>, action: Action, resource: Resource<'_, Id>) -> Decision {
    // Copied for those who ask, so that for all others nothing of it need be in memory.
    let relate = || Relation::of(&{ *subject }, action, &{ resource });
    judge(&Case::of(subject, action, &resource), relate, &mut FirstFailure)
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
    let relation = || Relation::of(subject, Action::View, &resource);
    if judge(&case, relation, &mut FirstFailure).is_allowed() { Exposure::Visible } else { Exposure::Hidden }
}

/// Whether the approval of an account of this kind counts for a rule: asked of the case of its viewing the deployment.
pub(crate) fn approves(viewing: &Case, kind: AccountKind, rule: ApprovalRule) -> bool {
    // To view asks for no relation.
    let may_view = judge(viewing, || Relation::NONE, &mut FirstFailure).is_allowed();
    let standing = viewing.role.and_then(|role| viewing.standing(role));
    kind == AccountKind::User && may_view && standing.is_some_and(|standing| standing.includes(rule.from().role()))
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

/// Asks the gates in order, and brings together how the subject stands to what it asks for only where a row asks. A watch
/// that lets a failure pass sees every check that can be judged without it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: twice as fast")]
pub(crate) fn judge(case: &Case, relate: impl Fn() -> Relation, watch: &mut impl Watch) -> Decision {
    ask_gates(case, relate, watch).unwrap_or_else(Decision::Deny)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: twice as fast")]
fn ask_gates(case: &Case, relate: impl Fn() -> Relation, watch: &mut impl Watch) -> Result<Decision, Reason> {
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
        watch.see(Gate::Role, permission(need, standing, &relate))?;
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
    let asked = match need.approval {
        Approval::NotAsked => None,
        Approval::Asked => case.protection.rule(),
    };
    if asked.is_none() && need.relations.is_empty() {
        return Ok(Decision::Allow);
    }
    let related = Related { case: *case, need, role, standing, relation: relate() };
    relations(&related, watch)?;
    Ok(asked.map_or(Decision::Allow, |rule| approval(&related, rule)))
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
fn permission(need: Need, standing: Role, relate: impl Fn() -> Relation) -> Result<(), Reason> {
    match need.permission {
        None => Ok(()),
        Some(permission) => {
            let may = standing.permissions().contains(permission) || need.or_oneself && is_oneself(&relate());
            pass_if(may, role_insufficient(standing, permission))
        }
    }
}

const fn role_insufficient(have: Role, permission: Permission) -> Reason {
    Reason::RoleInsufficient { have, need: RoleNeed::Permission(permission) }
}

fn is_oneself(relation: &Relation) -> bool {
    relation.target.is_some_and(|target| target.oneself)
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
struct Related {
    case: Case,
    need: Need,
    /// The organization role.
    role: Role,
    standing: Role,
    relation: Relation,
}

/// Asks the relation rules that the row names, in their order.
fn relations(related: &Related, watch: &mut impl Watch) -> Result<(), Reason> {
    let mut see = |rule: Relations, check: fn(&Related) -> Result<(), Reason>| {
        if related.need.relations.contains(rule) { watch.see(Gate::Relation, check(related)) } else { Ok(()) }
    };
    see(Relations::RANK, rank_of_target)?;
    see(Relations::RANK, rank_to_give)?;
    see(Relations::OWNER_IS_USER, owner_is_user)?;
    see(Relations::ANOTHER, is_another)?;
    see(Relations::PERMANENT_USER, is_permanent_user)?;
    see(Relations::PROJECT_ROLE_COUNTS, project_role_counts)?;
    see(Relations::OVERRIDE_COUNTS, override_counts)?;
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
fn target(related: &Related) -> Result<Target, Reason> {
    related.relation.target.ok_or(Reason::ForeignResource)
}

fn rank_of_target(related: &Related) -> Result<(), Reason> {
    let action = related.relation.action;
    let leaves = matches!(action, Action::Remove) && is_oneself(&related.relation);
    if leaves || matches!(action, Action::InviteMember { .. }) {
        return Ok(());
    }
    outranks(related.role, target(related)?.role)
}

fn rank_to_give(related: &Related) -> Result<(), Reason> {
    let (Action::InviteMember { role: to } | Action::ChangeRole { to }) = related.relation.action else {
        return Ok(());
    };
    outranks(related.role, to)
}

fn outranks(have: Role, need: Role) -> Result<(), Reason> {
    pass_if(have.includes(need), Reason::Outranked { have, need })
}

fn owner_is_user(related: &Related) -> Result<(), Reason> {
    let makes_an_owner = matches!(related.relation.action, Action::ChangeRole { to: Role::Owner });
    pass_if(!makes_an_owner || target(related)?.kind == AccountKind::User, Reason::NotAssignable)
}

fn is_another(related: &Related) -> Result<(), Reason> {
    pass_if(!target(related)?.oneself, Reason::NotAssignable)
}

fn is_permanent_user(related: &Related) -> Result<(), Reason> {
    let Target { kind, expires, .. } = target(related)?;
    pass_if(kind == AccountKind::User && !expires, Reason::NotAssignable)
}

fn project_role_counts(related: &Related) -> Result<(), Reason> {
    pass_if(target(related)?.role.yields_to_project_roles(), Reason::NotAssignable)
}

fn override_counts(related: &Related) -> Result<(), Reason> {
    pass_if(target(related)?.role != Role::Owner, Reason::NotAssignable)
}

fn last_owner(related: &Related) -> Result<(), Reason> {
    let action = related.relation.action;
    let unmakes_an_owner = matches!(action, Action::Remove | Action::SetExpiry { to: Some(_) })
        || matches!(action, Action::ChangeRole { to } if to != Role::Owner);
    let is_the_last = target(related)?.is_permanent_owner() && related.relation.owners <= 1;
    pass_if(!(unmakes_an_owner && is_the_last), Reason::LastOwner)
}

fn empty(related: &Related) -> Result<(), Reason> {
    pass_if(related.relation.environments == 0, Reason::NotEmpty)
}

fn loosening(related: &Related) -> Result<(), Reason> {
    let Action::SetProtection { to } = related.relation.action else { return Ok(()) };
    if to.loosens(related.case.protection) {
        guard(related.standing, related.case.safeguard.custodian())
    } else {
        Ok(())
    }
}

fn is_requester(related: &Related) -> Result<(), Reason> {
    pass_if(related.relation.requester, Reason::NotRequester)
}

fn own(related: &Related) -> Result<(), Reason> {
    let [present, _] = related.case.clusters;
    let manages = present.is_some_and(|held| Level::of(related.standing, held) == Level::Manage);
    let may = related.relation.requester || related.standing.includes(Role::Admin) || manages;
    pass_if(may, Reason::NotOwnDeployment)
}

fn rule_in_force(related: &Related) -> Result<(), Reason> {
    related.case.protection.rule().map(drop).ok_or(Reason::ApprovalNotRequired)
}

fn approver_is_human(related: &Related) -> Result<(), Reason> {
    pass_if(related.relation.kind == AccountKind::User, Reason::ServiceAccount)
}

fn approver_role(related: &Related) -> Result<(), Reason> {
    let Some(rule) = related.case.protection.rule() else { return Ok(()) };
    let (have, need) = (related.standing, rule.from().role());
    pass_if(have.includes(need), Reason::RoleInsufficient { have, need: RoleNeed::Role(need) })
}

fn approver_is_another(related: &Related) -> Result<(), Reason> {
    let Some(rule) = related.case.protection.rule() else { return Ok(()) };
    let may = !related.relation.requester || rule.self_approval() == SelfApproval::Allowed;
    pass_if(may, Reason::SelfApproval)
}

fn ceiling(related: &Related) -> Result<(), Reason> {
    let Action::SetClusterAccess { to: Some(grant) } = related.relation.action else { return Ok(()) };
    let (need, ceiling) = (grant.value(), Level::ceiling_of(target(related)?.role));
    pass_if(need <= ceiling, Reason::AboveCeiling { need, ceiling })
}

fn escalation(related: &Related) -> Result<(), Reason> {
    let Action::SetClusterAccess { to } = related.relation.action else { return Ok(()) };
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

fn approval(related: &Related, rule: ApprovalRule) -> Decision {
    match missing(related, rule) {
        0 => Decision::Allow,
        missing => Decision::RequireApproval(Approvals { from: rule.from(), missing }),
    }
}

/// How many approvals a rule still asks for.
fn missing(related: &Related, rule: ApprovalRule) -> u8 {
    let Relation { kind, approvals, .. } = related.relation;
    let own = approvals.by_subject && approves(&related.case.approving(), kind, rule);
    rule.count().saturating_sub(approvals.by_others).saturating_sub(u8::from(own))
}

#[inline]
const fn pass_if(passes: bool, reason: Reason) -> Result<(), Reason> {
    if passes { Ok(()) } else { Err(reason) }
}
