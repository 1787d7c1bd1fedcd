//! Whether the service lives, whether it is ready, and what it has counted.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/healthz", get(lives)).route("/readyz", get(is_ready)).route("/metrics", get(metrics))
}

async fn lives() -> &'static str {
    "ok\n"
}

/// Not ready while the log is not read, or the clock is wrong: a load balancer then asks another instance.
async fn is_ready(State(service): State<Service>) -> Response {
    match service.organizations.require_ready() {
        Ok(()) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

async fn metrics(State(service): State<Service>) -> Response {
    let media = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match service.metrics.text(&service) {
        Ok(text) => ([(header::CONTENT_TYPE, media)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
