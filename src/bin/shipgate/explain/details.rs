//! The `KEY=VALUE` words of a question.

use std::str::FromStr;

use shipgate::model::{ApprovalFrom, ApprovalId, ApprovalRule, Parameter, ParameterKind, SelfApproval};
use shipgate::{Action, ActionKind, Grant, Protection, Time};

use super::super::format;

/// The words, each to be read once.
pub(super) struct Details<'a> {
    left: Vec<(&'a str, &'a str)>,
}

impl<'a> Details<'a> {
    pub(super) fn read(words: &'a [String]) -> Result<Self, String> {
        let pair = |word: &'a String| word.split_once('=').ok_or_else(|| format!("`{word}` should be KEY=VALUE"));
        Ok(Self { left: words.iter().map(pair).collect::<Result<_, _>>()? })
    }

    pub(super) fn are_all_read(&self) -> Result<(), String> {
        match self.left.first() {
            None => Ok(()),
            Some((key, value)) => Err(format!("`{key}={value}` is not needed here")),
        }
    }

    pub(super) fn required(&mut self, key: &str) -> Result<String, String> {
        Ok(self.optional(key).ok_or_else(|| missing(key))?.to_owned())
    }

    pub(super) fn time(&mut self, key: &str) -> Result<Option<Time>, String> {
        self.optional(key).map(format::time).transpose().map_err(|error| format!("{key}: {error}"))
    }

    /// An action with the parameter that it takes.
    pub(super) fn action(&mut self, kind: ActionKind) -> Result<Action, String> {
        let parameter = match kind.parameter() {
            ParameterKind::None => Parameter::None,
            ParameterKind::Role => {
                // An invitation has a role, a change leads to one.
                let key = if matches!(kind, ActionKind::InviteMember) { "role" } else { "to" };
                Parameter::Role(self.needed(key)?)
            }
            ParameterKind::Expiry => Parameter::Expiry(self.expiry()?),
            ParameterKind::ProjectRole => Parameter::ProjectRole(self.grant("nothing")?),
            ParameterKind::ClusterAccess => Parameter::ClusterAccess(self.grant("default")?),
            ParameterKind::Protection => Parameter::Protection(self.protection()?),
        };
        kind.with(parameter).map_err(|error| error.to_string())
    }

    pub(super) fn approvals(&mut self) -> Vec<ApprovalId<String>> {
        std::iter::from_fn(|| self.optional("approved_by")).map(|by| ApprovalId::new(by.to_owned())).collect()
    }

    fn optional(&mut self, key: &str) -> Option<&'a str> {
        let place = self.left.iter().position(|(name, _)| *name == key)?;
        Some(self.left.remove(place).1)
    }

    /// Takes `key` if its value is this.
    fn is(&mut self, key: &str, value: &str) -> bool {
        self.left.contains(&(key, value)) && self.optional(key).is_some()
    }

    fn parsed<T: FromStr<Err: ToString>>(&mut self, key: &str) -> Result<Option<T>, String> {
        let value = self.optional(key).map(str::parse).transpose();
        value.map_err(|error: T::Err| format!("{key}: {}", error.to_string()))
    }

    fn needed<T: FromStr<Err: ToString>>(&mut self, key: &str) -> Result<T, String> {
        self.parsed(key)?.ok_or_else(|| missing(key))
    }

    /// What `to` gives and until when, or that it takes back.
    fn grant<T: Copy + FromStr<Err: ToString>>(&mut self, take_back: &str) -> Result<Option<Grant<T>>, String> {
        if self.is("to", take_back) {
            return Ok(None);
        }
        Ok(Some(Grant::expiring(self.needed("to")?, self.time("expires_at")?)))
    }

    fn expiry(&mut self) -> Result<Option<Time>, String> {
        if self.is("to", "never") {
            return Ok(None);
        }
        self.time("to")?.map(Some).ok_or_else(|| missing("to"))
    }

    fn protection(&mut self) -> Result<Protection, String> {
        let level = self.needed("to")?;
        let rule = match self.parsed("from")? {
            None => None,
            Some(from) => Some(self.rule(from)?),
        };
        Protection::new(level, rule).map_err(|error| error.to_string())
    }

    fn rule(&mut self, from: ApprovalFrom) -> Result<ApprovalRule, String> {
        let count = self.parsed("count")?.unwrap_or(1);
        let self_approval = self.parsed("self_approval")?.unwrap_or(SelfApproval::Forbidden);
        let rule = ApprovalRule::new(from).with_count(count).map_err(|error| error.to_string())?;
        Ok(rule.with_self_approval(self_approval))
    }
}

fn missing(key: &str) -> String {
    format!("`{key}=...` is missing")
}
