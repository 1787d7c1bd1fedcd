//! What few members have: lines, which say everything of a membership but its organization.

use alloc::sync::Arc;

use smallvec::SmallVec;

use crate::directory::index::Member;
use crate::directory::members::word::{One, Word};
use crate::directory::numbers::{Numbers, Place};
use crate::directory::slots::Slots;
use crate::directory::table::Shared;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::model::time::{Grant, GrantState, Now, Time};

/// A grant on a place, by the number of the place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<T> {
    pub(crate) on: u32,
    pub(crate) grant: Grant<T>,
}

/// Grants of one kind, in the order of the ids of their places.
pub(crate) type GivenList<T> = SmallVec<[Given<T>; 1]>;

/// The grants of a member or of a team.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    pub(crate) overrides: GivenList<ClusterAccess>,
    pub(crate) project_roles: GivenList<ProjectRole>,
}

impl Held {
    pub(crate) fn is_empty(&self) -> bool {
        self.overrides.is_empty() && self.project_roles.is_empty()
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.overrides.shrink_to_fit();
        self.project_roles.shrink_to_fit();
    }
}

/// The longest list in which a number is faster found one by one than by the ids.
const FEW: usize = 16;

/// The grant on a place, by its number.
#[inline]
pub(crate) fn on_place<Id: Ord, T: Copy>(list: &[Given<T>], place: u32, places: &Slots<Place<Id>>) -> Option<Grant<T>> {
    if list.len() <= FEW {
        return list.iter().find(|given| given.on == place).map(|given| given.grant);
    }
    let id = places.get(place)?.id();
    Some(list.get(find(list, id, places).ok()?)?.grant)
}

/// Where the grant on a place is, or is to be.
pub(crate) fn find<Id: Ord + core::borrow::Borrow<Q>, Q: Ord + ?Sized, T>(
    list: &[Given<T>],
    id: &Q,
    places: &Slots<Place<Id>>,
) -> Result<usize, usize> {
    list.binary_search_by(|given| {
        let on = places.get(given.on).map(|place| place.id().borrow());
        on.map_or(core::cmp::Ordering::Less, |on| on.cmp(id))
    })
}

/// Sets or removes the grant on a place.
pub(crate) fn set<Id: Ord, T: Copy>(
    list: &mut GivenList<T>,
    place: u32,
    grant: Option<Grant<T>>,
    places: &Slots<Place<Id>>,
) {
    let Some(id) = places.get(place).map(Place::id) else { return };
    match (find(list, id, places), grant) {
        (Ok(at), Some(grant)) => {
            if let Some(given) = list.get_mut(at) {
                given.grant = grant;
            }
        }
        (Ok(at), None) => drop(list.remove(at)),
        (Err(at), Some(grant)) => list.insert(at, Given { on: place, grant }),
        (Err(_), None) => {}
    }
}

/// A membership that has more than a word says: a custom role, an expiry, places in teams, or grants that expire or are several.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) kind: AccountKind,
    pub(crate) role: RankedPermissions,
    /// The number of the custom role; 0 for a built-in one.
    pub(crate) custom: u32,
    pub(crate) expires_at: Option<Time>,
    pub(crate) own: Held,
    /// The teams by number, in the order of their ids.
    pub(crate) teams: SmallVec<[u32; 2]>,
}

impl Line {
    pub(crate) fn new(kind: AccountKind) -> Self {
        let role = RankedPermissions::built_in(Role::Viewer);
        Self { kind, role, custom: 0, expires_at: None, own: Held::default(), teams: SmallVec::new() }
    }

    /// What a word says, if it is no line.
    pub(crate) fn of_word<Id>(word: Word, numbers: &Numbers<Id>) -> Self {
        let One { place, .. } = word.one();
        let mut line = Self { role: RankedPermissions::built_in(word.rank()), ..Self::new(word.kind()) };
        if numbers.places.get(place).is_some_and(Place::is_project) {
            let role = word.one().project_role().into_iter();
            line.own.project_roles.extend(role.map(|role| Given { on: place, grant: Grant::new(role) }));
        } else {
            let level = word.one().access().into_iter();
            line.own.overrides.extend(level.map(|level| Given { on: place, grant: Grant::new(level) }));
        }
        line
    }

    /// The word that says the same, if there is one.
    pub(crate) fn to_word(&self) -> Option<Word> {
        if self.custom != 0 || self.expires_at.is_some() || !self.teams.is_empty() {
            return None;
        }
        let one = match (self.own.overrides.as_slice(), self.own.project_roles.as_slice()) {
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

    /// Whether the member is an Owner who stays one.
    pub(crate) fn is_permanent_owner(&self) -> bool {
        self.acting().rank == Role::Owner && self.expires_at.is_none()
    }

    /// Puts the member into a team, unless they are in it.
    pub(crate) fn join<Id: Ord>(&mut self, team: u32, numbers: &Numbers<Id>) -> Result<(), ()> {
        let id = |team| numbers.teams.get(team).map(|team| team.id());
        match self.teams.binary_search_by(|other| id(*other).cmp(&id(team))) {
            Ok(_) => Err(()),
            Err(place) => {
                self.teams.insert(place, team);
                Ok(())
            }
        }
    }

    /// Takes the member out of a team. Returns whether they were in it.
    pub(crate) fn leave(&mut self, team: u32) -> bool {
        let place = self.teams.iter().position(|other| *other == team);
        place.map(|place| self.teams.remove(place)).is_some()
    }

    /// What lists read of the member.
    pub(crate) fn member(&self) -> Grant<Member> {
        let RankedPermissions { rank, permissions } = self.role;
        let member = Member { kind: self.kind, rank, permissions, in_teams: !self.teams.is_empty() };
        Grant::expiring(member, self.expires_at)
    }

    /// How the member's grants on a place count, of one kind: their own, else those of the teams.
    #[inline]
    pub(crate) fn state<Id: Ord, T: Copy + Ord>(
        &self,
        list: impl Fn(&Held) -> &[Given<T>],
        place: u32,
        numbers: &Numbers<Id>,
        now: Now,
    ) -> GrantState<T> {
        let state = |held: &Held| {
            on_place(list(held), place, &numbers.places).map_or(GrantState::Nothing, |grant| grant.at(now))
        };
        let own = state(&self.own);
        let teams = self.teams.iter().filter_map(|team| numbers.teams.get(*team));
        match self.teams.as_slice() {
            [] => own,
            _ => own.or_of_teams(
                teams.fold(GrantState::Nothing, |counts, team| counts.or_of_another_team(state(team.held()))),
            ),
        }
    }
}

impl Shared for Line {}

/// A line as it is stored: behind a pointer of its own, since a copy of a page with many grants would be large.
pub(crate) type Stored = Arc<Line>;
