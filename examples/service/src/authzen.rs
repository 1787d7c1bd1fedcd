//! AuthZEN 1.0: other services ask what their users may do.
//!
//! They come with credentials of their own, made on the command line. A member's token does not open it: who asks here asks in
//! anybody's name.

mod credential;
pub mod fixtures;
mod place;
mod point;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use shipgate::authzen::{Endpoint, Http, Metadata, MetadataError, Response as Answered, answer, read};

use crate::api::Failure;
use crate::authzen::credential::Credential;
use crate::authzen::point::Point;
use crate::service::Service;

/// The longest body.
const LONGEST: usize = 1 << 20;

/// The header that an answer repeats.
const REQUEST_ID: &str = "x-request-id";

/// The routes, at their standard paths.
pub fn routes(service: &Service) -> Router<Service> {
    let mut routes = Router::new();
    for endpoint in Endpoint::ALL {
        let handler =
            move |service: State<Service>, headers: HeaderMap, body: Bytes| respond(service, endpoint, headers, body);
        routes = routes.route(endpoint.path(), post(handler));
    }
    if let Ok(Some(metadata)) = metadata(service) {
        let path = metadata.path();
        let tell = move |headers: HeaderMap| async move { response(&metadata.response(request_id(&headers))) };
        routes = routes.route(&path, get(tell));
    }
    routes.layer(DefaultBodyLimit::max(LONGEST))
}

/// Checks that the metadata can be told, at the address of the service.
///
/// # Errors
///
/// [`MetadataError`] if the address cannot be that of a policy decision point.
pub fn check(service: &Service) -> Result<(), MetadataError> {
    metadata(service).map(drop)
}

/// The metadata, if the address is known. By plain `http`, on one's own machine, there is none: the standard wants `https`.
fn metadata(service: &Service) -> Result<Option<Metadata>, MetadataError> {
    let secure = service.public_url.as_deref().filter(|url| url.starts_with("https://"));
    secure.map(|url| Metadata::new(url).map(Metadata::with_all_endpoints)).transpose()
}

async fn respond(
    State(service): State<Service>,
    endpoint: Endpoint,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let credential = Credential::find(&service, &headers).await?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let asked = match read(endpoint, &Http { content_type, request_id: request_id(&headers), body: &body }) {
        Ok(asked) => asked,
        Err(malformed) => return Ok(response(&malformed)),
    };
    let point = Point::load(&service, &credential, asked.inquiries()).await?;
    Ok(response(&answer(&point, &asked)))
}

fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(REQUEST_ID)?.to_str().ok()
}

/// An answer of the library, as axum sends it.
fn response(answered: &Answered) -> Response {
    let status = StatusCode::from_u16(answered.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static(answered.content_type()))];
    let mut response = (status, content_type, answered.body().to_owned()).into_response();
    if let Some(id) = answered.request_id().and_then(|id| HeaderValue::from_str(id).ok()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
