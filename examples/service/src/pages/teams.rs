//! The teams of an organization.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;
use shipgate::{Action, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::InOrganization;
use crate::api::team::{self as api, CreateTeam};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::needs::needs;
use crate::pages::table::{pages, table_or};
use crate::pages::{attempted, redirect, team};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/teams", get(list).post(create))
}

/// Where the teams of an organization are.
pub(crate) fn path(organization: &str) -> String {
    format!("/organizations/{organization}/teams")
}

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, asked, None).await
}

pub(crate) async fn show(asking: Asking, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Teams, &asked).await?.again(attempt);
    let which = InOrganization {
        organization_id: Some(asking.organization.clone()),
        limit: None,
        after: asked.optional("after"),
    };
    let found = api::list(asking.caller.clone(), Query(which)).await?.0;
    let path = path(&asking.organization);
    let directory = asking.directory()?;
    let rows: Vec<_> = found
        .items
        .iter()
        .map(|team| {
            let members = directory.team(team.id.as_str()).map_or(0, shipgate::directory::TeamRef::members);
            vec![
                html! { a href=(team::path(&asking.organization, &team.id)) dir="auto" { (team.name) } },
                html! { (members) },
            ]
        })
        .collect();
    let organization = ResourceId::Organization(asking.organization.as_str());
    let form = Form::new(&frame, "create", path.clone());
    let body = html! {
        h1 { "Teams" }
        (table_or("There is no team.", "Teams, by name", &["Name", "Members"], &rows))
        (pages(&path, &asked, found.next.as_deref()))
        @if asking.decide(Action::CreateTeam, organization)?.is_allowed() {
            h2 { "Create a team" }
            (form.with(&form.input(Input::text("name", "Name")), "Create"))
        } @else { (needs(&asking, Action::CreateTeam, organization, frame.organization_name()).await?) }
    };
    Ok(frame.page("Teams", &body).into_response())
}

async fn create(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let body = CreateTeam { organization_id: Some(organization.clone()), name: fields.text("name") };
    match api::create(caller.clone(), Body(body)).await {
        Ok(created) => Ok(redirect(&team::path(&organization, &created.0.id), "created")),
        Err(failure) => {
            let asking = caller.of(&organization).await?;
            attempted(&failure, &fields, |attempt| show(asking, Fields::default(), attempt)).await
        }
    }
}
