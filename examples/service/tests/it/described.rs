//! Answers are as the description of the API says: of every call, and of problems.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::harness::{Answer, Instance, Place};

/// A call by somebody: with a token or, where the name begins with `@`, with a session. `{name}` is filled in with the id that an
/// earlier call of this name made.
struct Call {
    who: &'static str,
    method: &'static str,
    path: &'static str,
    body: Option<Value>,
    makes: Option<&'static str>,
}

impl Call {
    fn makes(self, name: &'static str) -> Self {
        Self { makes: Some(name), ..self }
    }
}

fn get(who: &'static str, path: &'static str) -> Call {
    Call { who, method: "GET", path, body: None, makes: None }
}

fn delete(who: &'static str, path: &'static str) -> Call {
    Call { who, method: "DELETE", path, body: None, makes: None }
}

fn post(who: &'static str, path: &'static str, body: Value) -> Call {
    Call { who, method: "POST", path, body: Some(body), makes: None }
}

fn patch(path: &'static str, body: Value) -> Call {
    Call { who: "olivia", method: "PATCH", path, body: Some(body), makes: None }
}

/// Calls that are answered, in this order.
fn calls() -> Vec<Call> {
    [reading(), of_reviews(), of_members(), of_things(), of_deployments(), of_tokens()].into_iter().flatten().collect()
}

fn reading() -> Vec<Call> {
    let paths = [
        "/api/account.me",
        "/api/organization.list",
        "/api/organization.get",
        "/api/organization.findings",
        "/api/orgTeam.list?limit=3",
        "/api/role.list",
        "/api/team.list",
        "/api/team.listMembers?teamId=on-call",
        "/api/cluster.list",
        "/api/cluster.listAccess?clusterId=vault",
        "/api/project.list",
        "/api/project.listAccess?projectId=ledger",
        "/api/environment.list",
        "/api/environment.listAccess?environmentId=shop-production",
        "/api/environment.listDeployers?environmentId=shop-production",
        "/api/environment.listApprovers?environmentId=shop-production",
        "/api/access.actions?resourceType=cluster&resourceId=vault",
    ];
    let preview = json!({ "change": { "remove_member": { "organization": "acme-corp", "account": "bob" } } });
    let mut calls: Vec<_> = paths.into_iter().map(|path| get("olivia", path)).collect();
    calls.push(post("olivia", "/api/access.preview", preview));
    calls
}

fn of_reviews() -> Vec<Call> {
    let decisions = json!([{ "line": 1, "decision": "keep", "access": "admin" }]);
    vec![
        post("olivia", "/api/review.open", json!({})).makes("review"),
        get("olivia", "/api/review.list"),
        get("olivia", "/api/review.get?reviewId={review}&open=true"),
        post("olivia", "/api/review.decide", json!({ "reviewId": "{review}", "decisions": decisions })),
        post("olivia", "/api/review.close", json!({ "reviewId": "{review}", "acceptUndecided": true })),
        get("olivia", "/api/review.export?organization=acme-corp"),
    ]
}

fn of_members() -> Vec<Call> {
    let program = json!({ "name": "Builder", "role": "developer" });
    let invitation = json!({ "email": "gina@globex.example", "role": "viewer" });
    let role = json!({ "name": "Watcher", "rank": "viewer", "permissions": ["view_audit_log"] });
    vec![
        patch("/api/orgTeam.update", json!({ "userId": "alice", "role": "viewer" })),
        patch("/api/orgTeam.setExpiry", json!({ "userId": "bob", "expiresAt": "2099-01-01T00:00:00Z" })),
        post("olivia", "/api/orgTeam.addServiceAccount", program).makes("program"),
        delete("olivia", "/api/orgTeam.remove?userId={program}"),
        post("olivia", "/api/invitation.create", invitation.clone()).makes("invitation"),
        get("olivia", "/api/invitation.list"),
        delete("olivia", "/api/invitation.revoke?invitationId={invitation}"),
        post("olivia", "/api/invitation.create", invitation).makes("invitation"),
        post("@gina", "/api/invitation.accept", json!({ "secret": "{invitation.secret}" })),
        post("olivia", "/api/role.create", role).makes("role"),
        patch("/api/role.update", json!({ "roleId": "{role}", "name": "Guard", "permissions": [] })),
        delete("olivia", "/api/role.delete?roleId={role}"),
        post("olivia", "/api/team.create", json!({ "name": "Night watch" })).makes("team"),
        patch("/api/team.update", json!({ "teamId": "{team}", "name": "Watch" })),
        post("olivia", "/api/team.addMember", json!({ "teamId": "{team}", "userId": "bob" })),
        post("olivia", "/api/team.removeMember", json!({ "teamId": "{team}", "userId": "bob" })),
        delete("olivia", "/api/team.delete?teamId={team}"),
    ]
}

