//! The teams of an organization.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use maud::html;
use shipgate::Action;

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::team::{self as api, CreateTeam};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::list::{self, Making, Things};
use crate::pages::{sent_on, team};
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

async fn show(asking: Asking, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Teams, &asked).await?.again(attempt);
    let found = api::list(asking.caller.clone(), Query(list::which(&asking, &asked))).await?.0;
    let path = path(&asking.organization);
    let directory = asking.directory()?;
    let row = |team: &api::Team| {
        let members = directory.team(team.id.as_str()).map_or(0, shipgate::directory::TeamRef::members);
        vec![
            html! { a href=(team::path(&asking.organization, &team.id)) dir="auto" { (team.name) } },
            html! { (members) },
        ]
    };
    let things = Things {
        title: "Teams",
        path: &path,
        empty: "There is no team.",
        columns: &["Name", "Members"],
        rows: &found.items.iter().map(row).collect::<Vec<_>>(),
        next: found.next.as_deref(),
    };
    let form = Form::new(&frame, "create", path.clone());
    let making = Making {
        action: Action::CreateTeam,
        title: "Create a team",
        fields: form.input(Input::text("name", "Name")),
        form,
        button: "Create",
    };
    list::page(&asking, &frame, &asked, things, making).await
}

async fn create(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let body = CreateTeam { organization_id: Some(organization.clone()), name: fields.text("name") };
    let made = api::create(caller.clone(), Body(body)).await.map(|created| team::path(&organization, &created.0.id));
    let show = |asking, attempt| show(asking, Fields::default(), attempt);
    sent_on(made, "created", caller, &organization, &fields, show).await
}
