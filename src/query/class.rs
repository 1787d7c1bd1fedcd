//! Classes: all that an answer depends on while the rest of the question stays as it is. Those of one class get one answer.

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

/// A number that no other class has: a digit for each fact. (One number is hashed in a third of the time of the facts.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Class(usize);

impl Class {
    /// The same class, with a fact more.
    #[inline]
    pub(crate) fn and<D: Digit>(self, fact: D) -> Self {
        Self(self.0.wrapping_mul(D::COUNT).wrapping_add(fact.digit()))
    }
}

/// A fact that has few values.
pub(crate) trait Digit {
    /// How many.
    const COUNT: usize;

    /// Which: less than there are.
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
            Self::InForce(held) => held.digit(),
            Self::Lowering(held) => held.digit().wrapping_add(D::COUNT),
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

/// What `decide` answered for each class.
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

/// An answer that is found: whatever is not denied.
#[inline]
pub(super) fn found<T>(what: T, decision: Decision) -> Option<(T, Decision)> {
    match decision {
        Decision::Allow | Decision::RequireApproval(_) => Some((what, decision)),
        Decision::Deny(_) => None,
    }
}

/// Facts, each with the place of its class.
pub(crate) struct Classes<'a, T> {
    facts: Vec<(&'a T, usize)>,
    /// One of each class.
    examples: Vec<&'a T>,
}

impl<'a, T> Classes<'a, T> {
    /// Sorts facts into classes: those of which `class` says the same.
    pub(crate) fn of<C: PartialEq>(facts: impl Iterator<Item = &'a T>, class: impl Fn(&T) -> C) -> Self {
        let mut classes = Vec::new();
        let mut sorted = Self { facts: Vec::new(), examples: Vec::new() };
        for fact in facts {
            let class = class(fact);
            let place = classes.iter().position(|known| *known == class).unwrap_or_else(|| {
                classes.push(class);
                sorted.examples.push(fact);
                classes.len().saturating_sub(1)
            });
            sorted.facts.push((fact, place));
        }
        sorted
    }

    /// One of each class, in the order of their places.
    pub(crate) fn examples(&self) -> impl Iterator<Item = &'a T> {
        self.examples.iter().copied()
    }

    /// The ids of the facts whose class is chosen, by its place.
    pub(crate) fn selection(&self, chosen: impl Fn(usize) -> bool) -> Selection<T::Key>
    where
        T: Keyed<Key: Clone + Ord>,
    {
        Selection::of(self.facts.iter().map(|(fact, class)| (fact.key(), chosen(*class))))
    }
}
