//! The least that it takes: a handler, the layer around it, and who is asking.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use axum::{Extension, Router};
use shipgate::guard::{Guard, GuardLayer, Identity, Problem};
use shipgate::{Action, Directory, ResourceId};
use uuid::Uuid;

async fn deploy(
    Extension(guard): Extension<Guard<Uuid>>,
    Path(environment): Path<Uuid>,
) -> Result<StatusCode, Response> {
    guard.authorize(Action::Deploy, ResourceId::Environment(&environment))?;
    Ok(StatusCode::ACCEPTED)
}

/// `sign_in` is yours: it returns the account that the session cookie or the token belongs to.
pub(crate) fn service(directory: Arc<Directory<Uuid>>, sign_in: fn(&HeaderMap) -> Option<Uuid>) -> Router {
    let guards = GuardLayer::new(directory, move |request| {
        let account = sign_in(&request.headers).ok_or_else(Problem::invalid_token)?;
        Ok(Identity::new(account, SystemTime::now().into()))
    });
    Router::new().route("/environments/{environment}/deployments", post(deploy)).layer(guards)
}
