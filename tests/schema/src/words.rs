//! What the schemas are made of: shapes, and the words of which all speak.

use serde_json::{Map, Value, json};
use shipgate::json::Outcome;
use shipgate::model::{
    ApprovalFrom, ApprovalRule, Bypass, Orchestrator, Permission, ProtectionLevel, ResourceKind, RoleError,
};
use shipgate::policy::ReasonCode;
use shipgate::{
    AccountKind, ActionKind, ClusterAccess, ProjectRole, Protection, Role, RoleDefinition, RolePermissions, Visibility,
};

/// An object of these members and no other. Each is written `name:word`; without a word it is an id. A name that ends in `?`
/// may be left out, a word that ends in `[]` is a list of it, and one that ends in `|null` may be null.
pub(crate) fn object(members: &str) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for member in members.split_whitespace() {
        let (name, of) = member.split_once(':').unwrap_or((member, "id"));
        let optional = name.strip_suffix('?');
        properties.insert(optional.unwrap_or(name).into(), value(of));
        required.extend(optional.is_none().then_some(name));
    }
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object["additionalProperties"] = json!(false);
    object
}

fn value(of: &str) -> Value {
    if let Some(of) = of.strip_suffix("|null") {
        json!({ "anyOf": [value(of), { "type": "null" }] })
    } else if let Some(of) = of.strip_suffix("[]") {
        json!({ "type": "array", "items": value(of) })
    } else {
        word(of)
    }
}

/// The word of this name, which [`definition`] defines, or a schema as one of its parts.
pub(crate) fn word(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// Any one of these.
pub(crate) fn one_of(shapes: impl IntoIterator<Item = Value>) -> Value {
    json!({ "oneOf": shapes.into_iter().collect::<Vec<_>>() })
}

/// A list in which nothing is twice.
fn set(of: &Value) -> Value {
    json!({ "type": "array", "items": of, "uniqueItems": true })
}

/// A schema with the keywords of another one added.
pub(crate) fn with(mut schema: Value, more: Value) -> Value {
    if let (Some(schema), Value::Object(more)) = (schema.as_object_mut(), more) {
        schema.extend(more);
    }
    schema
}

/// One of the names of an enum.
fn names<T: std::fmt::Display>(all: impl IntoIterator<Item = T>) -> Value {
    json!({ "enum": all.into_iter().map(|name| name.to_string()).collect::<Vec<_>>() })
}

/// A custom role's rank and permissions, after other members.
pub(crate) fn role(members: &str) -> Value {
    let nothing = RolePermissions::new([]);
    let is_rank = |rank: &Role| nothing.is_ok_and(|nothing| RoleDefinition::new(*rank, nothing).is_ok());
    let ranks: Vec<Role> = Role::ALL.into_iter().filter(is_rank).collect();
    let mut role = object(&format!("{members} rank:role permissions:permissions"));
    role["properties"]["rank"] = names(&ranks);
    let of_rank = |rank: &Role| {
        let has = |permission: &Permission| {
            let permissions = RolePermissions::new([Permission::View, *permission]);
            permissions.is_ok_and(|permissions| RoleDefinition::new(*rank, permissions).is_ok())
        };
        let permissions = names(Permission::ALL.into_iter().filter(has));
        json!({
            "if": { "properties": { "rank": { "const": rank.as_str() } } },
            "then": { "properties": { "permissions": { "items": permissions } } }
        })
    };
    with(role, json!({ "allOf": ranks.iter().map(of_rank).collect::<Vec<_>>() }))
}

fn permissions() -> Value {
    let alone = |permission: &Permission| RolePermissions::new([*permission]);
    let is_custom = |permission: &Permission| !matches!(alone(permission), Err(RoleError::OwnerOnly { .. }));
    let needs_view = |permission: &Permission| matches!(alone(permission), Err(RoleError::NeedsView { .. }));
    with(
        set(&names(Permission::ALL.into_iter().filter(is_custom))),
        json!({
            "if": { "contains": names(Permission::ALL.into_iter().filter(needs_view)) },
            "then": { "contains": { "const": Permission::View.as_str() } }
        }),
    )
}

/// A level alone, or one with a rule of whom it lets approve.
fn protection() -> Value {
    let of_level = |level: ProtectionLevel| {
        let approves = |from: &ApprovalFrom| Protection::new(level, Some(ApprovalRule::new(*from))).is_ok();
        let from: Vec<_> = ApprovalFrom::ALL.into_iter().filter(approves).collect();
        let mut of_level = object(if from.is_empty() { "level:level" } else { "level:level approval?:approval" });
        of_level["properties"]["level"] = json!({ "const": level.as_str() });
        if !from.is_empty() {
            of_level["properties"]["approval"]["properties"] = json!({ "from": names(from) });
        }
        of_level
    };
    one_of([names(ProtectionLevel::ALL)].into_iter().chain(ProtectionLevel::ALL.map(of_level)))
}

fn approval() -> Value {
    let mut approval = object("from:from count?:count self_approval?:boolean bypass?:bypass");
    for (member, default) in [("count", json!(1)), ("self_approval", json!(false)), ("bypass", json!(Bypass::None))] {
        approval["properties"][member]["default"] = default;
    }
    approval
}

/// The days that there are, as RFC 3339 writes them.
const DAY: &str = concat!(
    "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)",
);
const MINUTE: &str = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
const SECOND: &str = r":[0-5][0-9](?:\.[0-9]+)?";

fn time(second: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^{DAY}[Tt]{MINUTE}{second}(?:[Zz]|[+-]{MINUTE})$") })
}

/// What a word means.
///
/// # Panics
///
/// If there is no such word.
pub(crate) fn definition(name: &str) -> Value {
    match name {
        "id" => json!({ "type": "string", "minLength": 1, "pattern": r"^[^\x00-\x1f\x7f-\x9f]+$" }),
        "text" => json!({ "type": "string" }),
        "custom_role_id" => with(word("id"), json!({ "not": word("role") })),
        "milliseconds" => json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX }),
        "revision" => json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX }),
        "version" => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        "namespace" => {
            json!({ "type": "string", "pattern": "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$", "not": { "pattern": "^kube-" } })
        }
        "time" => with(time(SECOND), json!({ "format": "date-time" })),
        "present_time" => time(&format!("(?:{SECOND})?")),
        "account_kind" => names(AccountKind::ALL),
        "action" => names(ActionKind::ALL),
        "actions" => set(&word("action")),
        "approval" => approval(),
        "boolean" => json!({ "type": "boolean" }),
        "bypass" => names(Bypass::ALL),
        "cluster_access" => names(ClusterAccess::ALL),
        "count" => json!({ "type": "integer", "minimum": 1, "maximum": u8::MAX }),
        "ids" => set(&word("id")),
        "from" => names(ApprovalFrom::ALL),
        "orchestrator" => names(Orchestrator::ALL),
        "outcome" => names(Outcome::ALL),
        "permission" => names(Permission::ALL),
        "permissions" => permissions(),
        "project_role" => names(ProjectRole::ALL),
        "protection" => protection(),
        "reason" => names(ReasonCode::ALL),
        "resource_type" => names(ResourceKind::ALL),
        "role" => names(Role::ALL),
        "visibility" => names(Visibility::ALL),
        _ => panic!("the word `{name}` is not defined"),
    }
}
