//! A case: what the gates read of a question, brought together. It holds no ids, so that judging it again with one fact
//! changed is judging a copy.

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

/// What the gates read, but for the relation rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs {
    /// The row of the action table, where there is one.
    pub(crate) requirement: Option<Requirement>,
    /// The organization role that counts, of a live membership.
    pub(crate) role: Option<Role>,
    /// Of a resource of a project: who sees the project, and the subject's role in it.
    pub(crate) project: Option<(Visibility, GrantState<ProjectRole>)>,
    /// The resource's clusters, present one first, with the subject's overrides.
    pub(crate) clusters: [Option<GrantState<ClusterAccess>>; 2],
    pub(crate) tenancy: Tenancy,
    /// Of the token, where there is one.
    pub(crate) credential: Option<Credential>,
    pub(crate) protection: Protection,
    pub(crate) safeguard: Safeguard,
}

/// Whether all facts of the resource are of one organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tenancy {
    One,
    Foreign,
}

/// What a token lets through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Credential {
    pub(crate) live: bool,
    pub(crate) covers_action: bool,
    pub(crate) reaches_resource: bool,
}

impl Inputs {
    /// Brings together the facts of a question.
    // Inlined where a question is put, so that what its kind of resource does not have costs nothing.
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

    /// The role that counts for this resource: the organization role, or the role in its project.
    #[inline]
    pub(crate) fn standing(&self, role: Role) -> Option<Role> {
        match self.project {
            None => Some(role),
            Some((visibility, project_role)) => standing(role, visibility, project_role),
        }
    }

    /// The same subject, asked as an approver of the deployment: without a token, whether it may view it.
    pub(crate) fn approving(&self) -> Self {
        Self {
            requirement: Requirement::for_action(ActionKind::View, ResourceKind::Deployment),
            credential: None,
            ..*self
        }
    }

    /// The same case, but for what the token's action set and expiry say.
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

/// How a grant counts, if one was given.
#[inline]
pub(crate) fn state_of<T: Copy>(grant: Option<Grant<T>>, now: Now) -> GrantState<T> {
    match grant {
        None => GrantState::Nothing,
        Some(grant) => grant.at(now),
    }
}

/// The role that counts in a project.
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

/// The lower of two roles of the chain Admin, Developer, Viewer.
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

/// Whether the target is a member; an expired membership can still be removed, and given another expiry.
fn is_member<Id: Ord>(target: Option<&Account<Id>>, organization: &Id, action: Action, now: Now) -> bool {
    let over_will_do = matches!(action, Action::Remove | Action::SetExpiry { .. });
    target
        .and_then(|account| account.membership(organization))
        .is_some_and(|membership| over_will_do || membership.live(now))
}

fn credential<Id: Ord>(token: &Token<Id>, action: Action, scope: &Scope<'_, Id>, now: Now) -> Credential {
    Credential {
        live: now.before(token.expires_at()),
        covers_action: token.actions().contains(action.kind()),
        reaches_resource: token.reaches(scope),
    }
}
