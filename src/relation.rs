//! How the subject stands to what it asks for: what the relation rules and the approval gate read. Most questions never
//! ask, so it is brought together only then.

use core::ops::ControlFlow;

use crate::account::{Account, AccountKind};
use crate::action::Action;
use crate::case::{Case, held};
use crate::cluster::Level;
use crate::decide::approves;
use crate::deployment::Deployment;
use crate::protection::{ApprovalRule, SelfApproval};
use crate::resource::Resource;
use crate::role::Role;
use crate::subject::Subject;
use crate::time::{Held, Now};

/// How the subject stands to what it asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relation {
    pub(crate) action: Action,
    /// Who is behind the subject.
    pub(crate) kind: AccountKind,
    /// Whether the subject's membership has an expiry.
    pub(crate) expires: bool,
    pub(crate) target: Option<Target>,
    /// The permanent Owners of the organization.
    pub(crate) owners: u32,
    /// The environments left in the project, or on the cluster.
    pub(crate) environments: u32,
    /// The subject requested the deployment.
    pub(crate) requester: bool,
    pub(crate) approvals: Given,
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
    /// A human Owner without expiry: a service account's role never counts as Owner.
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

impl Relation {
    /// That of an account that nobody knows (a user, as a member is of whom nothing else is known) to what asks for none.
    pub(crate) const NONE: Self = Self {
        action: Action::View,
        kind: AccountKind::User,
        expires: false,
        target: None,
        owners: 0,
        environments: 0,
        requester: false,
        approvals: Given { by_others: 0, by_subject: false },
    };

    /// Brings together how a subject stands to what it asks for.
    #[inline(never)]
    pub(crate) fn of<Id: Ord>(subject: &Subject<'_, Id>, action: Action, resource: &Resource<'_, Id>) -> Self {
        let alone = Self::alone(subject, action, resource.organization());
        match *resource {
            Resource::Organization(organization) => Self { owners: organization.owners(), ..alone },
            Resource::Member(organization, target) => Self {
                target: Target::of(target, subject, organization.id(), None),
                owners: organization.owners(),
                ..alone
            },
            Resource::Project(project) => Self { environments: project.environments(), ..alone },
            Resource::ProjectMember(project, target) => {
                Self { target: Target::of(target, subject, project.organization(), None), ..alone }
            }
            Resource::Cluster(cluster) => Self { environments: cluster.environments(), ..alone },
            Resource::ClusterMember(cluster, target) => {
                Self { target: Target::of(target, subject, cluster.organization(), Some(cluster.id())), ..alone }
            }
            Resource::Deployment(deployment) => Self {
                requester: requester(subject.account, deployment),
                approvals: Given::to(deployment, subject),
                ..alone
            },
            Resource::Environment(_) | Resource::Proposal(_) | Resource::Placement(..) => alone,
        }
    }

    fn alone<Id: Ord>(subject: &Subject<'_, Id>, action: Action, organization: &Id) -> Self {
        let Some(account) = subject.account else { return Self { action, ..Self::NONE } };
        let membership = account.membership(organization);
        Self {
            action,
            kind: account.kind(),
            expires: membership.is_some_and(|membership| membership.expires_at().is_some()),
            ..Self::NONE
        }
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
            level: held(cluster.and_then(|cluster| membership.override_on(cluster)), subject.now()),
        })
    }
}

fn requester<Id: Eq>(account: Option<&Account<Id>>, deployment: &Deployment<'_, Id>) -> bool {
    account.is_some_and(|account| deployment.requested_by == Some(account.id()))
}

impl Given {
    /// Counts the approvals of a deployment, each account once, as far as its rule asks.
    fn to<Id: Ord>(deployment: &Deployment<'_, Id>, subject: &Subject<'_, Id>) -> Self {
        let mut given = Self { by_others: 0, by_subject: false };
        let Some(rule) = deployment.environment.protection().rule() else { return given };
        let now = subject.now();
        // A place for each approver that a rule can ask for: nothing is allocated, however many approvals there are.
        let mut counted = [None::<&Id>; ApprovalRule::MOST];
        deployment.each_approval(&mut |approval| {
            let by = approval.by;
            let excluded = rule.self_approval() == SelfApproval::Forbidden && requester(Some(by), deployment);
            if excluded || !now.before(approval.expires_at) {
                return ControlFlow::Continue(());
            }
            if subject.account.is_some_and(|account| account.id() == by.id()) {
                given.by_subject = true;
                return ControlFlow::Continue(());
            }
            if !counts(by, deployment, rule, now) {
                return ControlFlow::Continue(());
            }
            for place in counted.iter_mut().take(usize::from(rule.count())) {
                match place {
                    Some(id) if *id == by.id() => return ControlFlow::Continue(()),
                    Some(_) => {}
                    None => {
                        *place = Some(by.id());
                        given.by_others = given.by_others.saturating_add(1);
                        return ControlFlow::Continue(());
                    }
                }
            }
            ControlFlow::Break(())
        });
        given
    }
}

/// Whether an account's approval counts, by the facts that it has now; its own token is not asked for.
fn counts<Id: Ord>(by: &Account<Id>, deployment: &Deployment<'_, Id>, rule: ApprovalRule, now: Now) -> bool {
    let approver = Subject { account: Some(by), token: None, now: now.time() };
    approves(&Case::of(&approver, Action::View, &Resource::Deployment(deployment)), by.kind(), rule)
}
