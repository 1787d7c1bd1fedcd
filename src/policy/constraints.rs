//! Constraints: rules about how the subject, the target and the parameter relate. Few questions have any, so the facts that
//! constraints read are collected only for those.

use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind};
use crate::model::action::Action;
use crate::model::protection::SelfApproval;
use crate::model::resource::Resource;
use crate::model::role::Role;
use crate::model::subject::Subject;
use crate::model::time::GrantState;
use crate::policy::approval::{Given, is_requester};
use crate::policy::decision::Gate;
use crate::policy::gates::{Passed, Trace, guard, pass_if};
use crate::policy::inputs::{Inputs, state_of};
use crate::policy::reason::{Reason, RoleRequirement};
use crate::policy::requirement::Constraints;

/// The facts that the constraints and the approval gate read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConstraintFacts {
    pub(crate) action: Action,
    /// The kind of the subject's account.
    pub(crate) kind: AccountKind,
    /// Whether the subject's membership has an expiry.
    pub(crate) expires: bool,
    pub(crate) target: Option<Target>,
    /// The number of permanent Owners of the organization.
    pub(crate) owners: u32,
    /// The number of environments in the project or on the cluster.
    pub(crate) environments: u32,
    /// Whether the subject requested the deployment.
    pub(crate) requester: bool,
    pub(crate) approvals: Given,
}

/// The member that the question is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) oneself: bool,
    pub(crate) kind: AccountKind,
    pub(crate) role: Role,
    pub(crate) expires: bool,
    /// The override on the cluster that the question is about.
    pub(crate) level: GrantState<ClusterAccess>,
}

impl Target {
    /// Whether the target is a permanent Owner. A service account never is: it acts as Admin.
    pub(crate) const fn is_permanent_owner(self) -> bool {
        matches!(self.role, Role::Owner) && !self.expires
    }
}

impl ConstraintFacts {
    /// The facts of an unknown account. It counts as a user.
    const NONE: Self = Self {
        action: Action::View,
        kind: AccountKind::User,
        expires: false,
        target: None,
        owners: 0,
        environments: 0,
        requester: false,
        approvals: Given::NONE,
    };

    /// Collects the facts of a question.
    #[inline(never)]
    pub(crate) fn of<Id: Ord>(subject: &Subject<'_, Id>, action: Action, resource: &Resource<'_, Id>) -> Self {
        let about_subject = Self::about_subject(subject, action, resource.organization());
        match *resource {
            Resource::Organization(organization) => Self { owners: organization.owners(), ..about_subject },
            Resource::Member(organization, target) => Self {
                target: Target::of(target, subject, organization.id(), None),
                owners: organization.owners(),
                ..about_subject
            },
            Resource::Project(project) => Self { environments: project.environments(), ..about_subject },
            Resource::ProjectMember(project, target) => {
                Self { target: Target::of(target, subject, project.organization(), None), ..about_subject }
            }
            Resource::Cluster(cluster) => Self { environments: cluster.environments(), ..about_subject },
            Resource::ClusterMember(cluster, target) => Self {
                target: Target::of(target, subject, cluster.organization(), Some(cluster.id())),
                ..about_subject
            },
            Resource::Deployment(deployment) => Self {
                requester: is_requester(subject.account, deployment),
                approvals: Given::to(deployment, subject),
                ..about_subject
            },
            Resource::Environment(_) | Resource::NewEnvironment(_) | Resource::Placement { .. } => about_subject,
        }
    }

    fn about_subject<Id: Ord>(subject: &Subject<'_, Id>, action: Action, organization: &Id) -> Self {
        let Some(account) = subject.account else { return Self { action, ..Self::NONE } };
        let membership = account.membership(organization);
        Self {
            action,
            kind: account.kind(),
            expires: membership.is_some_and(|membership| membership.expires_at().is_some()),
            ..Self::NONE
        }
    }

    /// Whether the target is the subject.
    pub(crate) fn is_oneself(&self) -> bool {
        self.target.is_some_and(|target| target.oneself)
    }
}

