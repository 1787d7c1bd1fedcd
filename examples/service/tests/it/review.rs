//! Reviews of access: opened, decided line by line, closed.

use serde_json::{Value, json};

use crate::harness::{Instance, Place};

/// Opens a review as olivia, and returns its id.
async fn open(instance: &Instance) -> String {
    let opened = instance.post("olivia", "/api/review.open", json!({})).await.done();
    opened["id"].as_str().unwrap().to_owned()
}

async fn review(instance: &Instance, who: &str, id: &str, more: &str) -> Value {
    instance.get(who, &format!("/api/review.get?reviewId={id}&limit=200{more}")).await.done()
}

/// The line of somebody about something.
async fn line(instance: &Instance, id: &str, holder: &str, kind: &str, place: Option<&str>) -> Value {
    let review = review(instance, "olivia", id, &format!("&holderId={holder}")).await;
    let lines = review["items"].as_array().unwrap().iter();
    let found = lines.clone().find(|line| line["kind"] == kind && place.is_none_or(|place| line["placeId"] == place));
    found.unwrap_or_else(|| panic!("{review}")).clone()
}

fn decision(review: &str, line: &Value, decision: &str, to: Option<&str>) -> Value {
    let one = json!({ "line": line["line"], "decision": decision, "to": to, "access": line["present"] });
    json!({ "reviewId": review, "decisions": [one] })
}

fn closing(review: &str) -> Value {
    json!({ "reviewId": review, "acceptUndecided": true })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_is_made_by_who_closes_the_review() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let id = open(&instance).await;
        instance.post("carol", "/api/review.open", json!({})).await.refused(409);
        let alice = line(&instance, &id, "alice", "cluster_access", Some("staging-us-east")).await;
        assert_eq!((&alice["access"], &alice["present"]), (&json!("deploy"), &json!("deploy")));
        let bob = line(&instance, &id, "bob", "member", None).await;
        let keep = line(&instance, &id, "victor", "member", None).await;
        for body in [
            decision(&id, &alice, "remove", None),
            decision(&id, &bob, "change", Some("viewer")),
            decision(&id, &keep, "keep", None),
        ] {
            instance.post("carol", "/api/review.decide", body).await.done();
        }
        assert_eq!(instance.service.organizations.revision("acme-corp"), 0, "nothing is made before it is closed");
        let undecided = instance.post("olivia", "/api/review.close", json!({ "reviewId": id })).await.refused(409);
        assert!(undecided.contains("lines are not decided"), "{undecided}");
        let closed = instance.post("olivia", "/api/review.close", closing(&id)).await.done();
        assert_eq!((&closed["closed"], &closed["progress"]["made"]), (&json!(true), &json!(2)), "{closed}");
        assert_eq!(closed["progress"]["kept"], 1, "{closed}");
        let log = instance.get("olivia", "/api/auditLog.list?targetId=alice&kind=set_cluster_access").await.done();
        assert_eq!(log["items"][0]["actorId"], "olivia", "the change is by who closes: {log}");
        let members = instance.get("olivia", "/api/orgTeam.list?search=bob%40").await.done();
        assert_eq!(members["items"][0]["role"], "viewer");
        instance.post("olivia", "/api/review.close", closing(&id)).await.refused(409);
        instance.post("carol", "/api/review.decide", decision(&id, &keep, "remove", None)).await.refused(409);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_on_their_own_access() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let add = json!({ "teamId": "on-call", "userId": "carol" });
        instance.post("olivia", "/api/team.addMember", add).await.done();
        let made = json!({
            "name": "deploy", "actions": ["view"], "userId": "ci-bot", "expiresAt": in_an_hour(), "organizationIds": ["acme-corp"],
        });
        instance.sign_in("oscar").await.post("/api/token.create", made).await.done();
        let id = open(&instance).await;
        let own = line(&instance, &id, "carol", "member", None).await;
        let of_team = line(&instance, &id, "on-call", "cluster_access", Some("vault")).await;
        let of_program = line(&instance, &id, "ci-bot", "member", None).await;
        for (who, line) in [("carol", &own), ("carol", &of_team), ("oscar", &of_program)] {
            let detail = instance.post(who, "/api/review.decide", decision(&id, line, "keep", None)).await.refused(403);
            assert!(detail.contains("your own access"), "{detail}");
        }
        let by_program = instance.post("ops-bot", "/api/review.decide", decision(&id, &own, "keep", None)).await;
        assert!(by_program.refused(403).contains("a service account does not review"));
        let seen = review(&instance, "carol", &id, "&holderId=carol").await;
        assert!(seen["items"].as_array().unwrap().iter().all(|line| line["mayDecide"] == false), "{seen}");
        for line in [&own, &of_team, &of_program] {
            instance.post("olivia", "/api/review.decide", decision(&id, line, "keep", None)).await.done();
        }
        instance.end().await;
    }
}