fn of_things() -> Vec<Call> {
    let environment = json!({ "projectId": "{project}", "clusterId": "{cluster}", "name": "Test" });
    let protection = json!({ "level": "reviewed", "approval": { "from": "admin", "count": 2 } });
    vec![
        post("olivia", "/api/cluster.connect", json!({ "name": "Moon", "visibility": "members" })).makes("cluster"),
        patch("/api/cluster.update", json!({ "clusterId": "{cluster}", "visibility": "organization" })),
        post(
            "olivia",
            "/api/cluster.grantAccess",
            json!({ "clusterId": "{cluster}", "userId": "bob", "permission": "view" }),
        ),
        post("olivia", "/api/cluster.revokeAccess", json!({ "clusterId": "{cluster}", "userId": "bob" })),
        post("olivia", "/api/project.create", json!({ "name": "Lander" })).makes("project"),
        patch("/api/project.update", json!({ "projectId": "{project}", "name": "Rover" })),
        post(
            "olivia",
            "/api/project.grantRole",
            json!({ "projectId": "{project}", "userId": "bob", "role": "viewer" }),
        ),
        post("olivia", "/api/project.revokeRole", json!({ "projectId": "{project}", "userId": "bob" })),
        post("olivia", "/api/environment.create", environment).makes("environment"),
        patch("/api/environment.update", json!({ "environmentId": "{environment}", "name": "Trial" })),
        patch("/api/environment.setProtection", json!({ "environmentId": "{environment}", "protection": protection })),
        get("olivia", "/api/environment.list?projectId={project}"),
        patch("/api/environment.retarget", json!({ "environmentId": "{environment}", "clusterId": "edge-swarm" })),
        delete("olivia", "/api/environment.delete?environmentId={environment}"),
        delete("olivia", "/api/project.delete?projectId={project}"),
        delete("olivia", "/api/cluster.disconnect?clusterId={cluster}"),
    ]
}

fn of_deployments() -> Vec<Call> {
    let request = json!({ "environmentId": "shop-production", "release": "v1" });
    let emergency = json!({ "environmentId": "shop-production", "release": "v2", "reason": "The shop is down" });
    let this = json!({ "deploymentId": "{deployment}" });
    let protection = json!({ "level": "reviewed", "approval": { "from": "owner", "count": 1, "bypass": "owner" } });
    vec![
        post("carol", "/api/deployment.request", request.clone()).makes("deployment"),
        get("olivia", "/api/deployment.get?deploymentId={deployment}"),
        post("olivia", "/api/deployment.approve", this.clone()),
        get("olivia", "/api/deployment.list?environmentId=shop-production"),
        post("carol", "/api/deployment.start", this.clone()),
        post("carol", "/api/deployment.request", request.clone()).makes("deployment"),
        post("olivia", "/api/deployment.reject", this.clone()),
        post("carol", "/api/deployment.request", request).makes("deployment"),
        post("carol", "/api/deployment.cancel", this),
        patch(
            "/api/environment.setProtection",
            json!({ "environmentId": "shop-production", "protection": protection }),
        ),
        post("olivia", "/api/deployment.breakGlass", emergency),
        get("olivia", "/api/auditLog.list"),
    ]
}

fn of_tokens() -> Vec<Call> {
    let token = json!({ "name": "Laptop", "actions": ["view"], "expiresAt": "{tomorrow}" });
    let in_founded = |path, body| post("@bob", path, body);
    vec![
        post("@alice", "/api/token.create", token).makes("token"),
        get("@alice", "/api/token.list"),
        post("@alice", "/api/token.revoke", json!({ "tokenId": "{token}" })),
        in_founded("/api/organization.create", json!({ "name": "Initech" })).makes("organization"),
        Call {
            who: "@bob",
            ..patch("/api/organization.update", json!({ "organizationId": "{organization}", "name": "Initrode" }))
        },
        delete("@bob", "/api/organization.delete?organizationId={organization}"),
        post("olivia", "/api/orgTeam.transferOwnership", json!({ "userId": "carol" })),
        Call { body: None, ..post("@bob", "/api/account.signOut", json!({})) },
    ]
}

