//! **A stub, for you to replace**: who is asking, from a map of fixed bearer tokens.
//!
//! shipgate does not authenticate. Verify a signed token or look up the hash of an opaque one here, and return the account,
//! what the token may be used for, and your own clock's time. Nothing of these may come from the request unverified.

use std::collections::HashMap;
use std::time::SystemTime;

use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use shipgate::Token;
use shipgate::guard::{Identity, Problem};
use uuid::Uuid;

/// The account and the token behind each bearer token. **A stub**: a service stores no token in plain text.
pub(crate) type StubTokens = HashMap<&'static str, (Uuid, Token<Uuid>)>;

/// Who sends a request: the account, narrowed by its token, at the time of the request.
pub(crate) fn authenticate(tokens: &StubTokens, request: &Parts) -> Result<Identity<Uuid>, Problem> {
    let header = request.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
    let bearer = header.and_then(|header| header.strip_prefix("Bearer "));
    let bearer = bearer.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "a bearer token is required"))?;
    let (account, token) = tokens.get(bearer).ok_or_else(Problem::invalid_token)?;
    // An expired token is known, and shipgate denies it: then the answer can still be 404.
    Ok(Identity::new(*account, SystemTime::now().into()).with_token(token.clone()))
}
