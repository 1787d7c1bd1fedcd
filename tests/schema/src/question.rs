//! The question: an Access Evaluation request.

use serde_json::{Value, json};
use shipgate::ActionKind;
use shipgate::model::{ParameterKind, ResourceKind};

use crate::words::{object, role, with};

/// The name of a member that is read from `subject.properties` alone.
const TOKEN: &str = "token";

pub(crate) fn schema() -> Value {
    let conditions: Vec<Value> = actions().into_iter().chain(resources()).collect();
    crate::schema(
        "Question",
        "May this account perform this action on this resource? An Access Evaluation request of the OpenID AuthZEN \
         Authorization API 1.0, as shipgate reads it.",
        with(
            open("subject:subject action:asked_action resource:resource context?:context", ""),
            json!({ "allOf": conditions }),
        ),
        [
            ("subject", open("type:account_kind id properties?:subject_properties", TOKEN)),
            ("subject_properties", open("token?:token", "")),
            ("asked_action", open("name:action properties?:properties", TOKEN)),
            ("resource", open("type:resource_type id properties?:properties", TOKEN)),
            ("context", open("time?:present_time", "")),
            ("properties", json!({ "type": "object" })),
            (
                "token",
                object(
                    "actions:actions organizations?:ids projects?:ids environments?:ids clusters?:ids expires_at?:time id?",
                ),
            ),
            ("given_approval", object("by release? cluster? expires_at?:time")),
        ],
    )
}

/// An object that may have members of the sender's own, but none with a name that is nearly one of these, or nearly `refused`.
fn open(members: &str, refused: &str) -> Value {
    let mut object = object(members);
    let names: Vec<String> =
        object["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let nearly: Vec<String> =
        names.iter().map(String::as_str).chain(refused.split_whitespace()).map(misspelt).collect();
    if let Some(keywords) = object.as_object_mut() {
        keywords.shift_remove("additionalProperties");
    }
    let nearly = format!("^(?:{})$", nearly.join("|"));
    with(object, json!({ "propertyNames": { "anyOf": [{ "enum": names }, { "not": { "pattern": nearly } }] } }))
}

/// The name, and all that differ from it by ASCII case, spaces, `_`, `-` or a final s alone.
fn misspelt(name: &str) -> String {
    let of_either_case = |letter: char| format!("[ _-]*[{letter}{}]", letter.to_ascii_uppercase());
    let plurals = if name.ends_with('s') { 2 } else { 1 };
    let stem: String = name.trim_end_matches('s').chars().map(of_either_case).collect();
    format!("{stem}(?:[ _-]*[sS]){{0,{plurals}}}[ _-]*")
}

/// What the `properties` of an action are where it takes this parameter.
fn parameter(kind: ParameterKind) -> Option<Value> {
    // A `to` of null takes something back, and there is nothing to expire.
    let expires = json!({ "properties": { "to": { "type": "null" } }, "required": ["expires_at"] });
    let grant = |of| with(object(&format!("to:{of}|null expires_at?:time")), json!({ "not": expires }));
    Some(match kind {
        ParameterKind::None => return None,
        ParameterKind::Invitation => object("role expires_at?:time"),
        ParameterKind::Role => object("to"),
        ParameterKind::Definition => role(""),
        ParameterKind::Permissions => object("permissions:permissions"),
        ParameterKind::Visibility => object("visibility?:visibility"),
        ParameterKind::Expiry => object("to:time|null"),
        ParameterKind::ProjectRole => grant("project_role"),
        ParameterKind::ClusterAccess => grant("cluster_access"),
        ParameterKind::Protection => object("to:protection"),
    })
}

/// A condition for each action that takes a parameter: on whatever it is asked about, or on these kinds of resource alone.
fn actions() -> Vec<Value> {
    let mut conditions = Vec::new();
    for action in ActionKind::ALL {
        for kind in ParameterKind::ALL {
            let on: Vec<_> = ResourceKind::ALL.into_iter().filter(|on| action.parameter(*on) == kind).collect();
            let (Some(properties), false) = (parameter(kind), on.is_empty()) else { continue };
            let mut asked = json!({ "action": { "properties": { "name": { "const": action.as_str() } } } });
            if on.len() < ResourceKind::ALL.len() {
                let types: Vec<_> = on.iter().map(|kind| kind.as_str()).collect();
                asked["resource"] = json!({ "properties": { "type": { "enum": types } } });
            }
            conditions.push(condition(&asked, "action", &properties));
        }
    }
    conditions
}

/// A condition for each type of resource that has properties.
fn resources() -> Vec<Value> {
    let properties = |kind| match kind {
        ResourceKind::Organization
        | ResourceKind::Role
        | ResourceKind::Team
        | ResourceKind::Project
        | ResourceKind::Cluster => None,
        ResourceKind::Member => Some("organization"),
        ResourceKind::TeamMember => Some("team"),
        ResourceKind::ProjectMember | ResourceKind::ProjectTeam => Some("project"),
        ResourceKind::ClusterMember | ResourceKind::ClusterTeam | ResourceKind::Placement => Some("cluster"),
        // One that is to be created.
        ResourceKind::Environment => Some("project cluster protection?:protection"),
        ResourceKind::Deployment => Some("environment requested_by on_behalf_of? release? approvals?:given_approval[]"),
    };
    let of_kind = |kind: ResourceKind| {
        let mut asked = json!({ "resource": { "properties": { "type": { "const": kind.as_str() } } } });
        if kind == ResourceKind::Environment {
            asked["action"] = json!({ "properties": { "name": { "const": ActionKind::Create.as_str() } } });
        }
        properties(kind).map(|properties| condition(&asked, "resource", &object(properties)))
    };
    ResourceKind::ALL.into_iter().filter_map(of_kind).collect()
}

/// Where this is asked, the `properties` of a part are these; they may be left out if all of them may.
fn condition(asked: &Value, part: &str, properties: &Value) -> Value {
    let mut of_part = json!({ "properties": { "properties": properties } });
    if properties.get("required").is_some() {
        of_part["required"] = json!(["properties"]);
    }
    json!({ "if": { "properties": asked }, "then": { "properties": { part: of_part } } })
}
