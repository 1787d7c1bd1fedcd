//! The reasons for a denial.

use core::fmt;

use crate::model::access::ClusterAccess;
use crate::model::names::names;
use crate::model::role::{Permission, Role};

names! {
    /// The code of a [`Reason`], without its data. Each is described there.
    ///
    /// The rule is in the guide: [reasons](crate::_guide::policy#reasons).
    pub enum ReasonCode: "reason" {
        /// The action does not apply to this kind of resource.
        NotApplicable = "not_applicable",
        /// The subject is not a member of the organization.
        NotAMember = "not_a_member",
        /// Parts of the resource belong to different organizations.
        ForeignResource = "foreign_resource",
        /// The token has expired.
        CredentialExpired = "credential_expired",
        /// The token does not cover the action or the resource.
        OutOfScope = "out_of_scope",
        /// The project is hidden from the subject.
        NotInProject = "not_in_project",
        /// The effective role is too low, or lacks a permission.
        RoleInsufficient = "role_insufficient",
        /// The access to a cluster is too low.
        ClusterLevelInsufficient = "cluster_level_insufficient",
        /// The environment's protection requires a higher role.
        EnvironmentProtected = "environment_protected",
        /// The subject's role does not include the target's role or the role to give.
        Outranked = "outranked",
        /// This target cannot be given what was asked.
        NotAssignable = "not_assignable",
        /// The organization would lose its last permanent Owner.
        LastOwner = "last_owner",
        /// Another account requested the deployment.
        NotRequester = "not_requester",
        /// The subject may manage only deployments that they requested.
        NotOwnDeployment = "not_own_deployment",
        /// The environment requires no approval.
        ApprovalNotRequired = "approval_not_required",
        /// A service account cannot approve.
        ServiceAccount = "service_account",
        /// The requester cannot approve their own deployment.
        SelfApproval = "self_approval",
        /// The cluster access is above the ceiling of the target's role.
        AboveCeiling = "above_ceiling",
        /// The subject would give higher cluster access than their own.
        Escalation = "escalation",
        /// There are still environments in the project or on the cluster.
        NotEmpty = "not_empty",
        /// The directory does not contain the resource.
        UnknownResource = "unknown_resource",
    }
}

/// Why a question was denied: the first [gate](crate::policy::Gate) that failed, with what made it fail.
///
/// Displayed, it is a sentence for the subject. Show it only if the denial is [visible](crate::Exposure).
///
/// # Examples
///
/// ```
/// use shipgate::policy::ReasonCode;
/// use shipgate::{Reason, Role};
///
/// let reason = Reason::EnvironmentProtected { have: Role::Admin, need: Role::Owner };
/// assert_eq!(reason.to_string(), "this environment needs the role owner; you have admin");
/// assert_eq!(reason.code(), ReasonCode::EnvironmentProtected);
/// assert_eq!(reason.code().to_string(), "environment_protected");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The action does not apply to this kind of resource.
    NotApplicable,
    /// The subject has no membership in the resource's organization, or it has expired.
    NotAMember,
    /// Parts of the resource belong to different organizations, or the target is not a member of the organization.
    ForeignResource,
    /// The token has expired.
    CredentialExpired,
    /// The token does not cover the action or the resource.
    OutOfScope,
    /// The project is visible only to its members, and the subject has no role in it.
    NotInProject,
    /// The effective role does not grant the permission, or is too low to approve.
    RoleInsufficient {
        /// The effective role.
        have: Role,
        /// What the role would have to grant or include.
        need: RoleRequirement,
    },
    /// The subject's access to a cluster is too low.
    ClusterLevelInsufficient {
        /// The subject's access.
        have: ClusterAccess,
        /// The access needed.
        need: ClusterAccess,
        /// Which of the resource's clusters.
        cluster: ClusterOf,
    },
    /// The effective role does not include the role that the environment's protection requires.
    EnvironmentProtected {
        /// The effective role.
        have: Role,
        /// The role that the protection requires.
        need: Role,
    },
    /// The subject's role does not include the target's role, or the role that the subject wants to give.
    Outranked {
        /// The subject's role in the organization.
        have: Role,
        /// The role that it would have to include.
        need: Role,
    },
    /// This target cannot be given what was asked. For example, a service account cannot be an Owner.
    NotAssignable,
    /// The organization would be left without a permanent Owner.
    LastOwner,
    /// Another account requested the deployment, and only that account may deploy it.
    NotRequester,
    /// The subject did not request the deployment, is not an Admin there and cannot manage its cluster.
    NotOwnDeployment,
    /// The environment has no approval rule.
    ApprovalNotRequired,
    /// The subject is a service account, which cannot approve.
    ServiceAccount,
    /// The subject requested the deployment, and the rule does not allow self-approval.
    SelfApproval,
    /// The cluster access to give is above the ceiling of the target's role.
    AboveCeiling {
        /// The access to give.
        need: ClusterAccess,
        /// The most that the target's role can have.
        ceiling: ClusterAccess,
    },
    /// The change would raise the target's cluster access above the subject's own.
    Escalation {
        /// The subject's access.
        have: ClusterAccess,
        /// The access that the target would have.
        need: ClusterAccess,
    },
    /// There are still environments in the project or on the cluster.
    NotEmpty,
    /// The directory does not contain the resource or a part of it. Only a directory returns this, never
    /// [`decide`](crate::decide).
    UnknownResource,
}

/// What a role would need in order to suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoleRequirement {
    /// It would have to grant this permission.
    Permission(Permission),
    /// It would have to include this role, which the approval rule requires.
    Role(Role),
}

names! {
    /// One of the clusters of a resource. Only a placement has two.
    pub enum ClusterOf: "cluster of a resource" {
        /// The cluster itself, or the one that the environment is deployed to.
        Present = "present",
        /// The cluster that a placement moves the environment to.
        New = "new",
    }
}

impl Reason {
    /// The code of this reason.
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

/// Displays a lower-case sentence without a full stop, addressed to the subject.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotApplicable => f.write_str("this action does not apply to this kind of resource"),
            Self::NotAMember => f.write_str("you are not a member of this organization"),
            Self::ForeignResource => f.write_str("not everything in the request belongs to this organization"),
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
                write!(f, "this needs a role that includes {need}; you have {have}")
            }
            Self::NotAssignable => f.write_str("that member cannot be given this"),
            Self::LastOwner => f.write_str("the organization needs a permanent owner: appoint another one first"),
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
