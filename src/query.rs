//! Lists: who may perform an action, who has access and why, on which resources a subject may perform an action, filters for
//! your own database queries, and findings. Every answer comes from `decide`, called once for all cases that it cannot tell
//! apart.

mod access;
mod actions;
mod class;
pub(crate) mod condition;
mod deployers;
mod environments;
mod filter;
mod findings;
pub(crate) mod protections;
pub(crate) mod selection;
mod what;
mod who;

pub use access::{Access, AccessSource, EffectiveRole, EnvironmentAccess};
pub use actions::AllowedActions;
pub(crate) use actions::values;
pub use condition::{Alternative, Condition, EnvironmentCondition};
pub use filter::Filter;
pub use findings::{Finding, FindingCode, FindingPlace};
pub use protections::Protections;
pub use selection::Selection;
pub use what::Search;
pub(crate) use who::Sharing;
pub use who::WhoMay;
