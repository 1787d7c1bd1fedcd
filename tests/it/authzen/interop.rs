//! The working group's interoperability scenarios.

use serde_json::{Value, json};
use shipgate::authzen::Endpoint;

use super::ask;
use super::policies::{Gateway, PEOPLE, Records, Todo, USERS};

/// `y` where it is allowed, `n` where not.
fn letters(responses: impl IntoIterator<Item = Value>) -> String {
    let letter = |response: Value| {
        assert_eq!(response.as_object().unwrap().len(), 1, "{response}");
        if response["decision"] == true { 'y' } else { 'n' }
    };
    responses.into_iter().map(letter).collect()
}

#[test]
fn todo() {
    let rick = PEOPLE[0].1;
    let todo = |owner: &str| json!({ "type": "todo", "id": "todo-of", "properties": { "ownerID": owner } });
    // Read two users and the list, create, update that of Rick and one's own, delete that of Rick and one's own.
    let expected = ["yyyyyyyy", "yyyynyny", "yyyynyny", "yyynnnnn", "yyynnnnn"];
    for ((subject, address, _), expected) in PEOPLE.into_iter().zip(expected) {
        let subject = json!({ "type": "user", "id": subject });
        let requests = [
            ("can_read_user", json!({ "type": "user", "id": "beth@the-smiths.com" })),
            ("can_read_user", json!({ "type": "user", "id": address })),
            ("can_read_todos", json!({ "type": "todo", "id": "todo-1" })),
            ("can_create_todo", json!({ "type": "todo", "id": "todo-1" })),
            ("can_update_todo", todo(rick)),
            ("can_update_todo", todo(address)),
            ("can_delete_todo", todo(rick)),
            ("can_delete_todo", todo(address)),
        ];
        let request =
            |(name, resource)| json!({ "subject": subject, "action": { "name": name }, "resource": resource });
        let answered = requests.map(|parts| ask(&Todo, Endpoint::Evaluation, &request(parts)));
        assert_eq!(letters(answered), expected, "{address}");
    }
    // The default of the resource is empty, as the application sends it.
    for ((subject, address, _), expected) in PEOPLE.into_iter().zip(["yy", "ny", "ny", "nn", "nn"]) {
        let request = json!({
            "subject": { "type": "user", "id": subject }, "action": { "name": "can_update_todo" }, "resource": {}, "context": {},
            "evaluations": [{ "resource": todo(rick) }, { "resource": todo(address) }]
        });
        let response = ask(&Todo, Endpoint::Evaluations, &request);
        assert_eq!(letters(response["evaluations"].as_array().unwrap().clone()), expected, "{address}");
    }
}

#[test]
fn gateway() {
    let routes = [
        ("GET", "/users/{userId}"),
        ("GET", "/todos"),
        ("POST", "/todos"),
        ("PUT", "/todos/{todoId}"),
        ("DELETE", "/todos/{todoId}"),
    ];
    for ((subject, address, _), expected) in PEOPLE.into_iter().zip(["yyyyy", "yyyyy", "yyyyy", "yynnn", "yynnn"]) {
        let answered = routes.map(|(method, route)| {
            let resource = json!({ "type": "route", "id": route });
            let request = json!({ "subject": { "type": "identity", "id": subject }, "action": { "name": method }, "resource": resource });
            ask(&Gateway, Endpoint::Evaluation, &request)
        });
        assert_eq!(letters(answered), expected, "{address}");
    }
}

/// What a search has found, in a line.
fn found(endpoint: Endpoint, request: &Value, member: &str) -> String {
    let response = ask(&Records, endpoint, request);
    assert_eq!(response.as_object().unwrap().len(), 1, "{response}");
    let results = response["results"].as_array().unwrap();
    results.iter().map(|result| result[member].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn search() {
    let subjects = |record: &str, action: &str| {
        let resource = json!({ "type": "record", "id": record });
        let request = json!({ "subject": { "type": "user" }, "action": { "name": action }, "resource": resource });
        found(Endpoint::SubjectSearch, &request, "id")
    };
    assert_eq!(subjects("101", "view"), "alice bob carol dan");
    assert_eq!(subjects("105", "view"), "alice bob carol dan erin");
    assert_eq!(subjects("109", "view"), "alice carol dan felix");
    assert_eq!(subjects("110", "edit"), "alice dan");
    assert_eq!(subjects("115", "edit"), "carol dan");
    assert_eq!(subjects("112", "delete"), "felix");

    let actions = |user: &str, record: &str| {
        let (subject, resource) = (json!({ "type": "user", "id": user }), json!({ "type": "record", "id": record }));
        found(Endpoint::ActionSearch, &json!({ "subject": subject, "resource": resource }), "name")
    };
    assert_eq!(actions("alice", "101"), "view edit delete");
    assert_eq!(actions("alice", "110"), "view edit");
    assert_eq!(actions("dan", "101"), "view");
    assert_eq!(actions("felix", "101"), "");

    // The three searches say the same.
    for (user, ..) in USERS {
        for action in ["view", "edit", "delete"] {
            let subject = json!({ "type": "user", "id": user });
            let request = json!({ "subject": subject, "action": { "name": action }, "resource": { "type": "record" } });
            let records = found(Endpoint::ResourceSearch, &request, "id");
            let records: Vec<&str> = records.split_whitespace().collect();
            for record in (101..=120).map(|id: u32| id.to_string()) {
                let is_found = records.contains(&record.as_str());
                assert_eq!(
                    subjects(&record, action).split(' ').any(|id| id == user),
                    is_found,
                    "{user} {action} {record}"
                );
                assert_eq!(actions(user, &record).split(' ').any(|name| name == action), is_found);
            }
        }
    }
}

#[test]
fn identity_provider() {
    let expected = ["101 107 113 119", "102 108 114 120", "103 109 115", "104 110 116", "105 111 117", "106 112 118"];
    for ((user, ..), expected) in USERS.into_iter().zip(expected) {
        let subject = json!({ "type": "user", "id": user });
        let request = json!({ "subject": subject, "action": { "name": "delete" }, "resource": { "type": "record" } });
        assert_eq!(found(Endpoint::ResourceSearch, &request, "id"), expected, "{user}");
    }
}
