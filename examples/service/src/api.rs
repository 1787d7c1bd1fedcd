//! The API. Each noun has a room; what all of them need is here.

pub(crate) mod access;
mod access_list;
pub(crate) mod account;
pub(crate) mod answer;
pub(crate) mod asking;
pub(crate) mod audit_log;
pub(crate) mod body;
pub(crate) mod caller;
pub(crate) mod cluster;
pub(crate) mod deployment;
pub(crate) mod environment;
mod failure;
mod idempotency;
pub(crate) mod invitation;
pub(crate) mod member;
mod openapi;
pub(crate) mod organization;
pub(crate) mod page;
pub(crate) mod project;
pub(crate) mod review;
pub(crate) mod role;
mod schema;
pub(crate) mod team;
pub(crate) mod token;

use std::sync::Arc;

pub(crate) use asking::{name_of, named};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
pub use failure::Failure;
use shipgate::guard::GuardLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::authentication;
use crate::service::Service;

/// The longest body.
const LONGEST_BODY: usize = 256 * 1024;

/// The API: its routes, and their description.
pub fn routes(service: &Service) -> (Router<Service>, OpenApi) {
    let (guarded, mut description) = guarded().split_for_parts();
    let (own, of_own) = own().split_for_parts();
    openapi::waits(&mut description);
    description.merge(of_own);
    let guards = GuardLayer::new(Arc::clone(&service.organizations), authentication::identity);
    let routes = guarded
        .layer(guards)
        .merge(own)
        .layer(from_fn_with_state(service.clone(), idempotency::repeat))
        .layer(from_fn_with_state(service.clone(), authentication::authenticate))
        .layer(DefaultBodyLimit::max(LONGEST_BODY));
    (routes, openapi::complete(description))
}

/// The routes on which something is decided. An answer that no decision allows is withheld.
fn guarded() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .merge(access::routes())
        .merge(audit_log::routes())
        .merge(cluster::routes())
        .merge(deployment::routes())
        .merge(environment::routes())
        .merge(invitation::routes())
        .merge(member::routes())
        .merge(organization::routes())
        .merge(project::routes())
        .merge(review::routes())
        .merge(role::routes())
        .merge(team::routes())
}

/// The routes that are about the caller alone, or on which nothing is decided.
fn own() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .merge(account::routes())
        .merge(invitation::own_routes())
        .merge(organization::own_routes())
        .merge(token::own_routes())
}
