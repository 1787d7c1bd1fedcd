//! Questions to both directories: the facts are looked up once, and then every account asks.

use core::hash::Hash;

use crate::change::preview::Preview;
use crate::directory::store::Directory;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::fact::{AccountFact, MembershipFact, ResourceFact, RoleFact, SubjectFact};
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::role::RankedPermissions;
use crate::model::time::{Now, Time};
use crate::policy::decide::decide_of;
use crate::policy::decision::Decision;
use crate::policy::reason::Reason;

/// An account before and after the change, and its membership in the organization.
#[derive(Debug)]
pub(super) struct Person<'a, Id> {
    pub(super) id: &'a Id,
    pub(super) accounts: [Option<AccountFact<'a, Id>>; 2],
    pub(super) memberships: [Option<MembershipFact<'a, Id>>; 2],
    /// Whether the membership would be another one.
    pub(super) differs: bool,
}

impl<'a, Id: Hash + Ord> Person<'a, Id> {
    pub(super) fn of(id: &'a Id, preview: &'a Preview<'_, Id>) -> Self {
        let accounts = preview.both().map(|directory| directory.account_fact::<Id>(id));
        let membership = |account: Option<AccountFact<'a, Id>>| account?.membership::<Id>(&preview.organization);
        let memberships = accounts.map(membership);
        let [before, after] = memberships;
        Self { id, accounts, memberships, differs: before != after }
    }

    /// The role that the account acts with, before and after; `None` where it has no live membership.
    pub(super) fn roles(&self, now: Now) -> [Option<(AccountKind, RankedPermissions)>; 2] {
        let [before, after] = self.accounts;
        let [membership, membership_after] = self.memberships;
        [(before, membership), (after, membership_after)].map(|(account, membership)| {
            let (kind, membership) = (account?.kind(), membership?);
            membership.live(now).then(|| (kind, membership.acting(kind)))
        })
    }
}

type Facts<'a, Id> = (Action<RoleFact<'a, Id>>, ResourceFact<'a, Id>);

/// An action on a resource, with the facts of both directories. `None` where one does not have the resource.
pub(super) struct Question<'a, Id> {
    facts: [Option<Facts<'a, Id>>; 2],
    at: Option<Time>,
}

impl<'a, Id: Hash + Ord> Question<'a, Id> {
    pub(super) fn new(
        preview: &'a Preview<'_, Id>,
        action: Action<&'a Id>,
        facts: [Option<ResourceFact<'a, Id>>; 2],
    ) -> Self {
        let [before, after] = preview.both();
        let [resource, resource_after] = facts;
        let facts = [(before, resource), (after, resource_after)].map(|(directory, resource)| {
            let resource = resource?;
            Some((directory.action_in(action, resource.organization())?, resource))
        });
        Self { facts, at: preview.at }
    }

    /// What both directories answer an account, without a token.
    pub(super) fn answers(&self, person: &Person<'_, Id>) -> [Decision; 2] {
        let [before, after] = self.facts;
        let [account, account_after] = person.accounts;
        [(before, account), (after, account_after)].map(|(facts, account)| {
            let Some((action, resource)) = facts else { return Decision::Deny(Reason::UnknownResource) };
            decide_of(SubjectFact::at(account, self.at), action, resource)
        })
    }
}

/// Whether a decision would turn from one of allowed, waiting for approval and denied into another.
pub(super) const fn differ([before, after]: [Decision; 2]) -> bool {
    before.rank() != after.rank()
}

/// The facts of a resource that a preview is about, if the directory has it.
pub(super) fn facts<'a, Id: Hash + Ord>(
    directory: &'a Directory<Id>,
    resource: ResourceRef<'_, Id, Id>,
) -> Option<ResourceFact<'a, Id>> {
    Some(match resource {
        ResourceId::Organization(id) => ResourceFact::Organization(directory.organization_fact::<Id>(id)?),
        ResourceId::Member { organization, account } => ResourceFact::Member(
            directory.organization_fact::<Id>(organization)?,
            directory.account_fact::<Id>(account),
        ),
        ResourceId::Role(id) => ResourceFact::Role(directory.role_fact::<Id>(id)?),
        ResourceId::Team(id) => ResourceFact::Team(directory.team_fact::<Id>(id)?),
        ResourceId::Project(id) => ResourceFact::Project(directory.project_fact::<Id>(id)?),
        ResourceId::Cluster(id) => ResourceFact::Cluster(directory.cluster_fact::<Id>(id)?),
        ResourceId::Environment(id) => ResourceFact::Environment(directory.environment_fact::<Id>(id)?),
        ResourceId::TeamMember { .. }
        | ResourceId::ProjectMember { .. }
        | ResourceId::ProjectTeam { .. }
        | ResourceId::NewEnvironment { .. }
        | ResourceId::Placement { .. }
        | ResourceId::Deployment { .. }
        | ResourceId::ClusterMember { .. }
        | ResourceId::ClusterTeam { .. } => return None,
    })
}
