//! What pages load: a style sheet and a script, both served from here, and the policy that lets them load nothing else.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::secrets;
use crate::service::Service;

const STYLE: &str = include_str!("../../assets/console.css");
const SCRIPT: &str = include_str!("../../assets/console.js");

/// The address of the style sheet. It has a hash of the content, so that a browser may keep it forever.
pub(crate) static STYLE_PATH: LazyLock<String> = LazyLock::new(|| path(STYLE, "css"));

/// The address of the script.
pub(crate) static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path(SCRIPT, "js"));

fn path(content: &str, extension: &str) -> String {
    let hash: String = secrets::hash(content).chars().take(16).collect();
    format!("/assets/console-{hash}.{extension}")
}

/// What a page may load and do. No script of anybody else's runs in it, and no other site shows it in a frame.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'",
);

/// Sends the policy along with a page.
pub(crate) async fn restrict(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    // With `no-referrer`, a browser would not say that a form comes from here.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route(&STYLE_PATH, get(|| async { kept("text/css; charset=utf-8", STYLE) }))
        .route(&SCRIPT_PATH, get(|| async { kept("text/javascript; charset=utf-8", SCRIPT) }))
}

fn kept(kind: &'static str, content: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], content)
        .into_response()
}
