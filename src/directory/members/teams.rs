//! The teams that a member is in.

use smallvec::SmallVec;

use crate::directory::members::given::{Grantable, HeldRef, OnPlace};
use crate::directory::numbers::Numbers;
use crate::directory::table::Shared;
use crate::model::sorted::Keyed;
use crate::model::time::{GrantState, Now, Time};

/// The number of teams of an organization that have a slot: members' teams are bits of a set if all of them have one.
pub(crate) const SLOTS: usize = 24;

/// The teams of one organization that have a slot.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TeamsBySlot {
    /// The numbers of the teams by slot; 0 where the slot is free.
    teams: [u32; SLOTS],
    /// The slots that are taken, in the order of the teams' ids.
    order: [u8; SLOTS],
    taken: usize,
}

impl TeamsBySlot {
    /// Gives a team a slot, if one is free. `goes_before` says whether the team goes before another in the order of their ids.
    pub(crate) fn add(&mut self, team: u32, goes_before: impl Fn(u32) -> bool) -> Option<u8> {
        let (slot, free) = (0..).zip(&mut self.teams).find(|(_, team)| **team == 0)?;
        *free = team;
        let place = self.in_order().position(|(_, other)| goes_before(other)).unwrap_or(self.taken);
        self.taken = self.taken.saturating_add(1);
        let moved = self.order.get_mut(place..self.taken)?;
        moved.rotate_right(1);
        *moved.first_mut()? = slot;
        Some(slot)
    }

    /// Frees a slot.
    pub(crate) fn remove(&mut self, slot: u8) {
        let Some(place) = self.order.iter().take(self.taken).position(|taken| *taken == slot) else { return };
        if let Some(moved) = self.order.get_mut(place..self.taken) {
            moved.rotate_left(1);
        }
        self.taken = self.taken.saturating_sub(1);
        if let Some(team) = self.teams.get_mut(usize::from(slot)) {
            *team = 0;
        }
    }

    /// The slots that are taken, each with the number of the team, in the order of the teams' ids.
    fn in_order(&self) -> impl Iterator<Item = (u8, u32)> + Clone + use<'_> {
        let slots = self.order.iter().take(self.taken);
        slots.filter_map(|slot| Some((*slot, *self.teams.get(usize::from(*slot))?)))
    }
}

/// Numbers of teams, in the order of their ids.
pub(crate) type TeamNumbers = SmallVec<[u32; 2]>;

/// The teams of a member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Teams {
    /// A bit for each slot, if all of the teams have one.
    pub(crate) slots: u32,
    /// Else their numbers, in the order of their ids.
    pub(crate) listed: TeamNumbers,
}

impl Teams {
    /// Adds a team. Returns whether it is new.
    pub(crate) fn join<Id: Ord>(&mut self, team: u32, numbers: &Numbers<Id>) -> bool {
        let mut teams = self.to_list(team, numbers);
        let id = |team: u32| numbers.teams.get(team).map(|team| team.id());
        let Err(place) = teams.binary_search_by(|other| id(*other).cmp(&id(team))) else { return false };
        teams.insert(place, team);
        *self = Self::of_list(teams, numbers);
        true
    }

    /// Removes a team. Returns whether it was there.
    pub(crate) fn leave<Id>(&mut self, team: u32, numbers: &Numbers<Id>) -> bool {
        let mut teams = self.to_list(team, numbers);
        let Some(place) = teams.iter().position(|other| *other == team) else { return false };
        teams.remove(place);
        *self = Self::of_list(teams, numbers);
        true
    }

    /// The numbers in the order of the ids; the teams are of the organization of this one.
    fn to_list<Id>(&self, one: u32, numbers: &Numbers<Id>) -> TeamNumbers {
        let organization = numbers.teams.get(one).map_or(0, |team| team.organization());
        self.borrowed().numbers(numbers.teams_by_slot(organization)).collect()
    }

    fn of_list<Id>(teams: TeamNumbers, numbers: &Numbers<Id>) -> Self {
        let slots = teams.iter().map(|team| numbers.teams.get(*team)?.slot());
        match slots.map(|slot| slot.map(bit)).sum() {
            Some(slots) => Self { slots, listed: TeamNumbers::new() },
            None => Self { slots: 0, listed: teams },
        }
    }

