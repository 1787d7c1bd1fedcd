//! Constraints: rules about how the subject, the target and the parameter relate. Few questions have any, so the facts that
//! constraints read are collected only for those.

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::custom_role::{AnyRole, RoleDefinition};
use crate::model::fact::{MembershipFact, ResourceFact};
use crate::model::parameter::Update;
use crate::model::protection::SelfApproval;
use crate::model::role::{RankedPermissions, Role};
use crate::model::time::{Now, Time};
use crate::policy::approval::{Given, can_approve, decide_approval, is_requested_by_or_for};
use crate::policy::asked::Asked;
use crate::policy::decision::{Decision, Gate};
use crate::policy::gates::{Passed, Trace, guard, pass_if};
use crate::policy::giving::{above, each_present_standing, gives, outlast};
use crate::policy::inputs::Inputs;
use crate::policy::reason::Reason;
use crate::policy::requirement::Constraints;

/// What the constraints and the approval gate read, besides the question itself, and an explanation may change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConstraintFacts {
    /// When the subject's membership expires.
    pub(crate) expires_at: Option<Time>,
    /// The number of permanent Owners of the organization.
    pub(crate) owners: u32,
    pub(crate) approvals: Given,
}

impl ConstraintFacts {
    /// Collects the facts of a question.
    #[inline(never)]
    pub(crate) fn of<Id: Ord>(asked: &Asked<'_, Id>) -> Self {
        Self {
            expires_at: asked.membership().and_then(MembershipFact::expires_at),
            owners: match asked.resource {
                ResourceFact::Organization(organization) | ResourceFact::Member(organization, _) => {
                    organization.owners()
                }
                _ => 0,
            },
            approvals: match (asked.action, asked.resource) {
                (Action::Deploy, ResourceFact::Deployment(deployment)) => Given::to(deployment, &asked.subject),
                _ => Given::NONE,
            },
        }
    }
}

/// A question that has passed the gates before the constraints.
pub(crate) struct Constrained<'a, 'q, Id> {
    pub(crate) asked: &'q Asked<'a, Id>,
    pub(crate) inputs: &'q Inputs,
    pub(crate) passed: Passed,
    pub(crate) facts: ConstraintFacts,
}

/// Checks the constraints of the requirement, in order, and then the approvals.
pub(crate) fn judge<Id: Ord>(question: &Constrained<'_, '_, Id>, trace: &mut impl Trace) -> Result<Decision, Reason> {
    check(question, trace)?;
    let rule = question.passed.requirement.approval.rule(question.inputs.protection);
    let decide = |rule| decide_approval(question.inputs, question.asked, question.facts.approvals, rule);
    Ok(rule.map_or(Decision::Allow, decide))
}

fn check<Id: Ord>(question: &Constrained<'_, '_, Id>, trace: &mut impl Trace) -> Result<(), Reason> {
    let mut check = |constraint: Constraints, check: fn(&Constrained<'_, '_, Id>) -> Result<(), Reason>| {
        if question.passed.requirement.constraints.contains(constraint) {
            trace.record(Gate::Relation, check(question))
        } else {
            Ok(())
        }
    };
    check(Constraints::RANK, rank)?;
    check(Constraints::ASSIGNABLE, assignable)?;
    check(Constraints::RANK_IN_PROJECT, rank_in_project)?;
    check(Constraints::CEILING, ceiling)?;
    check(Constraints::ABOVE, above)?;
    check(Constraints::LAST_OWNER, last_owner)?;
    check(Constraints::EMPTY, empty)?;
    check(Constraints::OUTLAST, outlast)?;
    check(Constraints::GIVES, gives)?;
    check(Constraints::LOOSENING, loosening)?;
    check(Constraints::TIGHTENING, tightening)?;
    check(Constraints::BYPASS, bypass)?;
    check(Constraints::OWN, own)?;
    check(Constraints::APPROVER, approver)
}

impl<'a, Id: Ord> Constrained<'a, '_, Id> {
    pub(crate) const fn now(&self) -> Now {
        self.asked.subject.now()
    }

    /// The target's membership, even if it has expired. A question without one has already failed at the tenancy gate, with the
    /// same reason.
    pub(crate) fn target(&self) -> Result<(MembershipFact<'a, Id>, AccountKind), Reason> {
        let account = self.asked.target().ok_or(Reason::ForeignResource)?;
        let membership = account.membership(self.asked.resource.organization()).ok_or(Reason::ForeignResource)?;
        Ok((membership, account.kind()))
    }

    /// The role that the target acts with, even if the membership has expired.
    pub(crate) fn target_role(&self) -> Result<RankedPermissions, Reason> {
        if self.asked.is_about_oneself() {
            return Ok(self.passed.role);
        }
        let (membership, kind) = self.target()?;
        Ok(membership.acting(kind))
    }

    /// Whether one of the subject's roles includes a role, as a permanent Owner's must an Owner's.
    pub(crate) fn includes(&self, mine: RankedPermissions, other: RankedPermissions) -> Result<(), Reason> {
        let (have, need) = (mine.rank, other.rank);
        let outranked = |permission| Err(Reason::Outranked { have, need, permission });
        if !have.includes(need) || need == Role::Owner && self.facts.expires_at.is_some() {
            return outranked(None);
        }
        match mine.permissions.first_lacking(other.permissions) {
            None => Ok(()),
            permission @ Some(_) => outranked(permission),
        }
    }
}