impl Target {
    fn of<Id: Ord>(
        target: Option<&Account<Id>>,
        subject: &Subject<'_, Id>,
        organization: &Id,
        cluster: Option<&Id>,
    ) -> Option<Self> {
        let target = target?;
        let membership = target.membership(organization)?;
        Some(Self {
            oneself: subject.account.is_some_and(|account| account.id() == target.id()),
            kind: target.kind(),
            role: target.kind().acting(membership.role()),
            expires: membership.expires_at().is_some(),
            level: state_of(cluster.and_then(|cluster| membership.cluster_access(cluster)), subject.now()),
        })
    }
}

/// A question that has passed the gates before the constraints.
pub(crate) struct Constrained {
    pub(crate) inputs: Inputs,
    pub(crate) passed: Passed,
    pub(crate) facts: ConstraintFacts,
}

/// Checks the constraints of the requirement, in order.
pub(crate) fn check(question: &Constrained, trace: &mut impl Trace) -> Result<(), Reason> {
    let mut check = |constraint: Constraints, check: fn(&Constrained) -> Result<(), Reason>| {
        if question.passed.requirement.constraints.contains(constraint) {
            trace.record(Gate::Relation, check(question))
        } else {
            Ok(())
        }
    };
    check(Constraints::RANK, rank_of_target)?;
    check(Constraints::RANK, rank_to_give)?;
    check(Constraints::OWNER_IS_USER, owner_is_user)?;
    check(Constraints::ANOTHER, is_another)?;
    check(Constraints::PERMANENT_USER, is_permanent_user)?;
    check(Constraints::PROJECT_ROLE_COUNTS, project_role_counts)?;
    check(Constraints::OVERRIDE_COUNTS, override_counts)?;
    check(Constraints::LAST_OWNER, last_owner)?;
    check(Constraints::EMPTY, empty)?;
    check(Constraints::LOOSENING, loosening)?;
    check(Constraints::REQUESTER, is_requester_of)?;
    check(Constraints::OWN, own)?;
    check(Constraints::APPROVER, rule_in_force)?;
    check(Constraints::APPROVER, approver_is_human)?;
    check(Constraints::APPROVER, approver_role)?;
    check(Constraints::APPROVER, approver_is_another)?;
    check(Constraints::ESCALATION, ceiling)?;
    check(Constraints::ESCALATION, escalation)
}

/// The target. A question without one has already failed at the tenancy gate, with the same reason.
fn target(question: &Constrained) -> Result<Target, Reason> {
    question.facts.target.ok_or(Reason::ForeignResource)
}

fn rank_of_target(question: &Constrained) -> Result<(), Reason> {
    let action = question.facts.action;
    let leaves = matches!(action, Action::Remove) && question.facts.is_oneself();
    if leaves || matches!(action, Action::InviteMember { .. }) {
        return Ok(());
    }
    outranks(question.passed.role, target(question)?.role)
}

fn rank_to_give(question: &Constrained) -> Result<(), Reason> {
    let (Action::InviteMember { role: to } | Action::ChangeRole { to }) = question.facts.action else {
        return Ok(());
    };
    outranks(question.passed.role, to)
}

fn outranks(have: Role, need: Role) -> Result<(), Reason> {
    pass_if(have.includes(need), Reason::Outranked { have, need })
}

fn owner_is_user(question: &Constrained) -> Result<(), Reason> {
    let makes_an_owner = matches!(question.facts.action, Action::ChangeRole { to: Role::Owner });
    pass_if(!makes_an_owner || target(question)?.kind == AccountKind::User, Reason::NotAssignable)
}

fn is_another(question: &Constrained) -> Result<(), Reason> {
    pass_if(!target(question)?.oneself, Reason::NotAssignable)
}

fn is_permanent_user(question: &Constrained) -> Result<(), Reason> {
    let Target { kind, expires, .. } = target(question)?;
    pass_if(kind == AccountKind::User && !expires, Reason::NotAssignable)
}

