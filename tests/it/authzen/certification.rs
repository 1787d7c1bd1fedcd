//! The cases of the certification scenario.

use serde_json::{Value, json};
use shipgate::authzen::Endpoint;

use super::policies::Fixture;
use super::{ask, post, refusal};

fn user(id: &str) -> Value {
    json!({ "type": "user", "id": id })
}

fn record(id: &str) -> Value {
    json!({ "type": "record", "id": id })
}

fn action(name: &str) -> Value {
    json!({ "name": name })
}

fn archived() -> Value {
    json!({ "type": "record", "id": "record-2", "properties": { "status": "archived" } })
}

fn admin() -> Value {
    json!({ "type": "user", "id": "bob", "properties": { "role": "admin" } })
}

fn request(subject: Value, action: Value, resource: Value) -> Value {
    json!({ "subject": subject, "action": action, "resource": resource })
}

fn decision(request: &Value) -> Value {
    ask(&Fixture, Endpoint::Evaluation, request)
}

fn decisions(request: &Value) -> Vec<bool> {
    let response = ask(&Fixture, Endpoint::Evaluations, request);
    assert_eq!(response.as_object().unwrap().len(), 1, "{response}");
    let evaluations = response["evaluations"].as_array().unwrap();
    evaluations.iter().map(|evaluation| evaluation["decision"].as_bool().unwrap()).collect()
}

const TIME: &str = "2025-06-27T18:03-07:00";

#[test]
fn single_decisions_are_those_of_the_fixture() {
    let soft = |soft: bool| json!({ "name": "delete", "properties": { "soft": soft } });
    let table = [
        (request(user("alice"), action("read"), record("record-1")), true),
        (request(user("alice"), action("write"), record("record-1")), true),
        (request(user("bob"), action("read"), record("record-1")), true),
        (request(user("bob"), action("write"), record("record-1")), false),
        (request(user("alice"), action("write"), archived()), false),
        (request(admin(), action("write"), archived()), true),
        (request(user("alice"), soft(true), record("record-1")), true),
        (request(user("alice"), soft(false), record("record-1")), false),
    ];
    for (request, allowed) in table {
        // The same, however often it is asked, in whatever context and with whatever a later standard adds.
        for _ in 0..3 {
            assert_eq!(decision(&request), json!({ "decision": allowed }), "{request}");
        }
        let mut more = request.clone();
        more["context"] = json!({ "time": TIME, "ip": "192.168.1.1" });
        more["foo"] = json!("bar");
        more["futureField"] = json!({ "nested": true });
        assert_eq!(decision(&more), json!({ "decision": allowed }), "{more}");
    }
    let more = request(
        json!({ "type": "user", "id": "alice", "properties": { "department": "Sales", "role": "manager" } }),
        json!({ "name": "read", "properties": { "method": "GET" } }),
        json!({ "type": "record", "id": "record-1", "properties": { "status": "active", "owner": "bob" } }),
    );
    assert_eq!(decision(&more), json!({ "decision": true }));
}

#[test]
fn what_lacks_a_member_or_has_one_of_another_type_is_malformed() {
    let whole = request(user("alice"), action("read"), record("record-1"));
    for part in ["subject", "action", "resource"] {
        let mut without = whole.clone();
        without.as_object_mut().unwrap().remove(part);
        assert_eq!(refusal(&Fixture, Endpoint::Evaluation, &without), format!("missing field `{part}`"));
        for member in ["type", "id", "name"] {
            let mut without = whole.clone();
            if without[part].as_object_mut().unwrap().remove(member).is_some() {
                let told = refusal(&Fixture, Endpoint::Evaluation, &without);
                assert_eq!(told, format!("{part}: missing field `{member}`"));
            }
        }
    }
    for (part, value, told) in [
        ("subject", json!("alice"), "subject: invalid type: string \"alice\", expected an object"),
        ("action", json!({ "name": 123 }), "action.name: invalid type: integer `123`, expected a string"),
        ("context", json!([]), "context: invalid type: sequence, expected an object"),
    ] {
        let mut other = whole.clone();
        other[part] = value;
        assert_eq!(refusal(&Fixture, Endpoint::Evaluation, &other), told);
    }
}

#[test]
fn many_decisions_have_the_order_of_the_request_and_whole_defaults() {
    let items = |items: Value, mut defaults: Value| {
        defaults["evaluations"] = items;
        decisions(&defaults)
    };
    let by_alice = json!({ "subject": user("alice"), "action": action("read") });
    let two = json!([{ "resource": record("record-1") }, { "resource": record("record-2") }]);
    assert_eq!(items(two, by_alice.clone()).len(), 2);

    let bob = json!({ "subject": user("bob"), "resource": record("record-1") });
    assert_eq!(items(json!([{ "action": action("read") }, { "action": action("write") }]), bob), [true, false]);

    let active = json!({ "type": "record", "id": "record-1", "properties": { "status": "active" } });
    let writing = json!({ "subject": user("alice"), "action": action("write") });
    assert_eq!(items(json!([{ "resource": active }, { "resource": archived() }]), writing), [true, false]);

    let about = json!({ "action": action("write"), "resource": archived() });
    assert_eq!(items(json!([{ "subject": user("alice") }, { "subject": admin() }]), about), [false, true]);

    let whole = [
        request(user("alice"), action("read"), record("record-1")),
        request(user("bob"), action("write"), record("record-1")),
    ];
    assert_eq!(items(json!(whole), json!({})), [true, false]);

    let mut in_context = by_alice;
    in_context["context"] = json!({ "time": TIME });
    let own_context = json!({ "time": "2025-06-27T19:00-07:00", "source": "batch-override" });
    let two = json!([{ "resource": record("record-1") }, { "resource": record("record-2"), "context": own_context }]);
    assert_eq!(items(two, in_context).len(), 2);

    // The default resource is of no use to whoever names another one: nothing is merged.
    let defaults = request(user("alice"), action("write"), active);
    assert_eq!(items(json!([{}, { "resource": archived() }]), defaults), [true, false]);
}

