//! What a request and a response have of HTTP.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

use serde::Serialize;

use crate::authzen::pdp::Unavailable;
use crate::json::JsonError;

/// A request that was posted: what is read of it.
#[derive(Clone, Copy, Debug)]
pub struct Http<'a> {
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The header `X-Request-ID`, which the response repeats.
    pub request_id: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// A response to send: its status, its headers and its body.
///
/// | status | when | body |
/// |---|---|---|
/// | 200 | it was answered, be it by a denial | JSON |
/// | 400 | the request is malformed | what to do, as text |
/// | 503 | the policy is [`Unavailable`] | as text |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    status: u16,
    content_type: &'static str,
    request_id: Option<String>,
    body: String,
}

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

impl Response {
    pub(super) fn json(body: &impl Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(body) => Self { status: 200, content_type: JSON, request_id: None, body },
            Err(error) => Self { status: 500, content_type: TEXT, request_id: None, body: error.to_string() },
        }
    }

    pub(super) fn malformed(error: &JsonError) -> Self {
        Self { status: 400, content_type: TEXT, request_id: None, body: error.to_string() }
    }

    pub(super) fn unavailable(error: Unavailable) -> Self {
        Self { status: 503, content_type: TEXT, request_id: None, body: error.to_string() }
    }

    pub(super) fn to(self, request_id: Option<&str>) -> Self {
        Self { request_id: request_id.map(ToOwned::to_owned), ..self }
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The header `Content-Type`.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// The header `X-Request-ID`, if the request had one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The body, without the rest.
    #[must_use]
    pub fn into_body(self) -> String {
        self.body
    }
}
