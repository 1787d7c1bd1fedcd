//! Answers requests.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::authzen::endpoint::Endpoint;
use crate::authzen::http::{Http, Response};
use crate::authzen::inquiry::Inquiry;
use crate::authzen::page::Page;
use crate::authzen::pdp::{Found, Pdp, Unavailable, Verdict};
use crate::authzen::read::{Asked, Body, Semantic, read};
use crate::json::JsonError;

/// Reads a request to an endpoint and answers it: see [`read`] and [`answer`].
#[must_use]
pub fn respond(pdp: &(impl Pdp + ?Sized), endpoint: Endpoint, request: &Http<'_>) -> Response {
    match read(endpoint, request) {
        Ok(asked) => answer(pdp, &asked),
        Err(response) => response,
    }
}

/// Answers a request that was read.
///
/// Of many evaluations, one that is malformed is false, with the error in its `context`, and the rest are answered.
///
/// # Examples
///
/// ```
/// use shipgate::Directory;
/// use shipgate::authzen::{DirectoryPdp, Endpoint, Http, answer, read};
///
/// let body = br#"{ "subject": { "type": "user", "id": "alice" }, "resource": { "type": "organization", "id": "acme-corp" },
///                  "evaluations": [{ "action": { "name": "view" } }, { "action": { "name": "fly" } }] }"#;
/// let request = Http { content_type: Some("application/json"), request_id: None, body };
/// let asked = read(Endpoint::Evaluations, &request).map_err(|response| response.into_body())?;
///
/// // Here the service loads the facts of `acme-corp`, which `asked.inquiries()` name.
/// let text = r#"{ "organizations": [{ "id": "acme-corp", "members": [{ "account": "alice", "role": "viewer" }] }] }"#;
/// let directory = Directory::<String>::from_json(text)?;
///
/// let response = answer(&DirectoryPdp::new(&directory), &asked);
/// assert!(response.body().starts_with(
///     r#"{"evaluations":[{"decision":true},{"decision":false,"context":{"error":{"message":"action.name: unknown action `fly`"#
/// ));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn answer(pdp: &(impl Pdp + ?Sized), asked: &Asked) -> Response {
    let answered = match &asked.body {
        Body::One(inquiry) => one(pdp, inquiry),
        Body::Many(items, semantic) => many(pdp, items, *semantic),
        Body::Subjects(inquiry, page) => found(pdp.search_subjects(inquiry), page, pdp.page_limit()),
        Body::Resources(inquiry, page) => found(pdp.search_resources(inquiry), page, pdp.page_limit()),
        Body::Actions(inquiry, page) => found(pdp.search_actions(inquiry), page, pdp.page_limit()),
    };
    let response = match answered {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => Response::malformed(&error),
        Err(error) => Response::unavailable(&error),
    };
    response.to(asked.request_id.as_deref())
}

/// The response, or why the request is malformed, unless the policy is unavailable.
type Answered = Result<Result<Response, JsonError>, Unavailable>;

fn one(pdp: &(impl Pdp + ?Sized), inquiry: &Inquiry) -> Answered {
    Ok(match pdp.evaluate(inquiry)? {
        Verdict::Decided { allowed, context } => Ok(Response::json(&Decided { decision: allowed, context })),
        Verdict::Malformed(error) => Err(error),
    })
}

fn many(pdp: &(impl Pdp + ?Sized), items: &[Result<Inquiry, JsonError>], semantic: Semantic) -> Answered {
    let mut evaluations = Vec::new();
    for item in items {
        let verdict = match item {
            Ok(inquiry) => pdp.evaluate(inquiry)?,
            Err(error) => Verdict::Malformed(error.clone()),
        };
        let (allowed, context) = match verdict {
            Verdict::Decided { allowed, context } => (allowed, context),
            Verdict::Malformed(error) => (false, context_of(&error)),
        };
        evaluations.push(Decided { decision: allowed, context });
        let is_last = match semantic {
            Semantic::ExecuteAll => false,
            Semantic::DenyOnFirstDeny => !allowed,
            Semantic::PermitOnFirstPermit => allowed,
        };
        if is_last {
            break;
        }
    }
    Ok(Ok(Response::json(&Evaluations { evaluations })))
}

fn found<T: Serialize>(found: Result<Found<T>, Unavailable>, page: &Page, most: usize) -> Answered {
    Ok(match found? {
        Found::Results(results) => Ok(Response::json(&page.of(results, most))),
        Found::Malformed(error) => Err(error),
    })
}

#[derive(Serialize)]
struct Decided {
    decision: bool,
    #[serde(skip_serializing_if = "Map::is_empty")]
    context: Map<String, Value>,
}

#[derive(Serialize)]
struct Evaluations {
    evaluations: Vec<Decided>,
}

/// What is wrong with one of many evaluations.
fn context_of(error: &JsonError) -> Map<String, Value> {
    let error = json!({ "status": 400, "message": error.to_string() });
    Map::from_iter([("error".to_string(), error)])
}
