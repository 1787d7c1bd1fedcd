//! Signing out.

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::api::caller::Caller;
use crate::api::{Failure, account};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/sign-out", post(sign_out))
}

async fn sign_out(caller: Caller) -> Result<Response, Failure> {
    let mut response = account::sign_out(caller).await?;
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/sign-in"));
    Ok(response.into_response())
}
