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

/// The cookie that remembers where a reader wanted to go.
const NEXT: &str = "next";

/// For how long it is remembered, in seconds.
const REMEMBERED: u32 = 600;

async fn begin(
    State(service): State<Service>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let Some(sign_in) = &service.sign_in else {
        return Err(Failure::conflict("nobody can sign in here: start the service with --oidc-issuer, or with --demo"));
    };
    let mut response = sign_in.begin(&service).await?;
    let next = query.get(NEXT).map(String::as_str).filter(|path| is_own_path(path)).unwrap_or_default();
    let seconds = if next.is_empty() { 0 } else { REMEMBERED };
    let cookie = format!("{NEXT}={next}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn finish(
    State(service): State<Service>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let sign_in = service.sign_in.as_ref().ok_or_else(Failure::not_found)?;
    let next = next(&headers);
    let account = sign_in.finish(&service, &Returned { query, headers }).await?;
    // A session of its own, so that nobody is signed in by a session that somebody else knows.
    let session = service.database.begin_session(&account, service.clock.now()).await?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, next)]).into_response();
    if let Some(cookie) = service.cookies.set(&session, LIFETIME / 1_000) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Where a reader wanted to go; without that, to the pages.
fn next(headers: &HeaderMap) -> HeaderValue {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|pairs| pairs.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let next = pairs.find(|(name, path)| *name == NEXT && is_own_path(path)).map(|(_, path)| path);
    next.and_then(|path| HeaderValue::from_str(path).ok()).unwrap_or(HeaderValue::from_static("/"))
}

/// Whether it is a path of this site, and fits into a cookie: `//host` and `/\host` are other sites to a browser.
fn is_own_path(path: &str) -> bool {
    let is_local = path.strip_prefix('/').is_some_and(|rest| !rest.starts_with(['/', '\\']));
    is_local
        && path.len() <= 2_000
        && path.chars().all(|c| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '"' | '\\'))
}

#[cfg(test)]
mod tests {
    use super::is_own_path;

    #[test]
    fn a_reader_is_sent_back_to_this_site_alone() {
        for path in ["/", "/organizations/acme-corp/members?search=a&after=%5B%22b%22%5D"] {
            assert!(is_own_path(path), "{path}");
        }
        for path in ["", "//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a;b", "/a b", "/\r\nb"]
        {
            assert!(!is_own_path(path), "{path}");
        }
    }
}
