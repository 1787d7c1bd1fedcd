//! Every status, without a socket.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::get;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::acme::{self, ACME, ALICE, OLIVIA, PRODUCTION, STAGING};
use crate::{guards, router, smallest};

const UNKNOWN: Uuid = Uuid::from_u128(0xff);

/// A response: its status, headers and body.
#[derive(Debug, PartialEq)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Asserts that this is a problem of this status, and returns its body.
    fn problem(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        let challenged = self.headers.contains_key(WWW_AUTHENTICATE);
        assert_eq!(challenged, status == StatusCode::UNAUTHORIZED, "a challenge belongs to 401, and only there");
        let body = self.json();
        assert_eq!(body["status"], status.as_u16());
        body
    }
}

fn service() -> Router {
    router(acme::app().unwrap())
}

async fn send(service: &Router, token: Option<&str>, method: &str, path: String, body: Option<Value>) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let (parts, body) = service.clone().oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn deploy(service: &Router, token: Option<&str>, environment: Uuid) -> Answer {
    let path = format!("/environments/{environment}/deployments");
    send(service, token, "POST", path, Some(json!({ "version": "1.4.2" }))).await
}

async fn post(service: &Router, token: &str, deployment: &str, what: &str) -> Answer {
    send(service, Some(token), "POST", format!("/deployments/{deployment}/{what}"), None).await
}

async fn list(service: &Router, token: &str) -> Answer {
    send(service, Some(token), "GET", format!("/organizations/{ACME}/environments"), None).await
}

