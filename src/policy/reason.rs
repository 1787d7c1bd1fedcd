//! Why a question was denied.

use core::fmt;

use crate::model::access::ClusterAccess;
use crate::model::names::names;
use crate::model::role::{Permission, Role};

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
        need: RoleRequirement,
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
pub enum RoleRequirement {
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

/// A lower-case sentence without a full stop, addressed to the subject.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotApplicable => f.write_str("this action does not apply to this kind of resource"),
            Self::NotAMember => f.write_str("you are not a member of this organization"),
            Self::ForeignResource => f.write_str("not everything that is named belongs to this organization"),
            Self::CredentialExpired => f.write_str("the token has expired"),
            Self::OutOfScope => f.write_str("the token does not cover this action on this resource"),
            Self::NotInProject => f.write_str("this project is visible to its members only, and you are not one"),
            Self::RoleInsufficient { have, need: RoleRequirement::Permission(permission) } => {
                write!(f, "this needs the permission {permission}, which the role {have} does not grant")
            }
            Self::RoleInsufficient { have, need: RoleRequirement::Role(need) } => {
                write!(f, "this needs the role {need}; you have {have}")
            }
            Self::ClusterLevelInsufficient { have, need, cluster } => {
                let cluster = match cluster {
                    ClusterOf::Present => "the cluster",
                    ClusterOf::New => "the new cluster",
                };
                write!(f, "this needs {need} access to {cluster}; you have {have}")
            }
            Self::EnvironmentProtected { have, need } => {
                write!(f, "this environment needs the role {need}; you have {have}")
            }
            Self::Outranked { have, need } => {
                write!(f, "you cannot act on the role {need} or give it; you have {have}")
            }
            Self::NotAssignable => f.write_str("that member cannot be given this"),
            Self::LastOwner => f.write_str("the last permanent owner has to stay: appoint another one first"),
            Self::NotRequester => f.write_str("only the account that requested this deployment may deploy it"),
            Self::NotOwnDeployment => f.write_str("you did not request this deployment"),
            Self::ApprovalNotRequired => f.write_str("this environment needs no approval"),
            Self::ServiceAccount => f.write_str("a service account cannot approve"),
            Self::SelfApproval => f.write_str("you requested this deployment, so someone else must approve it"),
            Self::AboveCeiling { need, ceiling } => {
                write!(f, "that member cannot have {need} access: their role allows at most {ceiling}")
            }
            Self::Escalation { have, need } => write!(f, "you cannot give {need} access; you have {have}"),
            Self::NotEmpty => f.write_str("it still has environments: delete or move them first"),
            Self::UnknownResource => f.write_str("not found"),
        }
    }
}
