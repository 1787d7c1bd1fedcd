//! What lists read of a member.

use crate::model::account::AccountKind;
use crate::model::role::{Permission, Permissions, RankedPermissions, Role};

/// What lists read of a member, so that they look up no account that is in no team. In 32 bits, since there are many.
///
/// From bit 0: kind 1, rank 3, whether the member is in a team 1, permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Member(u32);

const RANK_SHIFT: u32 = 1;
/// The member is in a team, whose grants the index has by team alone.
const IN_TEAMS: u32 = 1 << 4;
const PERMISSIONS_SHIFT: u32 = 5;

const _: () = assert!(Role::ALL.len() <= 8 && AccountKind::ALL.len() == 2, "they have room");
const _: () = assert!(Permission::ALL.len() <= 27, "they have room");

impl Member {
    /// A member with a role of the membership's own, even if a service account acts with a lower one.
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a position among few")]
    pub(crate) const fn new(kind: AccountKind, role: RankedPermissions, is_in_teams: bool) -> Self {
        let RankedPermissions { rank, permissions } = role;
        let bits = kind.index() as u32 | (rank.index() as u32) << RANK_SHIFT | permissions.bits() << PERMISSIONS_SHIFT;
        Self(if is_in_teams { bits | IN_TEAMS } else { bits })
    }

    pub(crate) const fn with_teams(self) -> Self {
        Self(self.0 | IN_TEAMS)
    }

    #[inline]
    pub(crate) const fn is_in_teams(self) -> bool {
        self.0 & IN_TEAMS != 0
    }

    #[inline]
    pub(crate) const fn kind(self) -> AccountKind {
        let [user, service] = AccountKind::ALL;
        if self.0 & 1 == 0 { user } else { service }
    }

    /// The role of the membership's own.
    fn own(self) -> RankedPermissions {
        let rank = usize::try_from(self.0 >> RANK_SHIFT & 7).ok().and_then(|rank| Role::ALL.get(rank));
        RankedPermissions {
            rank: rank.copied().unwrap_or(Role::Viewer),
            permissions: Permissions::of_bits(self.0 >> PERMISSIONS_SHIFT),
        }
    }

    /// The role that the member acts with.
    pub(crate) fn acting(self) -> RankedPermissions {
        match (self.kind(), self.own()) {
            (AccountKind::Service, RankedPermissions { rank: Role::Owner, .. }) => {
                RankedPermissions::built_in(Role::Admin)
            }
            (AccountKind::Service | AccountKind::User, own) => own,
        }
    }

    /// A number below 64, another one for each kind and rank, and mostly for each custom role.
    #[inline]
    #[expect(clippy::as_conversions, reason = "six bits")]
    pub(crate) const fn place(self) -> usize {
        let of_permissions = (self.0 >> PERMISSIONS_SHIFT ^ self.0 >> 10) & 0b11_0000;
        (of_permissions | self.0 & 0b1111) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_keeps_what_was_put_into_it() {
        for kind in AccountKind::ALL {
            for rank in Role::ALL {
                for permissions in
                    Role::ALL.map(Role::permissions).into_iter().chain([Permissions::NONE, Permissions::ALL])
                {
                    let role = RankedPermissions { rank, permissions };
                    let member = Member::new(kind, role, false);
                    assert_eq!((member.kind(), member.own(), member.is_in_teams()), (kind, role, false));
                    let in_teams = Member::new(kind, role, true);
                    assert_eq!((in_teams.kind(), in_teams.own(), in_teams.is_in_teams()), (kind, role, true));
                    assert_eq!(member.with_teams(), in_teams);
                    assert!(member.place() < 64);
                }
            }
        }
    }

    #[test]
    fn each_kind_and_rank_has_a_place_of_its_own() {
        let members =
            AccountKind::ALL.into_iter().flat_map(|kind| Role::ALL.map(|role| Member::new(kind, role.into(), false)));
        let mut places: alloc::vec::Vec<_> = members.map(Member::place).collect();
        places.sort_unstable();
        assert!(places.is_sorted_by(|a, b| a < b));
    }
}
