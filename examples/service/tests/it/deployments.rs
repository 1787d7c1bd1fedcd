//! Deployments, approvals and the audit log.

use serde_json::{Value, json};

use crate::harness::{Instance, Place, ids};

async fn request(instance: &Instance, who: &str, environment: &str) -> Value {
    let body = json!({ "environmentId": environment, "release": "v1.4.2" });
    instance.post(who, "/api/deployment.request", body).await.done()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_waits_for_its_approval() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        assert_eq!(request(&instance, "alice", "shop-dev").await["status"], "started");
        instance
            .post("alice", "/api/deployment.request", json!({ "environmentId": "shop-payments", "release": "v1" }))
            .await
            .refused(403);

        let waiting = request(&instance, "carol", "shop-production").await;
        assert_eq!(waiting["status"], "waiting");
        let this = json!({ "deploymentId": waiting["id"] });
        let detail = instance.post("carol", "/api/deployment.start", this.clone()).await.refused(409);
        assert_eq!(detail, "waiting for 1 approval from an owner");
        instance.post("carol", "/api/deployment.approve", this.clone()).await.refused(403);
        instance.post("olivia", "/api/deployment.approve", this.clone()).await.done();
        instance.post("olivia", "/api/deployment.approve", this.clone()).await.refused(409);
        let started = instance.post("carol", "/api/deployment.start", this.clone()).await.done();
        assert_eq!((&started["status"], &started["startedBy"]), (&json!("started"), &json!("carol")));
        instance.post("carol", "/api/deployment.start", this.clone()).await.refused(409);
        instance
            .get("gina", &format!("/api/deployment.get?deploymentId={}", waiting["id"].as_str().unwrap()))
            .await
            .refused(404);

        let list =
            instance.get("victor", "/api/deployment.list?environmentId=shop-production&status=started").await.done();
        assert_eq!(ids(&list, "id"), [waiting["id"].as_str().unwrap()]);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_of_a_member_who_leaves_do_not_come_back_with_them() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let waiting = request(&instance, "carol", "shop-production").await;
        let this = json!({ "deploymentId": waiting["id"] });
        instance.post("oscar", "/api/deployment.approve", this.clone()).await.done();
        instance.call("olivia", "DELETE", "/api/orgTeam.remove?userId=oscar", None).await.done();
        let path = format!("/api/deployment.get?deploymentId={}", waiting["id"].as_str().unwrap());
        assert_eq!(instance.get("carol", &path).await.done()["approvals"], json!([]));
        let made = json!({ "email": "oscar@acme-corp.example", "role": "owner" });
        let secret = instance.post("olivia", "/api/invitation.create", made).await.done()["secret"].clone();
        instance.sign_in("oscar").await.post("/api/invitation.accept", json!({ "secret": secret })).await.done();
        instance.post("carol", "/api/deployment.start", this).await.refused(409);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn glass_is_broken_with_a_reason_that_is_recorded() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let body = |environment: &str, reason: &str| json!({ "environmentId": environment, "release": "v1.4.3", "reason": reason });
        let path = "/api/deployment.breakGlass";
        instance.post("olivia", path, body("ledger-vault", " ")).await.refused(400);
        instance.post("carol", path, body("ledger-vault", "The shop is down")).await.refused(403);
        instance.post("olivia", path, body("shop-production", "The shop is down")).await.refused(403);
        let started = instance.post("olivia", path, body("ledger-vault", "The shop is down")).await.done();
        assert_eq!(started["status"], "started");
        let log = instance.get("carol", "/api/auditLog.list?kind=break_glass").await.done();
        assert_eq!(
            (&log["items"][0]["actorId"], &log["items"][0]["detail"]["reason"]),
            (&json!("olivia"), &json!("The shop is down"))
        );
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_tells_changes_and_denials_by_ids() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        instance.post("carol", "/api/team.create", json!({ "name": "<b>Night</b> watch" })).await.done();
        instance.post("bob", "/api/team.create", json!({ "name": "Bob's" })).await.refused(403);
        instance.sign_in("alice").await;
        instance.get("bob", "/api/auditLog.list").await.refused(403);
        for attempt in 0.. {
            let log = instance.get("nora", "/api/auditLog.list").await.done();
            let kinds = ids(&log, "kind");
            if ["create_team", "denied", "signed_in"].iter().all(|kind| kinds.iter().any(|found| found == kind)) {
                assert!(!log.to_string().contains("Night"), "{log}");
                break;
            }
            assert!(attempt < 100, "denials are written a moment later: {kinds:?}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let by_carol = instance.get("nora", "/api/auditLog.list?actorId=carol&limit=1").await.done();
        assert_eq!(
            (&by_carol["items"][0]["kind"], &by_carol["items"][0]["revision"]),
            (&json!("create_team"), &json!(1))
        );
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_what_a_change_would_do_and_does_not_make_it() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let change = json!({ "change_role": { "organization": "acme-corp", "account": "bob", "to": "viewer" } });
        let preview = instance.post("carol", "/api/access.preview", json!({ "change": change })).await.done();
        let changes = preview["changes"].as_array().unwrap();
        assert!(
            changes.iter().any(|change| {
                change["userId"] == "bob"
                    && change["action"] == "deploy"
                    && change["resourceId"] == "staging-us-east"
                    && change["after"] == "deny"
            }),
            "{preview}"
        );
        instance.post("alice", "/api/access.preview", json!({ "change": change })).await.refused(403);
        let member = instance.get("carol", "/api/orgTeam.list?search=bob").await.done();
        assert_eq!(member["items"][0]["role"], "developer");
        let actions =
            instance.get("bob", "/api/access.actions?resourceType=cluster&resourceId=staging-us-east").await.done();
        assert_eq!(actions["allowed"], json!(["view", "deploy"]));
        instance.end().await;
    }
}
