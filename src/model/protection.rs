//! Environment protection: who may deploy, who must approve, and who may change that.

use core::num::NonZeroU8;

use crate::model::names::names;
use crate::model::role::Role;

names! {
    /// How strongly an environment is protected.
    pub enum ProtectionLevel: "protection level" {
        /// A Developer may deploy.
        None = "none",
        /// An Admin must deploy; an approval rule is optional.
        Restricted = "restricted",
        /// An Owner must deploy, and an Owner must approve, always.
        Locked = "locked",
    }
}

names! {
    /// Whose approval an [`ApprovalRule`] asks for: this role, or one that includes it.
    pub enum ApprovalFrom: "approving role" {
        /// An Admin or an Owner.
        Admin = "admin",
        /// An Owner.
        Owner = "owner",
    }
}

impl ApprovalFrom {
    /// The role that an approver's standing role must include.
    #[must_use]
    #[inline]
    pub const fn role(self) -> Role {
        match self {
            Self::Admin => Role::Admin,
            Self::Owner => Role::Owner,
        }
    }
}

names! {
    /// Whether the account that requested a deployment may approve it itself.
    pub enum SelfApproval: "self-approval" {
        /// Its own approval does not count.
        Forbidden = "forbidden",
        /// Its own approval counts as any other.
        Allowed = "allowed",
    }
}

/// How many approvals a deployment needs, and from whom.
///
/// # Examples
///
/// ```
/// use shipgate::model::{ApprovalFrom, ApprovalRule, SelfApproval};
///
/// let rule = ApprovalRule::new(ApprovalFrom::Owner);
/// assert_eq!((rule.count(), rule.self_approval()), (1, SelfApproval::Forbidden));
///
/// let two = rule.with_count(2).unwrap();
/// assert_eq!(two.count(), 2);
/// assert!(rule.with_count(0).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ApprovalRule {
    from: ApprovalFrom,
    count: NonZeroU8,
    self_approval: SelfApproval,
}

impl ApprovalRule {
    /// The most approvals that a rule can ask for.
    pub(crate) const MOST: usize = 255;

    /// One approval from this role, other than the requester's own.
    #[must_use]
    pub const fn new(from: ApprovalFrom) -> Self {
        Self { from, count: NonZeroU8::MIN, self_approval: SelfApproval::Forbidden }
    }

    /// The same rule, with so many approvals.
    ///
    /// # Errors
    ///
    /// [`ProtectionError::NoApprovals`] for a count of 0, which would be a rule that asks for nothing.
    pub const fn with_count(self, count: u8) -> Result<Self, ProtectionError> {
        match NonZeroU8::new(count) {
            Some(count) => Ok(Self { count, ..self }),
            None => Err(ProtectionError::NoApprovals),
        }
    }

    /// The same rule, with the requester's own approval counted or not.
    #[must_use]
    pub const fn with_self_approval(self, self_approval: SelfApproval) -> Self {
        Self { self_approval, ..self }
    }

    /// Whose approval it asks for.
    #[must_use]
    #[inline]
    pub const fn from(self) -> ApprovalFrom {
        self.from
    }

    /// How many approvals it asks for: at least 1.
    #[must_use]
    #[inline]
    pub const fn count(self) -> u8 {
        self.count.get()
    }

    /// Whether the requester's own approval counts.
    #[must_use]
    #[inline]
    pub const fn self_approval(self) -> SelfApproval {
        self.self_approval
    }

    /// Whether it asks for no less than `other`, in each respect.
    fn no_weaker_than(self, other: Self) -> bool {
        let newly_self =
            matches!((other.self_approval, self.self_approval), (SelfApproval::Forbidden, SelfApproval::Allowed));
        self.from.role().includes(other.from.role()) && self.count >= other.count && !newly_self
    }
}

/// The protection of an environment: a level, and the approval rule in force.
///
/// # Examples
///
/// ```
/// use shipgate::{Protection, Role};
/// use shipgate::model::{ApprovalFrom, ApprovalRule};
///
/// assert_eq!(Protection::LOCKED.safeguard().deployer(), Role::Owner);
/// assert!(Protection::RESTRICTED.loosens(Protection::LOCKED));
/// assert!(!Protection::LOCKED.loosens(Protection::RESTRICTED));
///
/// let rule = ApprovalRule::new(ApprovalFrom::Admin);
/// assert_eq!(Protection::restricted(rule).rule(), Some(rule));
/// assert!(Protection::locked(rule).is_err(), "locked asks for an Owner");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protection {
    level: ProtectionLevel,
    rule: Option<ApprovalRule>,
}

impl Protection {
    /// No protection: a Developer may deploy.
    pub const NONE: Self = Self { level: ProtectionLevel::None, rule: None };
    /// An Admin must deploy, without approval.
    pub const RESTRICTED: Self = Self { level: ProtectionLevel::Restricted, rule: None };
    /// An Owner must deploy, and one other Owner must approve.
    pub const LOCKED: Self =
        Self { level: ProtectionLevel::Locked, rule: Some(ApprovalRule::new(ApprovalFrom::Owner)) };

