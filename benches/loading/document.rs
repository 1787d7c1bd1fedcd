//! A world as the document that it would be loaded from.

use std::collections::HashMap;

use serde_json::{Value, json};
use shipgate::AccountKind;

use crate::world::World;

/// The JSON text of a world's document.
pub(crate) fn document(world: &World<String>) -> String {
    let accounts = world.services.iter().map(|id| json!({ "id": id, "kind": AccountKind::Service }));
    let members = grouped(world.members.iter().map(|row| {
        (&row.organization, with_expiry(json!({ "account": row.account, "role": row.role }), row.expires_at))
    }));
    let access =
        grouped(world.access.iter().map(|row| {
            (&row.cluster, with_expiry(json!({ "account": row.account, "level": row.level }), row.expires_at))
        }));
    let clusters = grouped(
        world.clusters.iter().map(|row| (&row.organization, json!({ "id": row.id, "access": of(&access, &row.id) }))),
    );
    let project_members =
        grouped(world.project_members.iter().map(|row| {
            (&row.project, with_expiry(json!({ "account": row.account, "role": row.role }), row.expires_at))
        }));
    let environments = grouped(
        world
            .environments
            .iter()
            .map(|row| (&row.project, json!({ "id": row.id, "cluster": row.cluster, "protection": row.protection }))),
    );
    let projects = grouped(world.projects.iter().map(|row| {
        let (members, environments) = (of(&project_members, &row.id), of(&environments, &row.id));
        let project = json!({
            "id": row.id, "visibility": row.visibility, "members": members, "environments": environments,
        });
        (&row.organization, project)
    }));
    let organizations = world.organizations.iter().map(|id| {
        json!({ "id": id, "members": of(&members, id), "clusters": of(&clusters, id), "projects": of(&projects, id) })
    });
    json!({ "accounts": accounts.collect::<Value>(), "organizations": organizations.collect::<Value>() }).to_string()
}

fn with_expiry(mut row: Value, expires_at: Option<shipgate::Time>) -> Value {
    if let Some(expiry) = expires_at {
        row["expires_at"] = json!(expiry);
    }
    row
}

type Grouped<'w> = HashMap<&'w String, Vec<Value>>;

fn grouped<'w>(rows: impl Iterator<Item = (&'w String, Value)>) -> Grouped<'w> {
    let mut grouped = Grouped::new();
    for (group, row) in rows {
        grouped.entry(group).or_default().push(row);
    }
    grouped
}

fn of<'g>(grouped: &'g Grouped<'_>, group: &String) -> &'g [Value] {
    grouped.get(group).map_or(&[], Vec::as_slice)
}