fn rank<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let role = match (question.asked.action, question.asked.resource) {
        (Action::Remove, _) if question.asked.is_about_oneself() => return Ok(()),
        (Action::TransferOwnership, _) | (_, ResourceFact::Organization(_)) => Role::Owner.into(),
        (_, ResourceFact::Role(role)) => role.definition().into(),
        _ => question.target_role()?,
    };
    question.includes(question.passed.role, role)
}

fn rank_in_project<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let ResourceFact::ProjectMember(project, _) = question.asked.resource else { return Ok(()) };
    let (target, kind) = question.target()?;
    let mut result = Ok(());
    each_present_standing(target, kind, project, question.now(), &mut |standing| {
        if result.is_ok() {
            result = question.includes(question.passed.standing, standing);
        }
    });
    result
}

fn assignable<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let Asked { action, resource, .. } = *question.asked;
    let is_another = || !question.asked.is_about_oneself();
    let may_be = match (action, resource) {
        (Action::ChangeRole { to: AnyRole::BuiltIn(Role::Owner) }, _) => question.target()?.1 == AccountKind::User,
        (Action::Update { to: Update::Permissions(permissions) }, ResourceFact::Role(role)) => {
            RoleDefinition::new(role.definition().rank(), permissions).is_ok()
        }
        (Action::SetExpiry { .. } | Action::AddToTeam | Action::RemoveFromTeam, _) => is_another(),
        (Action::TransferOwnership, _) => {
            let (membership, kind) = question.target()?;
            kind == AccountKind::User && membership.expires_at().is_none() && is_another()
        }
        (Action::SetProjectRole { to }, ResourceFact::ProjectMember(..)) => {
            (to.is_none() || question.target_role()?.rank.yields_to_project_roles()) && is_another()
        }
        (Action::SetProjectRole { .. }, ResourceFact::ProjectTeam(_, team)) => {
            !question.asked.membership().is_some_and(|membership| membership.is_in_team(team.id()))
        }
        (Action::SetClusterAccess { to }, ResourceFact::ClusterMember(..)) => {
            to.is_none() || question.target_role()?.rank != Role::Owner
        }
        _ => true,
    };
    pass_if(may_be, Reason::NotAssignable)
}

fn ceiling<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let Action::SetClusterAccess { to: Some(grant) } = question.asked.action else { return Ok(()) };
    let (need, ceiling) = (grant.value(), ClusterAccess::ceiling_of(question.target_role()?.rank));
    pass_if(need <= ceiling, Reason::AboveCeiling { need, ceiling })
}

fn last_owner<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let (membership, kind) = question.target()?;
    let unmakes_an_owner = match question.asked.action {
        Action::Remove | Action::SetExpiry { to: Some(_) } => true,
        Action::ChangeRole { to } => to.ranked().rank != Role::Owner,
        _ => false,
    };
    let is_permanent_owner =
        kind == AccountKind::User && membership.rank() == Role::Owner && membership.expires_at().is_none();
    pass_if(!(unmakes_an_owner && is_permanent_owner && question.facts.owners <= 1), Reason::LastOwner)
}

fn empty<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let left = match question.asked.resource {
        ResourceFact::Project(project) => project.environments(),
        ResourceFact::Cluster(cluster) => cluster.environments(),
        ResourceFact::Team(team) => team.members(),
        ResourceFact::Role(role) => role.members(),
        _ => 0,
    };
    pass_if(left == 0, Reason::NotEmpty)
}

fn loosening<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let Action::SetProtection { to } = question.asked.action else { return Ok(()) };
    if to.loosens(question.inputs.protection) {
        guard(question.passed.standing.rank, question.inputs.safeguard().custodian())
    } else {
        Ok(())
    }
}

fn tightening<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let to = match question.asked.action {
        Action::SetProtection { to } => to,
        _ => question.inputs.protection,
    };
    match to.safeguard().custodian() {
        Role::Owner => guard(question.passed.role.rank, Role::Admin),
        Role::Admin | Role::Developer | Role::Billing | Role::Viewer => Ok(()),
    }
}

fn bypass<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let rule = question.inputs.protection.rule().ok_or(Reason::ApprovalNotRequired)?;
    pass_if(question.asked.kind() == AccountKind::User, Reason::ServiceAccount)?;
    let (have, need) = (question.passed.standing.rank, rule.bypass().rank());
    pass_if(need.is_some_and(|need| have.includes(need)), Reason::BypassForbidden { have, need })
}

fn own<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let ResourceFact::Deployment(deployment) = question.asked.resource else { return Ok(()) };
    let Passed { role, standing, .. } = question.passed;
    let [present, _] = question.inputs.clusters;
    let level = present.map(|on| question.inputs.level(role, Some(standing), on));
    let may = is_requested_by_or_for(question.asked.subject.account, deployment)
        || standing.rank.includes(Role::Admin)
        || level == Some(ClusterAccess::Manage);
    pass_if(may, Reason::NotOwnDeployment)
}

fn approver<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let ResourceFact::Deployment(deployment) = question.asked.resource else { return Ok(()) };
    let rule = question.inputs.protection.rule().ok_or(Reason::ApprovalNotRequired)?;
    pass_if(question.asked.kind() == AccountKind::User, Reason::ServiceAccount)?;
    can_approve(question.passed.standing, rule)?;
    let is_another = !is_requested_by_or_for(question.asked.subject.account, deployment);
    pass_if(is_another || rule.self_approval() == SelfApproval::Allowed, Reason::SelfApproval)
}
