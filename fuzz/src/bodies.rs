//! A target whose bytes are a request: its response is what directories decide when they are asked directly.

use std::sync::LazyLock;

use serde_json::Value;
use shipgate::Directory;
use shipgate::authzen::{DirectoryPdp, Endpoint, Http, Inquiry, answer, read};
use shipgate::directory::Question;
use shipgate::json::{Answer, Named};

/// Any bytes are the body of a request that is answered as a directory decides, or refused with a message; nothing is answered
/// that is not decided. The first line names the endpoint. True where it was answered.
pub fn authzen_bodies(bytes: &[u8]) -> bool {
    let (line, body) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0));
    let endpoint = std::str::from_utf8(line).ok().and_then(|name| name.parse().ok()).unwrap_or(Endpoint::Evaluation);
    let request = Http { content_type: Some("application/json"), request_id: None, body };
    let asked = match read(endpoint, &request) {
        Ok(asked) => asked,
        Err(response) => {
            assert_eq!(response.status(), 400);
            assert!(!response.body().is_empty());
            return false;
        }
    };
    // Ids that are numbers, where most texts are none: whatever it is, it is answered.
    assert!(answer(&DirectoryPdp::new(numbers()), &asked).status() <= 400);
    let response = answer(&DirectoryPdp::new(acme()), &asked);
    if response.status() != 200 {
        assert!(response.status() == 400 && !response.body().is_empty(), "{response:?}");
        return false;
    }
    let body: Value = serde_json::from_str(response.body()).expect("a response is JSON");
    let mut inquiries = asked.inquiries();
    match endpoint {
        Endpoint::Evaluation | Endpoint::Evaluations => match body.get("evaluations").and_then(Value::as_array) {
            None => assert_eq!(body["decision"], decided(inquiries.next().expect("it is one"))),
            Some(evaluations) => {
                let is_malformed = |it: &&Value| it.pointer("/context/error").is_some();
                let malformed = evaluations.iter().filter(is_malformed);
                malformed.for_each(|it| assert_eq!(it["decision"], false));
                let told: Vec<bool> =
                    evaluations.iter().filter(|it| !is_malformed(it)).map(|it| it["decision"] == true).collect();
                // What is malformed to a directory alone is among the inquiries.
                let direct: Vec<bool> = inquiries.filter(|it| it.question::<String>().is_ok()).map(decided).collect();
                assert!(direct.starts_with(&told), "{body}");
            }
        },
        Endpoint::SubjectSearch | Endpoint::ResourceSearch | Endpoint::ActionSearch => {
            let inquiry = inquiries.next().expect("a search is one");
            let results = body["results"].as_array().expect("a search has results");
            for result in results {
                let text = |member: &str| result[member].as_str().expect("it is a string");
                match endpoint {
                    Endpoint::SubjectSearch => assert!(decided(&inquiry.with_subject_id(text("id"))), "{body}"),
                    Endpoint::ResourceSearch => assert!(decided(&inquiry.with_resource_id(text("id"))), "{body}"),
                    // With which parameter it is allowed, a search does not say.
                    _ => assert!(!text("name").is_empty()),
                }
            }
        }
    }
    true
}

/// What the directory decides, asked directly.
fn decided(inquiry: &Inquiry) -> bool {
    let named: Question<Named<String>> = inquiry.question().expect("it was answered");
    let question = named.map_ids(ToString::to_string);
    let resource = question.resource.borrowed::<String>();
    let decision = acme().decide(&question.subject(), question.action.as_ref(), resource);
    assert_eq!(Answer::of_named(acme(), &named), Answer::new(acme(), &question));
    decision.is_allowed()
}

fn acme() -> &'static Directory<String> {
    static ACME: LazyLock<Directory<String>> = LazyLock::new(|| {
        Directory::<String>::from_json(include_str!("../../examples/data/acme-corp.json")).expect("the example loads")
    });
    &ACME
}

fn numbers() -> &'static Directory<u64> {
    static NUMBERS: LazyLock<Directory<u64>> = LazyLock::new(|| {
        let text = r#"{ "organizations": [{ "id": "1", "members": [{ "account": "7", "role": "owner" }],
            "clusters": [{ "id": "20" }], "projects": [{ "id": "30" }] }] }"#;
        Directory::<u64>::from_json(text).expect("it loads")
    });
    &NUMBERS
}
