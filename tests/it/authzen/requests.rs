//! What HTTP brings, and which of many evaluations are answered.

use serde_json::{Value, json};
use shipgate::authzen::{
    Endpoint, Http, Inquiry, Metadata, MetadataError, Pdp, Unavailable, Verdict, answer, read, respond,
};

use super::policies::Fixture;
use super::{ask, post, refusal};

/// A policy whose facts cannot be read.
struct Down;

impl Pdp for Down {
    fn evaluate(&self, _: &Inquiry) -> Result<Verdict, Unavailable> {
        Err(Unavailable)
    }
}

const READ: &[u8] = br#"{ "subject": { "type": "user", "id": "alice" }, "action": { "name": "read" },
                          "resource": { "type": "record", "id": "record-1" } }"#;

#[test]
fn a_request_is_json_and_says_so() {
    let sent = |content_type, body| {
        let request = Http { content_type, request_id: Some("7"), body };
        let response = respond(&Fixture, Endpoint::Evaluation, &request);
        assert_eq!(response.request_id(), Some("7"));
        (response.status(), response.content_type(), response.into_body())
    };
    for json in ["application/json", "Application/JSON", "application/json; charset=utf-8", " application/json ;x=y"] {
        assert_eq!(sent(Some(json), READ), (200, "application/json", r#"{"decision":true}"#.to_string()), "{json}");
    }
    let malformed = |told: &str| (400, "text/plain; charset=utf-8", told.to_string());
    for other in [None, Some(""), Some("text/plain"), Some("application/json5"), Some("text/json, application/json")] {
        let told = "the content type is not JSON: send `Content-Type: application/json`";
        assert_eq!(sent(other, READ), malformed(told), "{other:?}");
    }
    let json = Some("application/json");
    for empty in [b"".as_slice(), b" \r\n\t"] {
        assert_eq!(sent(json, empty), malformed("the body is empty: send a JSON object"));
    }
    for (broken, told) in [
        (b"{".as_slice(), "EOF while parsing an object at line 1 column 1"),
        (b"{} {}", "trailing characters at line 1 column 4"),
        (b"[]", "invalid type: sequence, expected an object"),
        (br#"{ "subject": {}, "subject": {} }"#, "subject: duplicate field `subject`"),
        (b"\xff", "invalid utf-8 sequence of 1 bytes from index 0"),
    ] {
        let (status, _, body) = sent(json, broken);
        assert_eq!(status, 400);
        assert!(body.contains(told.trim_start_matches("subject: ")), "{body}");
    }
    let mut with_mark = b"\xef\xbb\xbf".to_vec();
    with_mark.extend_from_slice(READ);
    assert_eq!(sent(json, &with_mark).0, 200);
}

#[test]
fn what_is_asked_can_be_read_before_it_is_answered() {
    let body = br#"{ "subject": { "type": "user", "id": "alice" }, "action": { "name": "read" },
        "evaluations": [{ "resource": { "type": "record", "id": "record-1" } }, {},
                        { "resource": { "type": "record", "id": "record-2" } }] }"#;
    let request = Http { content_type: Some("application/json"), request_id: None, body };
    let asked = read(Endpoint::Evaluations, &request).unwrap();
    assert_eq!(asked.inquiries().map(|it| it.resource().id()).collect::<Vec<_>>(), ["record-1", "record-2"]);
    assert_eq!(answer(&Fixture, &asked).request_id(), None);
}

#[test]
fn a_policy_that_is_unavailable_is_no_denial() {
    let one = serde_json::from_slice::<Value>(READ).unwrap();
    let mut many = one.clone();
    many["evaluations"] = json!([{}]);
    for (endpoint, body) in [(Endpoint::Evaluation, one), (Endpoint::Evaluations, many)] {
        let response = post(&Down, endpoint, &body);
        assert_eq!(response.status(), 503);
        assert_eq!(response.body(), "no decision can be made at present: try again later");
    }
}

#[test]
fn the_semantic_says_where_to_stop() {
    let items = |letters: &str| -> Vec<Value> {
        letters
            .chars()
            .map(|letter| match letter {
                'y' => json!({ "action": { "name": "read" } }),
                'n' => json!({ "action": { "name": "fly" } }),
                _ => json!({ "action": {} }),
            })
            .collect()
    };
    let decided = |semantic: Value, letters: &str| -> String {
        let mut body = serde_json::from_slice::<Value>(READ).unwrap();
        body["evaluations"] = json!(items(letters));
        body["options"] = json!({ "evaluations_semantic": semantic, "another_option": "value" });
        let response = ask(&Fixture, Endpoint::Evaluations, &body);
        let evaluations = response["evaluations"].as_array().unwrap();
        evaluations.iter().map(|it| if it["decision"] == true { 'y' } else { 'n' }).collect()
    };
    for (semantic, letters, answered) in [
        ("execute_all", "yn?y", "ynny"),
        ("deny_on_first_deny", "yny", "yn"),
        ("deny_on_first_deny", "y?y", "yn"),
        ("deny_on_first_deny", "yyy", "yyy"),
        ("permit_on_first_permit", "n?yn", "nny"),
        ("permit_on_first_permit", "nn", "nn"),
    ] {
        assert_eq!(decided(json!(semantic), letters), answered, "{semantic} {letters}");
    }
    let mut body = serde_json::from_slice::<Value>(READ).unwrap();
    body["evaluations"] = json!([{}]);
    for (member, value, told) in [
        (
            "options",
            json!({ "evaluations_semantic": "all" }),
            "options.evaluations_semantic: unknown variant `all`, expected one of `execute_all`, `deny_on_first_deny`, `permit_on_first_permit`",
        ),
        ("options", json!({ "evaluation_semantic": "execute_all" }), ""),
        ("options", json!([]), "options: invalid type: sequence, expected an object"),
        ("evaluations", json!({}), "evaluations: invalid type: map, expected a sequence"),
        (
            "Evaluation",
            json!([]),
            "Evaluation: unknown field `Evaluation`: write `evaluations`, or give another name to what is yours",
        ),
    ] {
        let mut body = body.clone();
        body[member] = value;
        if told.is_empty() {
            assert_eq!(post(&Fixture, Endpoint::Evaluations, &body).status(), 200);
        } else {
            assert_eq!(refusal(&Fixture, Endpoint::Evaluations, &body), told);
        }
    }
}

#[test]
fn metadata_name_the_endpoints_of_their_address() {
    let metadata = Metadata::new("https://pdp.example.com/tenant1/").unwrap().with_all_endpoints();
    assert_eq!(metadata.path(), "/.well-known/authzen-configuration/tenant1");
    let response = metadata.with("capabilities", json!(["urn:x"])).response(Some("7"));
    assert_eq!(
        (response.status(), response.content_type(), response.request_id()),
        (200, "application/json", Some("7"))
    );
    assert_eq!(
        serde_json::from_str::<Value>(response.body()).unwrap(),
        json!({
            "policy_decision_point": "https://pdp.example.com/tenant1",
            "access_evaluation_endpoint": "https://pdp.example.com/tenant1/access/v1/evaluation",
            "access_evaluations_endpoint": "https://pdp.example.com/tenant1/access/v1/evaluations",
            "search_subject_endpoint": "https://pdp.example.com/tenant1/access/v1/search/subject",
            "search_resource_endpoint": "https://pdp.example.com/tenant1/access/v1/search/resource",
            "search_action_endpoint": "https://pdp.example.com/tenant1/access/v1/search/action",
            "capabilities": ["urn:x"]
        })
    );
    assert_eq!(Metadata::new("https://pdp.example.com").unwrap().path(), "/.well-known/authzen-configuration");
    for other in ["http://pdp.example.com", "pdp.example.com", "https://", "https:///x", ""] {
        assert_eq!(Metadata::new(other), Err(MetadataError::NotHttps), "{other}");
    }
    for other in ["https://pdp.example.com?x", "https://pdp.example.com/#x"] {
        assert_eq!(Metadata::new(other), Err(MetadataError::QueryOrFragment), "{other}");
    }
    for endpoint in Endpoint::ALL {
        assert_eq!(Endpoint::at(endpoint.path()), Some(endpoint));
    }
}
