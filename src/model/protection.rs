//! Environment protection: who may deploy, who must approve, and who may loosen these rules.

pub(crate) mod class;

use core::num::NonZeroU8;

use crate::model::names::names;
use crate::model::protection::class::Class;
use crate::model::role::Role;

names! {
    /// How strongly an environment is protected.
    pub enum ProtectionLevel: "protection level" {
        /// Developers, Admins and Owners may deploy. No approval is needed.
        None = "none",
        /// Developers, Admins and Owners may deploy, and an Admin or an Owner must always approve.
        Reviewed = "reviewed",
        /// Only Admins and Owners may deploy. An approval rule is optional.
        Restricted = "restricted",
        /// Only Owners may deploy, and an Owner must always approve.
        Locked = "locked",
    }
}

names! {
    /// Who may approve.
    pub enum ApprovalFrom: "approving role" {
        /// Whoever has the permission `approve`: an Admin, an Owner, or a member with a custom role that has it.
        Admin = "admin",
        /// An Owner.
        Owner = "owner",
    }
}

impl ApprovalFrom {
    /// The rank that this asks of a keeper or custodian, and an Owner's approval of the approver.
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
    /// Who may deploy without waiting for approval, in an emergency: see [`Action::BreakGlass`](crate::Action::BreakGlass).
    pub enum Bypass: "bypass" {
        /// No one.
        None = "none",
        /// Admins and Owners, by rank.
        Admin = "admin",
        /// Owners.
        Owner = "owner",
    }
}

impl Bypass {
    /// The rank that may bypass the rule, if any may.
    #[must_use]
    pub const fn rank(self) -> Option<Role> {
        match self {
            Self::None => None,
            Self::Admin => Some(Role::Admin),
            Self::Owner => Some(Role::Owner),
        }
    }

    /// Whether this lets no more ranks pass than `other`.
    const fn is_no_wider_than(self, other: Self) -> bool {
        match (self.rank(), other.rank()) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(rank), Some(other)) => rank.includes(other),
        }
    }
}

names! {
    /// Whether the account that requested a deployment may also approve it.
    pub enum SelfApproval: "self-approval" {
        /// The requester's approval does not count.
        Forbidden = "forbidden",
        /// The requester's approval counts like any other.
        Allowed = "allowed",
    }
}

/// How many approvals a deployment needs, and from whom.
///
/// The rule is in the guide: [approvals](crate::_guide::policy#approvals).
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
    bypass: Bypass,
}

impl ApprovalRule {
    /// The most approvals that a rule can require.
    pub(crate) const MOST: usize = 255;

    /// Requires one approval from this role. The requester's own does not count.
    #[must_use]
    pub const fn new(from: ApprovalFrom) -> Self {
        Self { from, count: NonZeroU8::MIN, self_approval: SelfApproval::Forbidden, bypass: Bypass::None }
    }

    /// Sets the number of approvals required.
    ///
    /// # Errors
    ///
    /// [`ProtectionError::NoApprovals`] if `count` is 0: to require no approval, leave the rule out.
    pub const fn with_count(self, count: u8) -> Result<Self, ProtectionError> {
        match NonZeroU8::new(count) {
            Some(count) => Ok(Self { count, ..self }),
            None => Err(ProtectionError::NoApprovals),
        }
    }

    /// Sets whether the requester's own approval counts.
    #[must_use]
    pub const fn with_self_approval(self, self_approval: SelfApproval) -> Self {
        Self { self_approval, ..self }
    }

    /// Sets who may deploy without waiting for approval, in an emergency.
    #[must_use]
    pub const fn with_bypass(self, bypass: Bypass) -> Self {
        Self { bypass, ..self }
    }

    /// Who may deploy without waiting for approval.
    #[must_use]
    #[inline]
    pub const fn bypass(self) -> Bypass {
        self.bypass
    }

    /// Who may approve.
    #[must_use]
    #[inline]
    pub const fn from(self) -> ApprovalFrom {
        self.from
    }

    /// The number of approvals required: at least 1.
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

