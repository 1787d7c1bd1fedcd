//! An object of a request: what is read of it, and what becomes of the rest.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use core::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::json::id::Text;
use crate::json::text::{self, JsonError, Members};
use crate::model::escape::Escaped;
use crate::model::time::Grant;

/// An object of the request, and its place.
pub(crate) struct Part {
    place: String,
    members: Map<String, Value>,
    /// The names that the request has here: those that were asked for, whether they were there or not.
    names: Vec<&'static str>,
}

impl Part {
    /// The whole request.
    pub(crate) fn whole(members: Map<String, Value>) -> Self {
        Self { place: String::new(), members, names: Vec::new() }
    }

    /// Whether a member is there.
    pub(crate) fn has(&self, member: &str) -> bool {
        self.members.contains_key(member)
    }

    fn take(&mut self, member: &'static str) -> Option<Value> {
        self.names.push(member);
        self.members.remove(member)
    }

    pub(crate) fn required<T: DeserializeOwned>(&mut self, member: &'static str) -> Result<T, JsonError> {
        match self.take(member) {
            Some(value) => text::read_value(value, &self.place_of(member)),
            None => Err(JsonError::new(&*self.place, format!("missing field `{member}`"))),
        }
    }

    /// A member that may be left out; `null` is no way to do so.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, member: &'static str) -> Result<Option<T>, JsonError> {
        match self.take(member) {
            Some(value) => text::read_value(value, &self.place_of(member)).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn id<Id: Display + FromStr<Err: Display>>(&mut self, member: &'static str) -> Result<Id, JsonError> {
        self.required(member).map(|Text(id)| id)
    }

    pub(crate) fn optional_id<Id: Display + FromStr<Err: Display>>(
        &mut self,
        member: &'static str,
    ) -> Result<Option<Id>, JsonError> {
        self.optional(member).map(|id| id.map(|Text(id)| id))
    }

    pub(crate) fn part(&mut self, member: &'static str) -> Result<Self, JsonError> {
        let Members(members) = self.required(member)?;
        Ok(Self { members, place: self.place_of(member), names: Vec::new() })
    }

    /// An object that may be left out, where it is as good as empty.
    pub(crate) fn optional_part(&mut self, member: &'static str) -> Result<Self, JsonError> {
        let Members(members) = self.optional(member)?.unwrap_or_default();
        Ok(Self { members, place: self.place_of(member), names: Vec::new() })
    }

    /// What `to` gives, and until when; a `to` of `null` takes it back, and there is nothing to expire.
    pub(crate) fn grant<T: Copy + DeserializeOwned>(&mut self) -> Result<Option<Grant<T>>, JsonError> {
        let to: Option<T> = self.required("to")?;
        let expires_at = self.optional("expires_at")?;
        match (to, expires_at) {
            (Some(to), expires_at) => Ok(Some(Grant::expiring(to, expires_at))),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(JsonError::new(
                self.place_of("expires_at"),
                "nothing is given that could expire: leave it out where `to` is null",
            )),
        }
    }

    /// An error about the whole of this object.
    pub(crate) fn error(&self, problem: &dyn Display) -> JsonError {
        JsonError::new(&*self.place, problem.to_string())
    }

    fn place_of(&self, member: &str) -> String {
        if self.place.is_empty() { member.to_string() } else { format!("{}.{member}", self.place) }
    }

    /// Refuses what was not read: it may be a misspelt restriction.
    pub(crate) fn end(self) -> Result<(), JsonError> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(unknown) => Err(JsonError::new(
                self.place_of(unknown),
                format!("unknown field {}, expected {}", Escaped::in_backticks(unknown), one_of(&self.names)),
            )),
        }
    }

    /// Ignores what was not read, as `AuthZEN` asks, but refuses a name that is nearly one of those that the request has here.
    pub(crate) fn ignore_rest(self) -> Result<(), JsonError> {
        for unknown in self.members.keys() {
            if let Some(name) = self.names.iter().find(|name| is_nearly(unknown, name)) {
                let unknown_field = Escaped::in_backticks(unknown);
                return Err(JsonError::new(
                    self.place_of(unknown),
                    format!("unknown field {unknown_field}: write `{name}`, or give another name to what is yours"),
                ));
            }
        }
        Ok(())
    }

    /// Ignores what was not read, like [`Self::ignore_rest`], of an object that has `properties`: a token beside them is refused.
    pub(crate) fn ignore_rest_beside_properties(self) -> Result<(), JsonError> {
        match self.members.keys().find(|unknown| is_nearly(unknown, "token")) {
            Some(token) => Err(JsonError::new(
                self.place_of(token),
                "a token is read from `subject.properties` alone: write it there, as `token`",
            )),
            None => self.ignore_rest(),
        }
    }
}

/// Whether two names differ only by ASCII case, spaces, `_`, `-` or a final s.
fn is_nearly(unknown: &str, name: &str) -> bool {
    let (unknown, name) = (bare(unknown), bare(name));
    let is_plural = |long: &str, short: &str| long.strip_suffix('s') == Some(short);
    unknown == name || is_plural(&unknown, &name) || is_plural(&name, &unknown)
}

fn bare(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).map(|c| c.to_ascii_lowercase()).collect()
}

/// The names as serde lists them.
fn one_of(names: &[&str]) -> String {
    match names {
        [name] => format!("`{name}`"),
        [first, second] => format!("`{first}` or `{second}`"),
        names => {
            let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("one of {}", quoted.join(", "))
        }
    }
}
