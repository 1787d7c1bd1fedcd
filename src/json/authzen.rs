//! The question and the answer of the `AuthZEN` Authorization API 1.0, in JSON.

mod answer;
mod approval;
mod question;

pub use answer::Answer;