fn in_an_hour() -> String {
    let now = std::time::SystemTime::now() + std::time::Duration::from_hours(1);
    shipgate::Time::from(now).to_rfc3339().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_denied_stays_open_with_its_reason() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let id = open(&instance).await;
        let oscar = line(&instance, &id, "oscar", "member", None).await;
        instance.post("carol", "/api/review.decide", decision(&id, &oscar, "remove", None)).await.done();
        // An Admin does not remove an Owner.
        let closed = instance.post("carol", "/api/review.close", closing(&id)).await.done();
        assert_eq!((&closed["closed"], &closed["progress"]["denied"]), (&json!(false), &json!(1)), "{closed}");
        let oscar = line(&instance, &id, "oscar", "member", None).await;
        assert_eq!((&oscar["outcome"], &oscar["present"]), (&json!("denied"), &json!("owner")));
        assert!(oscar["detail"].as_str().unwrap().starts_with("denied: "), "{oscar}");
        let closed = instance.post("olivia", "/api/review.close", closing(&id)).await.done();
        assert_eq!((&closed["closed"], &closed["progress"]["made"]), (&json!(true), &json!(1)), "{closed}");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn access_that_changed_meanwhile_is_said_and_not_changed_again() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let id = open(&instance).await;
        let bob = line(&instance, &id, "bob", "cluster_access", Some("staging-us-east")).await;
        let alice = line(&instance, &id, "alice", "cluster_access", Some("staging-us-east")).await;
        instance.post("olivia", "/api/review.decide", decision(&id, &bob, "remove", None)).await.done();
        let grant = |user: &str| json!({ "clusterId": "staging-us-east", "userId": user, "permission": "view" });
        for user in ["bob", "alice"] {
            instance.post("olivia", "/api/cluster.grantAccess", grant(user)).await.done();
        }
        // Who decides on what is no longer so is told.
        let late =
            instance.post("olivia", "/api/review.decide", decision(&id, &alice, "keep", None)).await.refused(409);
        assert!(late.contains("the access is now `view`"), "{late}");
        let closed = instance.post("olivia", "/api/review.close", closing(&id)).await.done();
        assert_eq!((&closed["closed"], &closed["progress"]["changed"]), (&json!(false), &json!(1)), "{closed}");
        let bob = line(&instance, &id, "bob", "cluster_access", Some("staging-us-east")).await;
        assert_eq!(
            (&bob["outcome"], &bob["detail"], &bob["present"]),
            (&json!("changed"), &json!("view"), &json!("view"))
        );
        instance.post("olivia", "/api/review.decide", decision(&id, &bob, "remove", None)).await.done();
        let closed = instance.post("olivia", "/api/review.close", closing(&id)).await.done();
        assert_eq!(closed["closed"], true, "{closed}");
        let access = instance.get("olivia", "/api/cluster.listAccess?clusterId=staging-us-east").await.done();
        let bob = access["items"].as_array().unwrap().iter().find(|item| item["userId"] == "bob").unwrap();
        assert_eq!(bob["source"], json!({ "role": "developer" }), "{access}");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reviews_are_for_those_who_may_see_and_administer_access() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let id = open(&instance).await;
        for who in ["victor", "betty", "alice"] {
            let body = json!({ "organizationId": "acme-corp" });
            instance.post(who, "/api/review.open", body).await.refused(403);
            instance.get(who, &format!("/api/review.get?reviewId={id}")).await.refused(403);
            instance.get(who, "/api/review.list").await.refused(403);
            instance.get(who, "/api/review.export?organization=acme-corp").await.refused(403);
        }
        // Who may read the audit log sees it all, and decides nothing.
        let bob = line(&instance, &id, "bob", "member", None).await;
        review(&instance, "nora", &id, "").await;
        instance.post("nora", "/api/review.decide", decision(&id, &bob, "keep", None)).await.refused(403);
        instance.post("nora", "/api/review.close", closing(&id)).await.refused(403);
        for path in ["/api/review.list?organizationId=acme-corp", "/api/review.export?organization=acme-corp"] {
            instance.get("gina", path).await.refused(404);
        }
        let of_other = instance.get("gina", &format!("/api/review.get?reviewId={id}")).await;
        assert_eq!(of_other, instance.get("gina", "/api/review.get?reviewId=review_none").await);
        of_other.refused(404);
        instance.end().await;
    }
}
