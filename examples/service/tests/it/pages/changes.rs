//! Changes: shown before they are made, and told if somebody else was first.

use serde_json::json;

use super::Page;
use crate::harness::{Browser, Instance, Place};

async fn role_of(browser: &Browser<'_>, who: &str) -> String {
    let members = browser.get(&format!("/api/orgTeam.list?organizationId=acme-corp&search={who}@")).await.done();
    members["items"][0]["role"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_something_away_shows_its_effect_before_it_is_made() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let olivia = instance.sign_in("olivia").await;
        let path = "/organizations/acme-corp/members/alice/role";
        let fields = [("form", "role-alice"), ("role", "viewer"), ("seen", "developer")];
        let html = olivia.submit(path, &fields).await.shown();
        assert!(html.contains("Nothing was changed yet") && html.contains("Who loses what"), "{html}");
        assert!(html.contains("deploy") && html.contains("Alice"), "{html}");
        assert_eq!(role_of(&olivia, "alice").await, "developer");
        let confirmed = [fields.as_slice(), &[("confirmed", "yes")]].concat();
        assert!(olivia.submit(path, &confirmed).await.sends_on().contains("done=changed"));
        assert_eq!(role_of(&olivia, "alice").await, "viewer");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_change_a_member_the_second_is_told_and_nothing_is_lost() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let other = instance.beside(&place, &[]).await;
        let (olivia, oscar) = (instance.sign_in("olivia").await, instance.sign_in("oscar").await);
        let oscar = oscar.at(&other);
        let path = "/organizations/acme-corp/members/bob/role";
        let fields = |role| [("form", "role-bob"), ("role", role), ("seen", "developer"), ("confirmed", "yes")];
        let sent = (fields("admin"), fields("viewer"));
        let (first, second) = tokio::join!(olivia.submit(path, &sent.0), oscar.submit(path, &sent.1));
        let (done, told): (Vec<Page>, Vec<Page>) = [first, second].into_iter().partition(|page| page.status == 303);
        assert_eq!((done.len(), told.len()), (1, 1), "{told:?}");
        let html = told.into_iter().next().unwrap().refused(409);
        assert!(html.contains("Somebody else changed this meanwhile"), "{html}");
        instance.service.organizations.wait_for("acme-corp", 1).await.unwrap();
        assert!(["admin", "viewer"].contains(&role_of(&olivia, "bob").await.as_str()));
        assert_eq!(instance.service.organizations.revision("acme-corp"), 1);
        other.end().await;
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_page_is_told_what_is_no_longer_so() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let (olivia, carol) = (instance.sign_in("olivia").await, instance.sign_in("carol").await);
    // Somebody set another end, and another level, since these pages were made.
    let path = "/organizations/acme-corp/members/dana/expiry";
    let html = olivia.submit(path, &[("until", "2099-03-01"), ("seen", "5")]).await.refused(409);
    assert!(html.contains("Somebody else changed this meanwhile"), "{html}");
    let path = "/organizations/acme-corp/clusters/staging-us-east/access";
    let fields = [("account", "bob"), ("level", "view"), ("seen", "view:")];
    assert!(carol.submit(path, &fields).await.refused(409).contains("Somebody else changed this"));
    let path = "/organizations/acme-corp/environments/shop-dev/protection";
    let fields = [("protection", "locked"), ("seen", "locked: Owners deploy")];
    assert!(olivia.submit(path, &fields).await.refused(409).contains("Somebody else changed this"));
    // The role of who sends it was taken meanwhile.
    let taken = json!({ "organizationId": "acme-corp", "userId": "carol", "role": "viewer" });
    olivia.call("PATCH", "/api/orgTeam.update", Some(taken)).await.done();
    let fields = [("role", "viewer"), ("seen", "developer"), ("confirmed", "yes")];
    let html = carol.submit("/organizations/acme-corp/members/alice/role", &fields).await.refused(403);
    assert!(html.contains("This was not done.") && html.contains("viewer"), "{html}");
    // And so was that of whom it is about.
    let gone = "/api/orgTeam.remove?organizationId=acme-corp&userId=victor";
    olivia.call("DELETE", gone, None).await.done();
    let fields = [("role", "admin"), ("seen", "viewer"), ("from", "list"), ("confirmed", "yes")];
    olivia.submit("/organizations/acme-corp/members/victor/role", &fields).await.refused(404);
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_that_is_changed_in_its_row_keeps_its_end() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let carol = instance.sign_in("carol").await;
    let html = carol.page("/organizations/acme-corp/clusters/edge-swarm/access").await.shown();
    let seen = html.split("name=\"seen\" value=\"").find(|rest| rest.starts_with("manage:")).unwrap();
    let seen = seen.split('"').next().unwrap();
    let fields = [("account", "bob"), ("level", "view"), ("seen", seen), ("confirmed", "yes")];
    carol.submit("/organizations/acme-corp/clusters/edge-swarm/access", &fields).await.sends_on();
    let access = carol.get("/api/cluster.listAccess?clusterId=edge-swarm").await.done();
    let bob = access["items"].as_array().unwrap().iter().find(|item| item["userId"] == "bob").unwrap();
    assert_eq!((&bob["permission"], &bob["until"]), (&json!("view"), &json!("2027-01-01T00:00:00Z")));
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_is_asked_for_approved_and_started() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let (olivia, carol) = (instance.sign_in("olivia").await, instance.sign_in("carol").await);
        let path = "/organizations/acme-corp/environments/shop-production/deployments";
        assert!(carol.submit(path, &[("release", "v7")]).await.sends_on().contains("done=requested"));
        let html = olivia.page("/organizations/acme-corp/deployments").await.shown();
        let step = |step: &str| {
            let end = html.find(&format!("/{step}\"")).unwrap();
            let begin = html[..end].rfind("action=\"").unwrap() + "action=\"".len();
            format!("{}/{step}", &html[begin..end])
        };
        assert!(carol.submit(&step("approve"), &[]).await.refused(403).contains("This was not done."));
        olivia.submit(&step("approve"), &[]).await.sends_on();
        let start = step("approve").replace("/approve", "/start");
        assert!(carol.submit(&start, &[]).await.sends_on().contains("done=started"));
        let html = carol.submit(&start, &[]).await.refused(409);
        assert!(html.contains("This deployment is started"), "{html}");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn things_are_renamed_hidden_and_deleted_on_their_pages() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let olivia = instance.sign_in("olivia").await;
        let acme = "/organizations/acme-corp";
        for (path, shown) in [
            ("clusters/edge-swarm", "clusters/edge-swarm/access"),
            ("projects/website", "projects/website"),
            ("environments/shop-dev", "environments/shop-dev"),
            ("teams/night-shift", "teams/night-shift"),
        ] {
            let renamed = olivia.submit(&format!("{acme}/{path}/name"), &[("name", "Another <name>")]).await.sends_on();
            assert_eq!(renamed, format!("{acme}/{shown}?done=changed"));
            assert!(olivia.page(&format!("{acme}/{shown}")).await.shown().contains("Another &lt;name&gt;"), "{path}");
            let fields = [("form", "rename"), ("name", "  ")];
            let html = olivia.submit(&format!("{acme}/{path}/name"), &fields).await.refused(400);
            assert!(html.contains("Name: write 1 to 200 characters"), "{html}");
        }
        for path in ["clusters/edge-swarm", "projects/shop"] {
            let path = format!("{acme}/{path}/visibility");
            let fields = [("visibility", "members"), ("seen", "organization")];
            let html = olivia.submit(&path, &fields).await.shown();
            assert!(html.contains("Who loses what") && html.contains("Nothing was changed yet"), "{html}");
            let confirmed = [fields.as_slice(), &[("confirmed", "yes")]].concat();
            assert!(olivia.submit(&path, &confirmed).await.sends_on().contains("done=changed"));
            let html = olivia.submit(&path, &confirmed).await.refused(409);
            assert!(html.contains("Somebody else changed this meanwhile"), "{html}");
        }
        let end = async |path: &str| olivia.submit(&format!("{acme}/{path}"), &[("confirmed", "yes")]).await;
        let html = end("projects/shop/delete").await.refused(403);
        assert!(html.contains("This was not done."), "it has environments: {html}");
        assert_eq!(end("environments/shop-dev/delete").await.sends_on(), format!("{acme}/projects/shop?done=removed"));
        assert_eq!(end("projects/website/delete").await.sends_on(), format!("{acme}/projects?done=removed"));
        assert_eq!(end("clusters/edge-swarm/disconnect").await.sends_on(), format!("{acme}/clusters?done=removed"));
        for gone in ["environments/shop-dev", "projects/website", "clusters/edge-swarm/access"] {
            olivia.page(&format!("{acme}/{gone}")).await.refused(404);
        }
        let html = olivia.submit(&format!("{acme}/environments/shop-staging/delete"), &[]).await.shown();
        assert!(html.contains("Who loses what"), "{html}");
        // Who may not has no such control.
        let victor = instance.sign_in("victor").await;
        let html = victor.page(&format!("{acme}/environments/shop-staging")).await.shown();
        assert!(!html.contains("/delete\"") && !html.contains("Rename"), "{html}");
        instance.end().await;
    }
}
