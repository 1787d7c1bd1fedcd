//! Records that were tampered with, in their written form: in each edit, each field is changed to whatever else is there
//! anywhere, edits are left out, doubled and turned round, and the record is moved to another place. One of the present policy
//! is refused, whatever was done to it; one of an earlier policy, whose edits nobody can plan again, leads to facts that fit
//! together.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shipgate::change::Record;

use super::records::applied_or_refused;
use super::rows::load;
use super::twin::Twin;
use crate::oracle::Id;

/// The id of a record that undoes another one.
const UNDONE: Id = 9_999;

/// How often a record that was tampered with was not read, did not fit, and fitted, by the kind of the edit.
pub(crate) type Fates = BTreeMap<(String, Fate), usize>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    NotRead,
    Refused,
    Applied,
}

impl Twin {
    /// A record whose edits are undone, the last one first, leads back to the facts that were there. Only what went with a
    /// whole organization is not in the record.
    pub(crate) fn goes_back_by_undone_records(&self) {
        for ((record, (model, _)), after) in self.records.iter().zip(&self.before).zip(self.after()) {
            let undone = undone(&of_an_earlier_policy(&written(record)));
            let undone: Record<Id> = serde_json::from_value(undone).expect("it is a record again");
            if after.organization(record.organization()).is_none() {
                assert!(!applied_or_refused(after, &undone), "{undone:?}");
                continue;
            }
            let mut follower = after.clone();
            assert_eq!(follower.apply(&undone), Ok(()), "{undone:?}");
            let model = model.clone().at_record(*undone.organization(), undone.revision(), Some(*undone.id()));
            let before = load(&model);
            assert!(follower == before, "{undone:?}: {follower:?}, not {before:?}");
        }
    }

    /// A record that was tampered with, or undone and tampered with, is not read, or is refused, or leads to facts that
    /// stand by themselves.
    pub(crate) fn withstands_tampering(&self) -> Fates {
        let records: Vec<Value> =
            self.records.iter().map(written).map(|record| of_an_earlier_policy(&record)).collect();
        let substitutes = Substitutes::of(&records);
        let done = records.iter().cloned().zip(self.before.iter().map(|(_, directory)| directory));
        let undone = records.iter().map(undone).zip(self.after());
        let mut fates = Fates::new();
        for (record, directory) in done.chain(undone) {
            for (what, tampered) in tampered(&record, &substitutes) {
                let fate = match serde_json::from_value::<Record<Id>>(tampered) {
                    Err(_) => Fate::NotRead,
                    Ok(read) if applied_or_refused(directory, &read) => Fate::Applied,
                    Ok(_) => Fate::Refused,
                };
                *fates.entry((what, fate)).or_default() += 1;
            }
        }
        fates
    }
}

impl Twin {
    /// A record of the present policy with other edits than those of its change is refused.
    pub(crate) fn refuses_other_edits(&self) {
        let records: Vec<Value> = self.records.iter().map(written).collect();
        let substitutes = Substitutes::of(&records);
        let written = records.iter().zip(&self.records);
        for ((value, record), (_, directory)) in written.zip(&self.before) {
            for (_, tampered) in tampered(value, &substitutes) {
                let Ok(read) = serde_json::from_value::<Record<Id>>(tampered) else { continue };
                if read != *record {
                    assert!(!applied_or_refused(directory, &read), "{read:?} was {record:?}");
                }
            }
        }
    }
}

/// The same record, as if it had been made by a policy that nobody knows any longer.
fn of_an_earlier_policy(record: &Value) -> Value {
    let mut record = record.clone();
    record["policy"] = json!(Record::<Id>::POLICY - 1);
    record
}

fn written(record: &Record<Id>) -> Value {
    serde_json::to_value(record).expect("all its times have a form in text")
}

/// The record that follows this one and says the contrary.
fn undone(record: &Value) -> Value {
    let mut undone = record.clone();
    undone["revision"] = json!(record["revision"].as_u64().expect("a revision is a number") + 1);
    undone["previous"] = undone["id"].take();
    undone["id"] = json!(UNDONE.to_string());
    let steps = undone["steps"].as_array_mut().expect("steps are a list");
    steps.reverse();
    for step in steps {
        let edits = edits_of(step);
        *edits = edits.iter().rev().flat_map(inverse).collect();
    }
    undone
}

/// The edits that undo this one.
fn inverse(edit: &Value) -> Vec<Value> {
    if let Some(removal) = edit.get("remove") {
        return removal["restore"].as_array().cloned().unwrap_or_default();
    }
    let mut edit = edit.clone();
    for facts in edit.as_object_mut().expect("an edit is an object").values_mut() {
        let from = facts["from"].take();
        facts["from"] = facts["to"].take();
        facts["to"] = from;
    }
    vec![edit]
}

