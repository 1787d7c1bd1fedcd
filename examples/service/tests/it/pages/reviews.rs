//! The access review: pages that show it, and the review as a process.

use serde_json::json;

use crate::harness::{Browser, Instance, Place};

const REVIEW: &str = "/organizations/acme-corp/review";

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_says_who_has_what_by_shape_and_in_words() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let olivia = instance.sign_in("olivia").await;
        let html = olivia.page(REVIEW).await.shown();
        for part in ["Deploys after approval", "◧", "■", "○", "Ledger Production", "Alice", "Legend"] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let html = olivia.page(&format!("{REVIEW}?environment=shop-payments&level=approval")).await.shown();
        assert!(html.contains("Oscar") && !html.contains(">Alice<"), "Owners alone deploy there: {html}");
        let html = olivia.page(&format!("{REVIEW}?form=table&search=alice%40&protected=yes")).await.shown();
        assert!(
            html.contains("People and environments") && html.contains("Alice") && !html.contains(">Bob<"),
            "{html}"
        );
        let html = olivia.page(&format!("{REVIEW}?team=on-call&level=view")).await.shown();
        assert!(html.contains(">Alice<") && html.contains(">Rita<") && !html.contains(">Carol<"), "{html}");
        let html = olivia.page(&format!("{REVIEW}?as=bob")).await.shown();
        assert!(!html.contains("Ledger"), "bob does not see the project: {html}");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_deploy_is_told_with_why_and_who_allowed_it() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let (olivia, path) = (instance.sign_in("olivia").await, format!("{REVIEW}/reach/shop-production"));
        let grant = json!({ "clusterId": "production-us-east", "userId": "carol", "permission": "manage" });
        instance.post("olivia", "/api/cluster.grantAccess", grant).await.done();
        let html = olivia.page(&path).await.shown();
        assert!(html.contains("has manage on the cluster by an own grant") && html.contains("Carol"), "{html}");
        assert!(
            html.contains("by <span dir=\"auto\">Olivia</span>") && html.contains("before the audit log begins"),
            "{html}"
        );
        let then = olivia.page(&format!("{path}?at=0")).await.shown();
        assert!(then.contains("has deploy on the cluster by an own grant"), "{then}");
        let html = olivia.page(&format!("{path}/alice")).await.shown();
        assert!(html.contains("what would open it") && html.contains("deny: "), "{html}");
        for path in
            [format!("{REVIEW}/reach/portal-production"), format!("{path}/gina"), format!("{REVIEW}/reach/none")]
        {
            olivia.page(&path).await.refused(404);
        }
        instance.end().await;
    }
}

