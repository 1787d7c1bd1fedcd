//! `AuthZEN`, asked by other services.

use serde_json::{Value, json};
use shipgate_service::administer::create_credential;

use crate::harness::{Answer, Instance, Place};

async fn ask(instance: &Instance, credential: &str, path: &str, body: Value) -> Answer {
    Answer::of(instance.request("POST", path).bearer_auth(credential).json(&body)).await
}

fn question(subject: &str, action: &str, kind: &str, id: &str) -> Value {
    json!({ "subject": { "type": "user", "id": subject }, "action": { "name": action }, "resource": { "type": kind, "id": id } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_with_a_credential_asks_about_any_organization() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let (_, credential) = create_credential(&instance.service.database, "gateway", &[]).await.unwrap();
        let evaluate = |body| ask(&instance, &credential, "/access/v1/evaluation", body);
        assert_eq!(evaluate(question("alice", "deploy", "environment", "shop-dev")).await.done()["decision"], true);
        assert_eq!(
            evaluate(question("alice", "deploy", "environment", "shop-production")).await.done()["decision"],
            false
        );
        assert_eq!(evaluate(question("gina", "view", "cluster", "globex-eu")).await.done()["decision"], true);
        assert_eq!(evaluate(question("gina", "view", "cluster", "no-such-cluster")).await.done()["decision"], false);
        assert_eq!(evaluate(json!({})).await.status, 400);

        let many = json!({ "subject": { "type": "user", "id": "carol" }, "action": { "name": "view" },
            "evaluations": [{ "resource": { "type": "cluster", "id": "vault" } }, { "resource": { "type": "cluster", "id": "globex-eu" } }] });
        let answers = ask(&instance, &credential, "/access/v1/evaluations", many).await.done();
        assert_eq!(answers["evaluations"], json!([{ "decision": true }, { "decision": true }]));

        let search = json!({ "subject": { "type": "user", "id": "carol" }, "action": { "name": "view" }, "resource": { "type": "organization" } });
        let found = ask(&instance, &credential, "/access/v1/search/resource", search).await.done();
        assert_eq!(found["results"].as_array().map(Vec::len), Some(2), "{found}");
        let who = json!({ "subject": { "type": "user" }, "action": { "name": "deploy" }, "resource": { "type": "environment", "id": "shop-staging" } });
        let found = ask(&instance, &credential, "/access/v1/search/subject", who).await.done();
        assert!(found.to_string().contains("olivia") && !found.to_string().contains("bob"), "{found}");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_outside_of_a_credential_is_not_known() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let only = ["globex".to_owned()];
        let (_, credential) = create_credential(&instance.service.database, "globex", &only).await.unwrap();
        let explained = |mut body: Value| {
            body["context"] = json!({ "explain": true });
            ask(&instance, &credential, "/access/v1/evaluation", body)
        };
        let outside = explained(question("alice", "deploy", "environment", "shop-dev")).await;
        let nowhere = explained(question("alice", "deploy", "environment", "no-such-environment")).await;
        assert_eq!(outside, nowhere);
        assert_eq!(explained(question("gina", "view", "cluster", "globex-eu")).await.done()["decision"], true);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_token_does_not_open_it() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let body = question("alice", "view", "cluster", "vault");
    instance.post("olivia", "/access/v1/evaluation", body.clone()).await.refused(401);
    let session = instance.sign_in("olivia").await;
    session.post("/access/v1/evaluation", body.clone()).await.refused(401);
    Answer::of(instance.request("POST", "/access/v1/evaluation").json(&body)).await.refused(401);
    let (_, credential) = create_credential(&instance.service.database, "gateway", &[]).await.unwrap();
    Answer::of(instance.request("GET", "/api/cluster.list").bearer_auth(&credential)).await.refused(401);
    instance.end().await;
}

/// Where others find what it answers, by the address that people reach.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_described_under_its_public_address() {
    let place = Place::sqlite();
    let instance = Instance::start(&place, &["--demo", "--public-url", "https://access.example.com/"]).await;
    let path = "/.well-known/authzen-configuration";
    let told = Answer::of(instance.request("GET", path)).await.done();
    assert_eq!(told["policy_decision_point"], "https://access.example.com");
    for (member, path) in [
        ("access_evaluation_endpoint", "/access/v1/evaluation"),
        ("access_evaluations_endpoint", "/access/v1/evaluations"),
        ("search_subject_endpoint", "/access/v1/search/subject"),
        ("search_resource_endpoint", "/access/v1/search/resource"),
        ("search_action_endpoint", "/access/v1/search/action"),
    ] {
        assert_eq!(told[member], format!("https://access.example.com{path}"), "{told}");
        let asked = instance.request("POST", path).json(&json!({}));
        Answer::of(asked).await.refused(401);
    }
    instance.end().await;

    // By plain HTTP there is none: the standard wants an address with https.
    let empty = Place::sqlite();
    let plain = Instance::start(&empty, &["--public-url", "http://access.example.com"]).await;
    Answer::of(plain.request("GET", path)).await.refused(404);
    plain.end().await;
}
