//! Inputs: what the gates read of a question. They contain no ids, so a copy with one fact changed is a new question.

use crate::model::access::ClusterAccess;
use crate::model::account::{Account, Membership};
use crate::model::action::{Action, ActionKind};
use crate::model::project::Visibility;
use crate::model::protection::{Protection, Safeguard};
use crate::model::resource::{Resource, ResourceKind};
use crate::model::role::{ProjectRole, Role};
use crate::model::scope::Scope;
use crate::model::subject::Subject;
use crate::model::time::{Grant, GrantState, Now};
use crate::model::token::Token;
use crate::policy::requirement::Requirement;

/// What the gates read, except for the constraints and approvals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs {
    /// The row of the action table, if the action applies.
    pub(crate) requirement: Option<Requirement>,
    /// The organization role that the subject acts with, if its membership has not expired.
    pub(crate) role: Option<Role>,
    /// If the resource belongs to a project: who can see the project, and the subject's role in it.
    pub(crate) project: Option<(Visibility, GrantState<ProjectRole>)>,
    /// The subject's overrides on the resource's clusters, the present cluster first.
    pub(crate) clusters: [Option<GrantState<ClusterAccess>>; 2],
    pub(crate) tenancy: Tenancy,
    /// What the token allows, if there is one.
    pub(crate) credential: Option<Credential>,
    pub(crate) protection: Protection,
    pub(crate) safeguard: Safeguard,
}

/// Whether all parts of the resource belong to one organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tenancy {
    One,
    Foreign,
}

/// What a token allows.
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
    pub(crate) fn of<Id: Ord>(subject: &Subject<'_, Id>, action: Action, resource: &Resource<'_, Id>) -> Self {
        let now = subject.now();
        let scope = Scope::of(resource);
        let membership = live_membership(subject.account, scope.organization, now);
        let [present, new] = scope.clusters;
        Self {
            requirement: Requirement::for_action(action.kind(), resource.kind()),
            role: match (subject.account, membership) {
                (Some(account), Some(membership)) => Some(account.kind().acting(membership.role())),
                _ => None,
            },
            project: scope.project.map(|(project, visibility)| {
                (visibility, state_of(membership.and_then(|m| m.project_role(project)), now))
            }),
            clusters: [
                present.map(|cluster| state_of(membership.and_then(|m| m.cluster_access(cluster)), now)),
                new.map(|cluster| state_of(membership.and_then(|m| m.cluster_access(cluster)), now)),
            ],
            tenancy: tenancy(action, resource, now),
            credential: subject.token.map(|token| credential(token, action, &scope, now)),
            protection: scope.protection,
            safeguard: scope.safeguard,
        }
    }

    /// The effective role for this resource, given the organization role.
    #[inline]
    pub(crate) fn standing(&self, role: Role) -> Option<Role> {
        match self.project {
            None => Some(role),
            Some((visibility, project_role)) => standing(role, visibility, project_role),
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

    /// Ignores the token's action set and expiry.
    pub(crate) fn with_any_action_at_any_time(mut self) -> Self {
        if let Some(credential) = &mut self.credential {
            credential.live = true;
            credential.covers_action = true;
        }
        self
    }
}

#[inline]
fn live_membership<'a, Id: Ord>(
    account: Option<&'a Account<Id>>,
    organization: &Id,
    now: Now,
) -> Option<&'a Membership<Id>> {
    account?.membership(organization).filter(|membership| membership.live(now))
}

/// How a grant counts, if there is one.
#[inline]
pub(crate) fn state_of<T: Copy>(grant: Option<Grant<T>>, now: Now) -> GrantState<T> {
    match grant {
        None => GrantState::Nothing,
        Some(grant) => grant.at(now),
    }
}

/// The effective role in a project.
#[inline]
fn standing(role: Role, visibility: Visibility, project_role: GrantState<ProjectRole>) -> Option<Role> {
    let has_project_role = role.yields_to_project_roles();
    let without = match visibility {
        Visibility::Organization => Some(role),
        Visibility::Members => (!has_project_role).then_some(role),
    };
    match project_role {
        GrantState::InForce(project_role) if has_project_role => Some(project_role.role()),
        GrantState::Lowering(project_role) if has_project_role => without.map(|role| lower(role, project_role.role())),
        GrantState::Nothing | GrantState::InForce(_) | GrantState::Lowering(_) => without,
    }
}

/// The lower of two roles, each an Admin, Developer or Viewer.
const fn lower(a: Role, b: Role) -> Role {
    if a.includes(b) { b } else { a }
}

#[inline]
fn tenancy<Id: Ord>(action: Action, resource: &Resource<'_, Id>, now: Now) -> Tenancy {
    let one = match *resource {
        Resource::Organization(_)
        | Resource::Project(_)
        | Resource::Environment(_)
        | Resource::Deployment(_)
        | Resource::Cluster(_) => true,
        Resource::Placement { environment, to: cluster } => environment.organization() == cluster.organization(),
        Resource::NewEnvironment(proposal) => proposal.project.organization() == proposal.cluster.organization(),
        Resource::Member(organization, target) => is_member(target, organization.id(), action, now),
        Resource::ProjectMember(project, target) => is_member(target, project.organization(), action, now),
        Resource::ClusterMember(cluster, target) => is_member(target, cluster.organization(), action, now),
    };
    if one { Tenancy::One } else { Tenancy::Foreign }
}

/// Whether the target is a member. An expired membership can still be removed or renewed.
fn is_member<Id: Ord>(target: Option<&Account<Id>>, organization: &Id, action: Action, now: Now) -> bool {
    let may_be_expired = matches!(action, Action::Remove | Action::SetExpiry { .. });
    target
        .and_then(|account| account.membership(organization))
        .is_some_and(|membership| may_be_expired || membership.live(now))
}

fn credential<Id: Ord>(token: &Token<Id>, action: Action, scope: &Scope<'_, Id>, now: Now) -> Credential {
    Credential {
        live: now.before(token.expires_at()),
        covers_action: token.actions().contains(action.kind()),
        reaches_resource: token.reaches(scope),
    }
}