/// Opens a review, and returns its path.
async fn open(browser: &Browser<'_>) -> String {
    let path = browser.submit(&format!("{REVIEW}/reviews"), &[]).await.sends_on();
    path.split('?').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_opened_decided_and_closed() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let (carol, olivia) = (instance.sign_in("carol").await, instance.sign_in("olivia").await);
        let path = open(&carol).await;
        let number = |html: &str| {
            let (_, rest) = html.split_once("/lines/").unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let html = carol.page(&format!("{path}?holder=oscar")).await.shown();
        let line = format!("{path}/lines/{}", number(&html));
        let fields = [("decision", "remove"), ("access", "owner")];
        assert!(carol.submit(&line, &fields).await.sends_on().contains("done=decided"));
        let html = carol.page(&format!("{path}?holder=carol")).await.shown();
        assert!(html.contains("Somebody else decides this.") && !html.contains("/lines/"), "{html}");
        let html = carol.submit(&format!("{path}/close"), &[]).await.refused(409);
        assert!(html.contains("lines are not decided"), "{html}");
        let html = carol.submit(&format!("{path}/close"), &[("accept", "yes")]).await.refused(409);
        assert!(html.contains("The review stays open") && html.contains("It was not made: "), "{html}");
        let closed = olivia.submit(&format!("{path}/close"), &[("accept", "yes")]).await.sends_on();
        assert!(closed.contains("done=closed"), "{closed}");
        let html = olivia.page(&format!("{path}?holder=oscar")).await.shown();
        assert!(html.contains("It was made.") && html.contains("gone"), "{html}");
        let html = olivia.page(&format!("{REVIEW}/reviews")).await.shown();
        assert!(html.contains("/api/review.export") && html.contains("Review of revision 0"), "{html}");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_access_review_is_for_those_who_may_read_the_audit_log() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let path = open(&instance.sign_in("olivia").await).await;
        let of_production = format!("{REVIEW}/reach/shop-production");
        for (who, status) in [("victor", 403), ("betty", 403), ("alice", 403), ("gina", 404)] {
            let browser = instance.sign_in(who).await;
            for path in [REVIEW, &format!("{REVIEW}/reviews"), &format!("{REVIEW}/reach"), &of_production, &path] {
                browser.page(path).await.refused(status);
            }
            browser.submit(&format!("{REVIEW}/reviews"), &[]).await.refused(status);
        }
        // A review of another organization is not there, also for who may read one here.
        let gina = instance.sign_in("gina").await;
        gina.page(&path.replace("acme-corp", "globex")).await.refused(404);
        let nora = instance.sign_in("nora").await;
        let html = nora.page(&path).await.shown();
        assert!(!html.contains("/lines/") && !html.contains("Close the review"), "an auditor decides nothing: {html}");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_shown_as_they_are_and_never_as_html() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let rename = "UPDATE service_accounts SET name = '<img src=x onerror=alert(1)>\"' WHERE id = 'olivia'";
    instance.service.database.execute(shipgate_service::database::Query::new(rename)).await.unwrap();
    let olivia = instance.sign_in("olivia").await;
    let path = open(&olivia).await;
    for path in [
        REVIEW.to_owned(),
        format!("{REVIEW}/reach/shop-production"),
        format!("{path}?holder=olivia"),
        format!("{REVIEW}/reviews"),
    ] {
        let html = olivia.page(&path).await.shown();
        assert!(html.contains("&lt;img src=x") && !html.contains("<img"), "{path}: {html}");
    }
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_is_mended_by_its_button_after_its_effect_was_seen() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let (olivia, path) = (instance.sign_in("olivia").await, format!("{REVIEW}/findings"));
        let about = "member `betty` on cluster `staging-us-east`";
        let html = olivia.page(&path).await.shown();
        assert!(html.contains(about) && html.contains("Remove the grant"), "{html}");
        let fields = [("what", "member_access"), ("on", "staging-us-east"), ("holder", "betty"), ("confirmed", "yes")];
        olivia.submit(&path, &fields).await.sends_on();
        assert!(!olivia.page(&path).await.shown().contains(about));
        // What takes something away is shown before it is made, and what the policy denies is not made.
        let remove = [("what", "membership"), ("on", "alice"), ("holder", "")];
        let html = olivia.submit(&path, &remove).await.shown();
        assert!(html.contains("Nothing was changed yet") && html.contains("Who loses what"), "{html}");
        let nora = instance.sign_in("nora").await;
        let denied = [remove.as_slice(), &[("confirmed", "yes")]].concat();
        nora.submit(&path, &denied).await.refused(403);
        assert_eq!(instance.service.organizations.revision("acme-corp"), 1);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_moments_are_compared_by_who_reaches_production_and_by_what_was_changed() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let olivia = instance.sign_in("olivia").await;
        let update = json!({ "userId": "ada", "role": "viewer" });
        instance.call("olivia", "PATCH", "/api/orgTeam.update", Some(update)).await.done();
        let html = olivia.page(&format!("{REVIEW}/changes?from=0")).await.shown();
        let row = html.split("<tr").find(|row| row.contains("shop-staging") && row.contains("Ada"));
        assert!(row.is_some_and(|row| row.contains("lost")), "{html}");
        assert!(html.contains("Change role") && html.contains("from revision 0 to revision 1"), "{html}");
        let html = olivia.page(&format!("{REVIEW}/changes?from=1&to=1")).await.shown();
        assert!(html.contains("Nobody gained or lost one."), "{html}");
        olivia.page(&format!("{REVIEW}/changes?from=1&to=0")).await.refused(400);
        olivia.page(&format!("{REVIEW}/changes?from=soon")).await.refused(400);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unused_access_is_told_as_far_as_the_audit_log_knows_it() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let olivia = instance.sign_in("olivia").await;
        let body = json!({ "environmentId": "shop-dev", "release": "v1" });
        assert_eq!(instance.post("alice", "/api/deployment.request", body).await.done()["status"], "started");
        let html = olivia.page(&format!("{REVIEW}/unused")).await.shown();
        let of = |who: &str| {
            let row = html.split("<tr").find(|row| row.contains(who) && row.contains("Staging Us East"));
            row.unwrap_or_else(|| panic!("{html}")).to_owned()
        };
        assert!(of("Alice").contains("<time") && of("Bob").contains("never, as far as is known"), "{html}");
        assert!(html.contains("It does not know who only looked at something"), "{html}");
        instance.end().await;
    }
}
