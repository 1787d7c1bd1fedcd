//! Sessions of people.

use serde_json::json;

use crate::harness::{Answer, Instance, Place};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_at_once_when_its_person_signs_out() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let alice = instance.sign_in("alice").await;
        let me = alice.get("/api/account.me").await.done();
        assert_eq!((&me["userId"], &me["kind"], &me["name"]), (&json!("alice"), &json!("user"), &json!("Alice")));
        assert_eq!(alice.call("POST", "/api/account.signOut", None).await.status, 204);
        alice.get("/api/account.me").await.refused(401);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_another_site_changes_nothing() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let olivia = instance.sign_in("olivia").await;
    let body = json!({ "organizationId": "acme-corp", "name": "Night watch" });
    let request = || instance.request("POST", "/api/team.create").header("cookie", &olivia.cookie).json(&body);
    let detail = Answer::of(request()).await.refused(403);
    assert!(detail.contains("X-CSRF-Token"), "{detail}");
    Answer::of(request().header("x-csrf-token", "0".repeat(64))).await.refused(403);
    let foreign = request().header("x-csrf-token", &olivia.csrf).header("origin", "http://evil.example");
    Answer::of(foreign).await.refused(403);
    let of_another = instance.sign_in("oscar").await;
    Answer::of(request().header("x-csrf-token", &of_another.csrf)).await.refused(403);
    let own = request().header("x-csrf-token", &olivia.csrf).header("origin", instance.url(""));
    Answer::of(own).await.done();
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_by_a_link_that_was_not_printed() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    for path in ["/sign-in/callback", "/sign-in/callback?link=", "/sign-in/callback?link=link_0"] {
        Answer::of(instance.request("GET", path)).await.refused(400);
    }
    let request = instance.request("GET", "/api/account.me").header("cookie", "session=session_0");
    Answer::of(request).await.refused(401);
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_founds_an_organization_and_deletes_it() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let bob = instance.sign_in("bob").await;
        let made = bob.post("/api/organization.create", json!({ "name": "Bob's" })).await.done();
        let id = made["id"].as_str().unwrap();
        let list = bob.get("/api/organization.list").await.done();
        assert_eq!(crate::harness::ids(&list, "name"), ["Acme Corp", "Bob's"]);
        let path = format!("/api/organization.get?organizationId={id}");
        assert_eq!(bob.get(&path).await.done()["revision"], json!(1));
        instance.get("olivia", &path).await.refused(404);
        let cluster = json!({ "organizationId": id, "name": "Home" });
        bob.post("/api/cluster.connect", cluster).await.done();
        let deleted = bob.call("DELETE", &format!("/api/organization.delete?organizationId={id}"), None).await.done();
        assert_eq!(deleted["revision"], json!(3));
        bob.get(&path).await.refused(404);
        instance.post("olivia", "/api/organization.create", json!({ "name": "By token" })).await.refused(403);
        instance.end().await;
    }
}
