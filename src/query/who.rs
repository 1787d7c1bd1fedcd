//! The accounts that may perform an action on a resource.

use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::hash::Hash;

use crate::directory::index::Member;
use crate::directory::list::{self, List};
use crate::directory::lookup::WithoutCustomRole;
use crate::directory::members::seated::Seated;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::access::ClusterAccess;
use crate::model::action::Action;
use crate::model::fact::ResourceFact;
use crate::model::membership::state_of;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::role::ProjectRole;
use crate::model::scope::Scope;
use crate::model::time::{Grant, GrantState, Now, Time};
use crate::policy::decision::Decision;
use crate::policy::reason::Reason;
use crate::policy::requirement::{Constraints, LevelBy, Requirement};
use crate::policy::verdict::listed::OnResource;
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
        let found = self.with_resource([None, None], resource, |resource| {
            let tables = (!action.gives_custom_role()).then(|| OnResource::of(WithoutCustomRole(action), &resource));
            (Members::of(&resource, self), tables.flatten())
        });
        let (members, tables) = found.unwrap_or_default();
        WhoMay {
            directory: self,
            action,
            resource,
            at,
            members,
            tables,
            named_accounts: named_accounts(resource),
            sharing: Sharing::of(action, resource),
            plain: ByRole::default(),
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
    /// What the tables read of the resource, if they may decide.
    tables: Option<OnResource>,
    sharing: Sharing,
    /// The decisions on members who have nothing but a role.
    plain: ByRole,
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

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (id, member) = self.members.each.next()?;
            let is_plain = self.members.is_plain(id, member) && self.named_accounts.is_empty();
            let known = if is_plain { self.plain.get(member.value()) } else { None };
            let decision = known.or_else(|| self.decide(id, *member, is_plain));
            let item = decision.and_then(|decision| unless_denied(id, decision));
            if item.is_some() {
                return item;
            }
        }
    }
}

