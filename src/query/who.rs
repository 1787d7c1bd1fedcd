//! The accounts that may perform an action on a resource.

use alloc::collections::{BTreeMap, btree_map};
use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::hash::Hash;

use crate::directory::index::Member;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::access::ClusterAccess;
use crate::model::action::Action;
use crate::model::resource::{Resource, ResourceId, ResourceRef};
use crate::model::role::ProjectRole;
use crate::model::scope::Scope;
use crate::model::time::{Grant, Now, Time};
use crate::policy::decision::Decision;
use crate::policy::inputs::state_of;
use crate::query::class::{Class, Memo, unless_denied};

impl<Id: Hash + Ord> Directory<Id> {
    /// Who may perform this action on this resource? Returns every account for which [`Directory::decide`] does not deny the
    /// action without a token, with the decision, sorted by id. Empty if the resource does not exist.
    ///
    /// Pass the present time as `at`; without it, everything that has an expiry counts as expired, as in every question.
    ///
    /// The iterator is lazy. It makes one decision for all members that have the same role, cluster access and so on.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Action, Decision, Directory, Protection, ResourceId, Role, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// for (account, role) in [("olivia", Role::Owner), ("carol", Role::Admin), ("alice", Role::Developer)] {
    ///     rows.member("acme-corp", account.into(), role, None)?;
    /// }
    /// rows.cluster("us-east".into(), "acme-corp")?;
    /// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
    /// rows.environment("shop-production".into(), "shop", "us-east", None, Protection::RESTRICTED)?;
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
        action: Action,
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
            members: self.with_resource(None, resource, |resource| Members::of(&resource, self)).unwrap_or_default(),
            named_accounts: named_accounts(resource),
            memo: Memo::new(),
        }
    }
}

/// The accounts that may perform an action on a resource: see [`Directory::who_may`].
#[derive(Clone, Debug)]
pub struct WhoMay<'a, Id, Q: ?Sized = Id> {
    directory: &'a Directory<Id>,
    action: Action,
    resource: ResourceRef<'a, Id, Q>,
    at: Option<Time>,
    members: Members<'a, Id>,
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
            let (id, class) = self.members.next(now)?;
            let Some(class) = class else { continue };
            let (directory, action, resource) = (self.directory, self.action, self.resource);
            let subject = SubjectId::new(id.borrow()).at_if(self.at);
            let evaluate = || directory.decide(&subject, action, resource);
            let is_named = !self.named_accounts.is_empty() && self.named_accounts.binary_search(&id.borrow()).is_ok();
            let decision = if is_named { evaluate() } else { self.memo.get_or_insert_with(class, evaluate) };
            let item = unless_denied(id, decision);
            if item.is_some() {
                return item;
            }
        }
    }
}

/// The members of an organization, with the access of each to the resource's clusters and their role in its project.
#[derive(Clone, Debug)]
struct Members<'a, Id> {
    each: btree_map::Iter<'a, Id, Grant<Member>>,
    overrides: [Grants<'a, Id, ClusterAccess>; 2],
    roles: Grants<'a, Id, ProjectRole>,
}

impl<'a, Id: Hash + Ord> Members<'a, Id> {
    fn of(resource: &Resource<'_, Id>, directory: &'a Directory<Id>) -> Self {
        let (scope, index) = (Scope::of(resource), &directory.index);
        let overrides = |id: Option<&Id>| id.and_then(|id| index.clusters.get(id)).map(|cluster| &cluster.overrides);
        let roles = scope.project.and_then(|(id, _)| index.projects.get(id)).map(|project| &project.roles);
        let organization = index.organizations.get(scope.organization);
        Members {
            each: organization.map(|organization| organization.members.iter()).unwrap_or_default(),
            overrides: scope.clusters.map(|cluster| Grants::all(overrides(cluster))),
            roles: Grants::all(roles),
        }
    }

    /// The next member with their class, which is everything that a decision depends on except their id. Without a class if
    /// the membership has expired.
    #[inline]
    fn next(&mut self, now: Now) -> Option<(&'a Id, Option<Class>)> {
        let (id, member) = self.each.next()?;
        if !member.live(now) {
            return Some((id, None));
        }
        let [present, new] = &mut self.overrides;
        let Member { kind, role } = member.value();
        let class = Class::default()
            .and(kind)
            .and(role)
            .and(state_of(present.of(id), now))
            .and(state_of(new.of(id), now))
            .and(state_of(self.roles.of(id), now));
        Some((id, Some(class)))
    }
}

impl<Id> Default for Members<'_, Id> {
    fn default() -> Self {
        Self { each: btree_map::Iter::default(), overrides: [Grants::none(), Grants::none()], roles: Grants::none() }
    }
}

/// Grants to accounts, read in step with the members: both are sorted by account.
#[derive(Clone, Debug)]
struct Grants<'a, Id, T> {
    next: Option<(&'a Id, &'a Grant<T>)>,
    rest: btree_map::Iter<'a, Id, Grant<T>>,
}

impl<'a, Id, T> Grants<'a, Id, T> {
    fn none() -> Self {
        Self { next: None, rest: btree_map::Iter::default() }
    }

    fn all(grants: Option<&'a BTreeMap<Id, Grant<T>>>) -> Self {
        let mut rest = grants.map(BTreeMap::iter).unwrap_or_default();
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
        | ResourceId::ProjectMember { account, .. }
        | ResourceId::ClusterMember { account, .. } => vec![account],
        ResourceId::Deployment { requested_by, approvals, .. } => {
            approvals.iter().map(|approval| approval.by.borrow()).chain([requested_by]).collect()
        }
        ResourceId::Organization(_)
        | ResourceId::Project(_)
        | ResourceId::Environment(_)
        | ResourceId::NewEnvironment { .. }
        | ResourceId::Placement { .. }
        | ResourceId::Cluster(_) => Vec::new(),
    };
    accounts.sort_unstable();
    accounts
}
