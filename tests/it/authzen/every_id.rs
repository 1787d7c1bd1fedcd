//! Whatever the type of the ids, the wire answers are the same.

use std::fmt::Display;
use std::hash::Hash;
use std::str::FromStr;

use proptest::prelude::*;
use serde_json::{Value, json};
use shipgate::authzen::{DirectoryPdp, Endpoint, Explain, UnknownNames};
use shipgate::directory::{Question, Rows};
use shipgate::json::{Answer, JsonError, Named};
use shipgate::policy::ReasonCode;
use shipgate::{AccountKind, Action, Directory, ResourceId};

use super::post;
use crate::kit;
use crate::world::uuid::Uuid;

/// All responses about a question of a directory that holds these rows.
fn responses<Id>(rows: &Rows<Id>, question: &Value) -> Vec<(u16, String)>
where
    Id: Hash + Ord + Clone + Display + FromStr<Err: Display>,
{
    let document = serde_json::to_string(rows).unwrap();
    let directory = Directory::<Id>::from_json(&document).unwrap();
    let pdp = DirectoryPdp::new(&directory).explaining(Explain::Always).with_page_limit(2);
    let respond = |endpoint| {
        let response = post(&pdp, endpoint, question);
        (response.status(), response.into_body())
    };
    Endpoint::ALL.map(respond).into()
}

/// Nobody has this id, whatever its type; it is no id of two of the types.
const NOBODY: &str = "nobody";

proptest! {
    #[test]
    fn the_wire_answers_are_the_same_for_every_type_of_id(
        rows in kit::rows(), question in kit::question(), unknown in proptest::option::of(0..4_u64),
    ) {
        let mut question = question;
        question.kind = question.kind.or(Some(AccountKind::User));
        question.service_token = None;
        // A token can name a new environment: what cannot be its id is then not covered.
        let unknown = unknown.filter(|_| !matches!(question.resource, ResourceId::NewEnvironment { .. }));
        let text = |id: &u64| if Some(*id) == unknown { NOBODY.to_string() } else { id.to_string() };
        let uuid = |id: &u64| if Some(*id) == unknown { NOBODY.to_string() } else { Uuid((*id).into()).to_string() };
        let Ok(body) = serde_json::to_value(question.map_ids(text)) else { return Ok(()) };
        let body_of_uuids = serde_json::to_value(question.map_ids(uuid)).unwrap();

        let numbers = responses(&rows, &body);
        let strings = responses(&rows.clone().map_ids(|id| id.to_string()), &body);
        prop_assert_eq!(&strings, &numbers, "{}", body);

        let numbers = |text: String| (0..20).rev().fold(text, |text, id: u64| {
            text.replace(&format!("\"{}\"", Uuid(id.into())), &format!("\"{id}\""))
        });
        let uuids = responses(&rows.clone().map_ids(|id| Uuid(id.into())), &body_of_uuids);
        for ((status, string), (of_uuid, uuid)) in strings.into_iter().zip(uuids) {
            // A token stands for its request, which is another one.
            if !string.contains("\"next_token\":\"") || string.contains("\"next_token\":\"\"") {
                prop_assert_eq!((of_uuid, numbers(uuid)), (status, string), "{}", body);
            }
        }

        if unknown.is_none() {
            let directory = Directory::try_from(&rows).unwrap();
            let decision = directory.decide(&question.subject(), question.action.as_ref(), question.resource.borrowed());
            let read = Question::<Named<u64>>::from_json(&body.to_string()).unwrap();
            let answer = Answer::of_named(&directory, &read);
            prop_assert_eq!(answer.is_allowed(), decision.is_allowed());
            prop_assert_eq!(&answer, &Answer::new(&directory, &question));
            prop_assert_eq!(&serde_json::from_value::<Answer>(serde_json::to_value(&answer).unwrap()).unwrap(), &answer);
        }
    }
}

#[test]
fn a_text_is_an_id_only_as_it_is_written() {
    let question = |id: &str| {
        let subject = json!({ "type": "user", "id": id });
        json!({ "subject": subject, "action": { "name": "view" }, "resource": { "type": "project", "id": "1" } })
            .to_string()
    };
    let read = |id: &str| Question::<u64>::from_json(&question(id)).map_err(|error| error.to_string());
    assert_eq!(read("7").map(|question| question.account), Ok(7));
    for (text, problem) in [
        ("07", "`07` is not how this id is written: write `7`"),
        ("+7", "`+7` is not how this id is written: write `7`"),
        ("seven", "`seven` is not an id: invalid digit found in string"),
        ("", "an id cannot be empty: write at least one character"),
    ] {
        assert_eq!(read(text), Err(format!("subject.id: {problem}")));
    }
    let named = |id: &str| Question::<Named<u64>>::from_json(&question(id)).map(|question| question.account);
    assert_eq!(named("7"), Ok(Named::Id(7)));
    assert_eq!(named("07"), Ok(Named::Text("07".into())));
    assert!(named("").is_err());
    let written = "00000000-0000-0000-0000-0000000000ab";
    let uuid = |id: &str| {
        Question::<Uuid>::from_json(&question(id).replace("\"1\"", &format!("\"{written}\"")))
            .map(|question| question.account)
    };
    assert_eq!(uuid(written), Ok(Uuid(0xab)));
    assert_eq!(
        uuid("AB").map_err(|error: JsonError| error.problem().to_string()),
        Err(format!("`AB` is not how this id is written: write `{written}`"))
    );
}