fn edits_of(step: &mut Value) -> &mut Vec<Value> {
    step["edits"].as_array_mut().expect("edits are a list")
}

/// What a field may be changed to: by the name of the field, whatever it is in any record.
struct Substitutes(BTreeMap<String, Vec<Value>>);

impl Substitutes {
    fn of(records: &[Value]) -> Self {
        let mut found: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        for record in records {
            for (place, value) in fields(record) {
                found.entry(field_name(&place)).or_default().insert(value.to_string(), value.clone());
            }
        }
        // Of what is named by id there may be others, or none.
        for name in ["account", "organization", "role", "custom", "team", "project", "cluster", "environment"] {
            let ids = (0..=5).map(|id: Id| (json!(id.to_string()).to_string(), json!(id.to_string())));
            found.entry(name.into()).or_default().extend(ids);
        }
        Self(found.into_iter().map(|(name, values)| (name, values.into_values().collect())).collect())
    }

    fn instead_of<'s>(&'s self, place: &str, present: &'s Value) -> impl Iterator<Item = &'s Value> {
        const NOTHING: &Value = &Value::Null;
        let found = self.0.get(&field_name(place)).into_iter().flatten().filter(|value| !value.is_null());
        found.chain([NOTHING]).filter(move |value| *value != present)
    }
}

/// Every way to tamper with a record, by the kind of the edit.
fn tampered(record: &Value, substitutes: &Substitutes) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (place, present) in fields(record) {
        for substitute in substitutes.instead_of(&place, present) {
            let mut tampered = record.clone();
            *tampered.pointer_mut(&place).expect("a field that is there") = substitute.clone();
            all.push((kind_of_edit(&place), tampered));
        }
    }
    for (index, step) in record["steps"].as_array().into_iter().flatten().enumerate() {
        let count = step["edits"].as_array().map_or(0, Vec::len);
        let with_edits = |change: &dyn Fn(&mut Vec<Value>)| {
            let mut tampered = record.clone();
            change(edits_of(&mut tampered["steps"][index]));
            tampered
        };
        for edit in 0..count {
            all.push(("left out".into(), with_edits(&|edits| drop(edits.remove(edit)))));
            all.push(("doubled".into(), with_edits(&|edits| edits.insert(edit, edits[edit].clone()))));
        }
        if count > 1 {
            all.push(("turned round".into(), with_edits(&|edits| edits.reverse())));
        }
    }
    all.extend(moved(record));
    all
}

/// The record at another place of its stream, or in another stream.
fn moved(record: &Value) -> Vec<(String, Value)> {
    let revision = record["revision"].as_u64().expect("a revision is a number");
    let with = |field: &str, value: Value| {
        let mut tampered = record.clone();
        tampered[field] = value;
        (format!("the {field} of a record"), tampered)
    };
    let mut all = vec![with("revision", json!(revision + 1)), with("revision", json!(revision - 1))];
    all.extend(
        (0..=5)
            .map(|id: Id| json!(id.to_string()))
            .filter(|id| *id != record["organization"])
            .map(|id| with("organization", id)),
    );
    all.push(with("previous", json!((UNDONE + 1).to_string())));
    let mut first = record.clone();
    if first.as_object_mut().expect("a record is an object").remove("previous").is_some() {
        all.push(("the previous of a record".into(), first));
    }
    all
}

/// Every field of every edit, however deep, by its place in the record.
fn fields(record: &Value) -> Vec<(String, &Value)> {
    let mut fields = Vec::new();
    for (step, edits) in record["steps"].as_array().into_iter().flatten().map(|step| &step["edits"]).enumerate() {
        for (edit, facts) in edits.as_array().into_iter().flatten().enumerate() {
            for (kind, facts) in facts.as_object().into_iter().flatten() {
                fields_within(&format!("/steps/{step}/edits/{edit}/{kind}"), facts, &mut fields);
            }
        }
    }
    fields
}

fn fields_within<'v>(place: &str, value: &'v Value, fields: &mut Vec<(String, &'v Value)>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (format!("{place}/{name}"), value)).collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(i, value)| (format!("{place}/{i}"), value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (place, value) in inner {
        fields_within(&place, value, fields);
        fields.push((place, value));
    }
}

/// The last name on the way to a field that is not a number.
fn field_name(place: &str) -> String {
    place.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap_or_default().to_owned()
}

fn kind_of_edit(place: &str) -> String {
    place.split('/').nth(5).unwrap_or_default().to_owned()
}
