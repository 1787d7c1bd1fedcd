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
        /// The subject's role does not include that of the target, or the role to give.
        Outranked = "outranked",
        /// This target cannot be given what was asked.
        NotAssignable = "not_assignable",
        /// The organization would lose its last permanent Owner.
        LastOwner = "last_owner",
        /// The subject may manage only deployments that they requested.
        NotOwnDeployment = "not_own_deployment",
        /// The environment requires no approval.
        ApprovalNotRequired = "approval_not_required",
        /// A service account cannot approve, nor deploy without approval.
        ServiceAccount = "service_account",
        /// The requester cannot approve their own deployment.
        SelfApproval = "self_approval",
        /// The approval rule does not let the subject deploy without approval.
        BypassForbidden = "bypass_forbidden",
        /// The cluster access is above the ceiling of the target's role.
        AboveCeiling = "above_ceiling",
        /// The subject would give higher cluster access than their own, or change that of someone who has more.
        Escalation = "escalation",
        /// What is given would end later than what gives it.
        Outlasts = "outlasts",
        /// Something is left in what is to be deleted.
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
/// assert_eq!(reason.to_string(), "this environment's protection needs the rank owner; you have admin");
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
    /// The effective role does not grant the permission, or its rank is too low to approve.
    RoleInsufficient {
        /// The rank of the effective role.
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
    /// The rank of the effective role does not include the rank that the environment's protection requires.
    EnvironmentProtected {
        /// The rank of the effective role; where only an Admin of the organization will do, that of the role in it.
        have: Role,
        /// The rank that the protection requires.
        need: Role,
    },
    /// The subject's role does not include the target's role, or the role that the subject wants to give.
    Outranked {
        /// The rank of the subject's role.
        have: Role,
        /// The rank of the role that it would have to include. If both are Owner, the subject is not a permanent one.
        need: Role,
        /// The first permission that the subject's role lacks, if its rank suffices.
        permission: Option<Permission>,
    },
    /// This target cannot be given what was asked. For example, a service account cannot be an Owner.
    NotAssignable,
    /// The organization would be left without a permanent Owner.
    LastOwner,
    /// The subject did not request the deployment, is not an Admin there and cannot manage its cluster.
    NotOwnDeployment,
    /// The environment has no approval rule.
    ApprovalNotRequired,
    /// The subject is a service account, which cannot approve, nor deploy without approval.
    ServiceAccount,
    /// The subject requested the deployment, or it was requested on the subject's behalf, and the rule does not allow
    /// self-approval.
    SelfApproval,
    /// The approval rule does not let the subject deploy without approval.
    BypassForbidden {
        /// The rank of the effective role.
        have: Role,
        /// The rank that the rule names; `None` if it names none.
        need: Option<Role>,
    },
    /// The cluster access to give is above the ceiling of the target's role.
    AboveCeiling {
        /// The access to give.
        need: ClusterAccess,
        /// The most that the target's role can have.
        ceiling: ClusterAccess,
    },
    /// The change would give more cluster access than the subject has, or change that of someone who has more.
    Escalation {
        /// The subject's access.
        have: ClusterAccess,
        /// The access that the change would give, or that the target has.
        need: ClusterAccess,
    },
    /// What is given would end later than the membership, the project role or the access by which the subject gives it.
    Outlasts,
    /// Something is left in what is to be deleted: environments, the members of a team, or those who have a role.
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

/// One of the clusters of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClusterOf {
    /// The cluster itself, or the one that the environment is deployed to.
    Present,
    /// The cluster that a placement moves the environment to.
    New,
    /// One that the environments of a project deploy to, by its position in [`Project::clusters`](crate::Project::clusters).
    /// A position above 65535 is given as that.
    OfProject(u16),
}

/// A noun phrase, such as `the cluster`.
impl fmt::Display for ClusterOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Present => "the cluster",
            Self::New => "the new cluster",
            Self::OfProject(_) => "a cluster of the project",
        })
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
            Self::NotOwnDeployment => ReasonCode::NotOwnDeployment,
            Self::ApprovalNotRequired => ReasonCode::ApprovalNotRequired,
            Self::ServiceAccount => ReasonCode::ServiceAccount,
            Self::SelfApproval => ReasonCode::SelfApproval,
            Self::BypassForbidden { .. } => ReasonCode::BypassForbidden,
            Self::AboveCeiling { .. } => ReasonCode::AboveCeiling,
            Self::Escalation { .. } => ReasonCode::Escalation,
            Self::Outlasts => ReasonCode::Outlasts,
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
                write!(f, "you need the permission {permission}, which your role, of the rank {have}, does not grant")
            }
            Self::RoleInsufficient { have, need: RoleRequirement::Role(need) } => {
                write!(f, "you need the rank {need}; you have {have}")
            }
            Self::ClusterLevelInsufficient { have, need, cluster } => {
                write!(f, "you need {need} access to {cluster}; you have {have}")
            }
            Self::EnvironmentProtected { have, need } => {
                write!(f, "this environment's protection needs the rank {need}; you have {have}")
            }
            Self::Outranked { have: Role::Owner, need: Role::Owner, .. } => {
                f.write_str("this needs an owner whose membership does not expire; yours does")
            }
            Self::Outranked { permission: Some(permission), .. } => {
                write!(f, "that role has the permission {permission}, which yours does not have")
            }
            Self::Outranked { have, need, .. } => {
                write!(f, "you need a role that includes {need}; yours is {have} by rank")
            }
            Self::NotAssignable => f.write_str("that member, team or role cannot be given this"),
            Self::LastOwner => f.write_str("the organization needs a permanent owner: appoint another one first"),
            Self::NotOwnDeployment => f.write_str("you did not request this deployment"),
            Self::ApprovalNotRequired => f.write_str("this environment needs no approval"),
            Self::ServiceAccount => f.write_str("a service account cannot do this: a person must"),
            Self::SelfApproval => {
                f.write_str("this deployment was requested by you or for you: someone else must approve it")
            }
            Self::BypassForbidden { have, need: Some(need) } => {
                write!(f, "to deploy without approval here, you need the rank {need}; you have {have}")
            }
            Self::BypassForbidden { need: None, .. } => f.write_str("no one may deploy here without approval"),
            Self::AboveCeiling { need, ceiling } => {
                write!(f, "that member cannot have {need} access: their role allows at most {ceiling}")
            }
            Self::Escalation { have, need } => {
                write!(f, "you cannot give or change {need} access to a cluster on which you have {have}")
            }
            Self::Outlasts => {
                f.write_str("this would last longer than your own membership or grant: give it an earlier end")
            }
            Self::NotEmpty => f.write_str("it is still in use: remove what is left in it first"),
            Self::UnknownResource => f.write_str("not found"),
        }
    }
}
