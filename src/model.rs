//! The vocabulary (roles, actions, protections, …) and the facts that a decision is made on. No lookups, no policy.

pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod action;
pub(crate) mod action_set;
pub(crate) mod cluster;
pub(crate) mod custom_role;
pub(crate) mod deployment;
pub(crate) mod environment;
pub(crate) mod escape;
pub(crate) mod grants;
pub(crate) mod membership;
pub(crate) mod names;
pub(crate) mod namespace;
pub(crate) mod organization;
pub(crate) mod parameter;
pub(crate) mod project;
pub(crate) mod protection;
pub(crate) mod resource;
pub(crate) mod role;
pub(crate) mod scope;
pub(crate) mod sorted;
pub(crate) mod subject;
pub(crate) mod team;
pub(crate) mod time;
pub(crate) mod token;

pub use account::AccountError;
pub use cluster::Orchestrator;
pub use custom_role::RoleError;
pub use deployment::ApprovalId;
pub use environment::ForeignClusterError;
pub use names::UnknownNameError;
pub use namespace::{NamespaceError, check_namespace};
pub use parameter::{Parameter, ParameterError, ParameterKind, Update};
pub use protection::{ApprovalFrom, ApprovalRule, Bypass, ProtectionError, ProtectionLevel, Safeguard, SelfApproval};
pub use resource::ResourceKind;
pub use role::{Permission, Permissions};
