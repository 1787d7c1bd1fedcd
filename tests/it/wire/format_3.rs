//! Records that were stored in format 3 are read by every later version, and written as they were.

use std::collections::BTreeSet;

use serde_json::Value;
use shipgate::Directory;
use shipgate::change::Record;

use crate::wire::readers;

/// A log of two organizations, one record a line, with each kind of change, cause and edit.
const LOG: &str = include_str!("records_format_3.jsonl");

fn log() -> Vec<Record<String>> {
    let read = |line| readers::record(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    LOG.lines().map(read).collect()
}

#[test]
fn a_record_of_format_3_is_read_and_written_byte_for_byte() {
    for (line, record) in LOG.lines().zip(log()) {
        assert_eq!(serde_json::to_string(&record).unwrap(), line);
    }
}

#[test]
fn a_log_of_format_3_leads_to_the_same_facts() {
    let mut directory = Directory::new();
    for record in log() {
        directory.apply(&record).unwrap_or_else(|error| panic!("{record:?}: {error}"));
    }
    assert_eq!((directory.revision("acme-corp"), directory.revision("globex")), (None, Some(4)));
    let document = serde_json::to_string(&directory.rows()).unwrap();
    let expected = r#"{"accounts":[{"id":"mallory","kind":"user"},{"id":"olivia","kind":"user"},{"id":"robot","kind":"service"}],"organizations":[{"id":"globex","members":[{"account":"mallory","role":"owner"},{"account":"olivia","role":"viewer"},{"account":"robot","role":"developer","expires_at":"2026-11-21T00:00:00Z"}],"clusters":[{"id":"the \"big\" one","visibility":"members","access":[{"account":"robot","level":"deploy"}]}]}]}"#;
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let rows: shipgate::directory::Rows<String> = serde_json::from_value(value(expected)).unwrap();
    assert_eq!(directory.rows(), rows, "{document}");
}

/// What has no example here could change its form unseen.
#[test]
fn the_log_of_format_3_has_every_kind_of_change_cause_and_edit() {
    let (mut changes, mut edits, mut removed, mut members) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let names = |value: &Value| -> Vec<String> {
        value.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
    };
    for line in LOG.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        members.extend(names(&record));
        for step in record["steps"].as_array().unwrap() {
            members.extend(names(step));
            changes.extend(names(&step["change"]));
            for edit in step["edits"].as_array().unwrap() {
                edits.extend(names(edit));
                let what = &edit["remove"]["removed"];
                removed.extend(names(what).into_iter().chain(what.as_str().map(str::to_owned)));
            }
        }
    }
    assert_eq!(changes.len(), 28, "{changes:?}");
    assert_eq!(edits.len(), 11, "{edits:?}");
    assert_eq!(removed.len(), 4, "{removed:?}");
    let all = "at by change create_organization edits format id organization platform policy previous reason revision service_token steps token";
    assert_eq!(members.into_iter().collect::<Vec<_>>().join(" "), all);
}

#[test]
fn a_record_of_an_earlier_format_is_refused_by_its_number() {
    for (format, text) in [
        (1, r#"{"format":1,"revision":1,"steps":[]}"#),
        (
            2,
            r#"{"format":2,"policy":2,"revision":5,"steps":[{"by":"olivia","at":"2026-11-21T00:00:00Z","change":{"update_organization":{"organization":"acme-corp"}},"edits":[]}]}"#,
        ),
    ] {
        let error = serde_json::from_str::<Record<String>>(text).unwrap_err().to_string();
        let expected = format!("a record of format {format}: only format 3 is known here");
        assert!(error.starts_with(&expected), "{error}");
    }
}
