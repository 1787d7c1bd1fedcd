//! What few members have: lines, which say everything of a membership but its organization.

use crate::directory::index::Member;
use crate::directory::members::given::{Given, GivenList, Held};
use crate::directory::members::teams::{Of, Teams, TeamsBySlot};
use crate::directory::members::word::{One, Word};
use crate::directory::numbers::{Numbers, Place};
use crate::directory::slots::Slots;
use crate::directory::table::Shared;
use crate::model::account::AccountKind;
use crate::model::role::{RankedPermissions, Role};
use crate::model::time::{Grant, GrantState, Now, Time};

/// A membership that has more than a word says: a custom role, an expiry, grants that expire or are several or beside teams, or more
/// teams than have slots.
// In the order of what a decision reads, so that the grants are in the second line of memory.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Line {
    pub(crate) expires_at: Option<Time>,
    pub(crate) role: RankedPermissions,
    /// The number of the custom role; 0 for a built-in one.
    pub(crate) custom: u32,
    pub(crate) kind: AccountKind,
    pub(crate) teams: Teams,
    pub(crate) own: Held,
}

impl Line {
    pub(crate) fn new(kind: AccountKind) -> Self {
        let role = RankedPermissions::built_in(Role::Viewer);
        Self { kind, role, custom: 0, expires_at: None, own: Held::default(), teams: Teams::default() }
    }

    /// What a word says, if it is no line.
    pub(crate) fn of_word<Id>(word: Word, numbers: &Numbers<Id>) -> Self {
        let One { place, .. } = word.one();
        let mut line = Self { role: RankedPermissions::built_in(word.rank()), ..Self::new(word.kind()) };
        line.teams.slots = word.teams();
        if numbers.places.get(place).is_some_and(Place::is_project) {
            let role = word.one().project_role();
            line.own.project_roles = GivenList::One(role.map(|role| Given { on: place, grant: Grant::new(role) }));
        } else {
            let level = word.one().access();
            line.own.overrides = GivenList::One(level.map(|level| Given { on: place, grant: Grant::new(level) }));
        }
        line
    }

    /// The word that says the same, if there is one.
    pub(crate) fn to_word(&self) -> Option<Word> {
        let Teams { slots, listed } = &self.teams;
        if self.custom != 0 || self.expires_at.is_some() || !listed.is_empty() {
            return None;
        }
        if *slots != 0 {
            let has_word = self.kind == AccountKind::User && self.own.is_empty();
            return has_word.then(|| Word::of_teams(self.role.rank, *slots));
        }
        let one = match (&*self.own.overrides, &*self.own.project_roles) {
            ([], []) => One::NONE,
            ([given], []) if given.grant.expires_at().is_none() => One::of_access(given.on, given.grant.value()),
            ([], [given]) if given.grant.expires_at().is_none() => One::of_project_role(given.on, given.grant.value()),
            _ => return None,
        };
        Word::new(self.kind, self.role.rank, one)
    }

    /// The role that the member acts with.
    #[inline]
    pub(crate) const fn acting(&self) -> RankedPermissions {
        match (self.kind, self.role.rank) {
            (AccountKind::Service, Role::Owner) => RankedPermissions::built_in(Role::Admin),
            (AccountKind::Service | AccountKind::User, _) => self.role,
        }
    }

    /// Stores it as a word if there is one that says the same; else it gets a number.
    pub(crate) fn store(self, lines: &mut Slots<Self>) -> Option<Word> {
        self.to_word().or_else(|| lines.add(self).map(Word::of_line))
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
        self.terms().listed(!self.teams.is_empty())
    }

    /// How the member's grants on a place count, of one kind: their own, else those of the teams.
    #[inline]
    pub(crate) fn state<'a, Id: Ord, T: Copy + Ord>(
        &'a self,
        of: &Of<'_, Id, T>,
        by_slot: impl FnOnce() -> Option<&'a TeamsBySlot>,
        now: Now,
    ) -> GrantState<T> {
        match of.state(&self.own, now) {
            GrantState::InForce(own) => GrantState::InForce(own),
            own => own.or_of_teams(self.teams.borrowed().state(of, by_slot, now)),
        }
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
        self.own.separate();
    }
}
