//! The projects that the reader may view.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;
use shipgate::{Action, ResourceId, Visibility};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::InOrganization;
use crate::api::project::{self as api, CreateProject};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::needs::needs;
use crate::pages::table::{pages, table_or};
use crate::pages::{attempted, project, redirect, words};
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
    let which = InOrganization {
        organization_id: Some(asking.organization.clone()),
        limit: None,
        after: asked.optional("after"),
    };
    let found = api::list(asking.caller.clone(), Query(which)).await?.0;
    let path = path(&asking.organization);
    let rows: Vec<_> = found
        .items
        .iter()
        .map(|project| {
            vec![
                html! { a href=(project::path(&asking.organization, &project.id)) dir="auto" { (project.name) } },
                html! { (words::visibility(project.visibility)) },
            ]
        })
        .collect();
    let organization = ResourceId::Organization(asking.organization.as_str());
    let form = Form::new(&frame, "create", path.clone());
    let body = html! {
        h1 { "Projects" }
        (table_or("There is no project that you may view.", "Projects, by name", &["Name", "Seen by"], &rows))
        (pages(&path, &asked, found.next.as_deref()))
        @if asking.decide(Action::CreateProject, organization)?.is_allowed() {
            h2 { "Create a project" }
            (form.with(&html! { div class="across" {
                (form.input(Input::text("name", "Name")))
                (form.select("visibility", "Seen by", false, &words::visibilities(), "organization"))
            } }, "Create"))
        } @else { (needs(&asking, Action::CreateProject, organization, frame.organization_name()).await?) }
    };
    Ok(frame.page("Projects", &body).into_response())
}

async fn create(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let visibility = fields.text("visibility").parse::<Visibility>().ok();
    let body = CreateProject { organization_id: Some(organization.clone()), name: fields.text("name"), visibility };
    match api::create(caller.clone(), Body(body)).await {
        Ok(created) => Ok(redirect(&project::path(&organization, &created.0.id), "created")),
        Err(failure) => {
            let asking = caller.of(&organization).await?;
            attempted(&failure, &fields, |attempt| show(asking, Fields::default(), attempt)).await
        }
    }
}
