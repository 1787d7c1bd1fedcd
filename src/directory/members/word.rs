//! What most members have, in 32 bits: a built-in role, and at most one grant, which does not expire.

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::policy::verdict::built_in::RoleCode;

/// A membership without its organization.
///
/// From bit 0: form 2, then the number of a line; or code of the grant 3, role 3, and the place of the grant or a bit for each of the
/// teams 24. A word of no membership is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(pub(crate) u32);

const FORM: u32 = 0b11;
/// A user's membership.
const USER: u32 = 0;
/// A service account's membership.
const SERVICE: u32 = 1;
/// The membership of a user who is in teams, and has no grants of their own.
const TEAMS: u32 = 2;
/// The membership is a line.
const LINE: u32 = 3;

const NUMBER_SHIFT: u32 = 2;
const CODE_SHIFT: u32 = 2;
const ROLE_SHIFT: u32 = 5;
const PLACE_SHIFT: u32 = 8;

/// The highest number of a line.
pub(crate) const LAST_LINE: u32 = u32::MAX >> NUMBER_SHIFT;
/// The highest number of a place that has room in a word. Grants on others are in lines.
const LAST_PLACE: u32 = u32::MAX >> PLACE_SHIFT;

/// The code of a level: its position among all, from 1 on. 0 is that of none.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a position among few")]
pub(crate) const fn code_of_access(level: ClusterAccess) -> u32 {
    (level.index() as u32).wrapping_add(1)
}

pub(crate) fn access_of_code(code: u32) -> Option<ClusterAccess> {
    ClusterAccess::ALL.get(usize::try_from(code).ok()?.checked_sub(1)?).copied()
}

/// The code of a project role: its position among all, from 1 on. 0 is that of none.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a position among few")]
pub(crate) const fn code_of_project_role(role: ProjectRole) -> u32 {
    (role.index() as u32).wrapping_add(1)
}

pub(crate) fn project_role_of_code(code: u32) -> Option<ProjectRole> {
    ProjectRole::ALL.get(usize::try_from(code).ok()?.checked_sub(1)?).copied()
}

/// The value if two numbers are the same, else 0.
// By arithmetic: a comparison becomes a branch, and what most questions compare cannot be predicted.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of nearly every decision")]
#[expect(clippy::as_conversions, reason = "the upper half has 32 bits")]
pub(crate) const fn if_same(one: u32, other: u32, value: u32) -> u32 {
    // The upper half of the difference less one has ones only where there is no difference.
    let mask = ((one ^ other) as u64).wrapping_sub(1) >> u32::BITS;
    mask as u32 & value
}

/// The only grant of a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct One {
    /// The place that it is on; 0 if there is no grant.
    pub(crate) place: u32,
    /// The code of the level or the project role; 0 if there is no grant.
    pub(crate) code: u32,
}

impl One {
    pub(crate) const NONE: Self = Self { place: 0, code: 0 };

    pub(crate) const fn of_access(place: u32, level: ClusterAccess) -> Self {
        Self { place, code: code_of_access(level) }
    }

    pub(crate) const fn of_project_role(place: u32, role: ProjectRole) -> Self {
        Self { place, code: code_of_project_role(role) }
    }

    /// The level, if the place is a cluster.
    pub(crate) fn access(self) -> Option<ClusterAccess> {
        access_of_code(self.code)
    }

    /// The project role, if the place is a project.
    pub(crate) fn project_role(self) -> Option<ProjectRole> {
        project_role_of_code(self.code)
    }
}

impl Word {
    /// Of no membership.
    pub(crate) const NONE: Self = Self(0);

    /// A membership with a built-in role and at most one grant; `None` if there is no room for the grant's place.
    pub(crate) const fn new(kind: AccountKind, rank: Role, one: One) -> Option<Self> {
        if one.place > LAST_PLACE {
            return None;
        }
        let (form, RoleCode(role)) = match (kind, rank) {
            (AccountKind::User, rank) => (USER, RoleCode::of(rank)),
            (AccountKind::Service, Role::Owner) => (SERVICE, RoleCode::SERVICE_OWNER),
            (AccountKind::Service, rank) => (SERVICE, RoleCode::of(rank)),
        };
        Some(Self(form | one.code << CODE_SHIFT | role << ROLE_SHIFT | one.place << PLACE_SHIFT))
    }

