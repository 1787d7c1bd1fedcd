//! A service that enforces shipgate's decisions. Copy what you need:
//!
//! - `problem.rs` turns a denial into a response: 401, 403, 404 or 409. Handlers write `authorize(…)?`.
//! - `authentication.rs` is a **stub**: it knows a few fixed tokens. Replace it with your own.
//! - `handlers.rs` asks before it acts, lists what a caller may do, and stores a deployment that waits for approval.
//! - `acme.rs` has the sample data, in place of your database.

mod acme;
mod authentication;
mod deployment;
mod handlers;
mod problem;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
use shipgate::SharedDirectory;
use tokio::net::TcpListener;
use uuid::Uuid;

use authentication::StubTokens;
use deployment::Deployments;
use problem::Problem;

/// What every handler shares.
#[derive(Clone)]
struct App {
    directory: Arc<SharedDirectory<Uuid>>,
    tokens: Arc<StubTokens>,
    deployments: Arc<Deployments>,
}

fn router(app: App) -> Router {
    Router::new()
        .route("/organizations/{organization}/environments", get(handlers::list_environments))
        .route("/organizations/{organization}/members/{account}", delete(handlers::remove_member))
        .route("/environments/{environment}/deployments", post(handlers::request_deployment))
        .route("/deployments/{deployment}", get(handlers::show_deployment))
        .route("/deployments/{deployment}/approvals", post(handlers::approve_deployment))
        .route("/deployments/{deployment}/start", post(handlers::start_deployment))
        .fallback(async || Problem::not_found())
        .with_state(app)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = acme::app()?;
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    println!("{}", acme::WELCOME);
    axum::serve(listener, router(app)).await?;
    Ok(())
}
