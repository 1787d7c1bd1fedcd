//! Inputs: what the gates read of a question. They contain no ids, so a copy with one fact changed is a new question.

use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::account::AccountKind;
use crate::model::action::ActionKind;
use crate::model::fact::{AccountFact, MembershipFact, ResourceFact, SubjectFact};
use crate::model::project::Visibility;
use crate::model::protection::{Protection, Safeguard};
use crate::model::resource::ResourceKind;
use crate::model::role::{ProjectRole, RankedPermissions};
use crate::model::scope::Scope;
use crate::model::time::{GrantState, Now};
use crate::model::token::Token;
use crate::policy::asked::Asks;
use crate::policy::requirement::Requirement;

/// What the gates read, except for the constraints and approvals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs {
    /// The row of the action table, if the action applies.
    pub(crate) requirement: Option<&'static Requirement>,
    /// The organization role that the subject acts with, if its membership has not expired.
    pub(crate) role: Option<RankedPermissions>,
    /// If the resource belongs to a project: who can see the project, and how the subject's roles in it count.
    pub(crate) project: Option<(Visibility, GrantState<ProjectRole>)>,
    /// What the subject has on the resource's clusters, the present cluster first.
    pub(crate) clusters: [Option<OnCluster>; 2],
    pub(crate) tenancy: Tenancy,
    /// What the tokens allow, if there are any.
    pub(crate) credential: Option<Credential>,
    pub(crate) protection: Protection,
    /// If the resource is a project or something in it but no environment: what guards all its environments together.
    pub(crate) joint: Option<Safeguard>,
}

/// Whether all parts of the resource belong to one organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tenancy {
    One,
    Foreign,
}

/// What a token allows; of two, what both allow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Credential {
    pub(crate) live: bool,
    pub(crate) covers_action: bool,
    pub(crate) reaches_resource: bool,
}

impl Inputs {
    /// Collects the inputs of a question.
    // Inlined, so that what a kind of resource does not have costs nothing if the caller knows the kind.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: twice as fast")]
    pub(crate) fn of<'a, Id: Ord>(
        subject: &SubjectFact<'a, Id>,
        action: impl Asks<'a, Id>,
        resource: &ResourceFact<'a, Id>,
    ) -> Self {
        let now = subject.now();
        let scope = Scope::of(resource);
        let (role, membership) = match live_member(subject.account, scope.organization, now) {
            Some((membership, kind)) => (Some(membership.acting(kind)), Some(membership)),
            None => (None, None),
        };
        let [present, new] = scope.clusters;
        Self {
            requirement: if action.suits(resource.kind()) {
                Requirement::for_action(action.kind(), resource.kind())
            } else {
                None
            },
            role,
            project: match (scope.project, membership) {
                (None, _) => None,
                (Some((_, visibility)), None) => Some((visibility, GrantState::Nothing)),
                (Some((project, visibility)), Some(membership)) => {
                    Some((visibility, membership.project_role_at(project, now)))
                }
            },
            clusters: [on_cluster(present, membership, now), on_cluster(new, membership, now)],
            tenancy: tenancy(action, resource, now),
            credential: credential([subject.token, subject.service_token], action.kind(), resource, now),
            protection: scope.protection,
            joint: scope.joint,
        }
    }

    /// The effective role for this resource, given the organization role.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: otherwise the inputs are written to memory")]
    pub(crate) const fn standing(&self, role: RankedPermissions) -> Option<RankedPermissions> {
        match self.project {
            None => Some(role),
            Some((visibility, project_role)) => standing(role, visibility, project_role),
        }
    }

    /// The access to one of the resource's clusters: by the effective role, or by the organization role if there is no other.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: otherwise the inputs are written to memory")]
    pub(crate) const fn level(
        &self,
        role: RankedPermissions,
        standing: Option<RankedPermissions>,
        on: OnCluster,
    ) -> ClusterAccess {
        match (standing, self.project) {
            (Some(standing), Some(_)) => ClusterAccess::in_project(role.rank, standing, on),
            // Outside projects both are the same role.
            (_, None) | (None, _) => ClusterAccess::of(role, on),
        }
    }

    /// The ranks that the resource's protection demands.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: otherwise the inputs are written to memory")]
    pub(crate) fn safeguard(&self) -> Safeguard {
        match self.joint {
            Some(joint) => joint,
            None => self.protection.safeguard(),
        }
    }

    /// Asks whether the same account may view the deployment without a token, as an approver must.
    pub(crate) fn approving(&self) -> Self {
        Self {
            requirement: Requirement::for_action(ActionKind::View, ResourceKind::Deployment),
            credential: None,
            ..*self
        }
    }

    /// Ignores the tokens' action sets and expiries.
    pub(crate) fn with_any_action_at_any_time(mut self) -> Self {
        if let Some(credential) = &mut self.credential {
            credential.live = true;
            credential.covers_action = true;
        }
        self
    }
}

/// What a member has on a cluster.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: otherwise the inputs are written to memory")]
fn on_cluster<Id: Ord>(
    cluster: Option<(&Id, Visibility)>,
    membership: Option<MembershipFact<'_, Id>>,
    now: Now,
) -> Option<OnCluster> {
    match (cluster, membership) {
        (None, _) => None,
        (Some((_, visibility)), None) => Some(OnCluster { visibility, granted: GrantState::Nothing }),
        (Some((cluster, visibility)), Some(membership)) => {
            Some(OnCluster { visibility, granted: membership.cluster_access_at(cluster, now) })
        }
    }
}

