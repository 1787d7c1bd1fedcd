//! The console: pages for people, rendered here. They work without JavaScript, and are better with a little of it.
//!
//! A page calls the functions that the API calls, so there is one place that decides and changes. It shows what its reader may
//! view, and a control that the reader may not use is not there, or says what is needed.

mod access;
mod asset;
mod audit;
mod cluster;
mod clusters;
mod deployments;
mod effect;
mod environment;
mod failure;
mod fields;
mod form;
mod holder;
mod invitations;
mod layout;
mod list;
mod member;
mod members;
mod names;
mod needs;
mod organizations;
mod people;
mod project;
mod projects;
mod protection;
mod reader;
mod review;
mod role_choice;
mod roles;
mod settings;
pub(crate) mod sign_in;
mod sign_out;
mod table;
mod team;
mod teams;
mod time;
mod tokens;
mod words;

use std::sync::Arc;

pub(crate) use asset::restrict;
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use shipgate::guard::GuardLayer;

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::authentication;
use crate::pages::fields::Fields;
use crate::pages::layout::Attempt;
use crate::service::Service;

/// The pages.
pub fn routes(service: &Service) -> Router<Service> {
    let guards = GuardLayer::new(Arc::clone(&service.organizations), authentication::identity);
    guarded()
        .layer(guards)
        .merge(own())
        .layer(from_fn_with_state(service.clone(), reader::identify))
        .layer(from_fn(failure::as_page))
        .layer(from_fn(asset::restrict))
        .merge(asset::routes())
}

/// The pages of an organization. One that no decision allows is withheld.
fn guarded() -> Router<Service> {
    Router::new()
        .merge(audit::routes())
        .merge(cluster::routes())
        .merge(clusters::routes())
        .merge(deployments::routes())
        .merge(environment::routes())
        .merge(invitations::routes())
        .merge(member::routes())
        .merge(members::routes())
        .merge(project::routes())
        .merge(projects::routes())
        .merge(review::routes())
        .merge(roles::routes())
        .merge(team::routes())
        .merge(teams::routes())
        .merge(tokens::routes())
}

/// The pages that are about the reader alone.
fn own() -> Router<Service> {
    Router::new()
        .merge(invitations::own_routes())
        .merge(organizations::routes())
        .merge(sign_out::routes())
        .route("/organizations/{organization}/{*rest}", any(|| async { Failure::not_found() }))
}

/// Sends the reader on to a page of this site, which says what was done.
fn redirect(path: &str, done: &str) -> Response {
    let joint = if path.contains('?') { '&' } else { '?' };
    match HeaderValue::from_str(&format!("{path}{joint}done={done}")) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => Failure::not_found().into_response(),
    }
}

/// Sends the reader on to where something was done. If it was not, shows the page again as it is by now, with the reason.
async fn sent_on<F: Future<Output = Result<Response, Failure>>>(
    made: Result<String, Failure>,
    done: &str,
    caller: Caller,
    organization: &str,
    fields: &Fields,
    show: impl FnOnce(Asking, Option<Attempt>) -> F,
) -> Result<Response, Failure> {
    match made {
        Ok(path) => Ok(redirect(&path, done)),
        Err(failure) => {
            let asking = caller.of(organization).await?;
            attempted(&failure, fields, |attempt| show(asking, attempt)).await
        }
    }
}

/// Shows a page again because something was not done, with the reason and with what was typed.
async fn attempted<F: Future<Output = Result<Response, Failure>>>(
    failure: &Failure,
    fields: &Fields,
    show: impl FnOnce(Option<Attempt>) -> F,
) -> Result<Response, Failure> {
    let status = failure.problem().status();
    let message = failure::sentence(status, &failure.problem().to_string());
    let mut response = show(Some(Attempt { fields: fields.clone(), message })).await?;
    *response.status_mut() = status;
    Ok(response)
}
