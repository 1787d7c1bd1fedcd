//! A case: what the gates read of a question, brought together. It holds no ids, so that judging it again with one fact
//! changed is judging a copy.

use core::ops::ControlFlow;

use crate::account::{Account, AccountKind, Membership};
use crate::action::{Action, ActionName};
use crate::cluster::{Cluster, Level};
use crate::decide::approves;
use crate::deployment::Deployment;
use crate::need::{Approval, Need};
use crate::protection::{ApprovalRule, Protection, Safeguard, SelfApproval};
use crate::resource::{Environment, Organization, Project, Resource, ResourceKind, Visibility};
use crate::role::{ProjectRole, Role};
use crate::subject::{Reach, Subject, Token};
use crate::time::{Held, Now};

/// What the gates read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) action: Action,
    /// The row of the action table, where there is one.
    pub(crate) need: Option<Need>,
    pub(crate) kind: AccountKind,
    /// The organization role that counts, of a live membership.
    pub(crate) role: Option<Role>,
    /// Whether that membership has an expiry.
    pub(crate) expires: bool,
    /// Of a resource of a project: who sees the project.
    pub(crate) visibility: Option<Visibility>,
    pub(crate) project_role: Held<ProjectRole>,
    /// The resource's clusters, present one first, with the subject's overrides.
    pub(crate) clusters: [Option<Held<Level>>; 2],
    pub(crate) tenancy: Tenancy,
    /// Of the token, where there is one.
    pub(crate) credential: Option<Credential>,
    pub(crate) protection: Protection,
    pub(crate) safeguard: Safeguard,
    pub(crate) relation: Relation,
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

/// How the subject stands to what it asks for: brought together only where the row asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relation {
    pub(crate) target: Option<Target>,
    /// The permanent Owners of the organization.
    pub(crate) owners: u32,
    /// The environments left in the project, or on the cluster.
    pub(crate) environments: u32,
    /// The subject requested the deployment.
    pub(crate) requester: bool,
    pub(crate) approvals: Given,
}

impl Relation {
    const NONE: Self = Self {
        target: None,
        owners: 0,
        environments: 0,
        requester: false,
        approvals: Given { by_others: 0, by_subject: false },
    };
}

/// A member whom the question is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) oneself: bool,
    pub(crate) kind: AccountKind,
    pub(crate) role: Role,
    pub(crate) expires: bool,
    /// The override on the cluster that the question is about.
    pub(crate) level: Held<Level>,
}

impl Target {
    /// A live, human Owner without expiry: a service account's role never counts as Owner.
    pub(crate) const fn is_permanent_owner(self) -> bool {
        matches!(self.role, Role::Owner) && !self.expires
    }
}

/// The approvals given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    /// How many other accounts count.
    pub(crate) by_others: u8,
    /// The subject's own is among them: whether it counts depends on the subject's standing.
    pub(crate) by_subject: bool,
}

impl Case {
    /// Brings together the facts of a question.
    #[inline]
    pub(crate) fn of<Id: Ord>(subject: &Subject<'_, Id>, action: Action, resource: &Resource<'_, Id>) -> Self {
        let now = subject.now();
        let site = Site::of(resource);
        let membership = live_membership(subject.account, site.organization, now);
        let need = Need::for_action(action.name(), resource.kind());
        Self {
            action,
            need,
            kind: kind(subject.account),
            role: membership.map(|membership| kind(subject.account).acting(membership.role())),
            expires: membership.is_some_and(|membership| membership.expires_at().is_some()),
            visibility: site.project.map(|(_, visibility)| visibility),
            project_role: site
                .project
                .and_then(|(project, _)| membership?.project_role_in(project))
                .map_or(Held::Nothing, |grant| grant.at(now)),
            clusters: site.clusters.map(|cluster| cluster.map(|cluster| override_of(membership, cluster, now))),
            tenancy: tenancy(action, resource, now),
            credential: subject.token.map(|token| credential(token, action, &site, now)),
            protection: site.protection,
            safeguard: site.safeguard,
            relation: match need {
                Some(need) if !need.relations.is_empty() || need.approval == Approval::Asked => {
                    relation(subject, need, resource, now)
                }
                _ => Relation::NONE,
            },
        }
    }

    /// The role that counts for this resource: the organization role, or the role in its project.
    #[inline]
    pub(crate) fn standing(&self, role: Role) -> Option<Role> {
        match self.visibility {
            None => Some(role),
            Some(visibility) => standing(role, visibility, self.project_role),
        }
    }

