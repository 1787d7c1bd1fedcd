//! placeholder
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod account;
mod action;
#[cfg(feature = "authzen")]
mod authzen;
mod case;
mod cluster;
mod decide;
mod decision;
#[cfg(feature = "directory")]
mod directory;
#[cfg(all(feature = "directory", feature = "serde"))]
mod document;
mod explain;
mod names;
mod permission;
mod protection;
mod resource;
mod role;
mod sorted;
mod subject;
mod time;
#[cfg(feature = "serde")]
mod wire;

pub use account::{Account, AccountError, AccountKind, Membership};
pub use action::{Action, ActionName, ActionSet, ResourceKind};
pub use cluster::{Cluster, Level};
pub use decide::{decide, exposure};
pub use decision::{Approvals, ClusterOf, Decision, Exposure, Gate, Reason, ReasonCode, RoleNeed};
#[cfg(feature = "directory")]
pub use directory::{ApprovalId, Directory, DirectoryBuilder, Kind, LoadError, LoadProblem, ResourceId, SubjectId};
#[cfg(all(feature = "directory", feature = "serde"))]
pub use document::{Document, Orchestrator};
pub use explain::{Explanation, ForUser, Names, Obstacle, Opening, Report, Verdict, explain};
pub use names::UnknownName;
pub use permission::{Permission, Permissions};
pub use protection::{
    ApprovalFrom, ApprovalRule, Protection, ProtectionError, ProtectionLevel, Safeguard, SelfApproval,
};
pub use resource::{
    Approval, Deployment, Environment, ForeignCluster, Organization, Project, Proposal, Resource, Visibility,
};
pub use role::{ProjectRole, Role};
pub use subject::{Subject, Token};
pub use time::{Grant, Time};
#[cfg(feature = "serde")]
pub use wire::TimeError;
#[cfg(feature = "authzen")]
pub use {
    authzen::{Answer, Question},
    document::DocumentError,
    wire::JsonError,
};
