//! Who reads a page: whoever has the session. Without one, the reader signs in first and comes back.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shipgate::guard::Problem;

use crate::api::Failure;
use crate::authentication::session::{self, csrf_token};
use crate::pages::fields::Fields;
use crate::secrets;
use crate::service::Service;

/// The field in which a form sends its CSRF token.
pub(crate) const CSRF_FIELD: &str = "csrf";

/// The longest form that is read.
const LONGEST: usize = 256 * 1024;

/// Finds out who reads, and puts it into the request's extensions. A form is read only if it comes from a page of this session.
pub(crate) async fn identify(
    State(service): State<Service>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let Some(secret) = service.cookies.session(request.headers()) else {
        return if is_read { Ok(sign_in_first(&request)) } else { Err(ended()) };
    };
    let authenticated = match session::find(&service, &secret, service.clock.now()).await {
        Ok(authenticated) => authenticated,
        Err(failure) if failure.problem().status() != StatusCode::UNAUTHORIZED => return Err(failure),
        Err(_) if is_read => return Ok(sign_in_first(&request)),
        Err(_) => return Err(ended()),
    };
    if !is_read {
        request = from_our_page(&service, request, &secret).await?;
    }
    request.extensions_mut().insert(authenticated);
    Ok(next.run(request).await)
}

fn ended() -> Failure {
    let detail = "Your session has ended, so nothing was changed. Sign in again, go back, and send the form once more.";
    Problem::new(StatusCode::UNAUTHORIZED, detail).into()
}

/// Sends the reader to sign in, and then back to the page.
fn sign_in_first(request: &Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let location = format!("/sign-in?{}", Fields::one("next", path).to_query());
    let location = HeaderValue::from_str(&location).unwrap_or(HeaderValue::from_static("/sign-in"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Whether a browser says that a form comes from this site, or says nothing.
fn is_from_here(service: &Service, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    text(header::ORIGIN).is_none_or(|origin| service.is_own_origin(origin, text(header::HOST)))
}

/// Requires that a form comes from a page of ours, which knows the CSRF token of the session.
async fn from_our_page(service: &Service, request: Request, secret: &str) -> Result<Request, Failure> {
    let foreign = |detail: &'static str| Failure::from(Problem::new(StatusCode::FORBIDDEN, detail));
    let (parts, body) = request.into_parts();
    if !is_from_here(service, &parts.headers) {
        return Err(foreign("This form comes from another site, so nothing was changed."));
    }
    let too_large =
        || Failure::from(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "The form is too large, or was cut off."));
    let bytes = to_bytes(body, LONGEST).await.map_err(|_| too_large())?;
    let fields = Fields::parse(&bytes);
    if !fields.get(CSRF_FIELD).is_some_and(|sent| secrets::same(sent, &csrf_token(secret))) {
        return Err(foreign(
            "This form was made before you signed in, or by another site, so nothing was changed. Go back, load the page \
             again, and send it once more.",
        ));
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}