    /// The same subject, asked as an approver of the deployment: without a token, whether it may view it.
    pub(crate) fn approving(&self) -> Self {
        Self {
            need: Need::for_action(ActionName::View, ResourceKind::Deployment),
            action: Action::View,
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

/// Where a resource is.
struct Site<'a, Id> {
    organization: &'a Id,
    project: Option<(&'a Id, Visibility)>,
    environment: Option<&'a Id>,
    clusters: [Option<&'a Id>; 2],
    protection: Protection,
    safeguard: Safeguard,
}

impl<'a, Id: Eq> Site<'a, Id> {
    #[inline]
    fn of(resource: &Resource<'a, Id>) -> Self {
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

/// A member of whom nothing else is known is a user, and so is an account that nobody knows.
#[inline]
fn kind<Id>(account: Option<&Account<Id>>) -> AccountKind {
    account.map_or(AccountKind::User, Account::kind)
}

#[inline]
fn live_membership<'a, Id: Ord>(
    account: Option<&'a Account<Id>>,
    organization: &Id,
    now: Now,
) -> Option<&'a Membership<Id>> {
    account?.membership(organization).filter(|membership| membership.live(now))
}

#[inline]
fn override_of<Id: Ord>(membership: Option<&Membership<Id>>, cluster: &Id, now: Now) -> Held<Level> {
    membership.and_then(|membership| membership.override_on(cluster)).map_or(Held::Nothing, |grant| grant.at(now))
}

/// The role that counts in a project.
#[inline]
fn standing(role: Role, visibility: Visibility, project_role: Held<ProjectRole>) -> Option<Role> {
    match role {
        Role::Owner | Role::Admin | Role::Billing => Some(role),
        Role::Developer | Role::Viewer => {
            let without = match visibility {
                Visibility::Organization => Some(role),
                Visibility::Members => None,
            };
            match project_role {
                Held::Nothing => without,
                Held::InForce(project_role) => Some(project_role.role()),
                Held::Lowering(project_role) => without.map(|role| lower(role, project_role.role())),
            }
        }
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

fn relation<Id: Ord>(subject: &Subject<'_, Id>, need: Need, resource: &Resource<'_, Id>, now: Now) -> Relation {
    match *resource {
        Resource::Organization(organization) => Relation { owners: organization.owners(), ..Relation::NONE },
        Resource::Member(organization, target) => Relation {
            target: target.and_then(|target| Target::of(target, subject, organization.id(), None, now)),
            owners: organization.owners(),
            ..Relation::NONE
        },
        Resource::Project(project) => Relation { environments: project.environments(), ..Relation::NONE },
        Resource::ProjectMember(project, target) => Relation {
            target: target.and_then(|target| Target::of(target, subject, project.organization(), None, now)),
            ..Relation::NONE
        },
        Resource::Cluster(cluster) => Relation { environments: cluster.environments(), ..Relation::NONE },
        Resource::ClusterMember(cluster, target) => Relation {
            target: target
                .and_then(|target| Target::of(target, subject, cluster.organization(), Some(cluster.id()), now)),
            ..Relation::NONE
        },
        Resource::Deployment(deployment) => Relation {
            requester: requester(subject.account, deployment),
            approvals: match deployment.environment.protection().rule() {
                Some(rule) if need.approval == Approval::Asked => given(subject, deployment, rule, now),
                _ => Relation::NONE.approvals,
            },
            ..Relation::NONE
        },
        Resource::Environment(_) | Resource::Proposal(_) | Resource::Placement(..) => Relation::NONE,
    }
}

impl Target {
    fn of<Id: Ord>(
        target: &Account<Id>,
        subject: &Subject<'_, Id>,
        organization: &Id,
        cluster: Option<&Id>,
        now: Now,
    ) -> Option<Self> {
        let membership = target.membership(organization)?;
        Some(Self {
            oneself: subject.account.is_some_and(|account| account.id() == target.id()),
            kind: target.kind(),
            role: target.kind().acting(membership.role()),
            expires: membership.expires_at().is_some(),
            level: cluster.map_or(Held::Nothing, |cluster| override_of(Some(membership), cluster, now)),
        })
    }
}

fn requester<Id: Eq>(account: Option<&Account<Id>>, deployment: &Deployment<'_, Id>) -> bool {
    account.is_some_and(|account| deployment.requested_by == Some(account.id()))
}

/// Counts the approvals of a deployment, each account once, as far as the rule asks.
fn given<Id: Ord>(subject: &Subject<'_, Id>, deployment: &Deployment<'_, Id>, rule: ApprovalRule, now: Now) -> Given {
    // A place for each approver that a rule can ask for: nothing is allocated, however many approvals there are.
    let mut counted = [None::<&Id>; ApprovalRule::MOST];
    let mut approvals = Given { by_others: 0, by_subject: false };
    deployment.each_approval(&mut |approval| {
        let by = approval.by;
        let excluded = rule.self_approval() == SelfApproval::Forbidden && requester(Some(by), deployment);
        if excluded || !now.before(approval.expires_at) {
            return ControlFlow::Continue(());
        }
        if subject.account.is_some_and(|account| account.id() == by.id()) {
            approvals.by_subject = true;
            return ControlFlow::Continue(());
        }
        let approver = Subject { account: Some(by), token: None, now: subject.now };
        if !approves(&Case::of(&approver, Action::View, &Resource::Deployment(deployment)), rule) {
            return ControlFlow::Continue(());
        }
        for place in counted.iter_mut().take(usize::from(rule.count())) {
            match place {
                Some(id) if *id == by.id() => return ControlFlow::Continue(()),
                Some(_) => {}
                None => {
                    *place = Some(by.id());
                    approvals.by_others = approvals.by_others.saturating_add(1);
                    return ControlFlow::Continue(());
                }
            }
        }
        ControlFlow::Break(())
    });
    approvals
}