    /// The same membership with its first grant; `None` if it has a grant, teams or a line, or there is no room for the grant's place.
    pub(crate) const fn with_one(self, one: One) -> Option<Self> {
        if !self.is_plain() || self.0 >> PLACE_SHIFT != 0 || one.place > LAST_PLACE {
            return None;
        }
        Some(Self(self.0 | one.code << CODE_SHIFT | one.place << PLACE_SHIFT))
    }

    /// The membership of a user with a built-in role, who is in these teams.
    pub(crate) const fn of_teams(rank: Role, slots: u32) -> Self {
        let RoleCode(role) = RoleCode::of(rank);
        Self(TEAMS | role << ROLE_SHIFT | slots << PLACE_SHIFT)
    }

    /// The slots of the teams, if the word has teams.
    #[inline]
    pub(crate) const fn teams(self) -> u32 {
        if self.0 & FORM == TEAMS { self.0 >> PLACE_SHIFT } else { 0 }
    }

    /// Whether the membership has neither teams nor a line.
    #[inline]
    pub(crate) const fn is_plain(self) -> bool {
        self.0 & TEAMS == 0
    }

    pub(crate) const fn of_line(number: u32) -> Self {
        Self(LINE | number << NUMBER_SHIFT)
    }

    #[inline]
    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The number of the line, if it is one.
    #[inline]
    pub(crate) const fn line(self) -> Option<u32> {
        if self.0 & FORM == LINE { Some(self.0 >> NUMBER_SHIFT) } else { None }
    }

    /// The kind of the account, if the word is no line.
    pub(crate) const fn kind(self) -> AccountKind {
        if self.0 & FORM == SERVICE { AccountKind::Service } else { AccountKind::User }
    }

    /// The role that the member acts with, if the word is no line.
    #[inline]
    pub(crate) const fn acting(self) -> RankedPermissions {
        match self.role().role() {
            Some(role) => RankedPermissions::built_in(role),
            None => RankedPermissions::built_in(Role::Viewer),
        }
    }

    /// The same as the tables read it: none of no membership.
    #[inline]
    pub(crate) const fn role(self) -> RoleCode {
        RoleCode(self.0 >> ROLE_SHIFT & 7)
    }

    /// The rank of the role, if the word is no line.
    pub(crate) fn rank(self) -> Role {
        if self.role() == RoleCode::SERVICE_OWNER { Role::Owner } else { self.acting().rank }
    }

    /// The only grant.
    #[inline]
    pub(crate) const fn one(self) -> One {
        if self.is_plain() { One { place: self.0 >> PLACE_SHIFT, code: self.0 >> CODE_SHIFT & 7 } } else { One::NONE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_what_was_put_into_it() {
        for kind in AccountKind::ALL {
            for rank in Role::ALL {
                for place in [1, 2, LAST_PLACE] {
                    let levels = ClusterAccess::ALL.map(|level| (One::of_access(place, level), Some(level), None));
                    let roles = ProjectRole::ALL.map(|role| (One::of_project_role(place, role), None, Some(role)));
                    for (one, level, role) in levels.into_iter().chain(roles).chain([(One::NONE, None, None)]) {
                        let word = Word::new(kind, rank, one).unwrap();
                        assert_eq!((word.kind(), word.rank(), word.one(), word.line()), (kind, rank, one, None));
                        assert_eq!(word.acting(), RankedPermissions::built_in(kind.acting(rank)));
                        assert!(level.is_none_or(|level| word.one().access() == Some(level)));
                        assert!(role.is_none_or(|role| word.one().project_role() == Some(role)));
                        assert!(!word.is_none());
                        let bare = Word::new(kind, rank, One::NONE).unwrap();
                        assert_eq!(bare.with_one(one), Some(word));
                        assert!(one == One::NONE || word.with_one(one).is_none());
                    }
                }
                let beyond = One { place: LAST_PLACE + 1, code: 1 };
                assert_eq!(Word::new(kind, rank, beyond), None);
                assert_eq!(Word::new(kind, rank, One::NONE).unwrap().with_one(beyond), None);
            }
        }
        for rank in Role::ALL {
            for slots in [1, LAST_PLACE] {
                let word = Word::of_teams(rank, slots);
                assert_eq!((word.teams(), word.rank(), word.one(), word.line()), (slots, rank, One::NONE, None));
                assert_eq!((word.kind(), word.is_plain()), (AccountKind::User, false));
            }
        }
        assert!([1, LAST_LINE].into_iter().all(|number| Word::of_line(number).line() == Some(number)));
    }
}
