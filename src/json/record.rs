//! The form of records of changes.

mod change;
mod edit;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;
use core::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::change::Change;
use crate::change::edit::Edit;
use crate::change::record::{Cause, Entry, Record};
use crate::json::forms::words::Whole;
use crate::json::id::Text;
use crate::json::strict::Strict;
use crate::model::account::AccountKind;
use crate::model::time::Time;

/// Gives a type the form that mirrors it.
macro_rules! by_form {
    ($type:ident $(<$id:ident>)?, $form:ident) => {
        impl<'de $(, $id: Display + FromStr<Err: Display>)?> Deserialize<'de> for $type $(<$id>)? {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $form::deserialize(Strict(deserializer))
            }
        }

        impl $(<$id: Display>)? Serialize for $type $(<$id>)? {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $form::serialize(self, serializer)
            }
        }
    };
}
pub(crate) use by_form;

/// `{ "format": 3, "policy": 2, "id": "record-7", "previous": "record-6", "organization": "acme-corp", "revision": 7, "at":
/// "2026-11-21T12:00:00Z", "reason": "ticket 7", "steps": [{ "by": "carol", "change": { "change_role": { "organization":
/// "acme-corp", "account": "bob", "to": "viewer" } }, "edits": [{ "member": { "organization": "acme-corp", "account": "bob",
/// "from": { "kind": "user", "role": "developer" }, "to": { "kind": "user", "role": "viewer" } } }] }] }`. `previous`, `at` and
/// `reason` are optional. A step of the platform has `platform` in place of `by`, and one that creates an organization has
/// `create_organization` in place of `by` and `change`, with `organization`, `owner` and `kind`.
///
/// The ids of the tokens that were used are `token` and `service_token`, before `change`.
///
/// A custom role is `{ "custom": "release-manager" }`, and the holder of a grant is `{ "account": "bob" }` or `{ "team": "on-call" }`.
impl<Id: Display> Serialize for Record<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RecordFields {
            format: Self::FORMAT,
            policy: self.policy(),
            id: Text(self.id()),
            previous: self.previous().map(Text),
            organization: Text(self.organization()),
            revision: self.revision(),
            at: self.time(),
            reason: self.reason(),
            steps: self.entries(),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(bound = "Id: Display")]
struct RecordFields<'a, Id> {
    format: u32,
    policy: u32,
    id: Text<&'a Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Text<&'a Id>>,
    organization: Text<&'a Id>,
    revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    steps: &'a [Entry<Id>],
}

impl<Id: Display> Serialize for Entry<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        EntryFields::of(self).serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(bound = "Id: Display")]
struct EntryFields<'a, Id> {
    #[serde(skip_serializing_if = "Option::is_none")]
    create_organization: Option<FoundingForm<Text<&'a Id>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Text<&'a Id>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'a Change<Id>>,
    edits: &'a [Edit<Id>],
}

impl<'a, Id> EntryFields<'a, Id> {
    fn of(step: &'a Entry<Id>) -> Self {
        let mut fields = Self {
            create_organization: None,
            by: None,
            platform: None,
            token: step.token(),
            service_token: step.service_token(),
            change: None,
            edits: step.edits(),
        };
        match step.cause() {
            Cause::CreateOrganization { organization, owner, kind } => {
                fields.create_organization =
                    Some(FoundingForm { organization: Text(organization), owner: Text(owner), kind: *kind });
            }
            Cause::Change { by, change } => (fields.by, fields.change) = (Some(Text(by)), Some(change)),
            Cause::Platform { by, change } => (fields.platform, fields.change) = (Some(by.as_str()), Some(change)),
        }
        fields
    }
}

/// All but `previous`, `at` and `reason` are required. Another `format` than [`Record::FORMAT`] is an error.
impl<'de, Id: Display + FromStr<Err: Display>> Deserialize<'de> for Record<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: RecordForm<Id> = Deserialize::deserialize(Strict(deserializer))?;
        let record = Self::new(form.id.0, form.organization.0, form.revision, form.steps);
        Ok(record.by_policy(form.policy).with_optional(
            form.previous.map(|Text(previous)| previous),
            form.at,
            form.reason,
        ))
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a record: an object with `format`, `policy`, `id`, `organization`, `revision` and `steps`",
    bound = "Id: Display + FromStr<Err: Display>"
)]
struct RecordForm<Id> {
    #[serde(rename = "format", deserialize_with = "format")]
    _format: (),
    #[serde(deserialize_with = "policy")]
    policy: u32,
    id: Text<Id>,
    previous: Option<Text<Id>>,
    organization: Text<Id>,
    #[serde(deserialize_with = "revision")]
    revision: u64,
    at: Option<Time>,
    reason: Option<String>,
    steps: Vec<Entry<Id>>,
}

impl<'de, Id: Display + FromStr<Err: Display>> Deserialize<'de> for Entry<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: EntryForm<Id> = Deserialize::deserialize(Strict(deserializer))?;
        form.step()
    }
}

fn format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    let found = deserializer.deserialize_u64(Whole { expecting: "the number of a format" })?;
    let format = Record::<()>::FORMAT;
    if found == u64::from(format) {
        Ok(())
    } else {
        Err(D::Error::custom(format_args!("a record of format {found}: only format {format} is known here")))
    }
}

fn policy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let found = deserializer.deserialize_u64(Whole { expecting: "the number of a version of the policy" })?;
    u32::try_from(found).map_err(|_| D::Error::custom(format_args!("`{found}` is not a version of the policy")))
}

fn revision<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_u64(Whole { expecting: "a whole number from 0" })
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a step: an object with `by`, `change` and `edits`",
    bound = "Id: Display + FromStr<Err: Display>"
)]
struct EntryForm<Id> {
    create_organization: Option<FoundingForm<Text<Id>>>,
    by: Option<Text<Id>>,
    platform: Option<String>,
    token: Option<String>,
    service_token: Option<String>,
    change: Option<Change<Id>>,
    edits: Vec<Edit<Id>>,
}

impl<Id> EntryForm<Id> {
    fn step<E: serde::de::Error>(self) -> Result<Entry<Id>, E> {
        let has_tokens = self.token.is_some() || self.service_token.is_some();
        let cause = match (self.create_organization, self.by, self.platform, self.change) {
            (Some(FoundingForm { organization: Text(organization), owner: Text(owner), kind }), None, None, None)
                if !has_tokens =>
            {
                Cause::CreateOrganization { organization, owner, kind }
            }
            (None, Some(Text(by)), None, Some(change)) => Cause::Change { by, change },
            (None, None, Some(by), Some(change)) if !has_tokens => Cause::Platform { by, change },
            (Some(_) | None, _, _, _) => {
                return Err(E::custom(
                    "a step has `create_organization` alone, `by` and `change`, or `platform` and `change`",
                ));
            }
        };
        Ok(Entry::new(cause, self.edits).with_tokens(self.token, self.service_token))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a new organization: an object with `organization`, `owner` and `kind`")]
struct FoundingForm<Id> {
    organization: Id,
    owner: Id,
    kind: AccountKind,
}
