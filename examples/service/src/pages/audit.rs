//! The audit log, with filters that take names as well as ids.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde_json::Value as Json;
use shipgate::directory::EntityKind;
use shipgate::{Action, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::audit_log::{self as api, AuditEvent, WhichEvents};
use crate::api::body::Query;
use crate::api::caller::Caller;
use crate::database::{self, Value};
use crate::pages::fields::{Asked, Fields};
use crate::pages::layout::{Entry, Frame};
use crate::pages::names::Names;
use crate::pages::people::{self, Found};
use crate::pages::table::{pages, table_or};
use crate::pages::time::{day, end_of_day, time};
use crate::pages::words;
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/audit", get(list))
}

/// Kinds of events that readers look for.
const KINDS: [&str; 16] = [
    "change_role",
    "invite_member",
    "remove_member",
    "set_expiry",
    "set_cluster_access",
    "set_project_role",
    "set_protection",
    "add_to_team",
    "remove_from_team",
    "deployment_requested",
    "deployment_approved",
    "deployment_started",
    "break_glass",
    "token_created",
    "signed_in",
    "denied",
];

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    let asking = caller.of(&organization).await?;
    let frame = Frame::of(&asking, Entry::Audit, &asked).await?;
    asking.authorize(Action::ViewAuditLog, ResourceId::Organization(&organization))?;
    let (actor, target) = (actor(&asking, &asked).await?, target(&asking, &asked).await?);
    let which = WhichEvents {
        organization_id: Some(organization.clone()),
        actor_id: actor.clone(),
        kind: asked.optional("kind"),
        target_id: target,
        from: day(asked.get("from"))?,
        to: end_of_day(asked.get("to"))?,
        limit: None,
        after: asked.optional("after"),
    };
    let found = api::list(asking.caller.clone(), Query(which)).await?.0;
    let names = names(&asking, &found.items).await?;
    let path = format!("/organizations/{organization}/audit");
    let rows: Vec<_> = found.items.iter().map(|event| row(&names, event)).collect();
    let body = html! {
        h1 { "Audit log" }
        (filters(&path, &asked))
        (table_or("Nothing is found.", "Events, from the last", &["When", "Who", "What", "About"], &rows))
        (pages(&path, &asked, found.next.as_deref()))
    };
    Ok(frame.page("Audit log", &body).into_response())
}

/// The account that a reader names; what no member is called may be the id of one who left.
async fn actor(asking: &Asking, asked: &Fields) -> Result<Option<String>, Failure> {
    let Some(who) = asked.get("who") else { return Ok(None) };
    Ok(Some(match people::find(asking, who).await {
        Ok(Found::One(account)) => account,
        Ok(Found::Several(found)) => {
            let choices: Vec<_> = found.iter().map(|member| member.user_id.as_str()).collect();
            return Err(Failure::bad_request(format!(
                "several members are called {who}: write one of {}",
                choices.join(", ")
            )));
        }
        Err(_) => who.to_owned(),
    }))
}

/// The id of whom or what a reader names.
async fn target(asking: &Asking, asked: &Fields) -> Result<Option<String>, Failure> {
    let Some(about) = asked.get("about") else { return Ok(None) };
    for kind in [EntityKind::Environment, EntityKind::Cluster, EntityKind::Project, EntityKind::Team, EntityKind::Role]
    {
        if let Some(id) = people::find_thing(asking, kind, about).await? {
            return Ok(Some(id));
        }
    }
    Ok(Some(match people::find(asking, about).await {
        Ok(Found::One(account)) => account,
        Ok(Found::Several(_)) | Err(_) => about.to_owned(),
    }))
}

fn filters(path: &str, asked: &Fields) -> Markup {
    let field = |kind: &str, name: &str, label: &str| {
        html! {
            div class="field" {
                label for=(name) { (label) }
                input type=(kind) id=(name) name=(name) value=(asked.text(name)) dir="auto" autocomplete="off";
            }
        }
    };
    let chosen = asked.get("kind").unwrap_or_default();
    html! {
        form method="get" action=(path) role="search" class="across" {
            (field("search", "who", "Who: a name, an address or an id"))
            div class="field" {
                label for="kind" { "What" }
                select id="kind" name="kind" {
                    option value="" { "Anything" }
                    @for kind in KINDS { option value=(kind) selected[kind == chosen] { (words::capital(kind)) } }
                }
            }
            (field("search", "about", "About whom or what"))
            (field("date", "from", "From the day"))
            (field("date", "to", "To the day"))
            div class="actions" { button { "Show" } }
        }
    }
}

/// The names of all that events tell of.
async fn names(asking: &Asking, events: &[AuditEvent]) -> Result<(Names, Names), Failure> {
    let mut ids = BTreeSet::new();
    for event in events {
        ids.insert(event.actor_id.clone());
        ids.extend(event.target_id.clone());
        texts(&event.detail, &mut ids);
    }
    let database = &asking.caller.service.database;
    let people = Names::of_accounts(database, &ids).await?;
    let text =
        format!("SELECT id, name FROM service_names WHERE organization = $1 AND {}", database.is_one_of("id", 2));
    let query = database::Query::new(text).bind(&asking.organization).bind(Value::Texts(ids.into_iter().collect()));
    Ok((people, Names::found(database, query).await?))
}

/// All texts in a detail.
fn texts(detail: &Json, found: &mut BTreeSet<String>) {
    match detail {
        Json::String(text) => drop(found.insert(text.clone())),
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(members) => members.values().for_each(|value| texts(value, found)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn row((people, things): &(Names, Names), event: &AuditEvent) -> Vec<Markup> {
    let name = |id: &str| {
        let person = people.of(id);
        if person == id { things.of(id).to_owned() } else { person.to_owned() }
    };
    let mut about = Vec::new();
    described("", &event.detail, &name, &mut about);
    if let Some(target) = &event.target_id {
        about.insert(0, name(target));
    }
    vec![
        time(event.at),
        html! {
            span dir="auto" { (name(&event.actor_id)) }
            @if let Some(token) = &event.token_id { small { "by the token " (token) } }
        },
        html! { (words::capital(&event.kind)) @if let Some(revision) = event.revision { small { "revision " (revision) } } },
        html! { span dir="auto" { (about.join(", ")) } },
    ]
}

/// What a detail says, such as `to: viewer`.
fn described(label: &str, detail: &Json, name: &impl Fn(&str) -> String, said: &mut Vec<String>) {
    let label = words::readable(label);
    let mut say = |value: String| said.push(if label.is_empty() { value } else { format!("{label}: {value}") });
    match detail {
        Json::Null => {}
        Json::Bool(truth) => say(truth.to_string()),
        Json::Number(number) => say(number.to_string()),
        Json::String(text) => say(name(text)),
        Json::Array(items) => items.iter().for_each(|item| described(&label, item, name, said)),
        // Every event is of this organization.
        Json::Object(members) => {
            members
                .iter()
                .filter(|(key, _)| *key != "organization")
                .for_each(|(key, value)| described(key, value, name, said));
        }
    }
}
