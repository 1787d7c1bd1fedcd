//! The policy: what each action requires, the gates that check it in order, and the decision.

pub(crate) mod acting;
pub(crate) mod approval;
pub(crate) mod asked;
pub(crate) mod constraints;
pub(crate) mod decide;
pub(crate) mod decision;
pub(crate) mod gates;
pub(crate) mod giving;
pub(crate) mod inputs;
pub(crate) mod reason;
pub(crate) mod requirement;
pub(crate) mod verdict;

pub use acting::ActingMember;
pub use decision::Gate;
pub use reason::{ClusterOf, ReasonCode, RoleRequirement};

/// The version of the policy. It changes when an answer does.
#[cfg(feature = "directory")]
pub(crate) const VERSION: u32 = 2;
