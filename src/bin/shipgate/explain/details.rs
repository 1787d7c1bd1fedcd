//! The `KEY=VALUE` words of a question.

use std::str::FromStr;

use shipgate::model::{
    ApprovalFrom, ApprovalId, ApprovalRule, Bypass, Parameter, ParameterKind, Permission, ResourceKind, SelfApproval,
};
use shipgate::{Action, ActionKind, AnyRole, Grant, Protection, Role, RoleDefinition, RolePermissions, Time};

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

    /// An action on a kind of resource, with the parameter that it takes there.
    pub(super) fn action(&mut self, kind: ActionKind, on: ResourceKind) -> Result<Action<String>, String> {
        let parameter = match kind.parameter(on) {
            ParameterKind::None => Parameter::None,
            ParameterKind::Invitation => {
                Parameter::Invitation { role: self.role("role")?, expires_at: self.time("expires_at")? }
            }
            ParameterKind::Role => Parameter::Role(self.role("to")?),
            ParameterKind::Definition => {
                let (rank, permissions) = (self.needed("rank")?, self.permissions()?);
                Parameter::Definition(RoleDefinition::new(rank, permissions).map_err(|error| error.to_string())?)
            }
            ParameterKind::Permissions => Parameter::Permissions(self.permissions()?),
            ParameterKind::Visibility => Parameter::Visibility(self.parsed("visibility")?),
            ParameterKind::Expiry => Parameter::Expiry(self.expiry()?),
            ParameterKind::ProjectRole => Parameter::ProjectRole(self.grant("nothing")?),
            ParameterKind::ClusterAccess => Parameter::ClusterAccess(self.grant("default")?),
            ParameterKind::Protection => Parameter::Protection(self.protection("to")?),
        };
        kind.with(on, parameter).map_err(|error| error.to_string())
    }

    /// A built-in role by its name, or a custom one by its id.
    fn role(&mut self, key: &str) -> Result<AnyRole<String>, String> {
        let role = self.required(key)?;
        Ok(role.parse::<Role>().map_or(AnyRole::Custom(role), AnyRole::BuiltIn))
    }

    /// The permissions of a custom role, separated by commas.
    fn permissions(&mut self) -> Result<RolePermissions, String> {
        let names = self.required("permissions")?;
        let names = names.split(',').filter(|name| !name.is_empty());
        let permissions: Result<Vec<Permission>, _> = names.map(str::parse).collect();
        let permissions = permissions.map_err(|error| format!("permissions: {error}"))?;
        RolePermissions::new(permissions).map_err(|error| error.to_string())
    }

    pub(super) fn approvals(&mut self) -> Vec<ApprovalId<String>> {
        let release = self.left.iter().find(|(key, _)| *key == "release").map(|(_, release)| (*release).to_owned());
        let approval = |by: &str| ApprovalId { release: release.clone(), ..ApprovalId::new(by.to_owned()) };
        std::iter::from_fn(|| self.optional("approved_by")).map(approval).collect()
    }

    pub(super) fn optional(&mut self, key: &str) -> Option<&'a str> {
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

    /// The protection of a new environment: none, unless it is named.
    pub(super) fn proposed_protection(&mut self) -> Result<Protection, String> {
        let is_named = self.left.iter().any(|(key, _)| *key == "protection");
        if is_named { self.protection("protection") } else { Ok(Protection::NONE) }
    }

    fn protection(&mut self, key: &str) -> Result<Protection, String> {
        let level = self.needed(key)?;
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
        let bypass = self.parsed("bypass")?.unwrap_or(Bypass::None);
        Ok(rule.with_self_approval(self_approval).with_bypass(bypass))
    }
}

fn missing(key: &str) -> String {
    format!("`{key}=...` is missing")
}
