//! A case: what the gates read of a question, brought together. It holds no ids, so that judging it again with one fact
//! changed is judging a copy.

use crate::account::{Account, Membership};
use crate::action::{Action, ActionName};
use crate::cluster::{Cluster, Level};
use crate::need::Need;
use crate::protection::{Protection, Safeguard};
use crate::resource::{Environment, Organization, Project, Resource, ResourceKind, Visibility};
use crate::role::{ProjectRole, Role};
use crate::subject::{Reach, Subject, Token};
use crate::time::{Grant, Held, Now};

/// What the gates read, but for the relation rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    /// The row of the action table, where there is one.
    pub(crate) need: Option<Need>,
    /// The organization role that counts, of a live membership.
    pub(crate) role: Option<Role>,
    /// Of a resource of a project: who sees the project, and the subject's role in it.
    pub(crate) project: Option<(Visibility, Held<ProjectRole>)>,
    /// The resource's clusters, present one first, with the subject's overrides.
    pub(crate) clusters: [Option<Held<Level>>; 2],
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

impl Case {
    /// Brings together the facts of a question.
    // Inlined where a question is put, so that what its kind of resource does not have costs nothing.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: twice as fast")]
    pub(crate) fn of<Id: Ord>(subject: &Subject<'_, Id>, action: Action, resource: &Resource<'_, Id>) -> Self {
        let now = subject.now();
        let site = Site::of(resource);
        let membership = live_membership(subject.account, site.organization, now);
        let [present, new] = site.clusters;
        Self {
            need: Need::for_action(action.name(), resource.kind()),
            role: match (subject.account, membership) {
                (Some(account), Some(membership)) => Some(account.kind().acting(membership.role())),
                _ => None,
            },
            project: site.project.map(|(project, visibility)| {
                (visibility, held(membership.and_then(|m| m.project_role_in(project)), now))
            }),
            clusters: [
                present.map(|cluster| held(membership.and_then(|m| m.override_on(cluster)), now)),
                new.map(|cluster| held(membership.and_then(|m| m.override_on(cluster)), now)),
            ],
            tenancy: tenancy(action, resource, now),
            credential: subject.token.map(|token| credential(token, action, &site, now)),
            protection: site.protection,
            safeguard: site.safeguard,
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
        Self { need: Need::for_action(ActionName::View, ResourceKind::Deployment), credential: None, ..*self }
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

/// Where a resource is.
pub(crate) struct Site<'a, Id> {
    pub(crate) organization: &'a Id,
    pub(crate) project: Option<(&'a Id, Visibility)>,
    environment: Option<&'a Id>,
    pub(crate) clusters: [Option<&'a Id>; 2],
    protection: Protection,
    safeguard: Safeguard,
}

impl<'a, Id: Eq> Site<'a, Id> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: a kind that is known where it is asked costs no branch")]
    pub(crate) fn of(resource: &Resource<'a, Id>) -> Self {
        match *resource {
            Resource::Organization(organization) | Resource::Member(organization, _) => {
                Self::organization(organization)
            }
            Resource::Project(project) | Resource::ProjectMember(project, _) => Self::project(project),
            Resource::Environment(environment) => Self::environment(environment),
            Resource::Deployment(deployment) => Self::environment(deployment.environment),
            Resource::Placement(environment, cluster) => Self {
                // Where it stays on its cluster there is but one.
                clusters: [Some(environment.cluster()), Some(cluster.id()).filter(|id| *id != environment.cluster())],
                ..Self::environment(environment)
            },
            Resource::Proposal(proposal) => Self {
                environment: proposal.id,
                clusters: [Some(proposal.cluster.id()), None],
                protection: proposal.protection,
                safeguard: proposal.protection.safeguard(),
                ..Self::project(proposal.project)
            },
            Resource::Cluster(cluster) | Resource::ClusterMember(cluster, _) => Self::cluster(cluster),
        }
    }

    #[inline]
    fn organization(organization: &'a Organization<Id>) -> Self {
        Self::bare(organization.id())
    }

    #[inline]
    fn project(project: &'a Project<Id>) -> Self {
        Self {
            project: Some((project.id(), project.visibility())),
            safeguard: project.safeguard(),
            ..Self::bare(project.organization())
        }
    }

    #[inline]
    fn environment(environment: &'a Environment<Id>) -> Self {
        Self {
            organization: environment.organization(),
            project: Some((environment.project(), environment.visibility())),
            environment: Some(environment.id()),
            clusters: [Some(environment.cluster()), None],
            protection: environment.protection(),
            safeguard: environment.protection().safeguard(),
        }
    }

    #[inline]
    fn cluster(cluster: &'a Cluster<Id>) -> Self {
        Self { clusters: [Some(cluster.id()), None], ..Self::bare(cluster.organization()) }
    }

    #[inline]
    fn bare(organization: &'a Id) -> Self {
        Self {
            organization,
            project: None,
            environment: None,
            clusters: [None, None],
            protection: Protection::NONE,
            safeguard: Safeguard::NONE,
        }
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
pub(crate) fn held<T: Copy>(grant: Option<Grant<T>>, now: Now) -> Held<T> {
    match grant {
        None => Held::Nothing,
        Some(grant) => grant.at(now),
    }
}

/// The role that counts in a project.
#[inline]
fn standing(role: Role, visibility: Visibility, project_role: Held<ProjectRole>) -> Option<Role> {
    let has_project_role = role.yields_to_project_roles();
    let without = match visibility {
        Visibility::Organization => Some(role),
        Visibility::Members => (!has_project_role).then_some(role),
    };
    match project_role {
        Held::InForce(project_role) if has_project_role => Some(project_role.role()),
        Held::Lowering(project_role) if has_project_role => without.map(|role| lower(role, project_role.role())),
        Held::Nothing | Held::InForce(_) | Held::Lowering(_) => without,
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
        Resource::Placement(environment, cluster) => environment.organization() == cluster.organization(),
        Resource::Proposal(proposal) => proposal.project.organization() == proposal.cluster.organization(),
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

fn credential<Id: Ord>(token: &Token<Id>, action: Action, site: &Site<'_, Id>, now: Now) -> Credential {
    Credential {
        live: now.before(token.expires_at()),
        covers_action: token.actions().has(action.name()),
        reaches_resource: token.reaches(&Reach {
            organization: site.organization,
            project: site.project.map(|(id, _)| id),
            environment: site.environment,
            clusters: site.clusters,
        }),
    }
}
