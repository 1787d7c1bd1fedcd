//! A directory as a policy decision point.

use serde_json::{Value, json};
use shipgate::authzen::{DirectoryPdp, Endpoint, Explain, Inquiry, Pdp, Unavailable, UnknownNames, Verdict};
use shipgate::json::Outcome;
use shipgate::{ActionKind, ActionSet, Directory, Time, Token};

use super::{ask, refusal};

const ACME: &str = include_str!("../../../examples/data/acme-corp.json");

fn acme() -> Directory<String> {
    Directory::from_json(ACME).unwrap()
}

fn request(account: &str, action: &str, r#type: &str, id: &str) -> Value {
    json!({
        "subject": { "type": "user", "id": account }, "action": { "name": action }, "resource": { "type": r#type, "id": id },
        "context": { "time": "2026-11-21T12:00:00Z" }
    })
}

#[test]
fn a_context_is_there_where_it_is_asked_for() {
    let directory = acme();
    let on_request = DirectoryPdp::new(&directory);
    let always = on_request.clone().explaining(Explain::Always);
    let mut view = request("alice", "view", "cluster", "production-us-east");
    let bare = json!({ "decision": true });
    let explained = json!({ "decision": true, "context": { "outcome": "allow" } });
    assert_eq!(ask(&on_request, Endpoint::Evaluation, &view), bare);
    assert_eq!(ask(&always, Endpoint::Evaluation, &view), explained);
    for (explain, expected) in [(json!(true), &explained), (json!(false), &bare), (json!("true"), &bare)] {
        view["context"]["explain"] = explain;
        assert_eq!(ask(&on_request, Endpoint::Evaluation, &view), *expected);
        assert_eq!(ask(&always, Endpoint::Evaluation, &view), explained);
    }
    // Each evaluation has its own context, or that of the request.
    let mut many = request("alice", "view", "cluster", "production-us-east");
    many["evaluations"] = json!([{}, { "context": { "explain": true, "time": "2026-11-21T12:00:00Z" } }]);
    assert_eq!(ask(&on_request, Endpoint::Evaluations, &many), json!({ "evaluations": [bare, explained] }));
}

#[test]
fn names_that_are_not_known_are_malformed_or_denied() {
    let directory = acme();
    let (malformed, denied) = (DirectoryPdp::new(&directory), DirectoryPdp::new(&directory));
    let denied = denied.with_unknown_names(UnknownNames::Denied);
    for (part, member, place) in
        [("subject", "type", "subject.type"), ("action", "name", "action.name"), ("resource", "type", "resource.type")]
    {
        let mut view = request("alice", "view", "cluster", "production-us-east");
        view[part][member] = json!("spaceship");
        let told = refusal(&malformed, Endpoint::Evaluation, &view);
        assert!(told.starts_with(&format!("{place}: unknown ")), "{told}");
        assert_eq!(ask(&denied, Endpoint::Evaluation, &view), json!({ "decision": false }));
        view["context"]["explain"] = json!(true);
        let context = json!({ "outcome": "deny", "reason": "unknown_resource", "hidden": true });
        assert_eq!(ask(&denied, Endpoint::Evaluation, &view), json!({ "decision": false, "context": context }));
        for endpoint in [Endpoint::SubjectSearch, Endpoint::ResourceSearch, Endpoint::ActionSearch] {
            if (part, endpoint) != ("action", Endpoint::ActionSearch) {
                assert_eq!(ask(&malformed, endpoint, &view), json!({ "results": [] }), "{endpoint} {part}");
            }
        }
    }
    // What is misspelt is no name that is not known.
    let mut view = request("alice", "view", "cluster", "production-us-east");
    view["subject"]["properties"] = json!({ "tokens": { "actions": [] } });
    for endpoint in Endpoint::ALL {
        assert!(refusal(&denied, endpoint, &view).starts_with("subject.properties.tokens: unknown field"));
    }
}

#[test]
fn the_service_sets_the_time_and_a_token() {
    let text = r#"{ "organizations": [{ "id": "acme", "members": [
        { "account": "alice", "role": "viewer", "expires_at": "2027-01-01T00:00:00Z" }] }] }"#;
    let directory = Directory::<String>::from_json(text).unwrap();
    let view = request("alice", "view", "organization", "acme");
    let decision = |pdp: &DirectoryPdp<'_, String>| ask(pdp, Endpoint::Evaluation, &view)["decision"] == true;
    let pdp = DirectoryPdp::new(&directory);
    assert!(decision(&pdp));
    assert!(!decision(&pdp.clone().at(Time::from_millis(1_798_761_600_000))));
    assert!(!decision(&pdp.clone().with_service_token(&Token::new(ActionSet::DEPLOY))));
    assert!(decision(&pdp.with_service_token(&Token::new(ActionSet::VIEW))));
}

/// Asks for approval where that is all that is missing.
struct WithRequests<'a>(DirectoryPdp<'a, String>);

impl Pdp for WithRequests<'_> {
    fn evaluate(&self, inquiry: &Inquiry) -> Result<Verdict, Unavailable> {
        let mut verdict = self.0.evaluate(inquiry)?;
        let waits = self.0.answer(inquiry).is_ok_and(|answer| answer.outcome() == Outcome::RequireApproval);
        if let Verdict::Decided { context, .. } = &mut verdict
            && waits
        {
            context.insert("access_request".into(), json!({ "expires_at": "2026-11-21T13:00:00Z" }));
        }
        Ok(verdict)
    }
}

