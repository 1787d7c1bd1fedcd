//! The accounts that may perform an action on a resource.

use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::hash::Hash;

use crate::directory::index::Member;
use crate::directory::list::{self, List};
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::access::ClusterAccess;
use crate::model::action::Action;
use crate::model::fact::{AccountFact, MembershipFact, ResourceFact};
use crate::model::membership::state_of;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::role::ProjectRole;
use crate::model::scope::Scope;
use crate::model::time::{Grant, GrantState, Now, Time};
use crate::policy::decision::Decision;
use crate::policy::reason::Reason;
use crate::policy::requirement::{Constraints, LevelBy, Requirement};
use crate::query::class::{Class, Memo, unless_denied};

impl<Id: Hash + Ord> Directory<Id> {
    /// Who may perform this action on this resource? Returns every account for which [`Directory::decide`] does not deny the
    /// action without a token, with the decision, sorted by id. Empty if the resource does not exist.
    ///
    /// Pass the present time as `at`; without it, everything that has an expiry counts as expired, as in every question.
    ///
    /// The iterator is lazy. It makes one decision for all members that have the same role, cluster access and so on, and a
    /// decision for each member who may change what others have: that depends on all that they have themselves.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Action, Decision, Directory, Protection, ResourceId, Role, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// for (account, role) in [("olivia", Role::Owner), ("carol", Role::Admin), ("alice", Role::Developer)] {
    ///     rows.member("acme-corp", account.into(), AccountKind::User, role, None)?;
    /// }
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
    /// rows.environment("shop-production".into(), "shop", "us-east", "shop-production", Protection::RESTRICTED)?;
    /// let directory = rows.build();
    ///
    /// let production = ResourceId::Environment("shop-production");
    /// let deployers: Vec<_> = directory.who_may(Action::Deploy, production, None).collect();
    /// assert_eq!(deployers, [(&"carol".to_string(), Decision::Allow), (&"olivia".to_string(), Decision::Allow)]);
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    pub fn who_may<'a, Q>(
        &'a self,
        action: Action<&'a Q>,
        resource: ResourceRef<'a, Id, Q>,
        at: Option<Time>,
    ) -> WhoMay<'a, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        WhoMay {
            directory: self,
            action,
            resource,
            at,
            members: self
                .with_resource([None, None], resource, |resource| Members::of(&resource, self))
                .unwrap_or_default(),
            named_accounts: named_accounts(resource),
            sharing: Sharing::of(action, resource),
            memo: Memo::new(),
        }
    }
}

/// The accounts that may perform an action on a resource: see [`Directory::who_may`].
#[derive(Clone, Debug)]
pub struct WhoMay<'a, Id, Q: ?Sized = Id> {
    directory: &'a Directory<Id>,
    action: Action<&'a Q>,
    resource: ResourceRef<'a, Id, Q>,
    at: Option<Time>,
    members: Members<'a, Id>,
    sharing: Sharing,
    /// The accounts that the resource names, in order. A decision about one of them holds for no other member.
    named_accounts: Vec<&'a Q>,
    memo: Memo,
}

impl<'a, Id, Q> Iterator for WhoMay<'a, Id, Q>
where
    Id: Hash + Ord + Borrow<Q>,
    Q: Hash + Ord + ?Sized,
{
    type Item = (&'a Id, Decision);

    fn next(&mut self) -> Option<Self::Item> {
        let now = Now::new(self.at);
        loop {
            let (id, class) = self.members.next(self.directory, now)?;
            let Some(class) = class else { continue };
            let (directory, action, resource) = (self.directory, self.action, self.resource);
            let subject = SubjectId::new(id.borrow()).at_if(self.at);
            let evaluate = || directory.decide(&subject, action, resource);
            let is_named = !self.named_accounts.is_empty() && self.named_accounts.binary_search(&id.borrow()).is_ok();
            let decision = if is_named {
                evaluate()
            } else {
                self.memo.get_or_insert_if(class, evaluate, |decision| self.sharing.shares(decision))
            };
            let item = unless_denied(id, decision);
            if item.is_some() {
                return item;
            }
        }
    }
}

/// Which decisions hold for every member of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// All.
    All,
    /// Those of the gates before the clusters. The others depend on what the class does not say: on expiries, and on overrides
    /// on other clusters.
    WhatNeedsNoMore,
}

