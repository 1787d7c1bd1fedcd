//! The record of changes.

use serde_json::{Value, json};
use shipgate::change::Record;

use crate::words::{object, one_of, role, word};

/// Each kind of change, with what it says.
const CHANGES: [(&str, &str); 28] = [
    ("invite_member", "organization account kind:account_kind role:any_role expires_at?:time"),
    ("change_role", "organization account to:any_role"),
    ("set_expiry", "organization account to:time|null"),
    ("remove_member", "organization account"),
    ("transfer_ownership", "organization account"),
    ("create_role", "organization role definition:definition"),
    ("update_role", "role permissions:permissions"),
    ("delete_role", "role"),
    ("create_team", "organization team"),
    ("update_team", "team"),
    ("delete_team", "team"),
    ("add_to_team", "team account"),
    ("remove_from_team", "team account"),
    ("set_cluster_access", "cluster holder:holder to:cluster_access_row|null"),
    ("set_project_role", "project holder:holder to:project_role_row|null"),
    ("update_organization", "organization"),
    ("delete_organization", "organization"),
    ("create_project", "organization project visibility:visibility"),
    ("update_project", "project visibility?:visibility"),
    ("delete_project", "project"),
    ("create_environment", "environment project cluster namespace:text protection:protection"),
    ("update_environment", "environment"),
    ("retarget", "environment cluster namespace?:text"),
    ("delete_environment", "environment"),
    ("set_protection", "environment to:protection"),
    ("connect_cluster", "organization cluster visibility:visibility"),
    ("update_cluster", "cluster visibility?:visibility"),
    ("disconnect_cluster", "cluster"),
];

/// Each kind of row, with what tells it from others of its kind, and with what it was before an edit and is after it.
const ROWS: [(&str, &str, &str); 10] = [
    ("organization", "organization", ""),
    ("role", "organization role", "definition:definition"),
    ("member", "organization account", "kind:account_kind role:any_role expires_at?:time"),
    ("team", "organization team", ""),
    ("team_member", "organization team account", ""),
    ("cluster_access", "organization cluster holder:holder", "value:cluster_access expires_at?:time"),
    ("project_role", "organization project holder:holder", "value:project_role expires_at?:time"),
    ("project", "organization project", "visibility:visibility"),
    ("cluster", "organization cluster", "orchestrator?:orchestrator visibility:visibility"),
    ("environment", "organization environment", "project cluster namespace:text protection:protection"),
];

/// What a step can say of its cause.
const STEPS: [&str; 3] = [
    "create_organization:founding edits:edit[]",
    "by token?:text service_token?:text change:change edits:edit[]",
    "platform:text change:change edits:edit[]",
];

pub(crate) fn schema() -> Value {
    let mut root = object(
        "format:version policy:version id previous? organization revision:revision at?:time reason?:text steps:step[]",
    );
    root["properties"]["format"] = json!({ "const": Record::<String>::FORMAT });

    // An object of one member, whose name says what it is.
    let tagged = |name: &str, members: &str| {
        let mut tagged = object(&format!("{name}:text"));
        tagged["properties"][name] = object(members);
        tagged
    };
    let changes = CHANGES.map(|(name, members)| tagged(name, members));
    let edits = ROWS.map(|(name, key, _)| tagged(name, &format!("{key} from:{name}_row|null to:{name}_row|null")));
    let removal = tagged("remove", "organization removed:removed restore:edit[]|null");
    let removed = ["project", "cluster", "team"].map(object);
    let rows = ROWS.map(|(name, _, row)| (format!("{name}_row"), object(row)));
    let parts = [
        // Whatever the ids are, a change that was made can be written.
        ("id", word("text")),
        ("step", one_of(STEPS.map(object))),
        ("founding", object("organization owner kind:account_kind")),
        ("change", one_of(changes)),
        ("edit", one_of(edits.into_iter().chain([removal]))),
        ("any_role", one_of([word("role"), object("custom")])),
        ("definition", role("")),
        ("holder", one_of(["account", "team"].map(object))),
        ("removed", one_of([json!({ "const": "organization" })].into_iter().chain(removed))),
    ];
    let rows = rows.iter().map(|(name, row)| (name.as_str(), row.clone()));
    crate::schema(
        "Record",
        "What shipgate records of changes in one organization.",
        root,
        parts.into_iter().chain(rows),
    )
}
