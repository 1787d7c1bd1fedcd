//! The forms of words and facts.

mod account;
pub(crate) mod decision;
mod facts;
mod role;
mod token;
pub(crate) mod words;