impl Sharing {
    pub(crate) fn of<Id, Q: ?Sized>(action: Action<&Q>, resource: ResourceRef<'_, Id, Q>) -> Self {
        let requirement = Requirement::for_action(action.kind(), resource.kind());
        if requirement.is_some_and(reads_all_of_the_subject) { Self::WhatNeedsNoMore } else { Self::All }
    }

    pub(crate) const fn shares(self, decision: Decision) -> bool {
        let Decision::Deny(reason) = decision else { return matches!(self, Self::All) };
        let needs_no_more = matches!(
            reason,
            Reason::NotApplicable
                | Reason::NotAMember
                | Reason::ForeignResource
                | Reason::NotInProject
                | Reason::RoleInsufficient { .. }
                | Reason::UnknownResource
        );
        needs_no_more || matches!(self, Self::All)
    }
}

/// Whether a decision reads facts of the subject that a class leaves out.
const fn reads_all_of_the_subject(requirement: &Requirement) -> bool {
    const BY_ALL: Constraints = Constraints::RANK
        .union(Constraints::RANK_IN_PROJECT)
        .union(Constraints::ABOVE)
        .union(Constraints::OUTLAST)
        .union(Constraints::GIVES);
    matches!(requirement.level_by, LevelBy::EachOfProject) || requirement.constraints.intersects(BY_ALL)
}

/// The members of an organization, with the access of each to the resource's clusters and their role in its project.
#[derive(Clone, Debug)]
struct Members<'a, Id> {
    each: list::Iter<'a, Id, Grant<Member>>,
    place: Option<Place<'a, Id>>,
    overrides: [Grants<'a, Id, ClusterAccess>; 2],
    roles: Grants<'a, Id, ProjectRole>,
}

impl<'a, Id: Hash + Ord> Members<'a, Id> {
    fn of(resource: &ResourceFact<'_, Id>, directory: &'a Directory<Id>) -> Self {
        let (scope, index) = (Scope::of(resource), &directory.index);
        let place = || {
            let organization = directory.organization_fact::<Id>(scope.organization)?.id();
            let cluster = |(id, _): (&Id, _)| Some(directory.cluster_fact::<Id>(id)?.id());
            let clusters = scope.clusters.map(|place| place.and_then(cluster));
            let project = scope.project.and_then(|(id, _)| Some(directory.project_fact::<Id>(id)?.id()));
            Some(Place { organization, clusters, project })
        };
        let overrides = |place: Option<(&Id, _)>| {
            let cluster = place.and_then(|(id, _)| index.clusters.get::<Id>(id));
            cluster.map(|cluster| &cluster.overrides)
        };
        let roles = scope.project.and_then(|(id, _)| index.projects.get(id)).map(|project| &project.roles);
        let organization = index.organizations.get(scope.organization);
        Members {
            each: organization.map(|organization| organization.members.iter()).unwrap_or_default(),
            place: place(),
            overrides: scope.clusters.map(|cluster| Grants::all(overrides(cluster))),
            roles: Grants::all(roles),
        }
    }

    /// The next member with their class, which is everything that a decision depends on except their id. Without a class if
    /// the membership has expired.
    #[inline]
    fn next(&mut self, directory: &Directory<Id>, now: Now) -> Option<(&'a Id, Option<Class>)> {
        let (id, member) = self.each.next()?;
        if !member.live(now) {
            return Some((id, None));
        }
        let member = member.value();
        let of_teams = || self.place.as_ref()?.states(directory.account_fact::<Id>(id)?, now);
        let states = member.in_teams.then(of_teams).flatten();
        let States { overrides: [present, new], role } = states.unwrap_or_else(|| {
            let [present, new] = &mut self.overrides;
            States {
                overrides: [state_of(present.of(id), now), state_of(new.of(id), now)],
                role: state_of(self.roles.of(id), now),
            }
        });
        let class = Class::default().and(member.kind).and(member.acting()).and(present).and(new).and(role);
        Some((id, Some(class)))
    }
}

