//! The vocabulary (roles, actions, protections, …) and the facts that a decision is made on. No lookups, no policy.

pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod action;
pub(crate) mod cluster;
pub(crate) mod deployment;
pub(crate) mod environment;
#[cfg(feature = "directory")]
pub(crate) mod escape;
pub(crate) mod names;
pub(crate) mod organization;
pub(crate) mod project;
pub(crate) mod protection;
pub(crate) mod resource;
pub(crate) mod role;
pub(crate) mod scope;
pub(crate) mod sorted;
pub(crate) mod subject;
pub(crate) mod time;
pub(crate) mod token;

pub use account::AccountError;
pub use action::{Parameter, ParameterError, ParameterKind};
pub use cluster::Orchestrator;
pub use deployment::ApprovalId;
pub use environment::ForeignClusterError;
pub use names::UnknownNameError;
pub use protection::{ApprovalFrom, ApprovalRule, ProtectionError, ProtectionLevel, Safeguard, SelfApproval};
pub use resource::ResourceKind;
pub use role::{Permission, Permissions};