/// The membership in an organization, unless it has expired, with the kind of the account.
#[inline]
pub(crate) fn live_member<'a, Id: Ord>(
    account: Option<AccountFact<'a, Id>>,
    organization: &Id,
    now: Now,
) -> Option<(MembershipFact<'a, Id>, AccountKind)> {
    let account = account?;
    let membership = account.membership(organization)?;
    membership.live(now).then(|| (membership, account.kind()))
}

/// The effective role in a project.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
pub(crate) const fn standing(
    role: RankedPermissions,
    visibility: Visibility,
    project_role: GrantState<ProjectRole>,
) -> Option<RankedPermissions> {
    let without = without_project_role(role, visibility);
    if !role.rank.yields_to_project_roles() {
        return without;
    }
    match project_role {
        GrantState::Nothing => without,
        GrantState::InForce(project_role) => Some(RankedPermissions::built_in(project_role.role())),
        GrantState::Lowering(project_role) => match without {
            None => None,
            Some(role) => Some(role.lower(RankedPermissions::built_in(project_role.role()))),
        },
    }
}

/// What counts in a project for a member who has no role in it.
#[inline]
pub(crate) const fn without_project_role(role: RankedPermissions, visibility: Visibility) -> Option<RankedPermissions> {
    match visibility {
        Visibility::Members if role.rank.yields_to_project_roles() => None,
        Visibility::Organization | Visibility::Members => Some(role),
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: if the caller knows the kind of resource, the match disappears")]
pub(crate) fn tenancy<'a, Id: Ord>(action: impl Asks<'a, Id>, resource: &ResourceFact<'a, Id>, now: Now) -> Tenancy {
    let one = match *resource {
        // Two actions on these two kinds give a custom role.
        ResourceFact::Organization(organization) => action.role_belongs(organization.id()),
        ResourceFact::Member(organization, target) => {
            action.role_belongs(organization.id()) && is_member(target, organization.id(), action.kind(), now)
        }
        ResourceFact::Role(_)
        | ResourceFact::Team(_)
        | ResourceFact::Project(_)
        | ResourceFact::Environment(_)
        | ResourceFact::Deployment(_)
        | ResourceFact::Cluster(_) => true,
        ResourceFact::Placement { environment, to: cluster } => environment.organization() == cluster.organization(),
        ResourceFact::NewEnvironment(proposal) => proposal.project.organization() == proposal.cluster.organization(),
        ResourceFact::TeamMember(team, target) => is_member(target, team.organization(), action.kind(), now),
        ResourceFact::ProjectMember(project, target) => is_member(target, project.organization(), action.kind(), now),
        ResourceFact::ProjectTeam(project, team) => project.organization() == team.organization(),
        ResourceFact::ClusterMember(cluster, target) => is_member(target, cluster.organization(), action.kind(), now),
        ResourceFact::ClusterTeam(cluster, team) => cluster.organization() == team.organization(),
    };
    if one { Tenancy::One } else { Tenancy::Foreign }
}

/// Whether the target is a member. An expired membership can still be viewed, removed or renewed, and taken out of a team.
fn is_member<Id: Ord>(target: Option<AccountFact<'_, Id>>, organization: &Id, action: ActionKind, now: Now) -> bool {
    let may_be_expired =
        matches!(action, ActionKind::View | ActionKind::Remove | ActionKind::SetExpiry | ActionKind::RemoveFromTeam);
    target
        .and_then(|account| account.membership(organization))
        .is_some_and(|membership| may_be_expired || membership.live(now))
}

/// What the tokens allow.
// The scope is collected again where there is a token, so that its parts can stay in registers where there is none.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: otherwise the inputs are written to memory")]
pub(crate) fn credential<Id: Ord>(
    tokens: [Option<&Token<Id>>; 2],
    action: ActionKind,
    resource: &ResourceFact<'_, Id>,
    now: Now,
) -> Option<Credential> {
    match tokens {
        [None, None] => None,
        [Some(token), None] | [None, Some(token)] => {
            Some(Credential::of(token, To { resource: *resource, action, now }))
        }
        [Some(token), Some(other)] => Some(Credential::of_both(token, other, To { resource: *resource, action, now })),
    }
}

/// What a token must cover.
struct To<'a, Id> {
    resource: ResourceFact<'a, Id>,
    action: ActionKind,
    now: Now,
}

impl Credential {
    #[inline(never)]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "by reference, the resource would have to be in memory from the start"
    )]
    fn of<Id: Ord>(token: &Token<Id>, to: To<'_, Id>) -> Self {
        Self::to(token, &to)
    }

    /// Where there are two, both must.
    #[inline(never)]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "by reference, the resource would have to be in memory from the start"
    )]
    fn of_both<Id: Ord>(token: &Token<Id>, other: &Token<Id>, to: To<'_, Id>) -> Self {
        let (a, b) = (Self::to(token, &to), Self::to(other, &to));
        Self {
            live: a.live && b.live,
            covers_action: a.covers_action && b.covers_action,
            reaches_resource: a.reaches_resource && b.reaches_resource,
        }
    }

    fn to<Id: Ord>(token: &Token<Id>, to: &To<'_, Id>) -> Self {
        Self {
            live: to.now.before(token.expires_at()),
            covers_action: token.actions().contains(to.action),
            reaches_resource: token.reaches(&Scope::of(&to.resource)),
        }
    }
}
