//! The form of records of changes.

mod change;

use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::change::Change;
use crate::change::edit::Edit;
use crate::change::record::{Cause, Entry, Record};
use crate::json::forms::words::Whole;
use crate::json::strict::Strict;
use crate::model::account::AccountKind;
use crate::model::time::Time;

/// `{ "format": 1, "revision": 7, "steps": [{ "by": "carol", "at": "2026-11-21T12:00:00Z", "change": { "change_role":
/// { "organization": "acme-corp", "account": "bob", "to": "viewer" } }, "edits": [{ "role": { "organization": "acme-corp",
/// "account": "bob", "from": { "value": "developer" }, "to": { "value": "viewer" } } }] }] }`. In place of `by` and `change`, a
/// step may say `create_organization`, with `organization`, `owner` and `kind`.
impl<Id: Serialize> Serialize for Record<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a, Id> {
            format: u32,
            revision: u64,
            steps: Vec<EntryFields<'a, Id>>,
        }
        let steps = self.entries().iter().map(EntryFields::of).collect();
        Fields { format: Self::FORMAT, revision: self.revision(), steps }.serialize(serializer)
    }
}

#[derive(Serialize)]
struct EntryFields<'a, Id> {
    #[serde(skip_serializing_if = "Option::is_none")]
    create_organization: Option<FoundingForm<&'a Id>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'a Change<Id>>,
    edits: &'a [Edit<Id>],
}

impl<'a, Id> EntryFields<'a, Id> {
    fn of(step: &'a Entry<Id>) -> Self {
        let (create_organization, by, change) = match step.cause() {
            Cause::CreateOrganization { organization, owner, kind } => {
                (Some(FoundingForm { organization, owner, kind: *kind }), None, None)
            }
            Cause::Change { by, change } => (None, Some(by), Some(change)),
        };
        Self { create_organization, by, at: step.at(), change, edits: step.edits() }
    }
}

/// From its three fields, all required. Another `format` than [`Record::FORMAT`] is an error.
impl<'de, Id: Ord + Deserialize<'de>> Deserialize<'de> for Record<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: RecordForm<Id> = Deserialize::deserialize(Strict(deserializer))?;
        let steps = form.steps.into_iter().map(EntryForm::step::<D::Error>).collect::<Result<_, _>>()?;
        Ok(Self::new(form.revision, steps))
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a record: an object with `format`, `revision` and `steps`",
    bound = "Id: Ord + Deserialize<'de>"
)]
struct RecordForm<Id> {
    #[serde(rename = "format", deserialize_with = "format")]
    _format: (),
    #[serde(deserialize_with = "revision")]
    revision: u64,
    steps: Vec<EntryForm<Id>>,
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

fn revision<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_u64(Whole { expecting: "a whole number from 0" })
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a step: an object with `by`, `change` and `edits`",
    bound = "Id: Ord + Deserialize<'de>"
)]
struct EntryForm<Id> {
    create_organization: Option<FoundingForm<Id>>,
    by: Option<Id>,
    at: Option<Time>,
    change: Option<Change<Id>>,
    edits: Vec<Edit<Id>>,
}

impl<Id> EntryForm<Id> {
    fn step<E: serde::de::Error>(self) -> Result<Entry<Id>, E> {
        let cause = match (self.create_organization, self.by, self.change) {
            (Some(FoundingForm { organization, owner, kind }), None, None) => {
                Cause::CreateOrganization { organization, owner, kind }
            }
            (None, Some(by), Some(change)) => Cause::Change { by, change },
            (Some(_) | None, _, _) => {
                return Err(E::custom("a step says either `create_organization`, or `by` and `change`"));
            }
        };
        Ok(Entry::new(cause, self.at, self.edits))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a new organization: an object with `organization`, `owner` and `kind`")]
struct FoundingForm<Id> {
    organization: Id,
    owner: Id,
    kind: AccountKind,
}
