//! Sets of protections, as a union of products of their parts.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::model::action::Action;
use crate::model::protection::{ApprovalFrom, ApprovalRule, Bypass, Protection, ProtectionLevel, SelfApproval};

/// The counts that a rule can have.
pub(crate) const EVERY_COUNT: RangeInclusive<u8> = 1..=u8::MAX;

/// A set of protections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protections {
    products: Vec<Product>,
}

impl Protections {
    /// Whether the set contains this protection.
    #[must_use]
    pub fn contains(&self, protection: Protection) -> bool {
        self.products.iter().any(|product| product.contains(protection))
    }

    /// The protections that `selects` accepts for an action. A stored level without a rule means what [`Protection::new`]
    /// makes of it, and combinations that it rejects are left out.
    pub(crate) fn of<C: Copy>(action: Action<C>, selects: impl Fn(Protection) -> bool) -> Self {
        let mut products = Vec::new();
        for level in ProtectionLevel::ALL {
            let bare = Protection::new(level, None).map(|bare| (bare, None));
            let ruled = every_rule(action)
                .into_iter()
                .map(|(example, rules)| Protection::new(level, Some(example)).map(|ruled| (ruled, Some(rules))));
            for (example, rules) in core::iter::once(bare).chain(ruled).flatten() {
                if selects(example) {
                    products.push(Product { levels: vec![level], rules });
                }
            }
        }
        Self { products: joined(products) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.products.is_empty()
    }

    pub(crate) fn products(&self) -> &[Product] {
        &self.products
    }
}

/// The protections with one of these levels, and one of these rules or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) levels: Vec<ProtectionLevel>,
    pub(crate) rules: Option<Rules>,
}

impl Product {
    fn contains(&self, protection: Protection) -> bool {
        let rules = match (&self.rules, protection.rule()) {
            (None, None) => true,
            (Some(rules), Some(rule)) => rules.contains(rule),
            (None, Some(_)) | (Some(_), None) => false,
        };
        rules && self.levels.contains(&protection.level())
    }

    /// The union with another product, if they differ in one part only.
    fn join(&self, other: &Self) -> Option<Self> {
        if self.rules == other.rules {
            return Some(Self { levels: union(&self.levels, &other.levels), rules: self.rules.clone() });
        }
        let (Some(rules), Some(others)) = (&self.rules, &other.rules) else { return None };
        let rules = rules.join(others).filter(|_| self.levels == other.levels)?;
        Some(Self { levels: self.levels.clone(), rules: Some(rules) })
    }
}

/// The rules whose parts are all among these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) from: Vec<ApprovalFrom>,
    pub(crate) self_approval: Vec<SelfApproval>,
    pub(crate) bypass: Vec<Bypass>,
    pub(crate) counts: RangeInclusive<u8>,
}

impl Rules {
    fn contains(&self, rule: ApprovalRule) -> bool {
        self.from.contains(&rule.from())
            && self.self_approval.contains(&rule.self_approval())
            && self.bypass.contains(&rule.bypass())
            && self.counts.contains(&rule.count())
    }

    /// The union with other rules, if they differ in one part only.
    fn join(&self, other: &Self) -> Option<Self> {
        let alike = [
            self.from == other.from,
            self.self_approval == other.self_approval,
            self.bypass == other.bypass,
            self.counts == other.counts,
        ];
        match alike {
            [false, true, true, true] => Some(Self { from: union(&self.from, &other.from), ..self.clone() }),
            [true, false, true, true] => {
                Some(Self { self_approval: union(&self.self_approval, &other.self_approval), ..self.clone() })
            }
            [true, true, false, true] => Some(Self { bypass: union(&self.bypass, &other.bypass), ..self.clone() }),
            [true, true, true, false] if self.counts.end().checked_add(1) == Some(*other.counts.start()) => {
                Some(Self { counts: *self.counts.start()..=*other.counts.end(), ..self.clone() })
            }
            _ => None,
        }
    }
}

/// The classes of rules that a decision about an action cannot tell apart, each with an example.
fn every_rule<C: Copy>(action: Action<C>) -> Vec<(ApprovalRule, Rules)> {
    let mut every = Vec::new();
    for from in ApprovalFrom::ALL {
        for self_approval in SelfApproval::ALL {
            for bypass in bypasses(&action) {
                for counts in counts(&action) {
                    let example = bypass.first().map_or(Bypass::None, |bypass| *bypass);
                    let example = ApprovalRule::new(from).with_self_approval(self_approval).with_bypass(example);
                    let Ok(example) = example.with_count(*counts.start()) else { continue };
                    let (from, self_approval, bypass) = (vec![from], vec![self_approval], bypass.clone());
                    every.push((example, Rules { from, self_approval, bypass, counts }));
                }
            }
        }
    }
    every
}

/// The sets of bypasses that a decision about an action cannot tell apart.
fn bypasses<C>(action: &Action<C>) -> Vec<Vec<Bypass>> {
    match action {
        Action::BreakGlass | Action::SetProtection { .. } => Bypass::ALL.map(|bypass| vec![bypass]).into(),
        _ => vec![Bypass::ALL.into()],
    }
}

/// The ranges of counts that a decision about an action cannot tell apart: it compares them only with the action's own.
fn counts<C>(action: &Action<C>) -> Vec<RangeInclusive<u8>> {
    let rule = if let Action::SetProtection { to } = action { to.rule() } else { None };
    let above = rule.and_then(|rule| rule.count().checked_add(1));
    match (rule, above) {
        (Some(rule), Some(above)) => vec![1..=rule.count(), above..=u8::MAX],
        (None | Some(_), None | Some(_)) => vec![EVERY_COUNT],
    }
}

/// Joins products until no two can be joined.
fn joined(products: Vec<Product>) -> Vec<Product> {
    let count = products.len();
    let mut joined: Vec<Product> = Vec::new();
    for product in products {
        let union = joined.iter_mut().find_map(|present| present.join(&product).map(|union| (present, union)));
        match union {
            Some((present, union)) => *present = union,
            None => joined.push(product),
        }
    }
    if joined.len() < count { self::joined(joined) } else { joined }
}

fn union<T: Copy>(items: &[T], others: &[T]) -> Vec<T> {
    items.iter().chain(others).copied().collect()
}