/// The id of a deployment to production, which carol has requested.
async fn pending(service: &Router) -> String {
    let answer = deploy(service, Some("carol"), PRODUCTION).await;
    assert_eq!((answer.status, &answer.json()["status"]), (StatusCode::ACCEPTED, &json!("pending")));
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn without_a_token_it_answers_401() {
    let answer = deploy(&service(), None, STAGING).await;
    answer.problem(StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers[WWW_AUTHENTICATE], "Bearer");
}

#[tokio::test]
async fn with_an_unknown_token_it_answers_401() {
    let answer = deploy(&service(), Some("made-up"), STAGING).await;
    answer.problem(StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers[WWW_AUTHENTICATE], r#"Bearer error="invalid_token""#);
}

#[tokio::test]
async fn with_an_expired_token_it_answers_401() {
    let answer = deploy(&service(), Some("alice-expired"), STAGING).await;
    assert_eq!(answer.problem(StatusCode::UNAUTHORIZED)["reason"], "credential_expired");
    assert_eq!(answer.headers[WWW_AUTHENTICATE], r#"Bearer error="invalid_token""#);
}

#[tokio::test]
async fn what_the_role_forbids_is_answered_403_with_the_reason() {
    let body = deploy(&service(), Some("alice"), PRODUCTION).await.problem(StatusCode::FORBIDDEN);
    assert_eq!(body["reason"], "environment_protected");
    assert_eq!(body["detail"], "denied: this environment's protection needs the rank admin; you have developer");
}

#[tokio::test]
async fn what_the_token_does_not_cover_is_answered_403() {
    let body = deploy(&service(), Some("alice-read-only"), STAGING).await.problem(StatusCode::FORBIDDEN);
    assert_eq!(body["reason"], "out_of_scope");
}

#[tokio::test]
async fn a_hidden_environment_is_answered_as_one_that_does_not_exist_byte_for_byte() {
    let service = service();
    for token in ["mallory", "betty"] {
        let hidden = deploy(&service, Some(token), PRODUCTION).await;
        let body = hidden.problem(StatusCode::NOT_FOUND);
        assert_eq!(body, json!({ "title": "Not Found", "status": 404, "detail": "not found" }));
        assert_eq!(hidden, deploy(&service, Some(token), UNKNOWN).await);
    }
    // The account may view production, but this token is for staging alone.
    let hidden = deploy(&service, Some("ci-bot"), PRODUCTION).await;
    assert_eq!(hidden, deploy(&service, Some("ci-bot"), UNKNOWN).await);
}

#[tokio::test]
async fn a_hidden_deployment_is_answered_as_one_that_does_not_exist_byte_for_byte() {
    let service = service();
    let deployment = pending(&service).await;
    for what in ["approvals", "start"] {
        let hidden = post(&service, "mallory", &deployment, what).await;
        hidden.problem(StatusCode::NOT_FOUND);
        assert_eq!(hidden, post(&service, "mallory", &UNKNOWN.to_string(), what).await);
        // A route that does not exist answers the same.
        assert_eq!(hidden, post(&service, "mallory", &deployment, "nothing").await);
    }
    let shown = async |id: &str| send(&service, Some("mallory"), "GET", format!("/deployments/{id}"), None).await;
    assert_eq!(shown(&deployment).await, shown(&UNKNOWN.to_string()).await);
}

#[tokio::test]
async fn what_is_allowed_is_done() {
    for token in ["alice", "ci-bot"] {
        let answer = deploy(&service(), Some(token), STAGING).await;
        assert_eq!((answer.status, &answer.json()["status"]), (StatusCode::CREATED, &json!("started")), "{token}");
    }
}

#[tokio::test]
async fn a_deployment_waits_with_409_until_it_is_approved() {
    let service = service();
    let deployment = pending(&service).await;
    let body = post(&service, "carol", &deployment, "start").await.problem(StatusCode::CONFLICT);
    assert_eq!(body["detail"], "waiting for 1 approval from an owner");

    let body = post(&service, "carol", &deployment, "approvals").await.problem(StatusCode::FORBIDDEN);
    assert_eq!(body["reason"], "role_insufficient");
    post(&service, "carol", &deployment, "start").await.problem(StatusCode::CONFLICT);

    assert_eq!(post(&service, "olivia", &deployment, "approvals").await.status, StatusCode::NO_CONTENT);
    let body = post(&service, "alice", &deployment, "start").await.problem(StatusCode::FORBIDDEN);
    assert_eq!(body["reason"], "environment_protected");
    let started = post(&service, "carol", &deployment, "start").await;
    assert_eq!((started.status, &started.json()["status"]), (StatusCode::OK, &json!("started")));
    let body = post(&service, "carol", &deployment, "start").await.problem(StatusCode::CONFLICT);
    assert_eq!(body["detail"], "the deployment has already been started");

    let path = format!("/deployments/{deployment}");
    let shown = send(&service, Some("alice"), "GET", path, None).await;
    assert_eq!((shown.status, shown.json()), (StatusCode::OK, started.json()));
}

#[tokio::test]
async fn a_list_has_what_the_caller_may_deploy_to() {
    let service = service();
    let staging = json!({ "id": STAGING, "approvals_missing": 0 });
    let production = json!({ "id": PRODUCTION, "approvals_missing": 1 });
    for (token, expected) in [
        ("carol", json!([staging, production])),
        ("alice", json!([staging])),
        ("betty", json!([])),
        ("alice-read-only", json!([])),
    ] {
        let answer = list(&service, token).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, expected), "{token}");
    }
    list(&service, "mallory").await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_change_counts_from_the_next_request_on() {
    let service = service();
    let remove = async |token: &str, account: Uuid| {
        let path = format!("/organizations/{ACME}/members/{account}");
        send(&service, Some(token), "DELETE", path, None).await
    };
    assert_eq!(remove("carol", OLIVIA).await.problem(StatusCode::FORBIDDEN)["reason"], "outranked");
    assert_eq!(remove("olivia", OLIVIA).await.problem(StatusCode::FORBIDDEN)["reason"], "last_owner");
    remove("mallory", ALICE).await.problem(StatusCode::NOT_FOUND);

    assert_eq!(deploy(&service, Some("alice"), STAGING).await.status, StatusCode::CREATED);
    assert_eq!(remove("olivia", ALICE).await.status, StatusCode::NO_CONTENT);
    deploy(&service, Some("alice"), STAGING).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_handler_that_forgets_to_ask_answers_500() {
    let forgetful = Router::new().route("/", get(async || "everything")).layer(guards(&acme::app().unwrap()));
    let answer = send(&forgetful, Some("olivia"), "GET", "/".into(), None).await;
    assert_eq!(answer.problem(StatusCode::INTERNAL_SERVER_ERROR)["detail"], "the answer was withheld");
    send(&forgetful, None, "GET", "/".into(), None).await.problem(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_smallest_service_answers_202_403_404_and_401() {
    let sign_in =
        |headers: &HeaderMap| headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.parse().ok();
    let service = smallest::service(Arc::new(acme::directory().unwrap()), sign_in);
    let deploy = async |account: Uuid, environment| deploy(&service, Some(&account.to_string()), environment).await;
    assert_eq!(deploy(ALICE, STAGING).await.status, StatusCode::ACCEPTED);
    deploy(ALICE, PRODUCTION).await.problem(StatusCode::FORBIDDEN);
    deploy(UNKNOWN, PRODUCTION).await.problem(StatusCode::NOT_FOUND);
    send(&service, None, "POST", format!("/environments/{STAGING}/deployments"), None)
        .await
        .problem(StatusCode::UNAUTHORIZED);
}
