//! What a reader sees in place of a page: what is wrong, in a sentence, and where to go from there.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::pages::layout::bare;

/// The longest problem that is read.
const LONGEST: usize = 64 * 1024;

/// Answers with a page whatever went wrong, in place of the problem that a program would get.
pub(crate) async fn as_page(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_page = kind(response.headers()).starts_with("text/html");
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, LONGEST).await.unwrap_or_default();
    let detail = serde_json::from_slice::<serde_json::Value>(&bytes).ok();
    let detail = detail.as_ref().and_then(|problem| problem.get("detail")?.as_str()).unwrap_or_default();
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::WWW_AUTHENTICATE] {
        parts.headers.remove(name);
    }
    (status, parts.headers, page(status, detail)).into_response()
}

fn kind(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// The page of a problem.
pub(crate) fn page(status: StatusCode, detail: &str) -> Markup {
    let title = title(status);
    bare(
        title,
        &html! {
            h1 { (title) }
            p { (sentence(status, detail)) }
            p class="actions" {
                @if status == StatusCode::UNAUTHORIZED {
                    a class="button" href="/sign-in" { "Sign in" }
                } @else {
                    a class="button" href="/" { "Your organizations" }
                }
            }
        },
    )
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "You are not signed in",
        StatusCode::FORBIDDEN => "You may not do this",
        StatusCode::NOT_FOUND => "There is no such page",
        StatusCode::CONFLICT => "This was not done",
        StatusCode::SERVICE_UNAVAILABLE => "This cannot be answered now",
        status if status.is_server_error() => "Something went wrong",
        _ => "This request cannot be understood",
    }
}

/// What a problem says, as a sentence that starts with a capital letter and ends with a period.
pub(crate) fn sentence(status: StatusCode, detail: &str) -> String {
    if status == StatusCode::NOT_FOUND {
        return "It does not exist, or you may not see it. Somebody may have changed that since you opened the page."
            .to_owned();
    }
    let detail = detail.strip_prefix("denied: ").unwrap_or(detail).trim();
    let mut characters = detail.chars();
    let Some(first) = characters.next() else { return "Try again later.".to_owned() };
    let end = if detail.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_a_sentence() {
        let said = |detail| sentence(StatusCode::FORBIDDEN, detail);
        assert_eq!(said("denied: you need manage"), "You need manage.");
        assert_eq!(said("It is over."), "It is over.");
        assert_eq!(said(""), "Try again later.");
    }
}