/// Where the resource is.
#[derive(Clone, Debug)]
struct Place<'a, Id> {
    organization: &'a Id,
    clusters: [Option<&'a Id>; 2],
    project: Option<&'a Id>,
}

/// How a member's grants count on the resource's clusters and in its project.
struct States {
    overrides: [GrantState<ClusterAccess>; 2],
    role: GrantState<ProjectRole>,
}

impl<Id: Ord> Place<'_, Id> {
    /// How the grants of a member count, those of the member's teams included.
    fn states(&self, account: AccountFact<'_, Id>, now: Now) -> Option<States> {
        let membership: MembershipFact<'_, Id> = account.membership::<Id>(self.organization)?;
        let on = |cluster: &Id| membership.cluster_access_at(cluster, now);
        let role = |project: &Id| membership.project_role_at(project, now);
        Some(States {
            overrides: self.clusters.map(|cluster| cluster.map_or(GrantState::Nothing, on)),
            role: self.project.map_or(GrantState::Nothing, role),
        })
    }
}

impl<Id> Default for Members<'_, Id> {
    fn default() -> Self {
        Self {
            each: list::Iter::default(),
            place: None,
            overrides: [Grants::none(), Grants::none()],
            roles: Grants::none(),
        }
    }
}

/// Grants to accounts, read in step with the members: both are sorted by account.
#[derive(Clone, Debug)]
struct Grants<'a, Id, T> {
    next: Option<(&'a Id, &'a Grant<T>)>,
    rest: list::Iter<'a, Id, Grant<T>>,
}

impl<'a, Id, T> Grants<'a, Id, T> {
    fn none() -> Self {
        Self { next: None, rest: list::Iter::default() }
    }

    fn all(grants: Option<&'a List<Id, Grant<T>>>) -> Self {
        let mut rest = grants.map(List::iter).unwrap_or_default();
        Self { next: rest.next(), rest }
    }
}

impl<Id: Ord, T: Copy> Grants<'_, Id, T> {
    /// The grant to an account. Skips the accounts before it, so call it in the order of their ids.
    #[inline]
    fn of(&mut self, account: &Id) -> Option<Grant<T>> {
        while let Some((id, grant)) = self.next {
            match id.cmp(account) {
                Ordering::Less => self.next = self.rest.next(),
                Ordering::Equal => return Some(*grant),
                Ordering::Greater => return None,
            }
        }
        None
    }
}

/// The accounts that a resource names, in order.
fn named_accounts<Id, Q>(resource: ResourceRef<'_, Id, Q>) -> Vec<&Q>
where
    Id: Borrow<Q>,
    Q: Ord + ?Sized,
{
    let mut accounts = match resource {
        ResourceId::Member { account, .. }
        | ResourceId::TeamMember { account, .. }
        | ResourceId::ProjectMember { account, .. }
        | ResourceId::ClusterMember { account, .. } => vec![account],
        ResourceId::Deployment { requested_by, on_behalf_of, approvals, .. } => {
            let approvers = approvals.iter().map(|approval| approval.by.borrow());
            approvers.chain([requested_by]).chain(on_behalf_of).collect()
        }
        ResourceId::Organization(_)
        | ResourceId::Role(_)
        | ResourceId::Team(_)
        | ResourceId::Project(_)
        | ResourceId::ProjectTeam { .. }
        | ResourceId::Environment(_)
        | ResourceId::NewEnvironment { .. }
        | ResourceId::Placement { .. }
        | ResourceId::Cluster(_)
        | ResourceId::ClusterTeam { .. } => Vec::new(),
    };
    accounts.sort_unstable();
    accounts
}
