//! The forms of words and facts.

pub(crate) mod decision;
mod facts;
mod token;
pub(crate) mod words;
