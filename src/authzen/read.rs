//! Reads requests.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::authzen::endpoint::Endpoint;
use crate::authzen::http::{Http, Response};
use crate::authzen::inquiry::{Inquiry, Wanted};
use crate::authzen::page::Page;
use crate::json::JsonError;
use crate::json::authzen::question::part::Part;
use crate::json::text::{self, Members, NoDuplicates};

/// A request that was read.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(super) request_id: Option<String>,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    One(Inquiry),
    /// The evaluations in their order, those that are malformed with the error.
    Many(Vec<Result<Inquiry, JsonError>>, Semantic),
    Subjects(Inquiry, Page),
    Resources(Inquiry, Page),
    Actions(Inquiry, Page),
}

/// Which of many evaluations are answered.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Semantic {
    /// All.
    ExecuteAll,
    /// Those up to the first that is false.
    DenyOnFirstDeny,
    /// Those up to the first that is true.
    PermitOnFirstPermit,
}

impl Asked {
    /// What is asked, in the order of the request, without what is malformed. A search is one inquiry. Load what they name, then
    /// answer.
    pub fn inquiries(&self) -> impl Iterator<Item = &Inquiry> {
        let (one, many) = match &self.body {
            Body::One(inquiry)
            | Body::Subjects(inquiry, _)
            | Body::Resources(inquiry, _)
            | Body::Actions(inquiry, _) => (Some(inquiry), [].as_slice()),
            Body::Many(items, _) => (None, items.as_slice()),
        };
        one.into_iter().chain(many.iter().flatten())
    }
}

/// Reads a request to an endpoint.
///
/// # Errors
///
/// The [`Response`] to send, with the status 400: for another `Content-Type` than `application/json`, and for a body that is
/// empty, is not JSON, has a member twice, lacks a member or has one of another type.
///
/// # Examples
///
/// ```
/// use shipgate::authzen::{Endpoint, Http, read};
///
/// let body = br#"{ "subject": { "type": "user", "id": "alice" }, "resource": { "type": "record", "id": "record-1" } }"#;
/// let request = Http { content_type: Some("application/json"), request_id: None, body };
/// let asked = read(Endpoint::ActionSearch, &request).map_err(|response| response.into_body())?;
/// assert_eq!(asked.inquiries().next().map(|inquiry| inquiry.subject().id()), Some("alice"));
///
/// let response = read(Endpoint::Evaluation, &request).unwrap_err();
/// assert_eq!((response.status(), response.body()), (400, "missing field `action`"));
/// # Ok::<(), String>(())
/// ```
pub fn read(endpoint: Endpoint, request: &Http<'_>) -> Result<Asked, Response> {
    match body(endpoint, request) {
        Ok(body) => Ok(Asked { request_id: request.request_id.map(ToOwned::to_owned), body }),
        Err(error) => Err(Response::malformed(&error).to(request.request_id)),
    }
}

fn body(endpoint: Endpoint, request: &Http<'_>) -> Result<Body, JsonError> {
    let members = members(request)?;
    match endpoint {
        Endpoint::Evaluation => Inquiry::new(members, Wanted::Nothing).map(Body::One),
        Endpoint::Evaluations => evaluations(members),
        Endpoint::SubjectSearch => {
            search(members, endpoint, Wanted::Subject).map(|(inquiry, page)| Body::Subjects(inquiry, page))
        }
        Endpoint::ResourceSearch => {
            search(members, endpoint, Wanted::Resource).map(|(inquiry, page)| Body::Resources(inquiry, page))
        }
        Endpoint::ActionSearch => {
            search(members, endpoint, Wanted::Action).map(|(inquiry, page)| Body::Actions(inquiry, page))
        }
    }
}

/// The members of the body, none of which is there twice.
fn members(request: &Http<'_>) -> Result<Map<String, Value>, JsonError> {
    let content_type = request.content_type.and_then(|text| text.split(';').next()).unwrap_or_default();
    if !content_type.trim().eq_ignore_ascii_case("application/json") {
        return Err(JsonError::new("", "the content type is not JSON: send `Content-Type: application/json`"));
    }
    if request.body.trim_ascii().is_empty() {
        return Err(JsonError::new("", "the body is empty: send a JSON object"));
    }
    let text = str::from_utf8(request.body).map_err(|error| JsonError::new("", error.to_string()))?;
    let NoDuplicates = text::read(text)?;
    let Members(members) = text::read(text)?;
    Ok(members)
}

/// The parts of a request that are the default of those that an evaluation lacks.
const DEFAULTS: [&str; 4] = ["subject", "action", "resource", "context"];

fn evaluations(members: Map<String, Value>) -> Result<Body, JsonError> {
    let mut request = Part::whole(members.clone());
    for part in DEFAULTS {
        request.optional_part(part)?;
    }
    let items: Option<Vec<Value>> = request.optional("evaluations")?;
    let mut options = request.optional_part("options")?;
    let semantic = options.optional("evaluations_semantic")?.unwrap_or(Semantic::ExecuteAll);
    options.ignore_rest()?;
    request.ignore_rest()?;
    let items = items.unwrap_or_default();
    if items.is_empty() {
        return Inquiry::new(parts_of(&members), Wanted::Nothing).map(Body::One);
    }
    Ok(Body::Many(items.into_iter().map(|item| with_defaults(item, &members)).collect(), semantic))
}

/// The parts of a request, without what only this endpoint reads.
fn parts_of(members: &Map<String, Value>) -> Map<String, Value> {
    let parts = DEFAULTS.into_iter().filter_map(|part| Some((part.to_string(), members.get(part)?.clone())));
    parts.collect()
}

/// One of many evaluations, with the parts of the request that it lacks, each whole.
fn with_defaults(item: Value, request: &Map<String, Value>) -> Result<Inquiry, JsonError> {
    let Members(mut members) = text::read_value(item, "")?;
    for (part, default) in parts_of(request) {
        members.entry(part).or_insert(default);
    }
    Inquiry::new(members, Wanted::Nothing)
}

fn search(members: Map<String, Value>, endpoint: Endpoint, wanted: Wanted) -> Result<(Inquiry, Page), JsonError> {
    let inquiry = Inquiry::new(parts_of(&members), wanted)?;
    let mut request = Part::whole(members);
    for part in DEFAULTS {
        let _: Option<Value> = request.optional(part)?;
    }
    let page = Page::read(&mut request, endpoint, &inquiry)?;
    request.ignore_rest()?;
    Ok((inquiry, page))
}
