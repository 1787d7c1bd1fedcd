//! Bodies and queries, read strictly: what is not known is refused, so that a misspelt restriction is not lost.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query as AnyQuery, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri, header};
use serde::de::DeserializeOwned;
use shipgate::guard::Problem;

use crate::api::Failure;

/// The body of a request, as JSON.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let is_json =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
                value.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
            });
        if !is_json {
            let detail = "the body is not JSON: send `Content-Type: application/json`";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| too_large(&error))?;
        match serde_json::from_slice(&bytes) {
            Ok(body) => Ok(Self(body)),
            Err(error) => Err(Failure::bad_request(format!("the body: {error}"))),
        }
    }
}

/// A body that is too large, or was not sent to its end.
pub(crate) fn too_large(error: &BytesRejection) -> Failure {
    Problem::new(error.status(), "the body is too large, or it was cut off").into()
}

/// The query of a request's address. `wait_for` is read elsewhere.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        let rest: Vec<_> = query.split('&').filter(|pair| !pair.starts_with("wait_for=")).collect();
        let malformed = |error: String| Failure::bad_request(format!("the query of the address: {error}"));
        let uri: Uri = format!("/?{}", rest.join("&")).parse().map_err(|_| malformed("it is malformed".to_owned()))?;
        match AnyQuery::try_from_uri(&uri) {
            Ok(AnyQuery(query)) => Ok(Self(query)),
            Err(error) => Err(malformed(error.body_text())),
        }
    }
}
