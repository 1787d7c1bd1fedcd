//! The HTTP API of `AuthZEN`, without HTTP.

mod certification;
mod directory;
mod every_id;
mod interop;
mod pages;
#[path = "../../examples/authzen/policies.rs"]
mod policies;
mod requests;

use serde_json::Value;
use shipgate::authzen::{Endpoint, Http, Pdp, Response, respond};

/// The response to a JSON body.
fn post(pdp: &impl Pdp, endpoint: Endpoint, body: &Value) -> Response {
    let body = body.to_string();
    let request = Http { content_type: Some("application/json"), request_id: None, body: body.as_bytes() };
    respond(pdp, endpoint, &request)
}

/// The JSON of the response to what is well-formed.
#[track_caller]
fn ask(pdp: &impl Pdp, endpoint: Endpoint, body: &Value) -> Value {
    let response = post(pdp, endpoint, body);
    assert_eq!((response.status(), response.content_type()), (200, "application/json"), "{body}: {}", response.body());
    serde_json::from_str(response.body()).unwrap()
}

/// What the response to a malformed request says.
#[track_caller]
fn refusal(pdp: &impl Pdp, endpoint: Endpoint, body: &Value) -> String {
    let response = post(pdp, endpoint, body);
    assert_eq!(response.status(), 400, "{body}: {}", response.body());
    response.into_body()
}