#[test]
fn an_evaluation_that_is_malformed_is_false_and_the_rest_go_on() {
    let request = json!({
        "subject": user("alice"), "action": action("read"), "options": { "evaluations_semantic": "execute_all" },
        "evaluations": [{ "resource": record("record-1") }, {}, { "resource": record("record-1") }]
    });
    let error = json!({ "status": 400, "message": "missing field `resource`" });
    assert_eq!(
        ask(&Fixture, Endpoint::Evaluations, &request),
        json!({ "evaluations": [
            { "decision": true }, { "decision": false, "context": { "error": error } }, { "decision": true }
        ] })
    );
}

#[test]
fn without_evaluations_it_is_one_evaluation() {
    let mut request = request(user("alice"), action("read"), record("record-1"));
    assert_eq!(ask(&Fixture, Endpoint::Evaluations, &request), json!({ "decision": true }));
    request["evaluations"] = json!([]);
    assert_eq!(ask(&Fixture, Endpoint::Evaluations, &request), json!({ "decision": true }));
    request["subject"] = json!({ "type": "user" });
    assert_eq!(refusal(&Fixture, Endpoint::Evaluations, &request), "subject: missing field `id`");
}

#[test]
fn searches_find_what_is_allowed_and_ignore_the_id_that_they_search_for() {
    let users = json!({ "results": [user("alice"), user("bob")] });
    let records = json!({ "results": [record("record-1"), record("record-2")] });
    let named = |names: &[&str]| json!({ "results": names.iter().map(|name| action(name)).collect::<Vec<_>>() });
    let (read, write) = (action("read"), action("write"));
    let anyone = json!({ "type": "user" });
    let any = json!({ "type": "record" });
    use Endpoint::{ActionSearch, ResourceSearch, SubjectSearch};
    let table = [
        (SubjectSearch, request(anyone.clone(), read.clone(), record("record-1")), users.clone()),
        (SubjectSearch, request(user("alice"), read.clone(), record("record-1")), users),
        (SubjectSearch, request(anyone, write.clone(), archived()), json!({ "results": [user("bob")] })),
        (ResourceSearch, request(user("alice"), read.clone(), any.clone()), records.clone()),
        (ResourceSearch, request(user("alice"), read.clone(), record("record-1")), records),
        (ResourceSearch, request(admin(), write, any), json!({ "results": [record("record-2")] })),
        (ActionSearch, json!({ "subject": user("alice"), "resource": record("record-1") }), named(&["read", "write"])),
        (ActionSearch, json!({ "subject": admin(), "resource": archived() }), named(&["read", "write"])),
        (ActionSearch, json!({ "subject": user("nobody"), "resource": record("record-1") }), named(&[])),
        (SubjectSearch, request(json!({ "type": "spaceship" }), read.clone(), record("record-1")), named(&[])),
        (ResourceSearch, request(user("alice"), read, json!({ "type": "spaceship" })), named(&[])),
    ];
    for (endpoint, mut request, results) in table {
        assert_eq!(ask(&Fixture, endpoint, &request), results, "{endpoint} {request}");
        request["context"] = json!({ "time": TIME, "ip": "192.168.1.1" });
        assert_eq!(ask(&Fixture, endpoint, &request), results, "{endpoint} {request}");
    }
}

#[test]
fn searches_lack_nothing_but_what_they_search_for() {
    let (anyone, any) = (json!({ "type": "user" }), json!({ "type": "record" }));
    let read = action("read");
    for (endpoint, request, told) in [
        (
            Endpoint::SubjectSearch,
            json!({ "subject": anyone, "resource": record("record-1") }),
            "missing field `action`",
        ),
        (Endpoint::ResourceSearch, json!({ "action": read, "resource": any }), "missing field `subject`"),
        (Endpoint::ActionSearch, json!({ "subject": user("alice") }), "missing field `resource`"),
        (Endpoint::SubjectSearch, request(anyone.clone(), read.clone(), any.clone()), "resource: missing field `id`"),
        (Endpoint::ResourceSearch, request(anyone.clone(), read, any), "subject: missing field `id`"),
        (
            Endpoint::ActionSearch,
            json!({ "subject": anyone, "resource": record("record-1") }),
            "subject: missing field `id`",
        ),
    ] {
        assert_eq!(refusal(&Fixture, endpoint, &request), told, "{endpoint} {request}");
    }
}

#[test]
fn a_page_has_as_many_results_as_its_limit_and_the_next_one_the_rest() {
    let search = |page: Value| {
        let mut request = request(json!({ "type": "user" }), action("read"), record("record-1"));
        request["page"] = page;
        request
    };
    let first = ask(&Fixture, Endpoint::SubjectSearch, &search(json!({ "limit": 1 })));
    assert_eq!(first["results"], json!([user("alice")]));
    let token = first["page"]["next_token"].as_str().unwrap();
    assert_eq!(first["page"], json!({ "next_token": token, "count": 1, "total": 2 }));
    let last = ask(&Fixture, Endpoint::SubjectSearch, &search(json!({ "token": token })));
    assert_eq!(last, json!({ "page": { "next_token": "", "count": 1, "total": 2 }, "results": [user("bob")] }));
    assert!(post(&Fixture, Endpoint::SubjectSearch, &search(json!({ "limit": 1 }))).body().starts_with(r#"{"page":"#));
}
