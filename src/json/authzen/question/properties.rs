//! The members of an object that is written.

use alloc::string::{String, ToString};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::time::Grant;

#[derive(Default)]
pub(super) struct Properties(pub(super) Map<String, Value>);

impl Properties {
    pub(super) fn set(&mut self, member: &str, value: impl Serialize) -> serde_json::Result<()> {
        self.0.insert(member.to_string(), serde_json::to_value(value)?);
        Ok(())
    }

    pub(super) fn set_if_some(&mut self, member: &str, value: Option<impl Serialize>) -> serde_json::Result<()> {
        value.map_or(Ok(()), |value| self.set(member, value))
    }

    /// What [`Part::grant`](super::part::Part::grant) reads.
    pub(super) fn set_grant<T: Copy + Serialize>(&mut self, to: Option<Grant<T>>) -> serde_json::Result<()> {
        self.set("to", to.map(|grant| grant.value()))?;
        self.set_if_some("expires_at", to.and_then(|grant| grant.expires_at()))
    }
}