    #[inline]
    pub(crate) fn borrowed(&self) -> TeamSet<'_> {
        TeamSet { slots: self.slots, listed: &self.listed }
    }
}

/// The bit of a slot.
#[inline]
#[expect(clippy::as_conversions, reason = "eight bits fit")]
pub(crate) const fn bit(slot: u8) -> u32 {
    1_u32.wrapping_shl(slot as u32)
}

/// The teams of a member, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TeamSet<'a> {
    pub(crate) slots: u32,
    pub(crate) listed: &'a [u32],
}

impl<'a> TeamSet<'a> {
    pub(crate) const fn is_empty(self) -> bool {
        self.slots == 0 && self.listed.is_empty()
    }

    /// The numbers of the teams of an organization, in the order of their ids.
    pub(crate) fn numbers(self, by_slot: Option<&'a TeamsBySlot>) -> impl Iterator<Item = u32> + Clone + use<'a> {
        let taken = by_slot.filter(|_| self.slots != 0).into_iter().flat_map(TeamsBySlot::in_order);
        let with_slot = taken.filter(move |(slot, _)| self.slots & bit(*slot) != 0).map(|(_, team)| team);
        with_slot.chain(self.listed.iter().copied())
    }

    /// How the teams' grants on a place count together, of one kind.
    #[inline]
    pub(crate) fn state<Id: Ord, T: Grantable>(
        self,
        on: OnPlace<'_, Id>,
        by_slot: impl FnOnce() -> Option<&'a TeamsBySlot>,
        now: Now,
    ) -> GrantState<T> {
        if self.is_empty() {
            return GrantState::Nothing;
        }
        let place = on.numbers.places.get(on.place).map(|place| &place.teams);
        if let Some(codes) = place.and_then(|place| place.codes(self)) {
            return T::highest(codes).map_or(GrantState::Nothing, GrantState::InForce);
        }
        let teams = self.numbers(by_slot()).filter_map(|team| on.numbers.teams.get(team));
        teams.fold(GrantState::Nothing, |counts, team| {
            counts.or_of_another_team(on.state(HeldRef::Lists(team.held()), now))
        })
    }
}

/// What the teams with a slot are granted on a place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TeamCodes {
    /// By code, from 1 on: the teams whose grant has it and does not expire.
    with_code: [u32; CODES],
    /// The teams whose grant expires.
    expiring: u32,
}

/// The codes that some teams have: a bit for each, from 1 on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CodesOfTeams(u32);

impl CodesOfTeams {
    /// These and another, from 1 on.
    const fn and(self, code: u32) -> Self {
        Self(self.0 | 1_u32.wrapping_shl(code.wrapping_sub(1)))
    }

    /// The code of the highest level, 0 for none.
    #[inline]
    pub(crate) const fn level(self) -> u32 {
        u32::BITS.wrapping_sub(self.0.leading_zeros())
    }

    /// The code of the highest project role, 0 for none: that of the highest comes first.
    #[inline]
    pub(crate) const fn project_role(self) -> u32 {
        if self.0 == 0 { 0 } else { self.0.trailing_zeros().wrapping_add(1) }
    }
}

/// A grant of a team on a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TeamGrant {
    /// The numbers of the team and the place.
    key: (u32, u32),
    code: u32,
    expires_at: Option<Time>,
}

impl TeamGrant {
    pub(crate) const fn new(key: (u32, u32), code: u32, expires_at: Option<Time>) -> Self {
        Self { key, code, expires_at }
    }

    /// Adds its code to others, unless it has expired. `None` if it expires and the time is unknown.
    pub(crate) fn add_to(&self, codes: CodesOfTeams, now: Now) -> Option<CodesOfTeams> {
        let may_expire = self.expires_at.is_some();
        if may_expire && now.time().is_none() {
            return None;
        }
        Some(if now.before(self.expires_at) { codes.and(self.code) } else { codes })
    }
}

impl Keyed for TeamGrant {
    type Key = (u32, u32);

    #[inline]
    fn key(&self) -> &(u32, u32) {
        &self.key
    }
}

impl Shared for TeamGrant {}

/// The number of codes: of levels, and more than of project roles.
const CODES: usize = 4;

