//! Decisions as single bytes.

use crate::model::access::ClusterAccess;
use crate::model::protection::{ApprovalFrom, ApprovalRule};
use crate::model::role::{Permission, RankedPermissions, Role};
use crate::policy::approval::decide_after;
use crate::policy::decision::{Decision, MissingApprovals};
use crate::policy::gates::lacks;
use crate::policy::reason::{ClusterOf, Reason, RoleRequirement};

/// A decision as a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code(pub(super) u8);

const APPROVAL: usize = 1;
const NOT_A_MEMBER: usize = APPROVAL + ApprovalFrom::ALL.len();
const NOT_IN_PROJECT: usize = NOT_A_MEMBER + 1;
const PERMISSION: usize = NOT_IN_PROJECT + 1;
const LEVEL: usize = PERMISSION + Role::ALL.len() * Permission::ALL.len();
const GUARD: usize = LEVEL + ClusterAccess::ALL.len() * ClusterAccess::ALL.len();
const END: usize = GUARD + Role::ALL.len() * Role::ALL.len();

impl Code {
    /// No decision: the gates say it.
    pub(super) const JUDGE: Self = Self(u8::MAX);

    /// The code of a decision, if it has one.
    #[expect(clippy::arithmetic_side_effects, reason = "evaluated at compile time: an overflow fails the build")]
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "asserted: a code is a byte")]
    pub(super) const fn of(decision: Option<Decision>) -> Self {
        const { assert!(END <= u8::MAX as usize, "each decision has a code of its own") }
        let code = match decision {
            Some(Decision::Allow) => 0,
            Some(Decision::RequireApproval(MissingApprovals { from, missing: 1 })) => APPROVAL + from.index(),
            Some(Decision::Deny(Reason::NotAMember)) => NOT_A_MEMBER,
            Some(Decision::Deny(Reason::NotInProject)) => NOT_IN_PROJECT,
            Some(Decision::Deny(Reason::RoleInsufficient { have, need: RoleRequirement::Permission(permission) })) => {
                PERMISSION + have.index() * Permission::ALL.len() + permission.index()
            }
            Some(Decision::Deny(Reason::ClusterLevelInsufficient { have, need, cluster: ClusterOf::Present })) => {
                LEVEL + have.index() * ClusterAccess::ALL.len() + need.index()
            }
            Some(Decision::Deny(Reason::EnvironmentProtected { have, need })) => {
                GUARD + have.index() * Role::ALL.len() + need.index()
            }
            Some(Decision::RequireApproval(_) | Decision::Deny(_)) | None => return Self::JUDGE,
        };
        Self(code as u8)
    }
}

/// The decision of each code.
#[cfg_attr(test, derive(Clone))]
pub(super) struct Decisions(pub(super) [Decision; 1 << u8::BITS]);

impl Decisions {
    pub(super) const TABLE: Self = {
        let mut table = Self([Decision::Deny(Reason::NotApplicable); 1 << u8::BITS]);
        table.set(Decision::Allow);
        table.set(Decision::Deny(Reason::NotAMember));
        table.set(Decision::Deny(Reason::NotInProject));
        table.set_approvals(&ApprovalFrom::ALL);
        table.set_ranks(&Role::ALL);
        table.set_levels(&ClusterAccess::ALL);
        table
    };

    #[inline]
    pub(super) fn get(&self, code: Code) -> Decision {
        self.0.get(usize::from(code.0)).copied().unwrap_or(Decision::Deny(Reason::NotApplicable))
    }

    #[expect(clippy::indexing_slicing, reason = "a byte is less than the length")]
    #[expect(clippy::as_conversions, reason = "a byte fits")]
    const fn set(&mut self, decision: Decision) {
        self.0[Code::of(Some(decision)).0 as usize] = decision;
    }

    const fn set_approvals(&mut self, mut from: &[ApprovalFrom]) {
        while let [first, others @ ..] = from {
            self.set(decide_after(ApprovalRule::new(*first), 0));
            from = others;
        }
    }

    const fn set_ranks(&mut self, mut ranks: &[Role]) {
        while let [have, others @ ..] = ranks {
            let mut permissions = Permission::ALL.as_slice();
            while let [permission, others @ ..] = permissions {
                self.set(Decision::Deny(lacks(RankedPermissions::built_in(*have), *permission)));
                permissions = others;
            }
            let mut needs = Role::ALL.as_slice();
            while let [need, others @ ..] = needs {
                self.set(Decision::Deny(Reason::EnvironmentProtected { have: *have, need: *need }));
                needs = others;
            }
            ranks = others;
        }
    }

    const fn set_levels(&mut self, mut levels: &[ClusterAccess]) {
        while let [have, others @ ..] = levels {
            let mut needs = ClusterAccess::ALL.as_slice();
            while let [need, others @ ..] = needs {
                let (have, need, cluster) = (*have, *need, ClusterOf::Present);
                self.set(Decision::Deny(Reason::ClusterLevelInsufficient { have, need, cluster }));
                needs = others;
            }
            levels = others;
        }
    }
}