#[test]
fn a_question_keeps_what_is_no_id() {
    let question = Question::new(Named::<u64>::Text("alice".into()), Action::View, ResourceId::Cluster(Named::Id(7)));
    let text = serde_json::to_string(&question.of_kind(AccountKind::User)).unwrap();
    assert!(text.contains(r#""id":"alice""#) && text.contains(r#""id":"7""#), "{text}");
}

#[test]
fn actions_are_found_on_a_deployment_that_nobody_known_requested() {
    let document = r#"{ "organizations": [{ "id": "1", "members": [{ "account": "7", "role": "developer" }],
        "clusters": [{ "id": "20" }],
        "projects": [{ "id": "30", "environments": [{ "id": "40", "namespace": "dev", "cluster": "20" }] }] }] }"#;
    let properties = json!({ "environment": "40", "requested_by": NOBODY, "on_behalf_of": NOBODY });
    let request = json!({ "subject": { "type": "user", "id": "7" },
                          "resource": { "type": "deployment", "id": "1", "properties": properties } });
    let numbers = Directory::<u64>::from_json(document).unwrap();
    let numbers = post(&DirectoryPdp::new(&numbers), Endpoint::ActionSearch, &request);
    let strings = Directory::<String>::from_json(document).unwrap();
    let strings = post(&DirectoryPdp::new(&strings), Endpoint::ActionSearch, &request);
    assert!(numbers.body().contains(r#"{"name":"deploy"}"#), "{}", numbers.body());
    assert_eq!(numbers, strings);
}

/// Where a text that is no id stands, it is decided as an id that nobody has.
#[test]
fn what_is_no_id_is_known_nowhere() {
    let document = |id: fn(u64) -> String| {
        json!({ "organizations": [{
            "id": id(1), "members": [{ "account": id(7), "role": "owner" }, { "account": id(8), "role": "developer" }],
            "clusters": [{ "id": id(20) }],
            "projects": [{ "id": id(30), "environments": [{ "id": id(40), "namespace": "dev", "cluster": id(20), "protection": "reviewed" }] }]
        }] })
        .to_string()
    };
    let directory = Directory::<u64>::from_json(&document(|id| id.to_string())).unwrap();
    let pdp = DirectoryPdp::new(&directory).explaining(Explain::Always).with_unknown_names(UnknownNames::Denied);
    let said = |body: Value| {
        let response: Value = serde_json::from_str(post(&pdp, Endpoint::Evaluation, &body).body()).unwrap();
        let context = &response["context"];
        context["reason"].as_str().or(context["outcome"].as_str()).unwrap_or_default().to_string()
    };
    let user = |id: &str| json!({ "type": "user", "id": id });
    let ask = |subject: Value, action: Value, resource: Value| {
        said(json!({ "subject": subject, "action": action, "resource": resource }))
    };
    let named = |name: &str| json!({ "name": name });
    let project = |id: &str| json!({ "type": "project", "id": id });
    assert_eq!(ask(user("x"), named("view"), project("30")), ReasonCode::NotAMember.as_str());
    assert_eq!(ask(user("7"), named("view"), project("x")), ReasonCode::UnknownResource.as_str());
    assert_eq!(ask(user("7"), named("view"), project("030")), ReasonCode::UnknownResource.as_str());
    let token = |projects: Value| {
        let token = json!({ "actions": ["view"], "projects": projects });
        json!({ "type": "user", "id": "7", "properties": { "token": token } })
    };
    assert_eq!(ask(token(json!(["x"])), named("view"), project("30")), ReasonCode::OutOfScope.as_str());
    assert_eq!(ask(token(json!(["x", "30"])), named("view"), project("30")), "allow");

    let member = |id: &str| json!({ "type": "member", "id": id, "properties": { "organization": "1" } });
    let invite = |role: &str| json!({ "name": "invite_member", "properties": { "role": role } });
    let acme = json!({ "type": "organization", "id": "1" });
    assert_eq!(ask(user("7"), invite("viewer"), acme.clone()), "allow");
    assert_eq!(ask(user("7"), invite("x"), acme), ReasonCode::UnknownResource.as_str());
    assert_eq!(ask(user("7"), named("remove"), member("x")), ReasonCode::ForeignResource.as_str());

    let deployment = |approvals: Value| {
        let properties =
            json!({ "environment": "40", "requested_by": "x", "on_behalf_of": "y", "approvals": approvals });
        json!({ "type": "deployment", "id": "1", "properties": properties })
    };
    let deploy = |approvals| ask(user("8"), named("deploy"), deployment(approvals));
    assert_eq!(deploy(json!([{ "by": "7" }])), "allow");
    assert_eq!(deploy(json!([{ "by": "x" }])), "require_approval");
    assert_eq!(deploy(json!([{ "by": "7", "cluster": "x" }])), "require_approval");
    assert_eq!(deploy(json!([{ "by": "7", "cluster": "20" }])), "allow");

    let new = json!({ "type": "environment", "id": "x", "properties": { "project": "30", "cluster": "20" } });
    assert_eq!(ask(user("7"), named("create"), new), "allow");
}
