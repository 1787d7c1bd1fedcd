//! Classes of facts that a decision cannot tell apart, so that it is made once for each class.

use alloc::vec::Vec;

use hashbrown::HashMap;

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::project::Visibility;
use crate::model::protection::{ApprovalFrom, ApprovalRule, Bypass, Protection, ProtectionLevel, SelfApproval};
use crate::model::role::{Permission, Permissions, ProjectRole, RankedPermissions, Role};
use crate::model::time::GrantState;
use crate::policy::decision::Decision;
use crate::query::selection::{Selection, Unknown};

/// A class as a unique number, with one digit for each fact. Hashing it takes a third of the time of hashing the facts.
///
/// The number of classes is the product of the facts' counts. It must fit into 64 bits: see the tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Class(u64);

impl Class {
    /// Appends a fact.
    #[inline]
    pub(crate) fn and<D: Digit>(self, fact: D) -> Self {
        Self(self.0.wrapping_mul(D::COUNT).wrapping_add(fact.digit()))
    }
}

/// A fact with few values.
pub(crate) trait Digit {
    /// The number of values.
    const COUNT: u64;

    /// The value as a number less than `COUNT`.
    fn digit(self) -> u64;
}

macro_rules! digits {
    ($($name:ident),+) => {
        $(
            impl Digit for $name {
                #[expect(clippy::as_conversions, reason = "the number of variants fits")]
                const COUNT: u64 = Self::ALL.len() as u64;

                #[inline]
                #[expect(clippy::as_conversions, reason = "the discriminant of a fieldless enum is less than the count")]
                fn digit(self) -> u64 {
                    self.index() as u64
                }
            }
        )+
    };
}

digits!(AccountKind, ApprovalFrom, Bypass, ClusterAccess, ProjectRole, ProtectionLevel, Role, SelfApproval, Visibility);

impl Digit for u8 {
    const COUNT: u64 = 256;

    #[inline]
    fn digit(self) -> u64 {
        self.into()
    }
}

impl Digit for Permissions {
    const COUNT: u64 = 1 << Permission::ALL.len();

    #[inline]
    fn digit(self) -> u64 {
        self.bits().into()
    }
}

impl Digit for RankedPermissions {
    const COUNT: u64 = Role::COUNT.wrapping_mul(Permissions::COUNT);

    #[inline]
    fn digit(self) -> u64 {
        let Class(digit) = Class::default().and(self.rank).and(self.permissions);
        digit
    }
}

impl<D: Digit> Digit for Option<D> {
    const COUNT: u64 = D::COUNT.wrapping_add(1);

    #[inline]
    fn digit(self) -> u64 {
        self.map_or(D::COUNT, D::digit)
    }
}

impl<D: Digit> Digit for GrantState<D> {
    const COUNT: u64 = D::COUNT.wrapping_mul(2).wrapping_add(1);

    #[inline]
    fn digit(self) -> u64 {
        match self {
            Self::InForce(value) => value.digit(),
            Self::Lowering(value) => value.digit().wrapping_add(D::COUNT),
            Self::Nothing => D::COUNT.wrapping_mul(2),
        }
    }
}

impl Digit for Protection {
    const COUNT: u64 = ProtectionLevel::COUNT
        .wrapping_mul(<Option<ApprovalFrom>>::COUNT)
        .wrapping_mul(<Option<SelfApproval>>::COUNT)
        .wrapping_mul(<Option<Bypass>>::COUNT)
        .wrapping_mul(u8::COUNT);

    #[inline]
    fn digit(self) -> u64 {
        let rule = self.rule();
        let Class(digit) = Class::default()
            .and(self.level())
            .and(rule.map(ApprovalRule::from))
            .and(rule.map(ApprovalRule::self_approval))
            .and(rule.map(ApprovalRule::bypass))
            .and(rule.map_or(0, ApprovalRule::count));
        digit
    }
}

