//! What a member has, read by number: lists ask about many places, or about many members.

use crate::directory::members::given::{Given, Grantable, HeldRef, OnPlace};
use crate::directory::members::terms::Terms;
use crate::directory::members::{AccountRecord, Members};
use crate::directory::numbers::Numbers;
use crate::model::access::ClusterAccess;
use crate::model::names::copy;
use crate::model::role::{ProjectRole, RankedPermissions};
use crate::model::time::{GrantState, Now};

/// A member of an organization, whose membership has not expired.
#[derive(Debug)]
pub(crate) struct Seated<'a, Id> {
    pub(crate) numbers: &'a Numbers<Id>,
    /// The number of the organization.
    pub(crate) organization: u32,
    pub(crate) terms: Terms<'a>,
    pub(crate) now: Now,
}

copy!(Seated);

impl<'a, Id> Seated<'a, Id> {
    /// An account as a member of an organization with this number.
    pub(crate) fn of(
        account: &AccountRecord<Id>,
        organization: u32,
        (members, numbers): (&'a Members<Id>, &'a Numbers<Id>),
        now: Now,
    ) -> Option<Self> {
        let word = members.word(account, organization);
        let terms = members.terms(word);
        (now.before(terms.expires_at()) && !word.is_none()).then_some(Self { numbers, organization, terms, now })
    }

    /// The role that the member acts with.
    pub(crate) const fn acting(self) -> RankedPermissions {
        self.terms.acting()
    }

    /// A filter of the clusters on which the member may have an override.
    pub(crate) fn filter(self) -> Filter {
        let mut filter = Filter::NONE;
        match self.terms.own() {
            HeldRef::Few(few) => few.iter().for_each(|one| filter.add_one(one.place)),
            HeldRef::Lists(held) => filter.add(&held.overrides),
        }
        let teams = self.terms.teams().numbers(self.numbers.teams_by_slot(self.organization));
        for team in teams.filter_map(|team| self.numbers.teams.get(team)) {
            filter.add(&team.held().overrides);
        }
        filter
    }
}

impl<Id: Ord> Seated<'_, Id> {
    /// How the member's roles in a project count, by its number: their own, else those of the teams. 0 is the number of none.
    #[inline]
    pub(crate) fn project_role(self, project: u32) -> GrantState<ProjectRole> {
        self.state(project)
    }

    /// How the member's overrides on a cluster count, in the same way.
    #[inline]
    pub(crate) fn level(self, cluster: u32) -> GrantState<ClusterAccess> {
        self.state(cluster)
    }

    #[inline]
    fn state<T: Grantable>(self, place: u32) -> GrantState<T> {
        if place == 0 {
            return GrantState::Nothing;
        }
        let on = OnPlace { place, numbers: self.numbers };
        match on.state(self.terms.own(), self.now) {
            GrantState::InForce(own) => GrantState::InForce(own),
            own => {
                let by_slot = || self.numbers.teams_by_slot(self.organization);
                own.or_of_teams(self.terms.teams().state(on, by_slot, self.now))
            }
        }
    }
}

/// A few numbers, so that most others are known not to be among them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter([u64; 8]);

impl Filter {
    pub(crate) const NONE: Self = Self([0; 8]);
    /// Anything may be among them.
    const ALL: Self = Self([u64::MAX; 8]);
    /// Of a longer list, the filter would hold back little.
    const LONG: usize = 256;

    fn add<T>(&mut self, list: &[Given<T>]) {
        if list.len() > Self::LONG {
            *self = Self::ALL;
        } else {
            for given in list {
                self.add_one(given.on);
            }
        }
    }

    fn add_one(&mut self, number: u32) {
        if let Some(bits) = self.0.get_mut(Self::place(number)) {
            *bits |= Self::bit(number);
        }
    }

    #[inline]
    #[expect(clippy::as_conversions, reason = "three bits")]
    const fn place(number: u32) -> usize {
        (number >> 6 & 7) as usize
    }

    #[inline]
    const fn bit(number: u32) -> u64 {
        1_u64.wrapping_shl(number)
    }

    #[inline]
    pub(crate) fn may_have(&self, number: u32) -> bool {
        self.0.get(Self::place(number)).is_some_and(|bits| bits & Self::bit(number) != 0)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::model::time::Grant;

    #[test]
    fn a_filter_has_what_was_added_and_little_else() {
        let mut filter = Filter::NONE;
        let mut added = (0..20).map(|n| n * 977 + 5);
        added.clone().for_each(|number| filter.add_one(number));
        assert!(added.all(|number| filter.may_have(number)));
        assert!((0..20_000).filter(|number| filter.may_have(*number)).count() < 1_000);
        let given = |on| Given { on, grant: Grant::new(()) };
        filter.add(&[given(7), given(70_000)]);
        assert!(filter.may_have(7) && filter.may_have(70_000));
        filter.add(&(0..300).map(given).collect::<Vec<_>>());
        assert!((0..20_000).all(|number| filter.may_have(number)));
    }
}
