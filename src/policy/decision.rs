//! The answer: a decision, and how much of a denial the subject may see.

use core::fmt;

use crate::model::names::names;
use crate::model::protection::ApprovalFrom;
use crate::policy::reason::Reason;

/// The answer to a question. Proceed only on [`Decision::Allow`].
///
/// # Examples
///
/// ```
/// use shipgate::{Decision, Reason};
///
/// assert!(Decision::Allow.is_allowed());
/// let denied = Decision::Deny(Reason::NotAMember);
/// assert!(!denied.is_allowed());
/// assert_eq!(denied.to_string(), "denied: you are not a member of this organization");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Decision {
    /// The subject may perform the action.
    Allow,
    /// All that is missing is approval.
    RequireApproval(MissingApprovals),
    /// The subject may not perform the action. The reason is the first gate that failed.
    Deny(Reason),
}

impl Decision {
    /// Whether the decision is [`Decision::Allow`].
    #[must_use]
    #[inline]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allow)
    }

    /// Orders decisions from best to worst: allowed, waiting for approval, denied.
    #[cfg(feature = "directory")]
    pub(crate) const fn rank(self) -> u8 {
        match self {
            Self::Allow => 0,
            Self::RequireApproval(_) => 1,
            Self::Deny(_) => 2,
        }
    }
}

/// The approvals that a deployment still needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MissingApprovals {
    /// Who may approve.
    pub from: ApprovalFrom,
    /// The number of approvals still missing.
    pub missing: u8,
}

impl fmt::Display for MissingApprovals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.missing == 1 { "" } else { "s" };
        let from = match self.from {
            ApprovalFrom::Admin => "someone who may approve",
            ApprovalFrom::Owner => "an owner",
        };
        write!(f, "{} approval{plural} from {from}", self.missing)
    }
}

/// Displays as `allowed`, `waiting for 2 approvals from an owner`, or `denied: ` and the reason.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow => f.write_str("allowed"),
            Self::RequireApproval(needed) => write!(f, "waiting for {needed}"),
            Self::Deny(reason) => write!(f, "denied: {reason}"),
        }
    }
}

/// A decision other than [`Decision::Allow`], as the error that [`authorize`](crate::authorize) returns.
///
/// Answer with its HTTP [`status`](Self::status) and its text:
///
/// | status | when |
/// |---|---|
/// | 404 | the denial is hidden: the subject may not view the resource, or the resource does not exist |
/// | 401 | the token has expired |
/// | 409 | all that is missing is approval |
/// | 403 | anything else |
///
/// The displayed text is safe to show to the subject: a hidden denial displays as `not found`, whatever its reason.
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
/// assert_eq!(denied.to_string(), "denied: you need manage access to the cluster; you have view");
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
    /// Returns an error unless the decision is to allow. What is not known is hidden; for any other error the exposure is
    /// computed.
    pub(crate) fn unless_allowed(decision: Decision, exposure: impl FnOnce() -> Exposure) -> Result<(), Self> {
        match decision {
            Decision::Allow => Ok(()),
            // Even where the resource is known, and only the custom role that the action gives is not.
            Decision::Deny(Reason::UnknownResource) => Err(Self { decision, exposure: Exposure::Hidden }),
            Decision::RequireApproval(_) | Decision::Deny(_) => Err(Self { decision, exposure: exposure() }),
        }
    }

    /// The error for a decision with this exposure; `None` for [`Decision::Allow`].
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

    /// The full decision. Log it, but do not show it to the subject if it is [hidden](Self::exposure).
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// The full reason; `None` if all that is missing is approval. Do not show it to the subject if it is
    /// [hidden](Self::exposure).
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self.decision {
            Decision::Deny(reason) => Some(reason),
            Decision::Allow | Decision::RequireApproval(_) => None,
        }
    }

    /// Whether the subject may know that the resource exists, and therefore see the reason.
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

/// Displays what the subject may see: the decision, or `not found` if it is hidden.
impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exposure {
            Exposure::Visible => self.decision.fmt(f),
            Exposure::Hidden => f.write_str("not found"),
        }
    }
}

names! {
    /// Whether a denial may be shown to the subject.
    ///
    /// The rule is in the guide: [exposure](crate::_guide::policy#exposure).
    pub enum Exposure: "exposure" {
        /// The subject may not view the resource. Answer as if it did not exist, with 404.
        Hidden = "hidden",
        /// The subject may view the resource. Answer with the reason: see [`Denied`] for the status.
        Visible = "visible",
    }
}

names! {
    /// The checks that make up a decision, in order. The first that fails gives the [`Reason`].
    ///
    /// The *effective role* is the role that counts for the resource: the project role for a Developer or Viewer who has one
    /// in the resource's project, and the organization role otherwise.
    pub enum Gate: "gate" {
        /// The action applies to this kind of resource.
        Applicable = "applicable",
        /// The account has a membership in the resource's organization that has not expired.
        Membership = "membership",
        /// All parts of the resource belong to one organization, and the member that it names is a member there.
        Tenancy = "tenancy",
        /// The token has not expired, and covers the action and the resource.
        Credential = "credential",
        /// The subject has an effective role: the project is not hidden from them.
        Standing = "standing",
        /// The effective role grants the permission that the action needs.
        Role = "role",
        /// The subject's access to each cluster is high enough.
        Cluster = "cluster",
        /// The effective role is high enough for the environment's protection.
        Safeguard = "safeguard",
        /// The action's own rules hold for the subject, the target and the parameter: ranks, the last Owner, no escalation.
        Relation = "relation",
        /// The deployment has the approvals that its environment requires.
        Approval = "approval",
    }
}
