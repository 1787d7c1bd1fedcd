//! Problems, as RFC 9457 writes them: what a caller gets in place of an answer.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shipgate::change::ChangeError;
use shipgate::{Denied, Exposure};

/// An error response. `Denied` cannot implement axum's `IntoResponse` here, as neither is ours: `?` converts it to this.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    reason: Option<&'static str>,
    /// The value of `WWW-Authenticate`, which every 401 must have.
    challenge: Option<&'static str>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), reason: None, challenge: None }
    }

    /// The same response as for a hidden denial: a caller cannot tell a resource that they may not see from none.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not found")
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// The request has no bearer token.
    pub(crate) fn no_token() -> Self {
        Self { challenge: Some("Bearer"), ..Self::new(StatusCode::UNAUTHORIZED, "a bearer token is required") }
    }

    /// The bearer token is not one that was issued.
    pub(crate) fn unknown_token() -> Self {
        Self { challenge: Some(INVALID_TOKEN), ..Self::new(StatusCode::UNAUTHORIZED, "the token is not valid") }
    }
}

const INVALID_TOKEN: &str = r#"Bearer error="invalid_token""#;

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        // `denied.decision()` is for your log: the response says no more than the caller may know.
        let status = StatusCode::from_u16(denied.status()).unwrap_or(StatusCode::FORBIDDEN);
        let reason = match denied.exposure() {
            Exposure::Visible => denied.reason().map(|reason| reason.code().as_str()),
            Exposure::Hidden => None,
        };
        let challenge = (status == StatusCode::UNAUTHORIZED).then_some(INVALID_TOKEN);
        Self { status, detail: denied.to_string(), reason, challenge }
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Denied(denied) => denied.into(),
            error => Self::conflict(error.to_string()),
        }
    }
}

/// The body. Without a `type` of its own, a problem means what its status means.
#[derive(Serialize)]
struct Body {
    title: Option<&'static str>,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, detail, reason, challenge } = self;
        let body = Body { title: status.canonical_reason(), status: status.as_u16(), detail, reason };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
