//! **A stub, for you to replace**: who is asking, from a map of fixed bearer tokens.
//!
//! shipgate does not authenticate. Verify a signed token or look up the hash of an opaque one here, and return the account,
//! what the token may be used for, and your own clock's time. Nothing of these may come from the request unverified.

use std::collections::HashMap;
use std::time::SystemTime;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use shipgate::{SubjectId, Time, Token};
use uuid::Uuid;

use crate::App;
use crate::problem::Problem;

/// The account and the token behind each bearer token. **A stub**: a service stores no token in plain text.
pub(crate) type StubTokens = HashMap<&'static str, (Uuid, Token<Uuid>)>;

/// An authenticated caller. A handler that has one as a parameter answers 401 without it.
pub(crate) struct Caller {
    pub(crate) account: Uuid,
    token: Token<Uuid>,
    now: Time,
}

impl Caller {
    /// The caller as shipgate takes it: the account, narrowed by its token, at the time of the request.
    pub(crate) fn subject(&self) -> SubjectId<'_, Uuid> {
        SubjectId::new(&self.account).with_token(&self.token).at(self.now)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let bearer = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or_else(Problem::no_token)?;
        let (account, token) = app.tokens.get(bearer).ok_or_else(Problem::unknown_token)?;
        // An expired token is known, and shipgate denies it: then the answer can still be 404.
        Ok(Self { account: *account, token: token.clone(), now: Time::from(SystemTime::now()) })
    }
}
