//! Invitations.

use serde_json::{Value, json};

use crate::harness::{Instance, Place, ids};

async fn invite(instance: &Instance, who: &str, email: &str, role: &str) -> (String, String) {
    let made = instance.post(who, "/api/invitation.create", json!({ "email": email, "role": role })).await.done();
    (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

async fn accept(instance: &Instance, who: &str, secret: &str) -> crate::harness::Answer {
    instance.sign_in(who).await.post("/api/invitation.accept", json!({ "secret": secret })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_makes_its_address_a_member_once() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let (_, secret) = invite(&instance, "carol", " Gina@GLOBEX.example", "developer").await;
        accept(&instance, "hank", &secret).await.refused(409);
        let joined = accept(&instance, "gina", &secret).await.done();
        assert_eq!(joined["organizationId"], "acme-corp");
        let members = instance.get("olivia", "/api/orgTeam.list?search=gina").await.done();
        assert_eq!(members["items"][0]["role"], "developer");
        accept(&instance, "gina", &secret).await.refused(404);
        let record = instance.service.database.records_from("acme-corp", 1).await.unwrap().remove(0);
        assert!(serde_json::to_string(&record).unwrap().contains(r#""by":"carol""#), "it is the inviter's change");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inviter_who_has_lost_the_right_invites_nobody() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let (_, secret) = invite(&instance, "carol", "gina@globex.example", "developer").await;
        let update = json!({ "userId": "carol", "role": "developer" });
        instance.call("olivia", "PATCH", "/api/orgTeam.update", Some(update)).await.done();
        let detail = accept(&instance, "gina", &secret).await.refused(409);
        assert!(!detail.contains("permission"), "the invited does not learn why: {detail}");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_decided_when_it_is_made_and_can_be_revoked() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let body = json!({ "email": "gina@globex.example", "role": "viewer" });
        instance.post("alice", "/api/invitation.create", body).await.refused(403);
        let body = json!({ "email": "gina@globex.example", "role": "owner" });
        instance.post("carol", "/api/invitation.create", body).await.refused(403);
        for email in ["gina", "@globex.example", "gina@", "a b@globex.example", "a@b@c"] {
            instance
                .post("carol", "/api/invitation.create", json!({ "email": email, "role": "viewer" }))
                .await
                .refused(400);
        }
        let (id, secret) = invite(&instance, "carol", "gina@globex.example", "viewer").await;
        let list = instance.get("olivia", "/api/invitation.list").await.done();
        assert_eq!(ids(&list, "id"), [id.as_str()]);
        assert!(!list.to_string().contains(&secret));
        instance.get("alice", "/api/invitation.list").await.refused(403);
        let path = format!("/api/invitation.revoke?invitationId={id}");
        instance.call("gina", "DELETE", &path, None).await.refused(404);
        instance.call("olivia", "DELETE", &path, None).await.done();
        accept(&instance, "gina", &secret).await.refused(404);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_renews_themselves_by_an_invitation() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let (_, secret) = invite(&instance, "carol", "carol@acme-corp.example", "developer").await;
    accept(&instance, "carol", &secret).await.refused(409);
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_secret_of_an_invitation_is_stored_hashed() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let (_, secret) = invite(&instance, "carol", "gina@globex.example", "viewer").await;
    let query = shipgate_service::database::Query::new("SELECT hash, email FROM service_invitations");
    let row = instance.service.database.row(query).await.unwrap().unwrap();
    assert_eq!(row.text("hash").unwrap(), shipgate_service::secrets::hash(&secret));
    let log = instance.get("olivia", "/api/auditLog.list?kind=invitation_created").await.done();
    assert_eq!(log["items"].as_array().map(Vec::len), Some(1));
    let told: Value = log["items"][0].clone();
    assert!(!told.to_string().contains("gina"), "the audit log has ids only: {told}");
    instance.end().await;
}
