//! Lists: who may do something, what a subject may do it to, filters for a service's own queries, and findings. Every answer
//! is `decide`'s own, given once for all that it cannot tell apart.

mod actions;
mod class;
pub(crate) mod condition;
mod filter;
mod findings;
pub(crate) mod protections;
pub(crate) mod selection;
mod what;
mod who;

pub use actions::AllowedActions;
pub(crate) use actions::values;
pub use condition::{Alternative, Condition, EnvironmentCondition};
pub use filter::Filter;
pub use findings::{Finding, FindingCode, FindingPlace};
pub use protections::Protections;
pub use selection::Selection;
pub use what::Search;
pub use who::WhoMay;