    /// Whether this rule is at least as strict as `other` in every respect.
    fn is_as_strict_as(self, other: Self) -> bool {
        let allows_self_approval =
            matches!((other.self_approval, self.self_approval), (SelfApproval::Forbidden, SelfApproval::Allowed));
        self.from.role().includes(other.from.role())
            && self.count >= other.count
            && !allows_self_approval
            && self.bypass.is_no_wider_than(other.bypass)
    }
}

/// The protection of an environment: a level and, optionally, an approval rule.
///
/// The rule is in the guide: [protection](crate::_guide::policy#protection).
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
/// assert!(Protection::locked(rule).is_err(), "a locked environment needs an Owner's approval");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protection {
    level: ProtectionLevel,
    rule: Option<ApprovalRule>,
    // Stored, because nearly every decision reads it.
    class: Class,
}

impl Protection {
    /// No protection: Developers, Admins and Owners may deploy.
    pub const NONE: Self = Self::of(ProtectionLevel::None, None);
    /// Developers, Admins and Owners may deploy, and another Admin or Owner must approve.
    pub const REVIEWED: Self = Self::of(ProtectionLevel::Reviewed, Some(ApprovalRule::new(ApprovalFrom::Admin)));
    /// Only Admins and Owners may deploy. No approval is needed.
    pub const RESTRICTED: Self = Self::of(ProtectionLevel::Restricted, None);
    /// Only Owners may deploy, and one other Owner must approve.
    pub const LOCKED: Self = Self::of(ProtectionLevel::Locked, Some(ApprovalRule::new(ApprovalFrom::Owner)));

    const fn of(level: ProtectionLevel, rule: Option<ApprovalRule>) -> Self {
        Self { level, rule, class: Class::of(level, rule) }
    }

    /// Developers, Admins and Owners may deploy, with the approvals that `rule` requires.
    #[must_use]
    pub const fn reviewed(rule: ApprovalRule) -> Self {
        Self::of(ProtectionLevel::Reviewed, Some(rule))
    }

    /// Only Admins and Owners may deploy, with the approvals that `rule` requires.
    #[must_use]
    pub const fn restricted(rule: ApprovalRule) -> Self {
        Self::of(ProtectionLevel::Restricted, Some(rule))
    }

    /// Only Owners may deploy, with the approvals that `rule` requires.
    ///
    /// # Errors
    ///
    /// [`ProtectionError::LockedNeedsOwner`] if the rule accepts approvals from Admins.
    pub const fn locked(rule: ApprovalRule) -> Result<Self, ProtectionError> {
        match rule.from {
            ApprovalFrom::Owner => Ok(Self::of(ProtectionLevel::Locked, Some(rule))),
            ApprovalFrom::Admin => Err(ProtectionError::LockedNeedsOwner),
        }
    }

    /// A protection from its parts, as you would store them. Without a rule, a reviewed level is [`Protection::REVIEWED`] and a
    /// locked one [`Protection::LOCKED`].
    ///
    /// # Errors
    ///
    /// [`ProtectionError::RuleWithoutProtection`] if the level is `none` and there is a rule;
    /// [`ProtectionError::LockedNeedsOwner`] if the level is `locked` and the rule accepts approvals from Admins.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::Protection;
    /// use shipgate::model::{ApprovalFrom, ApprovalRule, ProtectionLevel};
    ///
    /// assert_eq!(Protection::new(ProtectionLevel::Locked, None), Ok(Protection::LOCKED));
    /// let rule = ApprovalRule::new(ApprovalFrom::Admin);
    /// assert!(Protection::new(ProtectionLevel::None, Some(rule)).is_err());
    /// ```
    pub const fn new(level: ProtectionLevel, rule: Option<ApprovalRule>) -> Result<Self, ProtectionError> {
        match (level, rule) {
            (ProtectionLevel::None, None) => Ok(Self::NONE),
            (ProtectionLevel::None, Some(_)) => Err(ProtectionError::RuleWithoutProtection),
            (ProtectionLevel::Reviewed, None) => Ok(Self::REVIEWED),
            (ProtectionLevel::Reviewed, Some(rule)) => Ok(Self::reviewed(rule)),
            (ProtectionLevel::Restricted, None) => Ok(Self::RESTRICTED),
            (ProtectionLevel::Restricted, Some(rule)) => Ok(Self::restricted(rule)),
            (ProtectionLevel::Locked, None) => Ok(Self::LOCKED),
            (ProtectionLevel::Locked, Some(rule)) => Self::locked(rule),
        }
    }

