//! Groups of decisions that a change would change alike.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::change::preview::DecisionChange;
use crate::change::preview::question::Person;
use crate::change::preview::set::Set;
use crate::model::action::Action;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::policy::decision::Decision;

/// Decisions that a change would change alike: of each of some accounts about each of some resources, for one action.
///
/// [`changes`](Self::changes) expands it. What a group costs does not depend on how many decisions are in it.
pub struct DecisionChanges<'a, Id> {
    action: Action<&'a Id>,
    before: Decision,
    after: Decision,
    count: u64,
    people: Arc<[Person<'a, Id>]>,
    accounts: Arc<[Set]>,
    resources: Resources<'a, Id>,
    pairs: Pairs,
}

impl<Id> Clone for DecisionChanges<'_, Id> {
    fn clone(&self) -> Self {
        let Self { action, before, after, count, people, accounts, resources, pairs } = self;
        let (people, accounts, resources) = (Arc::clone(people), Arc::clone(accounts), resources.clone());
        Self {
            action: *action,
            before: *before,
            after: *after,
            count: *count,
            people,
            accounts,
            resources,
            pairs: *pairs,
        }
    }
}

/// The resources of a group.
pub(super) enum Resources<'a, Id> {
    Listed(Arc<[ResourceRef<'a, Id, Id>]>),
    /// The accounts, as members of the organization.
    Members(&'a Id, Arc<[Set]>),
}

impl<Id> Clone for Resources<'_, Id> {
    fn clone(&self) -> Self {
        match self {
            Self::Listed(resources) => Self::Listed(Arc::clone(resources)),
            Self::Members(organization, members) => Self::Members(organization, Arc::clone(members)),
        }
    }
}

/// Which of the accounts ask about which of the resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pairs {
    /// Each about each, except that no account asks about itself as a member.
    Others,
    /// Each about itself, as a member.
    Themselves,
}

/// The parts of a group.
pub(super) struct Parts<'a, Id> {
    pub(super) action: Action<&'a Id>,
    pub(super) answers: [Decision; 2],
    pub(super) accounts: Vec<Set>,
    pub(super) resources: Resources<'a, Id>,
    pub(super) pairs: Pairs,
    pub(super) count: u64,
}

impl<'a, Id> DecisionChanges<'a, Id> {
    pub(super) fn new(people: &Arc<[Person<'a, Id>]>, parts: Parts<'a, Id>) -> Self {
        let Parts { action, answers: [before, after], accounts, resources, pairs, count } = parts;
        let (people, accounts) = (Arc::clone(people), accounts.into());
        Self { action, before, after, count, people, accounts, resources, pairs }
    }

    /// The action.
    #[must_use]
    pub const fn action(&self) -> Action<&'a Id> {
        self.action
    }

    /// The decision now.
    pub const fn before(&self) -> Decision {
        self.before
    }

    /// The decision after the change.
    pub const fn after(&self) -> Decision {
        self.after
    }

    /// The number of decisions in the group. It is known without expanding it.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The accounts that ask, in no particular order.
    pub fn accounts(&self) -> impl Iterator<Item = &'a Id> {
        self.accounts.iter().flat_map(Set::places).filter_map(|place| Some(self.people.get(place)?.id))
    }

    /// The resources, in no particular order.
    pub fn resources(&self) -> impl Iterator<Item = ResourceRef<'a, Id, Id>> {
        let (listed, members) = match &self.resources {
            Resources::Listed(resources) => (Some(resources), None),
            Resources::Members(organization, members) => (None, Some((*organization, members))),
        };
        let members = members.into_iter().flat_map(move |(organization, members)| {
            let places = members.iter().flat_map(Set::places);
            places
                .filter_map(move |place| Some(ResourceId::Member { organization, account: self.people.get(place)?.id }))
        });
        listed.into_iter().flat_map(|resources| resources.iter().copied()).chain(members)
    }

    /// Each decision of the group. The iterator is lazy.
    pub fn changes(&self) -> impl Iterator<Item = DecisionChange<'a, Id>> + use<'a, Id> {
        Changes { group: self.clone(), account: Cursor::default(), resource: Cursor::default(), current: None }
    }
}

impl<Id: fmt::Debug> fmt::Debug for DecisionChanges<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, before, after, count, .. } = self;
        f.debug_struct("DecisionChanges")
            .field("action", action)
            .field("before", before)
            .field("after", after)
            .field("count", count)
            .finish_non_exhaustive()
    }
}

/// The decisions of a group, one by one.
struct Changes<'a, Id> {
    group: DecisionChanges<'a, Id>,
    account: Cursor,
    resource: Cursor,
    /// The place of the account that asks.
    current: Option<usize>,
}

impl<'a, Id> Iterator for Changes<'a, Id> {
    type Item = DecisionChange<'a, Id>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(place) = self.current else {
                self.current = Some(self.account.next(&self.group.accounts)?);
                self.resource = Cursor::default();
                continue;
            };
            match self.next_resource(place) {
                Some(resource) => return self.change(place, resource),
                None => self.current = None,
            }
        }
    }
}

impl<'a, Id> Changes<'a, Id> {
    /// The next resource for an account.
    fn next_resource(&mut self, asker: usize) -> Option<ResourceRef<'a, Id, Id>> {
        match &self.group.resources {
            Resources::Listed(resources) => {
                let resource = resources.get(self.resource.index).copied();
                self.resource.index = self.resource.index.saturating_add(1);
                resource
            }
            Resources::Members(organization, members) => {
                let member = match self.group.pairs {
                    Pairs::Themselves => self.resource.once().then_some(asker),
                    Pairs::Others => {
                        let next = self.resource.next(members).filter(|member| *member != asker);
                        next.or_else(|| self.resource.next(members))
                    }
                };
                let account = self.group.people.get(member?)?.id;
                Some(ResourceId::Member { organization, account })
            }
        }
    }

    fn change(&self, asker: usize, resource: ResourceRef<'a, Id, Id>) -> Option<DecisionChange<'a, Id>> {
        let DecisionChanges { action, before, after, ref people, .. } = self.group;
        Some(DecisionChange { account: people.get(asker)?.id, action, resource, before, after })
    }
}

/// A position in a list of sets.
#[derive(Clone, Copy, Default)]
struct Cursor {
    set: usize,
    index: usize,
}

impl Cursor {
    fn next(&mut self, sets: &[Set]) -> Option<usize> {
        loop {
            match sets.get(self.set)?.next_from(self.index) {
                Some((place, next)) => {
                    self.index = next;
                    return Some(place);
                }
                None => *self = Self { set: self.set.saturating_add(1), index: 0 },
            }
        }
    }

    /// Whether this is called for the first time.
    fn once(&mut self) -> bool {
        let is_first = self.index == 0;
        self.index = 1;
        is_first
    }
}