impl TeamCodes {
    /// The codes of some teams; `None` if they must be found out from the grants themselves.
    // Without a branch for each code: which team has which cannot be predicted.
    #[inline]
    pub(crate) fn codes(&self, teams: TeamSet<'_>) -> Option<CodesOfTeams> {
        if self.expiring & teams.slots != 0 || !teams.listed.is_empty() {
            return None;
        }
        let [first, second, third, fourth] = self.with_code.map(|with| u32::from(with & teams.slots != 0));
        Some(CodesOfTeams(first | second << 1 | third << 2 | fourth << 3))
    }

    /// Sets what a team is granted: a code, and whether it expires.
    pub(crate) fn set(&mut self, slot: u8, granted: Option<(u32, bool)>) {
        let team = bit(slot);
        for with in self.with_code.iter_mut().chain([&mut self.expiring]) {
            *with &= !team;
        }
        match granted {
            None => {}
            Some((_, true)) => self.expiring |= team,
            Some((code, false)) => {
                let place = usize::try_from(code).ok().and_then(|code| code.checked_sub(1));
                if let Some(with) = place.and_then(|place| self.with_code.get_mut(place)) {
                    *with |= team;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::members::word::{access_of_code, code_of_access, code_of_project_role, project_role_of_code};
    use crate::model::access::ClusterAccess;
    use crate::model::role::ProjectRole;

    #[test]
    fn the_highest_level_of_a_members_teams_counts() {
        let mut codes = TeamCodes::default();
        for (slot, level) in (0..).zip(ClusterAccess::ALL) {
            codes.set(slot, Some((code_of_access(level), false)));
        }
        let highest = |slots: u32| access_of_code(codes.codes(TeamSet { slots, listed: &[] }).unwrap().level());
        assert_eq!(highest(bit(7)), None);
        for slots in 1..16_u32 {
            let teams = (0..).zip(ClusterAccess::ALL).filter(|(slot, _)| slots & bit(*slot) != 0);
            assert_eq!(highest(slots), teams.map(|(_, level)| level).max());
        }
        assert_eq!(codes.codes(TeamSet { slots: 0, listed: &[7] }), None);
    }

    #[test]
    fn the_highest_project_role_of_a_members_teams_counts() {
        let mut codes = TeamCodes::default();
        for (slot, role) in (0..).zip(ProjectRole::ALL) {
            codes.set(slot, Some((code_of_project_role(role), false)));
        }
        for slots in 0..8_u32 {
            let highest = codes.codes(TeamSet { slots, listed: &[] }).unwrap().project_role();
            let teams = (0..).zip(ProjectRole::ALL).filter(|(slot, _)| slots & bit(*slot) != 0);
            assert_eq!(project_role_of_code(highest), teams.map(|(_, role)| role).max());
        }
    }

    #[test]
    fn slots_are_given_again_and_stay_in_the_order_of_the_ids() {
        let mut by_slot = TeamsBySlot::default();
        // The id of a team is its number here.
        for team in [5, 3, 9, 1] {
            assert!(by_slot.add(team, |other| team < other).is_some());
        }
        let teams = |by_slot: &TeamsBySlot| by_slot.in_order().map(|(_, team)| team).collect::<alloc::vec::Vec<_>>();
        assert_eq!(teams(&by_slot), [1, 3, 5, 9]);
        by_slot.remove(1);
        assert_eq!(teams(&by_slot), [1, 5, 9]);
        assert_eq!(by_slot.add(7, |other| 7 < other), Some(1));
        assert_eq!(teams(&by_slot), [1, 5, 7, 9]);
        for team in 10..30 {
            assert!(by_slot.add(team, |other| team < other).is_some());
        }
        assert_eq!(by_slot.add(30, |_| false), None);
    }

    #[test]
    fn what_expires_has_no_code_until_it_is_taken_away() {
        let mut codes = TeamCodes::default();
        let level =
            |codes: &TeamCodes| codes.codes(TeamSet { slots: bit(3) | bit(4), listed: &[] }).map(CodesOfTeams::level);
        codes.set(4, Some((1, false)));
        codes.set(3, Some((2, false)));
        codes.set(3, Some((3, true)));
        assert_eq!(level(&codes), None);
        codes.set(3, None);
        assert_eq!(level(&codes), Some(1));
    }
}
