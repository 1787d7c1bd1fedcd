//! The serde forms of the words and facts that are not enums.
//!
//! Strict everywhere: unknown fields, names and duplicates are refused, `null` is not absence, an array is not an object,
//! and facts are read through their checked constructors. The forms need a self-describing format, such as JSON.

mod answer;
mod facts;
#[cfg(feature = "authzen")]
pub(crate) mod json;
pub(crate) mod object;
#[cfg(feature = "directory")]
mod record;
mod time;
mod token;
#[cfg(feature = "directory")]
pub(crate) mod variant;
mod words;

#[cfg(feature = "authzen")]
pub use json::JsonError;
pub use time::TimeError;

#[cfg(feature = "authzen")]
pub(crate) use answer::write_data;
