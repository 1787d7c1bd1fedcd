//! The question and the answer of the `AuthZEN` Authorization API 1.0, in JSON.

mod answer;
mod approval;
pub(crate) mod asked;
mod named;
pub(crate) mod question;

pub use answer::{Answer, Outcome};
pub use named::Named;
