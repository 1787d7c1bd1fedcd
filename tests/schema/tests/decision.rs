//! The record of one decision.

use serde_json::{Value, json};
use shipgate_schema::schemas;

#[test]
fn a_denial_has_a_reason_and_nothing_else_has() {
    let (_, schema) = schemas().into_iter().find(|(name, _)| *name == "decision").unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let decision = |outcome: &str| {
        json!({
            "account": "alice", "token": "laptop", "action": "deploy", "resource_type": "environment", "resource_id": "dev",
            "outcome": outcome, "revision": 7, "policy": 2, "time": "2026-11-21T12:00:00Z", "enforced": true
        })
    };
    let with_reason = |mut decision: Value| {
        decision["reason"] = "not_a_member".into();
        decision
    };
    for outcome in ["allow", "require_approval"] {
        assert!(validator.is_valid(&decision(outcome)) && !validator.is_valid(&with_reason(decision(outcome))));
    }
    assert!(!validator.is_valid(&decision("deny")) && validator.is_valid(&with_reason(decision("deny"))));
}