/// The decision for each class.
#[derive(Clone, Debug)]
pub(super) struct Memo(HashMap<Class, Decision>);

impl Memo {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    #[inline]
    pub(super) fn get_or_insert_with(&mut self, class: Class, decide: impl FnOnce() -> Decision) -> Decision {
        self.get_or_insert_if(class, decide, |_| true)
    }

    /// The decision for a class. One that does not hold for the whole class is made anew each time.
    #[inline]
    pub(super) fn get_or_insert_if(
        &mut self,
        class: Class,
        decide: impl FnOnce() -> Decision,
        holds_for_class: impl FnOnce(Decision) -> bool,
    ) -> Decision {
        if let Some(decision) = self.0.get(&class) {
            return *decision;
        }
        let decision = decide();
        if holds_for_class(decision) {
            self.0.insert(class, decision);
        }
        decision
    }
}

/// The item with its decision, unless it is denied.
#[inline]
pub(super) fn unless_denied<T>(item: T, decision: Decision) -> Option<(T, Decision)> {
    match decision {
        Decision::Allow | Decision::RequireApproval(_) => Some((item, decision)),
        Decision::Deny(_) => None,
    }
}

/// Facts sorted into classes.
pub(crate) struct Classes<T> {
    /// Each fact with the index of its class.
    facts: Vec<(T, usize)>,
    /// One fact of each class.
    examples: Vec<T>,
}

impl<T: Copy> Classes<T> {
    /// Sorts facts into classes: those for which `class` returns the same value.
    pub(crate) fn of<C: PartialEq>(facts: impl Iterator<Item = T>, class: impl Fn(T) -> C) -> Self {
        let mut classes = Vec::new();
        let mut sorted = Self { facts: Vec::new(), examples: Vec::new() };
        for fact in facts {
            let class = class(fact);
            let index = classes.iter().position(|known| *known == class).unwrap_or_else(|| {
                classes.push(class);
                sorted.examples.push(fact);
                classes.len().saturating_sub(1)
            });
            sorted.facts.push((fact, index));
        }
        sorted
    }

    /// One fact of each class, by the index of the class.
    pub(crate) fn examples(&self) -> impl Iterator<Item = T> {
        self.examples.iter().copied()
    }

    /// The ids of the facts whose class is selected, by its index.
    pub(crate) fn selection<'a, Id: Clone + Ord + 'a>(
        &self,
        id: impl Fn(T) -> &'a Id,
        unknown: Unknown,
        selected: impl Fn(usize) -> bool,
    ) -> Selection<Id> {
        Selection::of(self.facts.iter().map(|(fact, class)| (id(*fact), selected(*class))), unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classes_of_each_search_fit_into_a_number() {
        let each = |counts: &[u64]| counts.iter().try_fold(1_u64, |product, count| product.checked_mul(*count));
        let [level, project_role] = [<GrantState<ClusterAccess>>::COUNT, <GrantState<ProjectRole>>::COUNT];
        let members = each(&[AccountKind::COUNT, RankedPermissions::COUNT, level, level, project_role]);
        let visibility = <Option<Visibility>>::COUNT;
        let environments = each(&[visibility, project_role, Visibility::COUNT, level, Protection::COUNT]);
        assert!(members.is_some() && environments.is_some());
    }

    #[test]
    fn every_value_has_a_digit_of_its_own_below_the_count() {
        let permissions = Role::ALL.map(|role| role.permissions().digit());
        assert!(permissions.iter().all(|digit| *digit < Permissions::COUNT));
        let states =
            ClusterAccess::ALL.iter().flat_map(|level| [GrantState::InForce(*level), GrantState::Lowering(*level)]);
        let mut digits: Vec<_> = states.chain([GrantState::Nothing]).map(Digit::digit).collect();
        digits.sort_unstable();
        assert!(digits.iter().copied().eq(0..<GrantState<ClusterAccess>>::COUNT));
    }
}
