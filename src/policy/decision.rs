//! The answer: a decision, and what of a denial may be shown.

use core::fmt;

use crate::model::names::names;
use crate::model::protection::ApprovalFrom;
use crate::policy::reason::Reason;

/// The answer to a question. Only [`Decision::Allow`] lets the caller proceed.
///
/// # Examples
///
/// ```
/// use shipgate::{Decision, Reason};
///
/// assert!(Decision::Allow.is_allowed());
/// assert!(!Decision::Deny(Reason::NotAMember).is_allowed());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Decision {
    /// Proceed.
    Allow,
    /// All that is missing is approval.
    RequireApproval(MissingApprovals),
    /// No, and why: the first gate that failed.
    Deny(Reason),
}

impl Decision {
    /// Whether the caller may proceed.
    #[must_use]
    #[inline]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allow)
    }

    /// Whether it is allowed, waits for approval or is denied: the best first.
    #[cfg(feature = "directory")]
    pub(crate) const fn rank(self) -> u8 {
        match self {
            Self::Allow => 0,
            Self::RequireApproval(_) => 1,
            Self::Deny(_) => 2,
        }
    }
}

/// Approvals that a deployment still needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MissingApprovals {
    /// From whom.
    pub from: ApprovalFrom,
    /// How many: the rule's count less the approvers who count.
    pub missing: u8,
}

impl fmt::Display for MissingApprovals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.missing == 1 { "" } else { "s" };
        let from = match self.from {
            ApprovalFrom::Admin => "an admin",
            ApprovalFrom::Owner => "an owner",
        };
        write!(f, "{} approval{plural} from {from}", self.missing)
    }
}

/// `allowed`, `waiting for 2 approvals from an owner`, or `denied: ` with the reason.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow => f.write_str("allowed"),
            Self::RequireApproval(needed) => write!(f, "waiting for {needed}"),
            Self::Deny(reason) => write!(f, "denied: {reason}"),
        }
    }
}

/// An answer other than [`Decision::Allow`], as an error: what [`authorize`](crate::authorize) returns.
///
/// | [`status`](Self::status) | when |
/// |---|---|
/// | 404 | the denial is hidden, whatever its reason: the subject may not view the resource, or there is none |
/// | 401 | the token has expired |
/// | 409 | all that is missing is approval |
/// | 403 | anything else |
///
/// Displayed, it never says more than the subject may know: a hidden denial is `not found`.
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Action, Cluster, Membership, Role, authorize};
///
/// let us_east = Cluster::new("us-east", "acme-corp");
/// let victor = Account::user("victor").with(Membership::new("acme-corp", Role::Viewer))?;
/// let denied = authorize(&victor, Action::Manage, &us_east).unwrap_err();
/// assert_eq!(denied.status(), 403);
/// assert_eq!(denied.to_string(), "denied: this needs manage access to the cluster; you have view");
///
/// let betty = Account::user("betty").with(Membership::new("acme-corp", Role::Billing))?;
/// let hidden = authorize(&betty, Action::Manage, &us_east).unwrap_err();
/// assert_eq!((hidden.status(), hidden.to_string()), (404, "not found".to_string()));
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub struct Denied {
    decision: Decision,
    exposure: Exposure,
}

impl Denied {
    /// An error unless the decision is to allow. The exposure is computed only for an error.
    pub(crate) fn unless_allowed(decision: Decision, exposure: impl FnOnce() -> Exposure) -> Result<(), Self> {
        match decision {
            Decision::Allow => Ok(()),
            Decision::RequireApproval(_) | Decision::Deny(_) => Err(Self { decision, exposure: exposure() }),
        }
    }

    /// The error that a decision is, given what of it may be shown; `None` for [`Decision::Allow`].
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Decision, Denied, Exposure, Reason};
    ///
    /// let denied = Denied::new(Decision::Deny(Reason::LastOwner), Exposure::Visible);
    /// assert_eq!(denied.map(|denied| denied.status()), Some(403));
    /// assert_eq!(Denied::new(Decision::Allow, Exposure::Visible), None);
    /// ```
    #[must_use]
    pub const fn new(decision: Decision, exposure: Exposure) -> Option<Self> {
        match decision {
            Decision::Allow => None,
            Decision::RequireApproval(_) | Decision::Deny(_) => Some(Self { decision, exposure }),
        }
    }

    #[cfg(feature = "directory")]
    pub(crate) const fn because(reason: Reason, exposure: Exposure) -> Self {
        Self { decision: Decision::Deny(reason), exposure }
    }

    /// The decision, in full: for your log, not for the subject if it is hidden.
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// The reason of a denial, in full; `None` if all that is missing is approval.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self.decision {
            Decision::Deny(reason) => Some(reason),
            Decision::Allow | Decision::RequireApproval(_) => None,
        }
    }

    /// Whether the subject may know of the resource, and so of the reason.
    #[must_use]
    pub const fn exposure(&self) -> Exposure {
        self.exposure
    }

    /// The HTTP status to answer with: 401, 403, 404 or 409.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match (self.exposure, self.decision) {
            (Exposure::Hidden, _) => 404,
            (Exposure::Visible, Decision::Deny(Reason::CredentialExpired)) => 401,
            (Exposure::Visible, Decision::RequireApproval(_)) => 409,
            (Exposure::Visible, Decision::Allow | Decision::Deny(_)) => 403,
        }
    }
}

/// As much of the decision as the subject may know.
impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exposure {
            Exposure::Visible => self.decision.fmt(f),
            Exposure::Hidden => f.write_str("not found"),
        }
    }
}

names! {
    /// How much a denial may show.
    pub enum Exposure: "exposure" {
        /// The subject may not view the resource: answer as if there were none (404), and show nothing.
        Hidden = "hidden",
        /// The subject may view the resource: say why (403; 401 for an expired credential).
        Visible = "visible",
    }
}

names! {
    /// The gates, in the order in which they are asked.
    pub enum Gate: "gate" {
        /// The action has a row for this kind of resource.
        Applicable = "applicable",
        /// The account has a live membership in the resource's organization.
        Membership = "membership",
        /// All facts of the resource are of one organization.
        Tenancy = "tenancy",
        /// The token is live and covers the request.
        Credential = "credential",
        /// There is a role that counts here.
        Standing = "standing",
        /// It grants the permission.
        Role = "role",
        /// The level on each cluster is high enough.
        Cluster = "cluster",
        /// The role is high enough for the protection.
        Safeguard = "safeguard",
        /// Subject, target and parameters fit together.
        Relation = "relation",
        /// Those who must approve have approved.
        Approval = "approval",
    }
}
