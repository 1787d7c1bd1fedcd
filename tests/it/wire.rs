//! What the wire forms take, what they refuse and with which words.

mod accounts;
mod answers;
mod documents;
mod examples;
mod facts;
mod format_3;
mod questions;
mod readers;
mod records;
mod roles;
mod times;
mod words;

use serde::de::DeserializeOwned;

/// Reads JSON of which it is known that it is right.
fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Why JSON is refused.
fn refusal<T: DeserializeOwned>(json: &str) -> String {
    match serde_json::from_str::<T>(json) {
        Ok(_) => panic!("{json} was taken"),
        Err(error) => {
            let (error, position) = (error.to_string(), format!(" at line {} column {}", error.line(), error.column()));
            error.strip_suffix(&position).unwrap_or(&error).to_string()
        }
    }
}