#[test]
fn a_policy_around_it_may_add_to_what_it_says() {
    let text = r#"{ "organizations": [{ "id": "acme", "members": [{ "account": "alice", "role": "developer" }],
        "clusters": [{ "id": "us-east" }],
        "projects": [{ "id": "shop", "environments": [{ "id": "dev", "cluster": "us-east", "protection": "reviewed" }] }] }] }"#;
    let directory = Directory::<String>::from_json(text).unwrap();
    let pdp = WithRequests(DirectoryPdp::new(&directory));
    let mut deploy = request("alice", "deploy", "deployment", "1");
    deploy["resource"]["properties"] = json!({ "environment": "dev", "requested_by": "alice" });
    let added = json!({ "access_request": { "expires_at": "2026-11-21T13:00:00Z" } });
    assert_eq!(ask(&pdp, Endpoint::Evaluation, &deploy), json!({ "decision": false, "context": added }));
    assert_eq!(
        ask(&pdp, Endpoint::Evaluation, &request("alice", "view", "cluster", "us-east")),
        json!({ "decision": true })
    );
}

/// The ids or names of all results.
fn found(pdp: &impl Pdp, endpoint: Endpoint, body: &Value) -> Vec<Value> {
    ask(pdp, endpoint, body)["results"].as_array().unwrap().clone()
}

#[test]
fn the_searches_find_what_is_decided_one_by_one() {
    let directory = acme();
    let pdp = DirectoryPdp::new(&directory);
    let accounts: Vec<_> = directory.accounts().map(|account| (account.id().clone(), account.kind())).collect();
    let resources: Vec<(&str, Vec<String>)> = vec![
        ("organization", directory.organizations().map(|it| it.id().clone()).collect()),
        ("project", directory.projects().map(|it| it.id().clone()).collect()),
        ("cluster", directory.clusters().map(|it| it.id().clone()).collect()),
        ("environment", directory.environments().map(|it| it.id().clone()).collect()),
        ("team", directory.teams().map(|it| it.id().clone()).collect()),
    ];
    let mut allowed = 0;
    for action in [ActionKind::View, ActionKind::Deploy, ActionKind::ViewAuditLog, ActionKind::Delete] {
        for (r#type, ids) in &resources {
            for (account, kind) in &accounts {
                let mut body = request(account, action.as_str(), r#type, "any");
                body["subject"]["type"] = json!(kind);
                let found_resources = found(&pdp, Endpoint::ResourceSearch, &body);
                for id in ids {
                    body["resource"]["id"] = json!(id);
                    let decision = ask(&pdp, Endpoint::Evaluation, &body)["decision"] == true;
                    allowed += usize::from(decision);
                    let entity = json!({ "type": r#type, "id": id });
                    assert_eq!(found_resources.contains(&entity), decision, "{body}");
                    let subjects = found(&pdp, Endpoint::SubjectSearch, &body);
                    assert_eq!(subjects.contains(&json!({ "type": kind, "id": account })), decision, "{body}");
                    let actions = found(&pdp, Endpoint::ActionSearch, &body);
                    assert_eq!(actions.contains(&json!({ "name": action })), decision, "{body}");
                }
            }
        }
    }
    assert!(allowed > 20, "{allowed}");
}

#[test]
fn what_is_named_by_more_than_its_id_is_found_with_it() {
    let text = r#"{ "organizations": [{ "id": "acme",
        "members": [{ "account": "olivia", "role": "owner" }, { "account": "alice", "role": "developer" }],
        "teams": [{ "id": "on-call", "members": ["alice"] }], "clusters": [{ "id": "us-east" }, { "id": "us-west" }],
        "projects": [{ "id": "shop", "environments": [{ "id": "dev", "cluster": "us-east" }] }] }] }"#;
    let directory = Directory::<String>::from_json(text).unwrap();
    let pdp = DirectoryPdp::new(&directory);
    for (action, r#type, properties, ids) in [
        ("remove", "member", json!({ "organization": "acme" }), &["alice"][..]),
        ("remove_from_team", "team_member", json!({ "team": "on-call" }), &["alice", "olivia"]),
        ("retarget", "placement", json!({ "cluster": "us-west" }), &["dev"]),
        ("view", "deployment", json!({ "environment": "dev", "requested_by": "alice" }), &[]),
        ("create", "environment", json!({ "project": "shop", "cluster": "us-east" }), &[]),
        ("remove", "member", json!({ "organization": "globex" }), &[]),
    ] {
        let mut body = request("olivia", action, r#type, "any");
        body["resource"]["properties"] = properties.clone();
        let expected: Vec<_> =
            ids.iter().map(|id| json!({ "type": r#type, "id": id, "properties": properties })).collect();
        assert_eq!(found(&pdp, Endpoint::ResourceSearch, &body), expected, "{body}");
    }
    let project_role = json!({ "name": "set_project_role", "properties": { "to": "viewer" } });
    let mut body = request("olivia", "view", "project_team", "any");
    (body["action"], body["resource"]["properties"]) = (project_role, json!({ "project": "shop" }));
    assert_eq!(found(&pdp, Endpoint::ResourceSearch, &body).len(), 1);
    body["resource"] = json!({ "type": "member", "id": "alice" });
    assert_eq!(refusal(&pdp, Endpoint::SubjectSearch, &body), "resource.properties: missing field `organization`");
}
