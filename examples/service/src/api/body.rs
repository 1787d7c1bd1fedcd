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
        if has_nul(&bytes) {
            return Err(Failure::bad_request("the body: the character U+0000 is not one of a text: leave it out"));
        }
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
        if query.contains("%00") {
            return Err(Failure::bad_request("the query of the address: the character U+0000 is not one of a text"));
        }
        let malformed = |error: String| Failure::bad_request(format!("the query of the address: {error}"));
        let uri: Uri = format!("/?{}", rest.join("&")).parse().map_err(|_| malformed("it is malformed".to_owned()))?;
        match AnyQuery::try_from_uri(&uri) {
            Ok(AnyQuery(query)) => Ok(Self(query)),
            Err(error) => Err(malformed(error.body_text())),
        }
    }
}

/// Whether a text of JSON has the character U+0000 in a string, which PostgreSQL cannot store.
fn has_nul(json: &[u8]) -> bool {
    let escapes = json.windows(6).enumerate().filter(|(_, window)| *window == br"\u0000");
    escapes.into_iter().any(|(place, _)| {
        let before = json.get(..place).unwrap_or_default();
        // After an odd number of backslashes, this one is a character itself.
        before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
    })
}

#[cfg(test)]
mod tests {
    use super::has_nul;

    #[test]
    fn a_nul_is_one_that_is_escaped_and_not_one_that_is_written_about() {
        assert!(has_nul(br#"{"a":"x\u0000"}"#));
        assert!(has_nul(br#"{"a":"x\\\u0000"}"#));
        assert!(!has_nul(br#"{"a":"x\\u0000"}"#));
        assert!(!has_nul(br#"{"a":"x\u0001"}"#));
    }
}
