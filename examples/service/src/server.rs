//! The server: how requests are received and counted, and how it ends.

mod connections;
mod health;
mod metrics;

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
pub use connections::serve;
pub use metrics::Metrics;
use shipgate::guard::Problem;
use tokio::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use crate::api::{self, Failure};
use crate::service::Service;
use crate::{authzen, log, pages, sign_in};

/// The longest that a request may take, its body included.
const LONGEST: Duration = Duration::from_secs(20);

/// The longest that a request may take whose answer takes long to make.
const LONGEST_EXPORT: Duration = Duration::from_mins(2);

/// Where such a request goes.
const EXPORT: &str = "/api/review.export";

/// All routes of a service.
pub fn routes(service: Service) -> Router {
    let (api, description) = api::routes(&service);
    Router::new()
        .merge(api)
        .merge(authzen::routes(&service))
        .merge(pages::routes(&service))
        .merge(sign_in::routes().layer(from_fn(pages::restrict)))
        .merge(health::routes())
        .route("/api/openapi.json", get(move || async { Json(description) }))
        .fallback(|| async { Failure::not_found() })
        .method_not_allowed_fallback(|| async {
            problem(StatusCode::METHOD_NOT_ALLOWED, "this path has no such method")
        })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(service.clone(), observe))
        .with_state(service)
}

fn problem(status: StatusCode, detail: &'static str) -> Failure {
    Problem::new(status, detail).into()
}

/// A defect. What it is about is for the log.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    problem(StatusCode::INTERNAL_SERVER_ERROR, "something is wrong with the service").into_response()
}

/// Counts and logs a request, and ends it if it takes too long. The query of its address is not logged.
async fn observe(State(service): State<Service>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let span = log::of_request(&request);
    let method = request.method().clone();
    let path = log::route(&request).to_owned();
    let longest = if path == EXPORT { LONGEST_EXPORT } else { LONGEST };
    let mut response = match tokio::time::timeout(longest, next.run(request).instrument(span.clone())).await {
        Ok(response) => response,
        Err(_) => problem(StatusCode::REQUEST_TIMEOUT, "the request took too long").into_response(),
    };
    let (status, took) = (response.status(), began.elapsed());
    span.record("http.response.status_code", i64::from(status.as_u16()));
    service.metrics.answered(&method, &path, status, took);
    tracing::debug!(%method, path, status = status.as_u16(), took = took.as_secs_f64(), "answered");
    add_headers(&mut response);
    response
}

/// What browsers are told of every answer.
fn add_headers(response: &mut Response) {
    const HEADERS: [(HeaderName, HeaderValue); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
}
