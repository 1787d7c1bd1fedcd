//! The words of the API, for its description. They are read and written by the library.
#![expect(dead_code, reason = "they are the forms of what the library reads and writes")]

use serde::Serialize;
use utoipa::ToSchema;

/// The access to a cluster.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Permission {
    None,
    View,
    Deploy,
    Manage,
}

/// A role in a project.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProjectRole {
    Admin,
    Developer,
    Viewer,
}

/// The rank of a role.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rank {
    Owner,
    Admin,
    Developer,
    Billing,
    Viewer,
}

/// Who sees a cluster or a project: every member of the organization, or those who were invited.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Visibility {
    Organization,
    Members,
}

/// Whether an account is a person or a program.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountKind {
    User,
    Service,
}

/// How an environment is protected.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Protection {
    Level(Level),
    WithRule(ProtectionWithRule),
}

/// The level of a protection.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    None,
    Reviewed,
    Restricted,
    Locked,
}

/// A protection with a rule that its level does not imply.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProtectionWithRule {
    level: Level,
    approval: Option<ApprovalRule>,
}

/// Which approvals a deployment needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovalRule {
    from: ApprovalFrom,
    #[schema(minimum = 1, maximum = 255)]
    count: Option<u8>,
    self_approval: Option<bool>,
    bypass: Option<Bypass>,
}

/// Who approves.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ApprovalFrom {
    Admin,
    Owner,
}

/// Who may deploy without approval in an emergency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bypass {
    None,
    Admin,
    Owner,
}
