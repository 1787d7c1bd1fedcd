//! The record of one decision: an event of the feature `tracing`.

use serde_json::{Value, json};
use shipgate::json::Outcome;

use crate::words::{object, with};

/// The fields of the event. What names something is any text, as a question may name what cannot be.
const FIELDS: &str = "message:text enforced:boolean account:text account_kind?:account_kind token?:text service_token?:text \
                      action:action resource_type:resource_type resource_id:text organization?:text team?:text \
                      project?:text cluster?:text requested_by?:text on_behalf_of?:text release?:text outcome:outcome \
                      reason?:reason hidden?:boolean revision?:revision policy:version time?:milliseconds";

pub(crate) fn schema() -> Value {
    let is_denial = json!({ "properties": { "outcome": { "const": Outcome::Deny.as_str() } } });
    let of_denial = json!({ "required": ["reason", "hidden"] });
    let of_others = json!({ "properties": { "reason": false, "hidden": false } });
    let rule = json!({ "if": is_denial, "then": of_denial, "else": of_others });
    crate::schema("Decision record", "What shipgate records of one decision.", with(object(FIELDS), rule), [])
}