    /// An Admin must deploy, with approval by this rule.
    #[must_use]
    pub const fn restricted(rule: ApprovalRule) -> Self {
        Self { level: ProtectionLevel::Restricted, rule: Some(rule) }
    }

    /// An Owner must deploy, with approval by this rule.
    ///
    /// # Errors
    ///
    /// [`ProtectionError::LockedNeedsOwner`] where the rule does not ask for an Owner.
    pub const fn locked(rule: ApprovalRule) -> Result<Self, ProtectionError> {
        match rule.from {
            ApprovalFrom::Owner => Ok(Self { level: ProtectionLevel::Locked, rule: Some(rule) }),
            ApprovalFrom::Admin => Err(ProtectionError::LockedNeedsOwner),
        }
    }

    /// A level, and the rule that was written beside it. Without one, locked has that of [`Protection::LOCKED`].
    ///
    /// # Errors
    ///
    /// [`ProtectionError::RuleWithoutProtection`] for a rule on `none`, [`ProtectionError::LockedNeedsOwner`] for a rule
    /// on `locked` that does not ask for an Owner.
    pub const fn new(level: ProtectionLevel, rule: Option<ApprovalRule>) -> Result<Self, ProtectionError> {
        match (level, rule) {
            (ProtectionLevel::None, None) => Ok(Self::NONE),
            (ProtectionLevel::None, Some(_)) => Err(ProtectionError::RuleWithoutProtection),
            (ProtectionLevel::Restricted, None) => Ok(Self::RESTRICTED),
            (ProtectionLevel::Restricted, Some(rule)) => Ok(Self::restricted(rule)),
            (ProtectionLevel::Locked, None) => Ok(Self::LOCKED),
            (ProtectionLevel::Locked, Some(rule)) => Self::locked(rule),
        }
    }

    /// Its level.
    #[must_use]
    #[inline]
    pub const fn level(self) -> ProtectionLevel {
        self.level
    }

    /// The approval rule in force, if there is one.
    #[must_use]
    #[inline]
    pub const fn rule(self) -> Option<ApprovalRule> {
        self.rule
    }

    /// Who must deploy, and who must loosen it, retarget the environment or delete it.
    #[must_use]
    #[inline]
    pub const fn safeguard(self) -> Safeguard {
        let deployer = match self.level {
            ProtectionLevel::None => Role::Developer,
            ProtectionLevel::Restricted => Role::Admin,
            ProtectionLevel::Locked => Role::Owner,
        };
        // A locked environment always has a rule, and its rule always asks for an Owner.
        let custodian = match self.rule {
            None => Role::Admin,
            Some(rule) => rule.from.role(),
        };
        Safeguard { deployer, custodian }
    }

    /// Whether this protection, put in place of `present`, would let through what `present` stops.
    #[must_use]
    pub fn loosens(self, present: Self) -> bool {
        let same_deployers = self.safeguard().deployer.includes(present.safeguard().deployer);
        let same_approval = match (present.rule, self.rule) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(present), Some(rule)) => rule.no_weaker_than(present),
        };
        !(same_deployers && same_approval)
    }
}

/// No protection.
impl Default for Protection {
    fn default() -> Self {
        Self::NONE
    }
}

/// The roles that a [`Protection`] asks for; of a project, the highest over its environments.
///
/// # Examples
///
/// ```
/// use shipgate::{Protection, Role};
/// use shipgate::model::Safeguard;
///
/// let both = Protection::RESTRICTED.safeguard().join(Protection::LOCKED.safeguard());
/// assert_eq!((both.deployer(), both.custodian()), (Role::Owner, Role::Owner));
/// assert_eq!(Safeguard::NONE.deployer(), Role::Developer);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Safeguard {
    deployer: Role,
    custodian: Role,
}

impl Safeguard {
    /// That of an unprotected environment, and of a project without environments.
    pub const NONE: Self = Protection::NONE.safeguard();

    /// The role that must deploy.
    #[must_use]
    #[inline]
    pub const fn deployer(self) -> Role {
        self.deployer
    }

    /// The role that must loosen the protection, retarget the environment or delete it.
    #[must_use]
    #[inline]
    pub const fn custodian(self) -> Role {
        self.custodian
    }

    /// The higher of each.
    #[must_use]
    pub const fn join(self, other: Self) -> Self {
        Self { deployer: higher(self.deployer, other.deployer), custodian: higher(self.custodian, other.custodian) }
    }
}

/// The higher of two roles of the chain Developer, Admin, Owner.
const fn higher(a: Role, b: Role) -> Role {
    if a.includes(b) { a } else { b }
}

/// A protection or a rule that says two things at once, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtectionError {
    /// A rule that asks for no approvals.
    #[error("an approval rule asks for 1 to 255 approvals: leave the rule out where none is needed")]
    NoApprovals,
    /// A locked environment whose rule asks for less than an Owner.
    #[error("a locked environment needs approval from an owner: say `from` `owner`, or protect it as `restricted`")]
    LockedNeedsOwner,
    /// A rule where nothing is protected.
    #[error(
        "an environment without protection has no approval rule: protect it as `restricted`, or leave the rule out"
    )]
    RuleWithoutProtection,
}
