//! A service that enforces shipgate's decisions. Copy what you need:
//!
//! - `main.rs` puts the layer around the routes. It gives each request a guard, and withholds an answer without a decision.
//! - `authentication.rs` is a **stub**: it knows a few fixed tokens. Replace it with your own.
//! - `handlers.rs` asks the guard before it acts, lists what a caller may do, and stores a deployment that waits for approval.
//!   A denial becomes a response by `?`: 401, 403, 404 or 409.
//! - `smallest.rs` is the least that it takes: a handler and the layer.
//! - `telemetry.rs` sends the decisions to OpenTelemetry, with the feature `opentelemetry`.
//! - `acme.rs` has the sample data, in place of your database.

mod acme;
mod authentication;
mod deployment;
mod handlers;
#[cfg(test)]
mod smallest;
#[cfg(feature = "opentelemetry")]
mod telemetry;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{delete, get, post};
use shipgate::SharedDirectory;
use shipgate::guard::{GuardLayer, Problem};
use tokio::net::TcpListener;
use uuid::Uuid;

use authentication::authenticate;
use deployment::Deployments;

/// What every handler shares.
#[derive(Clone)]
struct App {
    directory: Arc<SharedDirectory<Uuid>>,
    deployments: Arc<Deployments>,
}

/// Puts a guard into each request.
fn guards(app: &App) -> GuardLayer<Uuid> {
    let tokens = acme::tokens();
    GuardLayer::new(Arc::clone(&app.directory), move |request| authenticate(&tokens, request))
}

fn router(app: App) -> Router {
    let guards = guards(&app);
    Router::new()
        .route("/organizations/{organization}/environments", get(handlers::list_environments))
        .route("/organizations/{organization}/members/{account}", delete(handlers::remove_member))
        .route("/environments/{environment}/deployments", post(handlers::request_deployment))
        .route("/deployments/{deployment}", get(handlers::show_deployment))
        .route("/deployments/{deployment}/approvals", post(handlers::approve_deployment))
        .route("/deployments/{deployment}/start", post(handlers::start_deployment))
        .fallback(async || -> Response { Problem::not_found().into() })
        // Around all of the above: a route that comes after it has no guard.
        .layer(guards)
        .with_state(app)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Decisions are events: each is a line of the log, or a log record of OpenTelemetry.
    #[cfg(feature = "opentelemetry")]
    let _provider = telemetry::install();
    #[cfg(not(feature = "opentelemetry"))]
    tracing_subscriber::fmt().init();
    let app = acme::app()?;
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    println!("{}", acme::WELCOME);
    axum::serve(listener, router(app)).await?;
    Ok(())
}
