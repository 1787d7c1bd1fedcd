//! Problems, as RFC 9457 writes them: what a caller gets in place of an answer.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::{self, Display, Write};

use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

use crate::change::error::{BatchError, ChangeError};
use crate::change::follow::{ProposeError, Unusable};
use crate::guard::refused::Refused;
use crate::policy::decision::{Denied, Exposure};
use crate::policy::reason::{Reason, ReasonCode};

/// An error response, as RFC 9457 writes it: `application/problem+json` with a `title`, the `status`, a `detail` and, for a
/// denial that is not hidden, the code of the `reason`.
///
/// Denials and errors convert into it, and it converts into an [`http::Response`] whose body can be made of a `String`. So do
/// they: a handler that returns such a response as its error writes `?`. What it says is safe to show.
///
/// | status | of |
/// |---|---|
/// | 401 with `WWW-Authenticate`, 403, 404, 409 | a [`Denied`], as [`Denied::status`] says |
/// | 409 | a change that may be made, and cannot be |
/// | 503 | [`Unusable`]: nothing can be decided now |
///
/// # Examples
///
/// ```
/// use http::{Response, StatusCode};
/// use shipgate::guard::Problem;
/// use shipgate::{Decision, Denied, Exposure, Reason};
///
/// let denied = Denied::new(Decision::Deny(Reason::NotAMember), Exposure::Visible).unwrap();
/// let response: Response<String> = denied.into();
/// assert_eq!(response.status(), StatusCode::FORBIDDEN);
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// let detail = "denied: you are not a member of this organization";
/// let body = format!(r#"{{"title":"Forbidden","status":403,"detail":"{detail}","reason":"not_a_member"}}"#);
/// assert_eq!(response.body(), &body);
///
/// // Without credentials, a request never gets as far as a question.
/// let response: Response<String> = Problem::new(StatusCode::UNAUTHORIZED, "a bearer token is required").into();
/// assert_eq!(response.headers()["www-authenticate"], "Bearer");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    detail: Cow<'static, str>,
    reason: Option<ReasonCode>,
    challenge: HeaderValue,
}

/// The token that came with the request is not valid, or no longer.
const INVALID_TOKEN: HeaderValue = HeaderValue::from_static(r#"Bearer error="invalid_token""#);

impl Problem {
    /// A problem of your own, with the status to answer with and a sentence for the caller.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, detail: detail.into(), reason: None, challenge: HeaderValue::from_static("Bearer") }
    }

    /// The same response as for a hidden denial: a caller cannot tell a resource that they may not see from none.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::guard::Problem;
    /// use shipgate::{Decision, Denied, Exposure, Reason};
    ///
    /// let hidden = Denied::new(Decision::Deny(Reason::NotAMember), Exposure::Hidden).unwrap();
    /// assert_eq!(Problem::from(hidden), Problem::not_found());
    /// ```
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not found")
    }

    /// The problem of a token that your authentication does not know.
    #[must_use]
    pub fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "the token is not valid").with_challenge(INVALID_TOKEN)
    }

    /// Sets the value of `WWW-Authenticate`, which a 401 has and nothing else. It is `Bearer` if you do not set it.
    #[must_use]
    pub fn with_challenge(self, challenge: HeaderValue) -> Self {
        Self { challenge, ..self }
    }

    /// The HTTP status to answer with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    fn conflict(error: &impl Display) -> Self {
        Self::new(StatusCode::CONFLICT, error.to_string())
    }

    /// The body. Without a `type` of its own, a problem means what its status means.
    fn to_json(&self) -> String {
        let Self { status, detail, reason, challenge: _ } = self;
        let title = status.canonical_reason().map(|title| format!(r#""title":{},"#, Json(title))).unwrap_or_default();
        let reason = reason.map(|reason| format!(r#","reason":{}"#, Json(reason.as_str()))).unwrap_or_default();
        format!(r#"{{{title}"status":{},"detail":{}{reason}}}"#, status.as_u16(), Json(detail))
    }
}

/// Displays its detail.
impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl core::error::Error for Problem {}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let status = StatusCode::from_u16(denied.status()).unwrap_or(StatusCode::FORBIDDEN);
        let reason = match denied.exposure() {
            Exposure::Visible => denied.reason().map(Reason::code),
            Exposure::Hidden => None,
        };
        let problem = Self { reason, ..Self::new(status, denied.to_string()) };
        if status == StatusCode::UNAUTHORIZED { problem.with_challenge(INVALID_TOKEN) } else { problem }
    }
}

/// What is wrong with your service is for its log.
impl From<Unusable> for Problem {
    fn from(_: Unusable) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "this cannot be decided now: try again later")
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Denied(denied) => denied.into(),
            Refused::Unusable(unusable) => unusable.into(),
        }
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        if let ChangeError::Denied(denied) = error { denied.into() } else { Self::conflict(&error) }
    }
}

impl From<BatchError> for Problem {
    fn from(error: BatchError) -> Self {
        if let BatchError::Change { error, .. } = error { error.into() } else { Self::conflict(&error) }
    }
}

impl From<ProposeError> for Problem {
    fn from(error: ProposeError) -> Self {
        match error {
            ProposeError::Unusable(unusable) => unusable.into(),
            ProposeError::Change(error) => error.into(),
            ProposeError::Batch(error) => error.into(),
        }
    }
}

impl<B: From<String>> From<Problem> for Response<B> {
    fn from(problem: Problem) -> Self {
        let mut response = Self::new(problem.to_json().into());
        *response.status_mut() = problem.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if problem.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, problem.challenge);
        }
        response
    }
}

/// What converts into a problem converts into its response.
macro_rules! into_responses {
    ($($error:ident),+) => {
        $(
            impl<B: From<String>> From<$error> for Response<B> {
                fn from(error: $error) -> Self {
                    Problem::from(error).into()
                }
            }
        )+
    };
}

into_responses!(Denied, Unusable, Refused, ChangeError, BatchError, ProposeError);

/// A text as a string of JSON.
struct Json<'a>(&'a str);

impl Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}
