//! The answer: a decision, and the reason of a denial with what made it so.

use crate::model::access::ClusterAccess;
use crate::model::names::names;
use crate::model::protection::ApprovalFrom;
use crate::model::role::Permission;
use crate::model::role::Role;

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

names! {
    /// The code of a [`Reason`], without its data.
    pub enum ReasonCode: "reason" {
        /// The action means nothing for this kind of resource.
        NotApplicable = "not_applicable",
        /// The account has no live membership in the organization.
        NotAMember = "not_a_member",
        /// The facts of the resource are of more than one organization.
        ForeignResource = "foreign_resource",
        /// The token has expired.
        CredentialExpired = "credential_expired",
        /// The token does not cover the request.
        OutOfScope = "out_of_scope",
        /// The project is hidden from the account.
        NotInProject = "not_in_project",
        /// The role does not grant the permission.
        RoleInsufficient = "role_insufficient",
        /// The level on the cluster is too low.
        ClusterLevelInsufficient = "cluster_level_insufficient",
        /// The environment's protection asks for a higher role.
        EnvironmentProtected = "environment_protected",
        /// The target's role, or the one to give, is not included in the subject's.
        Outranked = "outranked",
        /// The target cannot be given this.
        NotAssignable = "not_assignable",
        /// The organization would have no permanent Owner.
        LastOwner = "last_owner",
        /// Somebody else requested the deployment.
        NotRequester = "not_requester",
        /// The deployment is not one's own.
        NotOwnDeployment = "not_own_deployment",
        /// Nothing asks for approval.
        ApprovalNotRequired = "approval_not_required",
        /// A service account cannot approve.
        ServiceAccount = "service_account",
        /// The requester cannot approve.
        SelfApproval = "self_approval",
        /// The level is above the most that the target's role can have.
        AboveCeiling = "above_ceiling",
        /// The level is above the subject's own.
        Escalation = "escalation",
        /// Something is left in it.
        NotEmpty = "not_empty",
        /// The directory does not hold it.
        UnknownResource = "unknown_resource",
    }
}

/// Why a question was denied: the first gate that failed, with what made it fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The action means nothing for this kind of resource.
    NotApplicable,
    /// The account has no live membership in the resource's organization.
    NotAMember,
    /// The facts of the resource are of more than one organization, or the target is not a live member.
    ForeignResource,
    /// The token has expired.
    CredentialExpired,
    /// The token does not cover action and resource.
    OutOfScope,
    /// The project is visible to its members only, and the account has no live role in it.
    NotInProject,
    /// The standing role does not grant the permission.
    RoleInsufficient {
        /// The standing role.
        have: Role,
        /// What it would have to grant or include.
        need: RoleNeed,
    },
    /// The level on a cluster is too low.
    ClusterLevelInsufficient {
        /// The level held.
        have: ClusterAccess,
        /// The level needed.
        need: ClusterAccess,
        /// On which of the resource's clusters.
        cluster: ClusterOf,
    },
    /// The standing role does not include the role that the protection asks for.
    EnvironmentProtected {
        /// The standing role.
        have: Role,
        /// The safeguard role.
        need: Role,
    },
    /// The subject's role does not include the target's, or the one to give.
    Outranked {
        /// The subject's role.
        have: Role,
        /// The role to include.
        need: Role,
    },
    /// The target cannot be given this.
    NotAssignable,
    /// The organization would be left without a permanent Owner.
    LastOwner,
    /// Somebody else requested the deployment.
    NotRequester,
    /// The subject did not request the deployment, is no Admin there and does not manage its cluster.
    NotOwnDeployment,
    /// No approval rule is in force.
    ApprovalNotRequired,
    /// A service account cannot approve.
    ServiceAccount,
    /// The requester cannot approve.
    SelfApproval,
    /// The level is above the ceiling of the target's role.
    AboveCeiling {
        /// The level asked.
        need: ClusterAccess,
        /// The most that the target's role can have.
        ceiling: ClusterAccess,
    },
    /// The target would be raised above the subject's own level.
    Escalation {
        /// The subject's level.
        have: ClusterAccess,
        /// The level that the target would have.
        need: ClusterAccess,
    },
    /// An environment is left in the project, or deploys to the cluster.
    NotEmpty,
    /// The directory does not hold the resource, or a part of it. `decide` never answers this.
    UnknownResource,
}

/// What a role was not enough for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoleNeed {
    /// To grant this permission.
    Permission(Permission),
    /// To include this role: the approval rule's.
    Role(Role),
}

names! {
    /// Which cluster of a resource: a placement has two.
    pub enum ClusterOf: "cluster of a resource" {
        /// The cluster itself, or the one that the environment deploys to.
        Present = "present",
        /// The one that a placement moves to.
        New = "new",
    }
}

impl Reason {
    /// Its code.
    #[must_use]
    pub const fn code(self) -> ReasonCode {
        match self {
            Self::NotApplicable => ReasonCode::NotApplicable,
            Self::NotAMember => ReasonCode::NotAMember,
            Self::ForeignResource => ReasonCode::ForeignResource,
            Self::CredentialExpired => ReasonCode::CredentialExpired,
            Self::OutOfScope => ReasonCode::OutOfScope,
            Self::NotInProject => ReasonCode::NotInProject,
            Self::RoleInsufficient { .. } => ReasonCode::RoleInsufficient,
            Self::ClusterLevelInsufficient { .. } => ReasonCode::ClusterLevelInsufficient,
            Self::EnvironmentProtected { .. } => ReasonCode::EnvironmentProtected,
            Self::Outranked { .. } => ReasonCode::Outranked,
            Self::NotAssignable => ReasonCode::NotAssignable,
            Self::LastOwner => ReasonCode::LastOwner,
            Self::NotRequester => ReasonCode::NotRequester,
            Self::NotOwnDeployment => ReasonCode::NotOwnDeployment,
            Self::ApprovalNotRequired => ReasonCode::ApprovalNotRequired,
            Self::ServiceAccount => ReasonCode::ServiceAccount,
            Self::SelfApproval => ReasonCode::SelfApproval,
            Self::AboveCeiling { .. } => ReasonCode::AboveCeiling,
            Self::Escalation { .. } => ReasonCode::Escalation,
            Self::NotEmpty => ReasonCode::NotEmpty,
            Self::UnknownResource => ReasonCode::UnknownResource,
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
