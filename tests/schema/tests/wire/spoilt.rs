//! Texts that were right, with one thing in them spoilt: the reader and the schema refuse the same.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::changes::reached::{acme, twin_after};
use crate::comparison::is_valid;
use crate::readers;

/// What is put in the place of each value.
fn others() -> [Value; 20] {
    [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(256),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("kube-system"),
        json!("a\u{85}b"),
        json!("owner"),
        json!("billing"),
        json!("view"),
        json!("2027-02-29T00:00:00Z"),
        json!("2028-02-29t23:59:59.9999+23:59"),
        json!([]),
        json!({}),
        json!({ "level": "none", "approval": { "from": "owner" } }),
    ]
}

/// The value with one thing in it spoilt, in each way that there is.
fn spoilt(value: &Value) -> Vec<Value> {
    let mut all = others().to_vec();
    match value {
        Value::Object(members) => {
            let with = |name: &str, value: Option<Value>| {
                let others = members
                    .iter()
                    .filter(|(other, _)| *other != name)
                    .map(|(name, value)| (name.clone(), value.clone()));
                Value::Object(others.chain(value.map(|value| (name.to_string(), value))).collect::<Map<_, _>>())
            };
            all.push(with("x", Some(json!(1))));
            for (name, value) in members {
                all.push(with(name, None));
                all.extend(spoilt(value).into_iter().map(|value| with(name, Some(value))));
                let mut renamed = with(name, None);
                renamed[name.to_uppercase()] = value.clone();
                all.push(renamed);
            }
        }
        Value::Array(items) => {
            all.extend(items.first().map(|first| items.iter().chain([first]).cloned().collect()));
            for (index, item) in items.iter().enumerate() {
                all.extend(spoilt(item).into_iter().map(|item| {
                    let mut items = items.clone();
                    items[index] = item;
                    Value::Array(items)
                }));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    all
}

/// Reads each text with one thing in it spoilt, none twice; some are still right, most are not.
fn read_spoilt<T, E>(texts: impl IntoIterator<Item = String>, read: impl Fn(&str) -> Result<T, E>) {
    let (mut seen, mut right) = (HashSet::new(), 0);
    for text in texts {
        for spoilt in spoilt(&serde_json::from_str(&text).unwrap()) {
            let spoilt = spoilt.to_string();
            if seen.insert(spoilt.clone()) {
                right += usize::from(read(&spoilt).is_ok());
            }
        }
    }
    assert!(right > 20 && seen.len() > right * 2, "{right} of {}", seen.len());
}

#[test]
fn spoilt_documents_are_refused_by_both() {
    let acme = twin_after(&acme(), &[]).directory.rows();
    read_spoilt([serde_json::to_string(&acme).unwrap()], readers::document);
}

#[test]
fn spoilt_questions_are_refused_by_both() {
    let questions = include_str!("../../../../examples/data/questions.jsonl");
    read_spoilt(questions.lines().map(Into::into), readers::question);
}

#[test]
fn spoilt_records_are_refused_by_both() {
    let records = include_str!("../../../it/wire/records_format_3.jsonl");
    read_spoilt(records.lines().map(Into::into), readers::record);
}

/// The reader takes more: words that it does not know, and a reason without its data.
#[test]
fn a_spoilt_answer_that_is_valid_is_read() {
    let answers = include_str!("../../../../examples/data/answers.jsonl");
    read_spoilt(answers.lines().map(Into::into), |text| {
        let read = serde_json::from_str::<shipgate::json::Answer>(text);
        assert!(read.is_ok() || !is_valid("answer", text), "{text}");
        read
    });
}
