//! The edge: words, facts, records, documents, questions and answers in JSON.
//!
//! Strict everywhere: unknown fields, names and duplicates are refused, `null` is not absence, an array is not an object,
//! and facts are read through their checked constructors. Ids in documents and questions are strings that are not empty and
//! have no control characters. What can be read can be written. The forms need a self-describing format, such as JSON.

#[cfg(feature = "authzen")]
pub(crate) mod authzen;
#[cfg(feature = "directory")]
mod document;
mod forms;
pub(crate) mod id;
#[cfg(feature = "directory")]
mod record;
#[cfg(feature = "directory")]
mod role;
mod strict;
#[cfg(feature = "authzen")]
pub(crate) mod text;
mod time;
mod word;

#[cfg(feature = "authzen")]
pub use authzen::{Answer, Named, Outcome};
#[cfg(feature = "authzen")]
pub use document::DocumentError;
#[cfg(feature = "authzen")]
pub use text::JsonError;
pub use time::TimeError;