impl<'a, Id, Q> WhoMay<'a, Id, Q>
where
    Id: Hash + Ord + Borrow<Q>,
    Q: Hash + Ord + ?Sized,
{
    /// The decision on a member; `None` if the membership has expired.
    #[inline(never)]
    fn decide(&mut self, id: &'a Id, member: Grant<Member>, is_plain: bool) -> Option<Decision> {
        let Holding { overrides: [present, new], role } =
            self.members.holding(id, member, self.directory, Now::new(self.at))?;
        let member = member.value();
        if let Some(decision) = self.tables.and_then(|tables| tables.look_up(member.acting(), role, present)) {
            if is_plain {
                self.plain.add(member, decision);
            }
            return Some(decision);
        }
        let class = Class::default().and(member.kind()).and(member.acting()).and(present).and(new).and(role);
        let decision = self.judge(id, class);
        if is_plain && self.sharing.shares(decision) {
            self.plain.add(member, decision);
        }
        Some(decision)
    }

    /// The decision on a member, who has a class: everything that the decision depends on except their id.
    #[inline(never)]
    fn judge(&mut self, id: &'a Id, class: Class) -> Decision {
        let (directory, action, resource) = (self.directory, self.action, self.resource);
        let subject = SubjectId::new(id.borrow()).at_if(self.at);
        let evaluate = || directory.decide(&subject, action, resource);
        let is_named = !self.named_accounts.is_empty() && self.named_accounts.binary_search(&id.borrow()).is_ok();
        if is_named {
            evaluate()
        } else {
            self.memo.get_or_insert_if(class, evaluate, |decision| self.sharing.shares(decision))
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
    place: Place,
    overrides: [Grants<'a, Id, ClusterAccess>; 2],
    roles: Grants<'a, Id, ProjectRole>,
    /// The first of those that have grants of their own and were not passed.
    next_holder: Option<&'a Id>,
}

/// What a member has on the resource's clusters and in its project.
struct Holding {
    overrides: [GrantState<ClusterAccess>; 2],
    role: GrantState<ProjectRole>,
}

impl<'a, Id: Hash + Ord> Members<'a, Id> {
    fn of(resource: &ResourceFact<'_, Id>, directory: &'a Directory<Id>) -> Self {
        let (scope, index) = (Scope::of(resource), &directory.index);
        let overrides = |place: Option<(&Id, _)>| {
            let cluster = place.and_then(|(id, _)| index.clusters.get::<Id>(id));
            cluster.map(|cluster| &cluster.overrides)
        };
        let roles = scope.project.and_then(|(id, _)| index.projects.get(id)).map(|project| &project.roles);
        let organization = index.organizations.get(scope.organization);
        let mut members = Members {
            each: organization.map(|organization| organization.members.iter()).unwrap_or_default(),
            place: Place::of(&scope, directory),
            overrides: scope.clusters.map(|cluster| Grants::all(overrides(cluster))),
            roles: Grants::all(roles),
            next_holder: None,
        };
        members.find_next_holder();
        members
    }

    /// Whether the member's role is all that they have on the resource's clusters and in its project.
    #[inline]
    fn is_plain(&self, id: &Id, member: &Grant<Member>) -> bool {
        member.is_permanent() && !member.value().is_in_teams() && self.next_holder.is_none_or(|holder| id < holder)
    }

    /// What a member has; `None` if the membership has expired.
    fn holding(&mut self, id: &Id, member: Grant<Member>, directory: &Directory<Id>, now: Now) -> Option<Holding> {
        if !member.live(now) {
            return None;
        }
        let of_teams = if member.value().is_in_teams() { self.place.holding(id, directory, now) } else { None };
        Some(of_teams.unwrap_or_else(|| {
            let [present, new] = &mut self.overrides;
            let overrides = [state_of(present.of(id), now), state_of(new.of(id), now)];
            let role = state_of(self.roles.of(id), now);
            self.find_next_holder();
            Holding { overrides, role }
        }))
    }

    /// Finds the first of those that have grants of their own and were not passed.
    fn find_next_holder(&mut self) {
        let [present, new] = &self.overrides;
        self.next_holder =
            [present.next_holder(), new.next_holder(), self.roles.next_holder()].into_iter().flatten().min();
    }
}

/// Decisions by what is read of a member. Of two members with one place, the later counts.
#[derive(Clone, Debug, Default)]
struct ByRole(Vec<Option<(Member, Decision)>>);

impl ByRole {
    const PLACES: usize = 64;

    #[inline]
    fn get(&self, member: Member) -> Option<Decision> {
        let (known, decision) = (*self.0.get(member.place())?)?;
        (known == member).then_some(decision)
    }

    fn add(&mut self, member: Member, decision: Decision) {
        self.0.resize(Self::PLACES, None);
        if let Some(place) = self.0.get_mut(member.place()) {
            *place = Some((member, decision));
        }
    }
}

/// Where the resource is, by number; 0 for none.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    organization: u32,
    clusters: [u32; 2],
    project: u32,
}

impl Place {
    fn of<Id: Hash + Ord>(scope: &Scope<'_, Id>, directory: &Directory<Id>) -> Self {
        let cluster = |id: &Id| directory.clusters.get::<Id>(id).map_or(0, |cluster| cluster.number.cluster);
        let project = |id: &Id| directory.projects.get::<Id>(id).map_or(0, |project| project.number.project);
        Self {
            organization: directory.organizations.get::<Id>(scope.organization).map_or(0, |found| found.number),
            clusters: scope.clusters.map(|place| place.map_or(0, |(id, _)| cluster(id))),
            project: scope.project.map_or(0, |(id, _)| project(id)),
        }
    }

    /// What a member has who is in a team.
    #[inline(never)]
    fn holding<Id: Hash + Ord>(&self, id: &Id, directory: &Directory<Id>, now: Now) -> Option<Holding> {
        let account = directory.members.accounts.get::<Id>(id)?;
        let seated = Seated::of(account, self.organization, (&directory.members, &directory.numbers), now)?;
        let overrides = self.clusters.map(|cluster| seated.level(cluster));
        Some(Holding { overrides, role: seated.project_role(self.project) })
    }
}

impl<Id> Default for Members<'_, Id> {
    fn default() -> Self {
        Self {
            each: list::Iter::default(),
            place: Place::default(),
            overrides: [Grants::none(), Grants::none()],
            roles: Grants::none(),
            next_holder: None,
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

    fn next_holder(&self) -> Option<&'a Id> {
        self.next.map(|(id, _)| id)
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