    /// The protection level.
    #[must_use]
    #[inline]
    pub const fn level(self) -> ProtectionLevel {
        self.level
    }

    /// The approval rule; `None` if deploying needs no approval. A reviewed or locked environment always has one.
    #[must_use]
    #[inline]
    pub const fn rule(self) -> Option<ApprovalRule> {
        self.rule
    }

    /// What the gates can tell apart of the protection.
    #[inline]
    pub(crate) const fn class(self) -> Class {
        self.class
    }

    /// The class by the ranks that the protection requires, however many approvals its rule requires.
    #[cfg(feature = "directory")]
    pub(crate) const fn class_by_ranks(self) -> Class {
        Class::by_ranks(self.level, self.rule)
    }

    /// The ranks that the protection requires.
    #[must_use]
    #[inline]
    pub const fn safeguard(self) -> Safeguard {
        let deployer = match self.level {
            ProtectionLevel::None | ProtectionLevel::Reviewed => Role::Developer,
            ProtectionLevel::Restricted => Role::Admin,
            ProtectionLevel::Locked => Role::Owner,
        };
        // A locked environment always has a rule, which always requires an Owner.
        let (keeper, custodian) = match (self.level, self.rule) {
            (ProtectionLevel::None, _) => (Role::Developer, Role::Admin),
            (_, None) => (Role::Admin, Role::Admin),
            (_, Some(rule)) => (rule.from.role(), rule.from.role()),
        };
        Safeguard { deployer, keeper, custodian }
    }

    /// Whether replacing `present` by this protection would let something through that `present` stops: a lower role may
    /// deploy, or the approval rule is dropped or weaker in any respect.
    #[must_use]
    pub fn loosens(self, present: Self) -> bool {
        let same_deployers = self.safeguard().deployer.includes(present.safeguard().deployer);
        let same_approval = match (present.rule, self.rule) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(present), Some(rule)) => rule.is_as_strict_as(present),
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

/// The ranks that a [`Protection`] requires. For a project: the highest over its environments.
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
    keeper: Role,
    custodian: Role,
}

impl Safeguard {
    /// The safeguard of an unprotected environment, and of a project without environments.
    pub const NONE: Self = Protection::NONE.safeguard();

    /// The rank needed to deploy.
    #[must_use]
    #[inline]
    pub const fn deployer(self) -> Role {
        self.deployer
    }

    /// The rank needed to do what amounts to deploying unapproved: to read secrets, write variables, open a shell, and pause or
    /// delete a deployment.
    #[must_use]
    #[inline]
    pub const fn keeper(self) -> Role {
        self.keeper
    }

    /// The rank needed to loosen the protection, and to update, retarget or delete the environment.
    #[must_use]
    #[inline]
    pub const fn custodian(self) -> Role {
        self.custodian
    }

    /// The higher deployer, the higher keeper and the higher custodian of the two.
    #[must_use]
    pub const fn join(self, other: Self) -> Self {
        Self {
            deployer: higher(self.deployer, other.deployer),
            keeper: higher(self.keeper, other.keeper),
            custodian: higher(self.custodian, other.custodian),
        }
    }
}

/// The higher of two roles, each a Developer, Admin or Owner.
const fn higher(a: Role, b: Role) -> Role {
    if a.includes(b) { a } else { b }
}

/// A protection or an approval rule that is contradictory or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtectionError {
    /// The rule requires 0 approvals.
    #[error("an approval rule needs 1 to 255 approvals: to require none, leave the rule out")]
    NoApprovals,
    /// The environment is locked, but its rule accepts approvals from Admins.
    #[error("a locked environment needs approval from an owner: set `from` to `owner`, or protect it as `restricted`")]
    LockedNeedsOwner,
    /// There is a rule, but no protection.
    #[error(
        "an environment without protection cannot have an approval rule: protect it as `restricted`, or leave the rule out"
    )]
    RuleWithoutProtection,
}
