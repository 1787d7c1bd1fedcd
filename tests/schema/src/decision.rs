//! The record of one decision: an event of the feature `tracing`.

use serde_json::{Value, json};
use shipgate::json::Outcome;

use crate::words::{object, with};

/// The fields of the event. `revision` is missing where the resource is not known, and `time` where the subject has none.
const FIELDS: &str = "account token? service_token? action:action resource_type:resource_type resource_id outcome:outcome \
                      reason?:reason revision?:revision policy:version time?:time enforced:boolean";

pub(crate) fn schema() -> Value {
    // A denial has a reason, and nothing else has.
    let is_denial = json!({ "properties": { "outcome": { "const": Outcome::Deny.as_str() } } });
    let has_reason = json!({ "required": ["reason"] });
    let rule = json!({ "if": is_denial, "then": has_reason, "else": { "not": has_reason } });
    crate::schema("Decision record", "What shipgate records of one decision.", with(object(FIELDS), rule), [])
}
