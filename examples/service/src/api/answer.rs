//! Answers that many calls give.

use axum::Json;
use serde::Serialize;
use shipgate::change::Record;
use utoipa::{IntoResponses, ToSchema};

use crate::api::Failure;

/// What a handler returns.
pub(crate) type Answer<T> = Result<Json<T>, Failure>;

/// A change was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changed {
    /// The organization that it was made in.
    pub(crate) organization_id: String,
    /// Its revision from now on. Send it as `wait_for` to see the change on any instance.
    pub(crate) revision: u64,
    /// The record of the change.
    pub(crate) record_id: String,
}

impl Changed {
    pub(crate) fn by(record: &Record<String>) -> Self {
        Self {
            organization_id: record.organization().clone(),
            revision: record.revision(),
            record_id: record.id().clone(),
        }
    }
}

/// Something was created.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    /// Its id.
    pub(crate) id: String,
    /// The organization that it belongs to.
    pub(crate) organization_id: String,
    /// The revision of the organization from now on.
    pub(crate) revision: u64,
    /// The record of the change.
    pub(crate) record_id: String,
}

impl Created {
    pub(crate) fn by(id: &str, record: &Record<String>) -> Self {
        let Changed { organization_id, revision, record_id } = Changed::by(record);
        Self { id: id.to_owned(), organization_id, revision, record_id }
    }
}

/// A problem, as RFC 9457 writes it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the form of what the library writes")]
pub(crate) struct ProblemDetails {
    /// The name of the status.
    title: String,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, and what to do.
    detail: String,
    /// The code of the reason, if it is a denial that the caller may know of.
    reason: Option<String>,
}

/// What every call may answer in place of its answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it is the form of what the library writes")]
pub(crate) enum Problems {
    /// The request is malformed.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemDetails),
    /// Nobody is signed in, or the token is not valid.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemDetails),
    /// It is denied.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemDetails),
    /// There is nothing with this id, or nothing that you may see.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemDetails),
    /// It took too long to send the request.
    #[response(status = 408, content_type = "application/problem+json")]
    Timeout(ProblemDetails),
    /// It does not suit how things are, or an approval is missing.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemDetails),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemDetails),
    /// The body is not JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(ProblemDetails),
    /// The `Idempotency-Key` was sent with another request before.
    #[response(status = 422, content_type = "application/problem+json")]
    OtherRequest(ProblemDetails),
    /// It cannot be answered now: try again later.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemDetails),
}
