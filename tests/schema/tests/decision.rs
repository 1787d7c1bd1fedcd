//! The record of one decision: the event that the library emits.

#[path = "../../it/captured.rs"]
mod captured;

use captured::Captured;
use jsonschema::Validator;
use serde_json::{Value, json};
use shipgate::directory::Question;
use shipgate::json::{Answer, Outcome};
use shipgate::testing::{Mix, dense, questions};
use shipgate::{AccountKind, Directory};
use shipgate_schema::schemas;

fn validator() -> Validator {
    let (_, schema) = schemas().into_iter().find(|(name, _)| *name == "decision").unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn event(emitted: Vec<Captured>) -> Value {
    let [Captured { fields, .. }] = <[_; 1]>::try_from(emitted).unwrap();
    fields
}

/// The events of many decisions, those that are enforced and those that are only asked for.
fn events() -> Vec<Value> {
    let mut events = Vec::new();
    for seed in 0..16 {
        let rows = dense(seed);
        let directory = Directory::try_from(&rows).unwrap();
        for question in questions(&rows, Mix::EVEN, seed).take(200) {
            let question = question.of_kind(AccountKind::User);
            events.push(event(captured::events(|| Answer::new(&directory, &question))));
            events.push(event(captured::events(|| enforce(&directory, &question))));
        }
    }
    events
}

fn enforce(directory: &Directory<u64>, question: &Question<u64>) -> bool {
    directory.authorize(&question.subject(), question.action.as_ref(), question.resource.borrowed::<u64>()).is_ok()
}

#[test]
fn every_event_is_valid_and_none_with_another_outcome_or_without_a_field() {
    let (validator, events) = (validator(), events());
    let is_denial = |event: &Value| event["outcome"] == Outcome::Deny.as_str();
    let optional = [
        "account_kind",
        "token",
        "service_token",
        "organization",
        "team",
        "project",
        "cluster",
        "requested_by",
        "on_behalf_of",
        "release",
        "revision",
        "time",
    ];
    for event in &events {
        validator.validate(event).unwrap_or_else(|error| panic!("{error}: {event:#}"));
        for outcome in Outcome::ALL {
            let mut other = event.clone();
            other["outcome"] = json!(outcome.as_str());
            assert_eq!(validator.is_valid(&other), is_denial(&other) == is_denial(event), "{other:#}");
        }
        for field in event.as_object().unwrap().keys() {
            let mut without = event.clone();
            without.as_object_mut().unwrap().remove(field);
            assert_eq!(validator.is_valid(&without), optional.contains(&field.as_str()), "without {field}: {event:#}");
            let mut spoilt = event.clone();
            spoilt[field] = json!([]);
            assert!(!validator.is_valid(&spoilt), "{spoilt:#}");
        }
    }
    for outcome in Outcome::ALL {
        assert!(events.iter().any(|event| event["outcome"] == outcome.as_str()), "{outcome}");
    }
    for field in optional {
        assert!(events.iter().any(|event| event.get(field).is_some()), "{field}");
    }
}
