//! The fixtures of the AuthZEN working group, served in place of the database: for its tests, on one's own machine.

#[path = "../../../authzen/policies.rs"]
#[expect(clippy::indexing_slicing, reason = "the library's example has it, and its index is a remainder")]
mod policies;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::routing::post;
use shipgate::authzen::{Endpoint, Http, Pdp, respond};

use crate::authzen::{request_id, response};
use crate::configuration::Policy;

/// The routes of a fixture, at their standard paths. Nobody has to say who asks.
pub fn routes(policy: Policy) -> Router {
    let pdp: Arc<dyn Pdp + Send + Sync> = match policy {
        Policy::Certification => Arc::new(policies::Fixture),
        Policy::Todo => Arc::new(policies::Todo),
        Policy::Search | Policy::Idp => Arc::new(policies::Records),
        Policy::Gateway => Arc::new(policies::Gateway),
    };
    let mut routes = Router::new();
    for endpoint in Endpoint::ALL {
        let pdp = Arc::clone(&pdp);
        let handler = move |headers: HeaderMap, body: Bytes| async move {
            let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let request = Http { content_type, request_id: request_id(&headers), body: &body };
            response(&respond(pdp.as_ref(), endpoint, &request))
        };
        routes = routes.route(endpoint.path(), post(handler));
    }
    routes
}
