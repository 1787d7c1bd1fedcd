//! API tokens.

use serde_json::{Value, json};
use shipgate::Time;

use crate::harness::{Answer, Browser, Instance, Place, ids};

fn in_days(days: i64) -> String {
    let now = Time::from(std::time::SystemTime::now()).as_millis();
    Time::from_millis(now + days * 24 * 60 * 60 * 1_000).to_rfc3339().unwrap()
}

async fn make(browser: &Browser<'_>, body: Value) -> (String, String) {
    let made = browser.post("/api/token.create", body).await.done();
    (made["id"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_narrows_its_account_and_is_revoked_at_once() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let carol = instance.sign_in("carol").await;
        let body =
            json!({ "name": "reader", "actions": ["view"], "organizationIds": ["acme-corp"], "expiresAt": in_days(1) });
        let (id, token) = make(&carol, body).await;
        let call = |method: &'static str, path: &'static str, body: Option<Value>| {
            Answer::of(crate::harness::with_body(instance.request(method, path).bearer_auth(&token), body))
        };
        call("GET", "/api/cluster.list", None).await.done();
        let denied = call("POST", "/api/team.create", Some(json!({ "name": "Night watch" }))).await;
        assert_eq!(denied.body["reason"], "out_of_scope");
        denied.refused(403);
        call("POST", "/api/token.create", Some(json!({ "name": "x", "actions": ["deploy"], "expiresAt": in_days(1) })))
            .await
            .refused(403);
        assert_eq!(ids(&call("GET", "/api/organization.list", None).await.done(), "id"), ["acme-corp"]);

        let list = carol.get("/api/token.list").await.done();
        assert!(!list.to_string().contains(&token) && ids(&list, "id").contains(&id), "{list}");
        let database = instance.service.database.clone();
        let query =
            shipgate_service::database::Query::new("SELECT COUNT(*) FROM service_tokens WHERE hash = $1").bind(&token);
        assert_eq!(database.row(query).await.unwrap().unwrap().integer(0).unwrap(), 0, "the secret is not stored");

        instance.sign_in("alice").await.post("/api/token.revoke", json!({ "tokenId": id })).await.refused(404);
        carol.post("/api/token.revoke", json!({ "tokenId": id })).await.done();
        call("GET", "/api/cluster.list", None).await.refused(401);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_address_is_refused() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    for name in ["access_token", "token", "Token"] {
        let detail =
            Answer::of(instance.request("GET", &format!("/api/cluster.list?{name}=token_0"))).await.refused(400);
        assert!(detail.contains("Authorization"), "{detail}");
    }
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_expires_within_a_year() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let carol = instance.sign_in("carol").await;
    for days in [-1, 400] {
        let body = json!({ "name": "long", "actions": ["view"], "expiresAt": in_days(days) });
        carol.post("/api/token.create", body).await.refused(400);
    }
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_makes_the_tokens_of_programs_and_nobody_else_does() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let add = json!({ "name": "Deployer", "role": "developer" });
        let made = instance.post("carol", "/api/orgTeam.addServiceAccount", add).await.done();
        let program = made["id"].as_str().unwrap();
        let token = json!({ "name": "ci", "actions": ["view", "deploy"], "expiresAt": in_days(30), "userId": program });
        instance.sign_in("carol").await.post("/api/token.create", token.clone()).await.refused(403);
        instance.sign_in("gina").await.post("/api/token.create", token.clone()).await.refused(404);
        let (_, secret) = make(&instance.sign_in("olivia").await, token).await;
        let request = instance.request("GET", "/api/account.me").bearer_auth(&secret);
        assert_eq!(Answer::of(request).await.done()["kind"], "service");
        let deploy = json!({ "environmentId": "shop-dev", "release": "v1", "onBehalfOf": "alice" });
        let request = instance.request("POST", "/api/deployment.request").bearer_auth(&secret).json(&deploy);
        assert_eq!(Answer::of(request).await.done()["status"], "started");
        let person = json!({ "name": "x", "actions": ["view"], "expiresAt": in_days(1), "userId": "alice" });
        instance.sign_in("olivia").await.post("/api/token.create", person).await.refused(404);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_not_told_again_to_a_request_that_is_repeated() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let carol = instance.sign_in("carol").await;
    let body = json!({ "name": "reader", "actions": ["view"], "expiresAt": in_days(1) });
    let send = || {
        let request = instance.request("POST", "/api/token.create").header("cookie", &carol.cookie);
        Answer::of(request.header("x-csrf-token", &carol.csrf).header("idempotency-key", "one").json(&body))
    };
    send().await.done();
    let detail = send().await.refused(409);
    assert!(detail.contains("its secret is told once"), "{detail}");
    assert_eq!(ids(&carol.get("/api/token.list").await.done(), "name"), ["demo", "reader"]);
    instance.end().await;
}
