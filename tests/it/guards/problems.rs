//! Problems: the responses of denials and errors.

use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};
use shipgate::change::{BatchError, ChangeError, ProposeError, Unusable};
use shipgate::guard::{Problem, Refused};
use shipgate::model::ApprovalFrom;
use shipgate::policy::ReasonCode;
use shipgate::{Decision, Denied, Exposure, MissingApprovals, Reason, Role};

/// The status, the challenge and the body of a response.
fn parts(response: impl Into<Response<String>>) -> (u16, Option<String>, Value) {
    let response = response.into();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let challenge = response.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_string());
    assert_eq!(challenge.is_some(), response.status() == StatusCode::UNAUTHORIZED, "a challenge belongs to 401");
    assert_eq!(response.headers().len(), 1 + usize::from(challenge.is_some()));
    let body: Value = serde_json::from_str(response.body()).unwrap();
    assert_eq!(body["status"], response.status().as_u16());
    (response.status().as_u16(), challenge, body)
}

fn denied(reason: Reason, exposure: Exposure) -> Denied {
    Denied::new(Decision::Deny(reason), exposure).unwrap()
}

#[test]
fn every_status_of_a_denial_has_its_body() {
    let (status, challenge, body) = parts(denied(Reason::CredentialExpired, Exposure::Visible));
    assert_eq!((status, challenge.as_deref()), (401, Some(r#"Bearer error="invalid_token""#)));
    assert_eq!(body["reason"], "credential_expired");

    let forbidden = Reason::EnvironmentProtected { have: Role::Developer, need: Role::Admin };
    let detail = "denied: this environment's protection needs the rank admin; you have developer";
    let expected = json!({ "title": "Forbidden", "status": 403, "detail": detail, "reason": "environment_protected" });
    assert_eq!(parts(denied(forbidden, Exposure::Visible)), (403, None, expected));

    let missing = Decision::RequireApproval(MissingApprovals { from: ApprovalFrom::Owner, missing: 1 });
    let expected = json!({ "title": "Conflict", "status": 409, "detail": "waiting for 1 approval from an owner" });
    assert_eq!(parts(Denied::new(missing, Exposure::Visible).unwrap()), (409, None, expected));
}

/// Whatever the reason, the response is that of what does not exist.
#[test]
fn a_hidden_denial_is_the_same_response_as_none_byte_for_byte() {
    let none: Response<String> = Problem::not_found().into();
    assert_eq!(none.body(), r#"{"title":"Not Found","status":404,"detail":"not found"}"#);
    for reason in [Reason::NotAMember, Reason::UnknownResource, Reason::CredentialExpired, Reason::OutOfScope] {
        let hidden: Response<String> = denied(reason, Exposure::Hidden).into();
        assert_eq!((hidden.status(), hidden.headers(), hidden.body()), (none.status(), none.headers(), none.body()));
    }
    let missing = Decision::RequireApproval(MissingApprovals { from: ApprovalFrom::Owner, missing: 1 });
    let hidden: Response<String> = Denied::new(missing, Exposure::Hidden).unwrap().into();
    assert_eq!((hidden.status(), hidden.body()), (none.status(), none.body()));
}

#[test]
fn every_error_has_a_status() {
    let owner = denied(Reason::LastOwner, Exposure::Visible);
    let hidden = denied(Reason::NotAMember, Exposure::Hidden);
    let unusable = Unusable::NotLoaded { organization: r#""acme-corp""#.into() };
    let change = |denied| ChangeError::Denied(denied);
    let batch = |error| BatchError::Change { index: 0, error };
    let status = |problem: Problem| parts(problem).0;
    for (expected, problem) in [
        (403, Problem::from(Refused::from(owner))),
        (503, Refused::from(unusable.clone()).into()),
        (403, change(owner).into()),
        (404, change(hidden).into()),
        (409, ChangeError::ServiceOwner.into()),
        (403, batch(change(owner)).into()),
        (409, batch(ChangeError::Time).into()),
        (409, BatchError::Stale { decided_on: 1, present: 2 }.into()),
        (503, ProposeError::from(unusable.clone()).into()),
        (404, ProposeError::from(change(hidden)).into()),
        (404, ProposeError::from(batch(change(hidden))).into()),
    ] {
        assert_eq!(problem.status().as_u16(), expected);
        assert_eq!(status(problem), expected);
    }
    let (_, _, body) = parts(unusable);
    assert!(!body.to_string().contains("acme-corp"), "what is wrong with the service is for its log: {body}");
}

#[test]
fn a_problem_of_a_service_has_the_challenge_that_it_sets() {
    let (_, challenge, body) = parts(Problem::new(StatusCode::UNAUTHORIZED, "sign in first"));
    assert_eq!(challenge.as_deref(), Some("Bearer"));
    assert_eq!(body, json!({ "title": "Unauthorized", "status": 401, "detail": "sign in first" }));
    let basic = HeaderValue::from_static(r#"Basic realm="shop""#);
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "sign in first").with_challenge(basic);
    assert_eq!(parts(problem).1.as_deref(), Some(r#"Basic realm="shop""#));
    assert_eq!(parts(Problem::invalid_token()).1.as_deref(), Some(r#"Bearer error="invalid_token""#));
    let unnamed = StatusCode::from_u16(499).unwrap();
    assert_eq!(parts(Problem::new(unnamed, "gone")).2, json!({ "status": 499, "detail": "gone" }));
}

/// Every text is written as JSON that reads as the same text.
#[test]
fn any_detail_is_valid_json() {
    let all: String = (0..=0x2100).filter_map(char::from_u32).collect();
    for detail in ["", "\"\\\u{7f}\u{2028}", "a\nb\tc\0", all.as_str()] {
        assert_eq!(parts(Problem::new(StatusCode::CONFLICT, detail.to_string())).2["detail"], detail);
    }
}

/// A code is a word, so it needs no escape, and it is the one that answers and records say.
#[test]
fn a_reason_is_its_code() {
    for code in ReasonCode::ALL {
        assert!(code.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    }
    assert_eq!(parts(denied(Reason::LastOwner, Exposure::Visible)).2["reason"], ReasonCode::LastOwner.as_str());
}
