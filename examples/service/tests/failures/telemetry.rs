//! A collector of OpenTelemetry, which gets the spans of requests.

use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::routing::post;
use axum::{Json, Router};
use reqwest::Method;
use serde_json::Value;

use crate::place::Place;
use crate::process::{Process, until};

/// A trace that somebody else began, as W3C writes it, and its parts.
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// What a collector got.
type Got = Arc<Mutex<Vec<Value>>>;

/// Serves a collector, and returns where.
async fn collector(got: Got) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let take = move |Json(spans): Json<Value>| async move {
        got.lock().unwrap().push(spans);
        Json(Value::Object(serde_json::Map::new()))
    };
    tokio::spawn(async { axum::serve(listener, Router::new().route("/v1/traces", post(take))).await });
    format!("http://{address}")
}

/// The spans of one name, in the order in which they came.
fn spans(got: &Got, name: &str) -> Vec<Value> {
    let got = got.lock().unwrap();
    let each = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let of_resources = got.iter().flat_map(|sent| each(sent, "resourceSpans"));
    let of_scopes = of_resources.flat_map(|resource| each(&resource, "scopeSpans"));
    of_scopes.flat_map(|scope| each(&scope, "spans")).filter(|span| span["name"] == name).collect()
}

fn attribute(span: &Value, key: &str) -> Value {
    let attributes = span["attributes"].as_array().unwrap();
    attributes.iter().find(|attribute| attribute["key"] == key).unwrap()["value"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_a_span_in_the_trace_of_who_asks() {
    let got = Got::default();
    let endpoint = collector(Arc::clone(&got)).await;
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        // What is logged is another matter.
        ("RUST_LOG", "off"),
    ];
    let place = Place::each().await.into_iter().next().unwrap();
    let instance = Process::start(&place, &["--demo"], &environment);
    let request = instance.request("carol", Method::GET, "/api/cluster.listAccess?clusterId=staging-us-east");
    assert_eq!(request.header("traceparent", TRACEPARENT).send().await.unwrap().status(), 200);
    let name = "GET /api/cluster.listAccess";
    until("the span came", || async { !spans(&got, name).is_empty() }).await;

    let of_request = &spans(&got, name)[0];
    assert_eq!((&of_request["traceId"], &of_request["parentSpanId"]), (&TRACE.into(), &PARENT.into()));
    assert_eq!(attribute(of_request, "http.response.status_code")["intValue"], "200");
    assert_eq!(attribute(of_request, "http.route")["stringValue"], "/api/cluster.listAccess");
    let all = got.lock().unwrap().iter().map(Value::to_string).collect::<String>();
    assert!(all.contains("shipgate-service"), "the spans do not say whose they are");
    // Neither the query of the address nor the token is for the collector.
    for secret in ["staging-us-east", "token_"] {
        assert!(!all.contains(secret), "{secret} was sent");
    }
}

#[test]
fn a_collector_that_cannot_be_reached_so_is_refused() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shipgate-service"));
    let output = command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example.com").output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(error.starts_with("OTEL_EXPORTER_OTLP_ENDPOINT: https://collector.example.com is not `http://"), "{error}");
}
