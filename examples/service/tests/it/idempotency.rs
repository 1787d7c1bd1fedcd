//! Requests that are repeated.

use serde_json::json;

use crate::harness::{Answer, Instance, Place, ids};

async fn with_key(instance: &Instance, who: &str, key: &str, body: serde_json::Value) -> Answer {
    let session = instance.sign_in(who).await;
    let request = instance.request("POST", "/api/team.create").header("cookie", &session.cookie);
    let request = request.header("x-csrf-token", &session.csrf).header("idempotency-key", key);
    Answer::of(request.json(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_repeated_with_its_key_is_done_once() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let team = json!({ "organizationId": "acme-corp", "name": "Night watch" });
        let first = with_key(&instance, "olivia", "one", team.clone()).await.done();
        let again = with_key(&instance, "olivia", "one", team.clone()).await.done();
        assert_eq!(first, again);
        let teams = instance.get("olivia", "/api/team.list").await.done();
        assert_eq!(ids(&teams, "id").len(), 4);

        let other = json!({ "organizationId": "acme-corp", "name": "Day watch" });
        with_key(&instance, "olivia", "one", other.clone()).await.refused(422);
        let by_another = with_key(&instance, "oscar", "one", team).await.done();
        assert_ne!(by_another["id"], first["id"], "a key is of the one who sends it");
        with_key(&instance, "olivia", "two", other).await.done();
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_with_one_key_at_once_one_is_done() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let session = instance.sign_in("olivia").await;
        let send = || {
            let request = instance.request("POST", "/api/team.create").header("cookie", &session.cookie);
            let request = request.header("x-csrf-token", &session.csrf).header("idempotency-key", "same");
            Answer::of(request.json(&json!({ "organizationId": "acme-corp", "name": "Night watch" })))
        };
        let (a, b, c) = tokio::join!(send(), send(), send());
        for answer in [&a, &b, &c] {
            assert!([200, 409].contains(&answer.status), "{answer:?}");
        }
        let teams = instance.get("olivia", "/api/team.list").await.done();
        assert_eq!(ids(&teams, "id").len(), 4);
        instance.end().await;
    }
}
