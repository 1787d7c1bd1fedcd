//! The three documented calls, with the bodies of the documentation.

use serde_json::json;

use crate::harness::{Instance, Place, ids};

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_calls_answer_and_take_effect_at_once() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let grant = json!({ "clusterId": "edge-swarm", "userId": "alice", "permission": "manage" });
        let changed = instance.post("olivia", "/api/cluster.grantAccess", grant).await.done();
        assert_eq!((&changed["organizationId"], &changed["revision"]), (&json!("acme-corp"), &json!(1)));

        let list = instance.get("alice", "/api/cluster.listAccess?clusterId=edge-swarm").await.done();
        let of = |list: &serde_json::Value, who: &str| {
            list["items"].as_array().unwrap().iter().find(|item| item["userId"] == who).cloned()
        };
        let alice = json!({ "userId": "alice", "permission": "manage", "source": "grant", "until": null });
        assert_eq!(of(&list, "alice"), Some(alice));
        assert_eq!(of(&list, "victor"), None, "whose access is none");

        let update = json!({ "userId": "alice", "role": "viewer" });
        let changed = instance.call("carol", "PATCH", "/api/orgTeam.update", Some(update)).await.done();
        assert_eq!(changed["revision"], json!(2));
        let list = instance.get("olivia", "/api/cluster.listAccess?clusterId=edge-swarm").await.done();
        assert_eq!(of(&list, "alice").unwrap()["permission"], "view", "a viewer's ceiling");
        let members = instance.get("olivia", "/api/orgTeam.list?role=viewer").await.done();
        assert_eq!(ids(&members, "userId"), ["alice", "erin", "victor"]);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn denials_are_told_as_the_library_says() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let grant = |user: &str, permission: &str| json!({ "clusterId": "edge-swarm", "userId": user, "permission": permission });
        let by_alice = instance.post("alice", "/api/cluster.grantAccess", grant("bob", "view")).await;
        assert_eq!(by_alice.body["reason"], "role_insufficient");
        by_alice.refused(403);
        let hidden = instance.post("gina", "/api/cluster.grantAccess", grant("bob", "view")).await;
        assert_eq!(hidden.body, json!({ "title": "Not Found", "status": 404, "detail": "not found" }));
        let above = instance.post("olivia", "/api/cluster.grantAccess", grant("victor", "manage")).await;
        assert_eq!(above.body["reason"], "above_ceiling");
        let promote = json!({ "userId": "alice", "role": "owner" });
        instance.call("carol", "PATCH", "/api/orgTeam.update", Some(promote)).await.refused(403);
        let unknown = json!({ "userId": "alice", "role": "no-such-role" });
        instance.call("carol", "PATCH", "/api/orgTeam.update", Some(unknown)).await.refused(404);
        let request = instance.request("GET", "/api/cluster.listAccess?clusterId=edge-swarm");
        let nobody = request.send().await.unwrap();
        assert_eq!(
            (nobody.status().as_u16(), &nobody.headers()["www-authenticate"]),
            (401, &"Bearer".parse().unwrap())
        );
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_is_not_named_is_the_only_one_of_the_token() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let carol = instance.sign_in("carol").await;
    let update = json!({ "userId": "alice", "role": "viewer" });
    let detail = carol.call("PATCH", "/api/orgTeam.update", Some(update)).await.refused(400);
    assert!(detail.starts_with("organizationId is missing"), "{detail}");
    let update = json!({ "userId": "alice", "role": "viewer", "organizationId": "acme-corp" });
    carol.call("PATCH", "/api/orgTeam.update", Some(update)).await.done();
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_in_a_request_is_refused() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let path = "/api/cluster.grantAccess";
    for (body, told) in [
        (
            json!({ "clusterId": "edge-swarm", "userId": "bob", "permission": "view", "expires": "never" }),
            "unknown field `expires`",
        ),
        (json!({ "clusterId": "edge-swarm", "userId": "bob" }), "missing field `permission`"),
        (json!({ "clusterId": "edge-swarm", "userId": "bob", "permission": "admin" }), "admin"),
        (json!({ "clusterId": "edge-swarm", "permission": "view" }), "name either `userId` or `teamId`"),
        (json!([]), "the body"),
    ] {
        let detail = instance.post("olivia", path, body).await.refused(400);
        assert!(detail.contains(told), "{detail}");
    }
    for query in [
        "clusterId=edge-swarm&limit=0",
        "clusterId=edge-swarm&limit=201",
        "clusterId=edge-swarm&page=2",
        "",
        "clusterId=edge-swarm&after=x",
    ] {
        instance.get("olivia", &format!("/api/cluster.listAccess?{query}")).await.refused(400);
    }
    let text = instance.request("POST", path).header("authorization", "Basic b2xpdmlh").body("{}");
    crate::harness::Answer::of(text).await.refused(401);
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_described() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let document =
        instance.request("GET", "/api/openapi.json").send().await.unwrap().json::<serde_json::Value>().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    for path in ["/api/cluster.grantAccess", "/api/cluster.listAccess", "/api/orgTeam.update", "/api/auditLog.list"] {
        assert!(paths.contains_key(path), "{path}");
    }
    for (path, item) in paths {
        let operations = item.as_object().unwrap();
        assert_eq!(operations.len(), 1, "{path}");
        for operation in operations.values() {
            assert_eq!(operation["operationId"], path.strip_prefix("/api/").unwrap());
            assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{path}");
        }
    }
    instance.end().await;
}
