//! How people sign in: by the links of the demo, or at an OpenID Connect provider.

mod demo;
#[cfg(feature = "oidc")]
mod oidc;

use std::collections::BTreeMap;
use std::pin::Pin;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
pub use demo::{Links, OneOf};
#[cfg(feature = "oidc")]
pub use oidc::{Oidc, SetUpError};

use crate::api::Failure;
use crate::authentication::session::LIFETIME;
use crate::service::Service;

/// What will be there.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// A way to sign in.
pub trait SignIn: Send + Sync {
    /// Begins: what a browser is answered that wants to sign in.
    fn begin<'a>(&'a self, service: &'a Service) -> Later<'a, Response>;

    /// Finishes: the account of whom the query of the address says, if it is right.
    fn finish<'a>(&'a self, service: &'a Service, returned: &'a Returned) -> Later<'a, String>;
}

/// What a browser comes back with.
#[derive(Debug)]
pub struct Returned {
    /// The query of the address.
    pub query: BTreeMap<String, String>,
    /// The headers.
    pub headers: HeaderMap,
}

/// The routes of browsers that sign in.
pub fn routes() -> Router<Service> {
    Router::new().route("/sign-in", get(begin)).route("/sign-in/callback", get(finish))
}

async fn begin(State(service): State<Service>) -> Result<Response, Failure> {
    match &service.sign_in {
        Some(sign_in) => sign_in.begin(&service).await,
        None => Err(Failure::conflict("nobody can sign in here: start the service with --oidc-issuer, or with --demo")),
    }
}

async fn finish(
    State(service): State<Service>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let sign_in = service.sign_in.as_ref().ok_or_else(Failure::not_found)?;
    let account = sign_in.finish(&service, &Returned { query, headers }).await?;
    // A session of its own, so that nobody is signed in by a session that somebody else knows.
    let session = service.database.begin_session(&account, service.clock.now()).await?;
    let mut response =
        (StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("/api/account.me"))]).into_response();
    if let Some(cookie) = service.cookies.set(&session, LIFETIME / 1_000) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
