//! What a caller gets in place of an answer: a problem, as RFC 9457 writes it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shipgate::change::{ChangeError, ProposeError, Unusable};
use shipgate::guard::{Problem, Refused};

use crate::{database, evidence, organizations};

/// What a caller gets in place of an answer.
#[derive(Debug)]
pub struct Failure(Problem);

impl Failure {
    /// The request is not as it should be: a sentence that says what to do.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, detail.into()).into()
    }

    /// There is nothing with this id, or nothing that the caller may see: both look the same.
    #[must_use]
    pub fn not_found() -> Self {
        Problem::not_found().into()
    }

    /// The request is right, and does not suit how things are.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::CONFLICT, detail.into()).into()
    }

    /// It cannot be done now: a sentence that says when to try again.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        unavailable(detail)
    }

    /// What it says.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.0
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self(refused.into())
    }
}

impl From<Unusable> for Failure {
    fn from(unusable: Unusable) -> Self {
        Self(unusable.into())
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        Self(error.into())
    }
}

impl From<ProposeError> for Failure {
    fn from(error: ProposeError) -> Self {
        Self(error.into())
    }
}

/// What is wrong with the database is for the log.
impl From<database::Error> for Failure {
    fn from(error: database::Error) -> Self {
        tracing::error!("{error}");
        unavailable("the database cannot be asked now: try again later")
    }
}

impl From<organizations::Error> for Failure {
    fn from(error: organizations::Error) -> Self {
        use organizations::Error;
        match error {
            Error::Absent => Self::not_found(),
            Error::Refused(error) => error.into(),
            Error::Unusable(unusable) => unusable.into(),
            Error::Database(error) => error.into(),
            Error::BesideTaken => Self::conflict("the same was stored already: read it again"),
            Error::BesideMissing => Self::conflict("this is no longer as it was: read it again"),
            Error::Outdated => {
                Self::conflict("somebody else changed this meanwhile: look at it as it is now, and decide again")
            }
            Error::NotYet { .. } | Error::Contended => unavailable(error.to_string()),
            Error::Unknown(_) => {
                tracing::error!("{error}");
                unavailable("whether this is done is not known: read again, or repeat it with the same Idempotency-Key")
            }
            Error::Rows(_) | Error::IdTaken | Error::Clock { .. } | Error::NotPolled => {
                tracing::error!("{error}");
                unavailable("this cannot be answered now: try again later")
            }
        }
    }
}

impl From<evidence::Error> for Failure {
    fn from(error: evidence::Error) -> Self {
        match error {
            evidence::Error::Absent => Self::not_found(),
            evidence::Error::Database(error) => error.into(),
            error => {
                tracing::error!("{error}");
                unavailable("the evidence cannot be made now: try again later")
            }
        }
    }
}

fn unavailable(detail: impl Into<String>) -> Failure {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail.into()).into()
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let is_unavailable = self.0.status() == StatusCode::SERVICE_UNAVAILABLE;
        let mut response = Response::from(self.0);
        if is_unavailable {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
