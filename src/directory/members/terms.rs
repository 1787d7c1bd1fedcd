//! What a membership consists of, however it is stored.

use crate::directory::members::given::{Few, HeldRef};
use crate::directory::members::line::Line;
use crate::directory::members::teams::TeamSet;
use crate::directory::members::word::{One, Word};
use crate::model::role::RankedPermissions;
use crate::model::time::Time;

/// What a membership consists of, but for its organization.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Terms<'a> {
    Word(Word),
    Line(&'a Line),
}

impl<'a> Terms<'a> {
    #[inline]
    pub(crate) const fn line(self) -> Option<&'a Line> {
        match self {
            Self::Line(line) => Some(line),
            Self::Word(_) => None,
        }
    }

    /// The role of the membership itself, even if a service account acts with a lower one.
    #[inline]
    pub(crate) fn role(self) -> RankedPermissions {
        match self {
            Self::Line(line) => line.role,
            Self::Word(word) => RankedPermissions::built_in(word.rank()),
        }
    }

    /// The role that the member acts with.
    #[inline]
    pub(crate) const fn acting(self) -> RankedPermissions {
        match self {
            Self::Line(line) => line.acting(),
            Self::Word(word) => word.acting(),
        }
    }

    #[inline]
    pub(crate) fn expires_at(self) -> Option<Time> {
        self.line()?.expires_at
    }

    #[inline]
    pub(crate) fn teams(self) -> TeamSet<'a> {
        match self {
            Self::Line(line) => line.teams(),
            Self::Word(word) => TeamSet { slots: word.teams(), listed: &[] },
        }
    }

    /// The member's own grants.
    #[inline]
    pub(crate) fn own(self) -> HeldRef<'a> {
        match self {
            Self::Line(line) => line.own(),
            Self::Word(word) => HeldRef::Few([word.one(), One::NONE]),
        }
    }

    /// The teams and the member's own grants, if these are few.
    #[inline]
    pub(crate) fn short(self) -> Option<(TeamSet<'a>, Few)> {
        match self.own() {
            HeldRef::Few(few) => Some((self.teams(), few)),
            HeldRef::Lists(_) => None,
        }
    }
}
