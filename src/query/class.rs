//! Classes of facts that a decision cannot tell apart, so that it is made once for each class.

use alloc::vec::Vec;

use hashbrown::HashMap;

use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::project::Visibility;
use crate::model::protection::{ApprovalFrom, Protection, ProtectionLevel, SelfApproval};
use crate::model::role::{ProjectRole, Role};
use crate::model::sorted::Keyed;
use crate::model::time::GrantState;
use crate::policy::decision::Decision;
use crate::query::selection::Selection;

/// A class as a unique number, with one digit for each fact. Hashing it takes a third of the time of hashing the facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Class(usize);

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
    const COUNT: usize;

    /// The value as a number less than `COUNT`.
    fn digit(self) -> usize;
}

macro_rules! digits {
    ($($name:ident),+) => {
        $(
            impl Digit for $name {
                const COUNT: usize = Self::ALL.len();

                #[inline]
                fn digit(self) -> usize {
                    self.index()
                }
            }
        )+
    };
}

digits!(AccountKind, ApprovalFrom, ClusterAccess, ProjectRole, ProtectionLevel, Role, SelfApproval, Visibility);

impl Digit for u8 {
    const COUNT: usize = 256;

    #[inline]
    fn digit(self) -> usize {
        self.into()
    }
}

impl<D: Digit> Digit for Option<D> {
    const COUNT: usize = D::COUNT.wrapping_add(1);

    #[inline]
    fn digit(self) -> usize {
        self.map_or(D::COUNT, D::digit)
    }
}

impl<D: Digit> Digit for GrantState<D> {
    const COUNT: usize = D::COUNT.wrapping_mul(2).wrapping_add(1);

    #[inline]
    fn digit(self) -> usize {
        match self {
            Self::InForce(value) => value.digit(),
            Self::Lowering(value) => value.digit().wrapping_add(D::COUNT),
            Self::Nothing => D::COUNT.wrapping_mul(2),
        }
    }
}

impl Digit for Protection {
    const COUNT: usize = Class::protections();

    #[inline]
    fn digit(self) -> usize {
        let rule = self.rule();
        let Class(digit) = Class::default()
            .and(self.level())
            .and(rule.map(crate::model::protection::ApprovalRule::from))
            .and(rule.map(crate::model::protection::ApprovalRule::self_approval))
            .and(rule.map_or(0, crate::model::protection::ApprovalRule::count));
        digit
    }
}

impl Class {
    const fn protections() -> usize {
        ProtectionLevel::COUNT
            .wrapping_mul(<Option<ApprovalFrom>>::COUNT)
            .wrapping_mul(<Option<SelfApproval>>::COUNT)
            .wrapping_mul(u8::COUNT)
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
        match self.0.get(&class) {
            Some(decision) => *decision,
            None => *self.0.entry(class).insert(decide()).get(),
        }
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
pub(crate) struct Classes<'a, T> {
    /// Each fact with the index of its class.
    facts: Vec<(&'a T, usize)>,
    /// One fact of each class.
    examples: Vec<&'a T>,
}

impl<'a, T> Classes<'a, T> {
    /// Sorts facts into classes: those for which `class` returns the same value.
    pub(crate) fn of<C: PartialEq>(facts: impl Iterator<Item = &'a T>, class: impl Fn(&T) -> C) -> Self {
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
    pub(crate) fn examples(&self) -> impl Iterator<Item = &'a T> {
        self.examples.iter().copied()
    }

    /// The ids of the facts whose class is selected, by its index.
    pub(crate) fn selection(&self, selected: impl Fn(usize) -> bool) -> Selection<T::Key>
    where
        T: Keyed<Key: Clone + Ord>,
    {
        Selection::of(self.facts.iter().map(|(fact, class)| (fact.key(), selected(*class))))
    }
}
