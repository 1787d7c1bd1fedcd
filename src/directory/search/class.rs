//! Classes: all that an answer depends on while the rest of the question stays as it is. Those of one class get one answer.

use crate::account::AccountKind;
use crate::cluster::Level;
use crate::protection::{ApprovalFrom, Protection, ProtectionLevel, SelfApproval};
use crate::resource::Visibility;
use crate::role::{ProjectRole, Role};
use crate::time::Held;

/// A number that no other class has: a digit for each fact. (One number is hashed in a third of the time of the facts.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Class(usize);

impl Class {
    /// The same class, with a fact more.
    #[inline]
    pub(super) fn and<D: Digit>(self, fact: D) -> Self {
        Self(self.0.wrapping_mul(D::COUNT).wrapping_add(fact.digit()))
    }
}

/// A fact that has few values.
pub(super) trait Digit {
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

digits!(AccountKind, ApprovalFrom, Level, ProjectRole, ProtectionLevel, Role, SelfApproval, Visibility);

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

impl<D: Digit> Digit for Held<D> {
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
            .and(rule.map(crate::protection::ApprovalRule::from))
            .and(rule.map(crate::protection::ApprovalRule::self_approval))
            .and(rule.map_or(0, crate::protection::ApprovalRule::count));
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