/// Calls that are refused, each with its status.
fn refused() -> Vec<(u16, Call)> {
    vec![
        (403, get("bob", "/api/auditLog.list")),
        (404, get("gina", "/api/cluster.listAccess?clusterId=vault")),
        (400, get("olivia", "/api/cluster.listAccess?clusterId=vault&limit=0")),
        (403, post("bob", "/api/team.create", json!({ "name": "Bob's" }))),
        (400, post("bob", "/api/team.create", json!({ "title": "Bob's" }))),
        (409, post("olivia", "/api/team.addMember", json!({ "teamId": "on-call", "userId": "alice" }))),
        (503, get("olivia", "/api/team.list?wait_for=1000")),
        (413, post("olivia", "/api/team.create", json!({ "name": "x".repeat(300_000) }))),
    ]
}

/// An instance, and the ids that were made.
struct Client<'a> {
    instance: &'a Instance,
    sessions: BTreeMap<&'static str, crate::harness::Browser<'a>>,
    made: BTreeMap<String, String>,
}

impl<'a> Client<'a> {
    async fn new(instance: &'a Instance) -> Self {
        let mut sessions = BTreeMap::new();
        for who in ["alice", "bob", "gina"] {
            sessions.insert(who, instance.sign_in(who).await);
        }
        let tomorrow = shipgate::Time::from_millis(instance.clock.now().as_millis() + 86_400_000);
        let made =
            [("tomorrow".to_owned(), serde_json::to_value(tomorrow).unwrap().as_str().unwrap().to_owned())].into();
        Self { instance, sessions, made }
    }

    async fn call(&mut self, call: &Call) -> Answer {
        let path = self.filled(call.path);
        let body = call.body.as_ref().map(|body| serde_json::from_str(&self.filled(&body.to_string())).unwrap());
        let answer = match call.who.strip_prefix('@') {
            Some(who) => self.sessions[who].call(call.method, &path, body).await,
            None => self.instance.call(call.who, call.method, &path, body).await,
        };
        if let Some(name) = call.makes {
            for (member, kept) in
                [("id", name.to_owned()), ("userId", name.to_owned()), ("secret", format!("{name}.secret"))]
            {
                if let Some(value) = answer.body[member].as_str() {
                    self.made.insert(kept, value.to_owned());
                }
            }
        }
        answer
    }

    fn filled(&self, text: &str) -> String {
        self.made.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }
}

/// The description of the API, in which an object has no member that is not described.
struct Description(Value);

impl Description {
    async fn of(instance: &Instance) -> Self {
        let response = instance.request("GET", "/api/openapi.json").send().await.unwrap();
        let mut document: Value = response.json().await.unwrap();
        for schema in document["components"]["schemas"].as_object_mut().unwrap().values_mut() {
            close(schema);
        }
        Self(document)
    }

    fn paths(&self) -> BTreeSet<&str> {
        self.0["paths"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[track_caller]
    fn require(&self, call: &Call, answer: &Answer) {
        let described =
            &self.0["paths"][name(call)][call.method.to_lowercase()]["responses"][answer.status.to_string()];
        assert!(described.is_object(), "{} {}: {} is not described", call.method, call.path, answer.status);
        let Some(content) = described["content"].as_object().and_then(|content| content.values().next()) else {
            assert_eq!(answer.body, "", "{}", call.path);
            return;
        };
        let mut schema = content["schema"].clone();
        schema["components"] = self.0["components"].clone();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(&answer.body).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{} {}: {}", call.who, call.path, answer.body);
    }
}

fn close(schema: &mut Value) {
    if schema["properties"].is_object() {
        schema["additionalProperties"] = Value::Bool(false);
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(close),
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn name(call: &Call) -> &'static str {
    call.path.split('?').next().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_answers_as_the_description_says() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let description = Description::of(&instance).await;
        let mut client = Client::new(&instance).await;
        let calls = calls();
        for call in &calls {
            let answer = client.call(call).await;
            assert!([200, 204].contains(&answer.status), "{} {} {:?}: {answer:?}", call.who, call.path, call.body);
            description.require(call, &answer);
        }
        let called: BTreeSet<_> = calls.iter().map(name).collect();
        let uncalled: Vec<_> = description.paths().into_iter().filter(|path| !called.contains(path)).collect();
        assert_eq!(uncalled, [""; 0], "add a call to `calls`");
        drop(client);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_is_as_the_description_says() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let description = Description::of(&instance).await;
    let mut client = Client::new(&instance).await;
    for (status, call) in refused() {
        let answer = client.call(&call).await;
        assert_eq!(answer.status, status, "{}: {}", call.path, answer.body);
        description.require(&call, &answer);
    }
    drop(client);
    instance.end().await;
}
