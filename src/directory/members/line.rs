//! What few members have: lines, which say everything of a membership but its organization.

use alloc::sync::Arc;

use smallvec::SmallVec;

use crate::directory::index::Member;
use crate::directory::members::teams::{Of, Teams, TeamsBySlot};
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

/// A membership that has more than a word says: a custom role, an expiry, grants that expire or are several or beside teams, or more
/// teams than have slots.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) kind: AccountKind,
    pub(crate) role: RankedPermissions,
    /// The number of the custom role; 0 for a built-in one.
    pub(crate) custom: u32,
    pub(crate) expires_at: Option<Time>,
    pub(crate) own: Held,
    pub(crate) teams: Teams,
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
        let Teams { slots, listed } = &self.teams;
        if self.custom != 0 || self.expires_at.is_some() || !listed.is_empty() {
            return None;
        }
        if *slots != 0 {
            let has_word = self.kind == AccountKind::User && self.own.is_empty();
            return has_word.then(|| Word::of_teams(self.role.rank, *slots));
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

    /// What lists read of the member.
    pub(crate) fn member(&self) -> Grant<Member> {
        let RankedPermissions { rank, permissions } = self.role;
        let member = Member { kind: self.kind, rank, permissions, in_teams: !self.teams.is_empty() };
        Grant::expiring(member, self.expires_at)
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

impl Shared for Line {}

/// A line as it is stored: behind a pointer of its own, since a copy of a page with many grants would be large.
pub(crate) type Stored = Arc<Line>;
