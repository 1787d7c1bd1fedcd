//! Who sends a request: a token in `Authorization`, or a session in a cookie.

mod cookie;
pub mod session;
pub mod token;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use shipgate::guard::{Identity, Problem};
use shipgate::{AccountKind, Time, Token};

use crate::api::Failure;
use crate::authentication::session::Session;
use crate::secrets;
use crate::service::Service;

pub use cookie::Cookies;

/// Who sends a request.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The account.
    pub account: String,
    /// Whether it is a person or a program.
    pub kind: AccountKind,
    /// What it came with.
    pub with: With,
    /// The time of the request.
    pub now: Time,
}

/// What a request came with.
#[derive(Clone, Debug)]
pub enum With {
    /// A session.
    Session(Session),
    /// A token.
    Token(Token<String>),
}

impl Authenticated {
    /// The token, if it came with one.
    #[must_use]
    pub fn token(&self) -> Option<&Token<String>> {
        match &self.with {
            With::Token(token) => Some(token),
            With::Session(_) => None,
        }
    }

    /// The session, if it came with one.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match &self.with {
            With::Session(session) => Some(session),
            With::Token(_) => None,
        }
    }

    /// The id of the token, if it came with one.
    #[must_use]
    pub fn token_id(&self) -> Option<&str> {
        self.token().and_then(Token::id)
    }

    /// Who asks, as guards take it.
    #[must_use]
    pub fn identity(&self) -> Identity<String> {
        let identity = Identity::new(self.account.clone(), self.now).of_kind(self.kind);
        match &self.with {
            With::Token(token) => identity.with_token(token.clone()),
            With::Session(_) => identity,
        }
    }
}

/// The header in which a page sends its CSRF token.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Finds out who sends a request, and puts it into the request's extensions.
///
/// # Errors
///
/// [`Failure`] if nobody is known.
pub async fn authenticate(
    State(service): State<Service>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    refuse_secrets_in_address(request.uri().query())?;
    let (mut parts, body) = request.into_parts();
    let authenticated = find(&service, &parts).await?;
    parts.extensions.insert(authenticated);
    request = Request::from_parts(parts, body);
    Ok(next.run(request).await)
}

/// What a guard takes for the identity of a request.
///
/// # Errors
///
/// [`Problem`] if nobody was found.
pub fn identity(parts: &Parts) -> Result<Identity<String>, Problem> {
    parts.extensions.get::<Authenticated>().map(Authenticated::identity).ok_or_else(Problem::invalid_token)
}

/// Addresses end up in logs and histories.
fn refuse_secrets_in_address(query: Option<&str>) -> Result<(), Failure> {
    let names = query.unwrap_or_default().split('&').filter_map(|pair| pair.split('=').next());
    for name in names {
        if ["access_token", "token", "authorization", "session"].contains(&name.to_ascii_lowercase().as_str()) {
            let detail = "a token in the address is refused: send it in the header `Authorization: Bearer …`";
            return Err(Failure::bad_request(detail));
        }
    }
    Ok(())
}

async fn find(service: &Service, parts: &Parts) -> Result<Authenticated, Failure> {
    let now = service.clock.now();
    if let Some(header) = parts.headers.get(header::AUTHORIZATION) {
        let secret = header.to_str().ok().and_then(|header| header.strip_prefix("Bearer "));
        let secret = secret.ok_or_else(Problem::invalid_token)?;
        return token::find(service, secret, now).await;
    }
    let secret = service.cookies.session(&parts.headers);
    let secret = secret.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "sign in, or send a bearer token"))?;
    let found = session::find(service, &secret, now).await?;
    require_csrf_token(service, parts, &secret)?;
    Ok(found)
}

/// A request that changes something and comes with a cookie must come from a page of ours: such a page knows the CSRF token, and
/// a browser says where a request comes from.
fn require_csrf_token(service: &Service, parts: &Parts, secret: &str) -> Result<(), Failure> {
    if [Method::GET, Method::HEAD].contains(&parts.method) {
        return Ok(());
    }
    let foreign = || Failure::from(Problem::new(StatusCode::FORBIDDEN, "this request comes from another site"));
    if let Some(origin) = text(&parts.headers, header::ORIGIN.as_str())
        && !service.is_own_origin(origin, text(&parts.headers, header::HOST.as_str()))
    {
        return Err(foreign());
    }
    match text(&parts.headers, CSRF_HEADER) {
        Some(sent) if secrets::same(sent, &session::csrf_token(secret)) => Ok(()),
        Some(_) => Err(foreign()),
        None => {
            let detail =
                "a request with a cookie needs the header `X-CSRF-Token`: `GET /api/account.me` tells its value";
            Err(Problem::new(StatusCode::FORBIDDEN, detail).into())
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
