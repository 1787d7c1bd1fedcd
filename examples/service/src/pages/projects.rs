//! The projects that the reader may view.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use maud::html;
use shipgate::{Action, Visibility};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::project::{self as api, CreateProject};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::Form;
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::list::{self, Making, Things, name_and_visibility};
use crate::pages::{project, sent_on, words};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/projects", get(list).post(create))
}

/// Where the projects of an organization are.
pub(crate) fn path(organization: &str) -> String {
    format!("/organizations/{organization}/projects")
}

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, asked, None).await
}

async fn show(asking: Asking, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Projects, &asked).await?.again(attempt);
    let found = api::list(asking.caller.clone(), Query(list::which(&asking, &asked))).await?.0;
    let path = path(&asking.organization);
    let row = |project: &api::Project| {
        vec![
            html! { a href=(project::path(&asking.organization, &project.id)) dir="auto" { (project.name) } },
            html! { (words::visibility(project.visibility)) },
        ]
    };
    let things = Things {
        title: "Projects",
        path: &path,
        empty: "There is no project that you may view.",
        columns: &["Name", "Seen by"],
        rows: &found.items.iter().map(row).collect::<Vec<_>>(),
        next: found.next.as_deref(),
    };
    let form = Form::new(&frame, "create", path.clone());
    let making = Making {
        action: Action::CreateProject,
        title: "Create a project",
        fields: name_and_visibility(&form),
        form,
        button: "Create",
    };
    list::page(&asking, &frame, &asked, things, making).await
}

async fn create(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let visibility = fields.text("visibility").parse::<Visibility>().ok();
    let body = CreateProject { organization_id: Some(organization.clone()), name: fields.text("name"), visibility };
    let made = api::create(caller.clone(), Body(body)).await.map(|created| project::path(&organization, &created.0.id));
    let show = |asking, attempt| show(asking, Fields::default(), attempt);
    sent_on(made, "created", caller, &organization, &fields, show).await
}
