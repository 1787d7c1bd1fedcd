//! Classes of protection: what the gates can tell apart.

use crate::model::protection::{ApprovalFrom, ApprovalRule, Protection, ProtectionLevel};

/// What the gates can tell apart of a protection whose rule, if it has one, requires one approval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Class {
    #[default]
    None,
    ReviewedByAdmin,
    ReviewedByOwner,
    Restricted,
    RestrictedByAdmin,
    RestrictedByOwner,
    Locked,
    /// The rule requires several approvals. The class says nothing else of the protection.
    Counted,
}

impl Class {
    pub(crate) const ALL: [Self; 8] = [
        Self::None,
        Self::ReviewedByAdmin,
        Self::ReviewedByOwner,
        Self::Restricted,
        Self::RestrictedByAdmin,
        Self::RestrictedByOwner,
        Self::Locked,
        Self::Counted,
    ];

    pub(super) const fn of(level: ProtectionLevel, rule: Option<ApprovalRule>) -> Self {
        match rule {
            Some(rule) if rule.count() > 1 => Self::Counted,
            _ => Self::by_ranks(level, rule),
        }
    }

    /// The class of a protection by the ranks that it requires, however many approvals its rule requires.
    pub(super) const fn by_ranks(level: ProtectionLevel, rule: Option<ApprovalRule>) -> Self {
        let from = match rule {
            None => None,
            Some(rule) => Some(rule.from()),
        };
        match (level, from) {
            (ProtectionLevel::None, _) => Self::None,
            (ProtectionLevel::Reviewed, None | Some(ApprovalFrom::Admin)) => Self::ReviewedByAdmin,
            (ProtectionLevel::Reviewed, Some(ApprovalFrom::Owner)) => Self::ReviewedByOwner,
            (ProtectionLevel::Restricted, None) => Self::Restricted,
            (ProtectionLevel::Restricted, Some(ApprovalFrom::Admin)) => Self::RestrictedByAdmin,
            (ProtectionLevel::Restricted, Some(ApprovalFrom::Owner)) => Self::RestrictedByOwner,
            (ProtectionLevel::Locked, _) => Self::Locked,
        }
    }

    /// A protection of this class, which the gates cannot tell from the others; `None` if they can.
    pub(crate) const fn example(self) -> Option<Protection> {
        Some(match self {
            Self::None => Protection::NONE,
            Self::ReviewedByAdmin => Protection::REVIEWED,
            Self::ReviewedByOwner => Protection::reviewed(ApprovalRule::new(ApprovalFrom::Owner)),
            Self::Restricted => Protection::RESTRICTED,
            Self::RestrictedByAdmin => Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin)),
            Self::RestrictedByOwner => Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner)),
            Self::Locked => Protection::LOCKED,
            Self::Counted => return None,
        })
    }

    #[inline]
    #[expect(clippy::as_conversions, reason = "the discriminant of a fieldless enum is its position")]
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::model::protection::{Bypass, SelfApproval};

    fn rules() -> impl Iterator<Item = ApprovalRule> {
        ApprovalFrom::ALL.into_iter().flat_map(|from| {
            [1, 2, 255].into_iter().flat_map(move |count| {
                let rule = ApprovalRule::new(from).with_count(count).unwrap();
                let by_self = SelfApproval::ALL.map(|self_approval| rule.with_self_approval(self_approval));
                by_self.into_iter().flat_map(|rule| Bypass::ALL.map(|bypass| rule.with_bypass(bypass)))
            })
        })
    }

    #[test]
    fn protections_of_a_class_are_alike() {
        let rules: Vec<_> = rules().map(Some).chain([None]).collect();
        let all = ProtectionLevel::ALL.into_iter().flat_map(|level| rules.iter().map(move |rule| (level, *rule)));
        let mut seen = Vec::new();
        for protection in all.filter_map(|(level, rule)| Protection::new(level, rule).ok()) {
            let class = protection.class();
            seen.push(class);
            let read = |protection: Protection| {
                (protection.safeguard(), protection.rule().map(|rule| (rule.from(), rule.count())))
            };
            match class.example() {
                Some(example) => assert_eq!(read(protection), read(example), "{protection:?}"),
                None => assert!(protection.rule().is_some_and(|rule| rule.count() > 1), "{protection:?}"),
            }
            let by_ranks = Class::by_ranks(protection.level(), protection.rule()).example();
            assert_eq!(by_ranks.map(Protection::safeguard), Some(protection.safeguard()), "{protection:?}");
        }
        for class in Class::ALL {
            assert!(seen.contains(&class), "{class:?}");
            assert!(class.example().is_none_or(|example| example.class() == class), "{class:?}");
        }
    }
}
