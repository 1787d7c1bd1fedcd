//! The audit log of an organization.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::{Action, ResourceId, Time};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::answer::{Answer, Problems};
use crate::api::body::Query;
use crate::api::caller::Caller;
use crate::api::member::pattern;
use crate::api::page::{List, Page};
use crate::database::{self, Row};
use crate::service::Service;

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEvent {
    pub(crate) id: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Time,
    /// What: the name of a change, or a word such as `break_glass`, `denied` or `signed_in`.
    pub(crate) kind: String,
    /// Who: an account, or `platform:` and who acted for it.
    pub(crate) actor_id: String,
    pub(crate) token_id: Option<String>,
    /// The id of what it is about.
    pub(crate) target_id: Option<String>,
    /// What else there is to say, with ids only.
    #[schema(value_type = Object)]
    pub(crate) detail: serde_json::Value,
    /// The revision, if it is a change.
    pub(crate) revision: Option<u64>,
}

/// Which events.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichEvents {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    /// What this account did.
    pub(crate) actor_id: Option<String>,
    /// Events of this kind.
    pub(crate) kind: Option<String>,
    /// Events about this id: of which it is the target, or whose detail names it.
    pub(crate) target_id: Option<String>,
    /// Events from this time on.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) from: Option<Time>,
    /// Events before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) to: Option<Time>,
    /// How many items, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// Lists what happened in an organization, from the last.
#[utoipa::path(get, path = "/api/auditLog.list", tag = "auditLog", params(WhichEvents),
    responses((status = 200, body = List<AuditEvent>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<WhichEvents>) -> Answer<List<AuditEvent>> {
    let asking = caller.of_named(which.organization_id.as_deref()).await?;
    asking.authorize(Action::ViewAuditLog, ResourceId::Organization(&asking.organization))?;
    let page = Page::new(which.limit, which.after);
    let mut query = database::Query::new("SELECT * FROM service_events AS e WHERE e.organization = $1");
    query = query.bind(&asking.organization);
    for (column, value) in [("e.actor", which.actor_id), ("e.kind", which.kind)] {
        if let Some(value) = value {
            let number = query.bound().saturating_add(1);
            query = query.and(&format!(" AND {column} = ${number}")).bind(value);
        }
    }
    if let Some(id) = which.target_id {
        let number = query.bound().saturating_add(1);
        let (like, named) = (number.saturating_add(1), pattern(&serde_json::Value::from(id.as_str()).to_string()));
        query = query.and(&format!(" AND (e.target = ${number} OR LOWER(e.detail) LIKE ${like} ESCAPE '!')"));
        query = query.bind(id).bind(named);
    }
    for (bound, time) in [(">=", which.from), ("<", which.to)] {
        if let Some(time) = time {
            let number = query.bound().saturating_add(1);
            query = query.and(&format!(" AND e.at {bound} ${number}")).bind(time);
        }
    }
    let database = &asking.caller.service.database;
    let rows = database.rows(page.bound_by_time(query, ["e.at", "e.id"])?).await?;
    let events = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    Ok(Json(page.list(events, |event: &AuditEvent| [event.at.as_millis().to_string(), event.id.clone()])?))
}

fn of_row(row: &Row) -> Result<AuditEvent, database::Error> {
    Ok(AuditEvent {
        id: row.text("id")?,
        at: row.time("at")?,
        kind: row.text("kind")?,
        actor_id: row.text("actor")?,
        token_id: row.optional_text("token")?,
        target_id: row.optional_text("target")?,
        detail: serde_json::from_str(&row.text("detail")?)?,
        revision: row.optional_integer("revision")?.and_then(|revision| u64::try_from(revision).ok()),
    })
}
