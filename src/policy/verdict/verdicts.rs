//! What the gates say, by row of the action table, effective rank, permission, level and class of protection.

use crate::model::access::ClusterAccess;
use crate::model::protection::Protection;
use crate::model::protection::class::Class;
use crate::model::resource::ResourceKind;
use crate::model::role::{Permissions, RankedPermissions};
use crate::policy::approval::decide_after;
use crate::policy::decision::Decision;
use crate::policy::gates;
use crate::policy::reason::ClusterOf;
use crate::policy::requirement::{ApprovalGate, LevelBy, ROWS, Requirement, Row};
use crate::policy::verdict::code::Code;
use crate::policy::verdict::position::{Position, Standing};

/// A code for each verdict.
#[cfg_attr(test, derive(Clone))]
pub(super) struct Verdicts(pub(super) [Code; 1 << (NUMBER + 9)]);

/// The bits of the number of a row.
pub(super) const NUMBER: u32 = 6;

/// Whether the role that counts has the permissions that a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permitted {
    Yes,
    No,
}

impl Verdicts {
    #[expect(clippy::large_stack_arrays, reason = "evaluated at compile time")]
    pub(super) const TABLE: Self = {
        let mut table = Self([Code::JUDGE; 1 << (NUMBER + 9)]);
        let mut rows = ROWS.as_slice();
        while let [row, others @ ..] = rows {
            let mut standings = Standing::ALL.as_slice();
            while let [standing, others @ ..] = standings {
                table.set_standing(row, *standing);
                standings = others;
            }
            rows = others;
        }
        table
    };

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
    pub(super) fn get(
        &self,
        requirement: &Requirement,
        permitted: Permitted,
        position: Position,
        class: Class,
    ) -> Code {
        let index = index(requirement, permitted, position, class) & (self.0.len().wrapping_sub(1));
        self.0.get(index).copied().unwrap_or(Code::JUDGE)
    }

    const fn set_standing(&mut self, row: &Row, standing: Standing) {
        let mut levels = ClusterAccess::ALL.as_slice();
        while let [level, others @ ..] = levels {
            let mut classes = Class::ALL.as_slice();
            while let [class, others @ ..] = classes {
                self.set(row, Permitted::Yes, standing, *level, *class);
                self.set(row, Permitted::No, standing, *level, *class);
                classes = others;
            }
            levels = others;
        }
    }

    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time: a bad index fails the build")]
    const fn set(&mut self, row: &Row, permitted: Permitted, standing: Standing, level: ClusterAccess, class: Class) {
        let index = index(&row.2, permitted, Position::new(standing, level), class);
        self.0[index] = Code::of(judge(row, permitted, standing, level, class));
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
#[expect(clippy::as_conversions, reason = "a byte fits")]
pub(super) const fn index(requirement: &Requirement, permitted: Permitted, position: Position, class: Class) -> usize {
    (requirement.number as usize) << 9 | (permitted as usize) << 8 | position.0 as usize | class.index()
}

/// What the gates say, in their order; `None` if it depends on more than is told here.
const fn judge(
    (_, kinds, requirement): &Row,
    permitted: Permitted,
    standing: Standing,
    level: ClusterAccess,
    class: Class,
) -> Option<Decision> {
    macro_rules! pass {
        ($gate:expr) => {
            match $gate {
                Ok(passed) => passed,
                Err(reason) => return Some(Decision::Deny(reason)),
            }
        };
    }

    let rank = match standing {
        Standing::Rank(rank) => rank,
        Standing::NotAMember => pass!(gates::membership(None)).rank,
        Standing::Hidden => pass!(gates::in_project(None)).rank,
    };
    let permissions = match permitted {
        Permitted::Yes => requirement.permissions,
        // Which of several is lacking is not known here, nor whether the subject is the target.
        Permitted::No if requirement.or_oneself || requirement.permissions.count() > 1 => return None,
        Permitted::No => Permissions::NONE,
    };
    pass!(gates::permission(requirement, RankedPermissions { rank, permissions }));
    match requirement.level_by {
        LevelBy::Standing => pass!(gates::level(requirement, level, ClusterOf::Present)),
        LevelBy::Organization | LevelBy::EachOfProject => return None,
    }
    let protection = match class.example() {
        Some(protection) => protection,
        None if requirement.guard.is_none() && matches!(requirement.approval, ApprovalGate::Skipped) => {
            Protection::NONE
        }
        None => return None,
    };
    pass!(gates::safeguard(requirement, rank, protection.safeguard()));
    match requirement.approval.rule(protection) {
        // A deployment may have approvals.
        Some(_) if has_kind(kinds, ResourceKind::Deployment) => None,
        Some(rule) if requirement.constraints.is_empty() => Some(decide_after(rule, 0)),
        None if requirement.constraints.is_empty() => Some(Decision::Allow),
        Some(_) | None => None,
    }
}

const fn has_kind(mut kinds: &[ResourceKind], kind: ResourceKind) -> bool {
    while let [first, others @ ..] = kinds {
        if first.index() == kind.index() {
            return true;
        }
        kinds = others;
    }
    false
}
