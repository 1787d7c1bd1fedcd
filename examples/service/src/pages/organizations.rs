//! The organizations that the reader is a member of.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::html;

use crate::api::Failure;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::organization::{self, CreateOrganization, WhichOrganizations};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Frame};
use crate::pages::table::pages;
use crate::pages::{attempted, redirect};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/", get(list)).route("/organizations", post(create))
}

async fn list(caller: Caller, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller, asked, None).await
}

async fn show(caller: Caller, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::own(&caller, &asked).await?.again(attempt);
    let which = WhichOrganizations { limit: None, after: asked.optional("after") };
    let found = organization::list(caller, Query(which)).await?.0;
    let form = Form::new(&frame, "create", "/organizations");
    let body = html! {
        h1 { "Your organizations" }
        @if found.items.is_empty() {
            p class="empty" { "You are not a member of an organization. Ask somebody to invite you, or create one." }
        } @else {
            ul class="cards" {
                @for organization in &found.items {
                    li { a href={ "/organizations/" (organization.id) "/members" } dir="auto" { (organization.name) } }
                }
            }
        }
        (pages("/", &asked, found.next.as_deref()))
        p { a href="/invitation" { "Accept an invitation" } }
        details open[frame.attempt.is_some()] {
            summary { "Create an organization" }
            (form.with(&form.input(Input { hint: "You will be its Owner.", ..Input::text("name", "Name") }), "Create"))
        }
    };
    Ok(frame.page("Your organizations", &body).into_response())
}

async fn create(caller: Caller, fields: Fields) -> Result<Response, Failure> {
    match organization::create(caller.clone(), Body(CreateOrganization { name: fields.text("name") })).await {
        Ok(created) => Ok(redirect(&format!("/organizations/{}/members", created.0.id), "created")),
        Err(failure) => attempted(&failure, &fields, |attempt| show(caller, Fields::default(), attempt)).await,
    }
}
