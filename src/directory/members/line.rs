//! What few members have: lines, which say everything of a membership but its organization.

use alloc::sync::Arc;
use core::mem;

use crate::directory::index::Member;
use crate::directory::members::given::{Few, Held, HeldRef, NO_GRANTS};
use crate::directory::members::teams::{TeamNumbers, TeamSet, Teams};
use crate::directory::members::word::{One, Word};
use crate::directory::numbers::Numbers;
use crate::directory::slots::Slots;
use crate::directory::table::Shared;
use crate::model::account::AccountKind;
use crate::model::role::{RankedPermissions, Role};
use crate::model::time::{Grant, Time};

/// A membership that has more than a word says: a custom role, an expiry, grants that expire or are several or beside teams, or more
/// teams than have slots.
// One line of memory, which has all that a decision reads of most lines.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Line {
    pub(crate) expires_at: Option<Time>,
    pub(crate) role: RankedPermissions,
    /// The number of the custom role; 0 for a built-in one.
    pub(crate) custom: u32,
    pub(crate) kind: AccountKind,
    /// The slots of the teams, if all of them have one.
    slots: u32,
    /// The grants, if they are few.
    few: Few,
    more: Option<Arc<More>>,
}

/// What has no room in a line.
#[derive(Clone, Debug, Default)]
struct More {
    /// The grants, if they are not few.
    held: Held,
    /// The teams, if not all of them have a slot.
    listed: TeamNumbers,
}

impl More {
    fn is_empty(&self) -> bool {
        self.held.is_empty() && self.listed.is_empty()
    }
}

impl Line {
    pub(crate) fn new(kind: AccountKind) -> Self {
        let role = RankedPermissions::built_in(Role::Viewer);
        Self { kind, role, custom: 0, expires_at: None, slots: 0, few: NO_GRANTS, more: None }
    }

    /// What a word says, if it is no line.
    pub(crate) fn of_word(word: Word) -> Self {
        let role = RankedPermissions::built_in(word.rank());
        Self { role, slots: word.teams(), few: [word.one(), One::NONE], ..Self::new(word.kind()) }
    }

    /// The word that says the same, if there is one.
    pub(crate) fn to_word(&self) -> Option<Word> {
        if self.custom != 0 || self.expires_at.is_some() || self.more.is_some() {
            return None;
        }
        match (self.slots, self.few) {
            (0, [one, One::NONE]) => Word::new(self.kind, self.role.rank, one),
            (slots, NO_GRANTS) if self.kind == AccountKind::User => Some(Word::of_teams(self.role.rank, slots)),
            _ => None,
        }
    }

    /// The role that the member acts with.
    #[inline]
    pub(crate) const fn acting(&self) -> RankedPermissions {
        match (self.kind, self.role.rank) {
            (AccountKind::Service, Role::Owner) => RankedPermissions::built_in(Role::Admin),
            (AccountKind::Service | AccountKind::User, _) => self.role,
        }
    }

    #[inline]
    pub(crate) fn teams(&self) -> TeamSet<'_> {
        TeamSet { slots: self.slots, listed: self.more.as_ref().map_or(&[], |more| &more.listed) }
    }

    /// The member's own grants.
    #[inline]
    pub(crate) fn own(&self) -> HeldRef<'_> {
        match &self.more {
            Some(more) if !more.held.is_empty() => HeldRef::Lists(&more.held),
            Some(_) | None => HeldRef::Few(self.few),
        }
    }

    /// Changes the teams.
    pub(crate) fn change_teams<R>(&mut self, change: impl FnOnce(&mut Teams) -> R) -> R {
        let listed = self.more.as_mut().map(|more| mem::take(&mut Arc::make_mut(more).listed));
        let mut teams = Teams { slots: self.slots, listed: listed.unwrap_or_default() };
        let changed = change(&mut teams);
        self.slots = teams.slots;
        if !teams.listed.is_empty() {
            Arc::make_mut(self.more.get_or_insert_default()).listed = teams.listed;
        }
        self.more.take_if(|more| more.is_empty());
        changed
    }

    /// Changes the member's own grants.
    pub(crate) fn change_own<Id, R>(&mut self, numbers: &Numbers<Id>, change: impl FnOnce(&mut Held) -> R) -> R {
        let few = mem::replace(&mut self.few, NO_GRANTS);
        let more = Arc::make_mut(self.more.get_or_insert_default());
        if few != NO_GRANTS {
            more.held = Held::of_few(few, &numbers.places);
        }
        let changed = change(&mut more.held);
        if let Some(few) = more.held.to_few() {
            self.few = few;
            more.held = Held::default();
        }
        self.more.take_if(|more| more.is_empty());
        changed
    }

    /// Adds a grant that does not expire, if the line has room for it. Returns whether there was none on its place.
    pub(crate) fn add_one<Id: Ord>(&mut self, one: One, numbers: &Numbers<Id>) -> Option<bool> {
        let HeldRef::Few([first, second]) = self.own() else { return None };
        if [first.place, second.place].contains(&one.place) {
            return Some(false);
        }
        if second != One::NONE {
            return None;
        }
        let order = |one: One| numbers.places.get(one.place).map(|place| (place.is_project(), place.id()));
        let goes_first = first == One::NONE || order(one) < order(first);
        self.few = if goes_first { [one, first] } else { [first, one] };
        Some(true)
    }

    /// Stores it as a word if there is one that says the same; else it gets a number.
    pub(crate) fn store(self, lines: &mut Slots<Self>) -> Option<Word> {
        self.to_word().or_else(|| lines.add(self).map(Word::of_line))
    }

    /// Frees unused capacity.
    pub(crate) fn shrink_to_fit(&mut self) {
        if let Some(more) = self.more.as_mut().map(Arc::make_mut) {
            more.held.shrink_to_fit();
            more.listed.shrink_to_fit();
        }
    }

    const fn terms(&self) -> NewMember {
        NewMember { kind: self.kind, role: self.role, custom: self.custom, expires_at: self.expires_at }
    }

    /// Whether the member is an Owner who stays one.
    pub(crate) fn is_permanent_owner(&self) -> bool {
        self.terms().is_permanent_owner()
    }

    /// What lists read of the member.
    pub(crate) fn member(&self) -> Grant<Member> {
        self.terms().listed(!self.teams().is_empty())
    }
}

/// A new membership, with neither grants nor teams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewMember {
    pub(crate) kind: AccountKind,
    pub(crate) role: RankedPermissions,
    /// The number of the custom role; 0 for a built-in one.
    pub(crate) custom: u32,
    pub(crate) expires_at: Option<Time>,
}

impl NewMember {
    pub(crate) fn store(self, lines: &mut Slots<Line>) -> Option<Word> {
        let Self { kind, role, custom, expires_at } = self;
        if custom == 0 && expires_at.is_none() {
            return Word::new(kind, role.rank, One::NONE);
        }
        Line { expires_at, role, custom, ..Line::new(kind) }.store(lines)
    }

    /// Whether the member is an Owner who stays one.
    pub(crate) fn is_permanent_owner(self) -> bool {
        self.kind.acting(self.role.rank) == Role::Owner && self.expires_at.is_none()
    }

    /// What lists read of the member.
    pub(crate) fn listed(self, in_teams: bool) -> Grant<Member> {
        Grant::expiring(Member::new(self.kind, self.role, in_teams), self.expires_at)
    }
}

impl Shared for Line {
    fn separate(&mut self) {
        if let Some(more) = &mut self.more {
            let mut own = More::clone(more);
            own.held.separate();
            *more = Arc::new(own);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_of_memory() {
        assert_eq!(size_of::<Line>(), 64);
    }
}
