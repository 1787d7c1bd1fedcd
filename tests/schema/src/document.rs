//! The directory document.

use serde_json::{Value, json};

use crate::words::{object, role, with, word};

const PARTS: [(&str, &str); 6] = [
    ("account", "id kind:account_kind"),
    ("organization", "id members?:member[] roles?:custom_role[] teams?:team[] clusters?:cluster[] projects?:project[]"),
    ("member", "account role expires_at?:time"),
    ("team", "id members?:ids"),
    ("cluster", "id orchestrator?:orchestrator visibility?:visibility access?:access[]"),
    ("project", "id visibility?:visibility members?:project_member[] environments?:environment[]"),
];

pub(crate) fn schema() -> Value {
    let one_holder = json!({ "oneOf": [{ "required": ["account"] }, { "required": ["team"] }] });
    let held = |what| with(object(what), one_holder.clone());
    // Without a namespace, its id is one.
    let has_namespace =
        json!({ "anyOf": [{ "required": ["namespace"] }, { "properties": { "id": word("namespace") } }] });
    let others = [
        ("custom_role", role("id:custom_role_id")),
        ("access", held("account? team? level:cluster_access expires_at?:time")),
        ("project_member", held("account? team? role:project_role expires_at?:time")),
        ("environment", with(object("id cluster namespace?:namespace protection?:protection"), has_namespace)),
    ];
    crate::schema(
        "Directory document",
        "Everything that is in a directory of shipgate.",
        object("accounts?:account[] organizations?:organization[]"),
        PARTS.map(|(name, members)| (name, object(members))).into_iter().chain(others),
    )
}