fn project_role_counts(question: &Constrained) -> Result<(), Reason> {
    pass_if(target(question)?.role.yields_to_project_roles(), Reason::NotAssignable)
}

fn override_counts(question: &Constrained) -> Result<(), Reason> {
    pass_if(target(question)?.role != Role::Owner, Reason::NotAssignable)
}

fn last_owner(question: &Constrained) -> Result<(), Reason> {
    let action = question.facts.action;
    let unmakes_an_owner = matches!(action, Action::Remove | Action::SetExpiry { to: Some(_) })
        || matches!(action, Action::ChangeRole { to } if to != Role::Owner);
    let is_the_last = target(question)?.is_permanent_owner() && question.facts.owners <= 1;
    pass_if(!(unmakes_an_owner && is_the_last), Reason::LastOwner)
}

fn empty(question: &Constrained) -> Result<(), Reason> {
    pass_if(question.facts.environments == 0, Reason::NotEmpty)
}

fn loosening(question: &Constrained) -> Result<(), Reason> {
    let Action::SetProtection { to } = question.facts.action else { return Ok(()) };
    if to.loosens(question.inputs.protection) {
        guard(question.passed.standing, question.inputs.safeguard.custodian())
    } else {
        Ok(())
    }
}

fn is_requester_of(question: &Constrained) -> Result<(), Reason> {
    pass_if(question.facts.requester, Reason::NotRequester)
}

fn own(question: &Constrained) -> Result<(), Reason> {
    let [present, _] = question.inputs.clusters;
    let standing = question.passed.standing;
    let manages = present.is_some_and(|grant| ClusterAccess::of(standing, grant) == ClusterAccess::Manage);
    let may = question.facts.requester || standing.includes(Role::Admin) || manages;
    pass_if(may, Reason::NotOwnDeployment)
}

fn rule_in_force(question: &Constrained) -> Result<(), Reason> {
    question.inputs.protection.rule().map(drop).ok_or(Reason::ApprovalNotRequired)
}

fn approver_is_human(question: &Constrained) -> Result<(), Reason> {
    pass_if(question.facts.kind == AccountKind::User, Reason::ServiceAccount)
}

fn approver_role(question: &Constrained) -> Result<(), Reason> {
    let Some(rule) = question.inputs.protection.rule() else { return Ok(()) };
    let (have, need) = (question.passed.standing, rule.from().role());
    pass_if(have.includes(need), Reason::RoleInsufficient { have, need: RoleRequirement::Role(need) })
}

fn approver_is_another(question: &Constrained) -> Result<(), Reason> {
    let Some(rule) = question.inputs.protection.rule() else { return Ok(()) };
    let may = !question.facts.requester || rule.self_approval() == SelfApproval::Allowed;
    pass_if(may, Reason::SelfApproval)
}

fn ceiling(question: &Constrained) -> Result<(), Reason> {
    let Action::SetClusterAccess { to: Some(grant) } = question.facts.action else { return Ok(()) };
    let (need, ceiling) = (grant.value(), ClusterAccess::ceiling_of(target(question)?.role));
    pass_if(need <= ceiling, Reason::AboveCeiling { need, ceiling })
}

fn escalation(question: &Constrained) -> Result<(), Reason> {
    let Action::SetClusterAccess { to } = question.facts.action else { return Ok(()) };
    let target = target(question)?;
    let default = ClusterAccess::default_of(target.role);
    // When a grant expires, the default applies again.
    let need = match to {
        None => default,
        Some(grant) if grant.expires_at().is_some() => grant.value().max(default),
        Some(grant) => grant.value(),
    }
    .min(ClusterAccess::ceiling_of(target.role));
    let [present, _] = question.inputs.clusters;
    let have = present.map_or(ClusterAccess::None, |grant| ClusterAccess::of(question.passed.role, grant));
    let raises = need > ClusterAccess::of(target.role, target.level);
    pass_if(!raises || need <= have, Reason::Escalation { have, need })
}
