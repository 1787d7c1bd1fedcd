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
async fn filters_take_names_and_say_what_they_do_not_find() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let olivia = instance.sign_in("olivia").await;
        let html = olivia.page(&format!("{REVIEW}?environment=Shop+Payments&level=approval")).await.shown();
        assert!(html.contains("Oscar") && !html.contains("Ledger Production"), "{html}");
        let html = olivia.page(&format!("{REVIEW}?team=on+call&level=view")).await.shown();
        assert!(html.contains(">Alice<") && html.contains(">Rita<") && !html.contains(">Carol<"), "{html}");
        let html = olivia.page(&format!("{REVIEW}?as=Bob")).await.shown();
        assert!(!html.contains("Ledger") && html.contains("Shop Staging"), "bob does not see the project: {html}");
        // Who is gone today is found by id in the past.
        instance.call("olivia", "DELETE", "/api/orgTeam.remove?userId=bob", None).await.done();
        let html = olivia.page(&format!("{REVIEW}?as=bob&at=0")).await.shown();
        assert!(!html.contains("Ledger") && html.contains("Shop Staging"), "{html}");
        for (filter, said) in [
            ("team=nobody", "No team is called nobody"),
            ("environment=Nowhere", "No environment is called Nowhere"),
            ("as=bob", "No member is called bob"),
            ("as=acme", "Several members are called acme: write one of the ids"),
            ("at=soon", "At: "),
        ] {
            let html = olivia.page(&format!("{REVIEW}?search=typed&{filter}")).await.refused(400);
            assert!(html.contains(said) && html.contains("value=\"typed\""), "{filter}: {html}");
        }
        // The name of what belongs to another organization is not told.
        let html = olivia.page(&format!("{REVIEW}/reach/portal-production?at=soon")).await.refused(400);
        assert!(!html.contains("Portal Production"), "{html}");
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
            rest.split(['"', '?']).next().unwrap().to_owned()
        };
        let html = carol.page(&format!("{path}?holder=oscar")).await.shown();
        let line = format!("{path}/lines/{}", number(&html));
        let fields = [("decision", "remove"), ("access", "owner")];
        assert!(html.contains(&format!("{line}?holder=oscar\"")), "the page is found again: {html}");
        let line = format!("{line}?holder=oscar");
        let decided = carol.submit(&line, &fields).await.sends_on();
        assert!(decided.ends_with("?holder=oscar&done=decided"), "{decided}");
        let html = carol.page(&format!("{path}?holder=carol")).await.shown();
        assert!(html.contains("Somebody else decides this.") && !html.contains("/lines/"), "{html}");
        let html = carol.submit(&format!("{path}/close"), &[]).await.refused(409);
        assert!(html.contains("lines are not decided"), "{html}");
        let html = carol.submit(&format!("{path}/close"), &[("accept", "yes")]).await.refused(409);
        assert!(html.contains("The review stays open") && html.contains("It was not made: "), "{html}");
        let closed = olivia.submit(&format!("{path}/close"), &[("accept", "yes")]).await.sends_on();
        assert!(closed.contains("done=closed"), "{closed}");
        // Who is gone is still found by name.
        for named in ["oscar", "Oscar", "oscar%40"] {
            let html = olivia.page(&format!("{path}?holder={named}")).await.shown();
            assert!(html.contains("It was made.") && html.contains("gone"), "{named}: {html}");
        }
        let html = olivia.page(&format!("{path}?holder=On+Call")).await.shown();
        assert!(html.contains("<small>team</small>") && !html.contains(">alice<"), "{html}");
        let html = olivia.page(&format!("{path}?holder=nobody+at+all")).await.shown();
        assert!(html.contains("There is no such line."), "{html}");
        let html = olivia.page(&format!("{REVIEW}/reviews")).await.shown();
        assert!(html.contains("/api/review.export") && html.contains("Review of revision 0"), "{html}");
        instance.end().await;
    }
}

/// The lines that the form keeps, as it sends them.
fn kept(html: &str) -> Vec<String> {
    let fields = html.split("name=\"line\" value=\"").skip(1);
    fields.map(|field| field.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_a_page_is_kept_at_once_or_not_at_all() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let carol = instance.sign_in("carol").await;
        let path = open(&carol).await;
        let html = carol.page(&path).await.shown();
        let lines = kept(&html);
        assert!(lines.len() > 10 && html.contains(&format!("Keep {} lines", lines.len())), "{html}");
        let mut fields: Vec<_> = lines.iter().map(|line| ("line", line.as_str())).collect();

        let other = format!("{}:owner until tomorrow", lines[1].split(':').next().unwrap());
        fields[1].1 = &other;
        let html = carol.submit(&format!("{path}/keep"), &fields).await.refused(409);
        assert!(html.contains("look at it again") && kept(&html) == lines, "nothing was decided: {html}");
        for (wrong, said) in [("7", "Line: send its number"), ("x:owner", "Line: send its number")] {
            let html = carol.submit(&format!("{path}/keep"), &[("line", wrong)]).await.refused(400);
            assert!(html.contains(said), "{html}");
        }
        carol.submit(&format!("{path}/keep"), &[]).await.refused(400);

        fields[1].1 = &lines[1];
        assert!(carol.submit(&format!("{path}/keep"), &fields).await.sends_on().contains("done=kept"));
        let html = carol.page(&path).await.shown();
        assert_eq!(html.matches("Keep, by ").count(), lines.len(), "{html}");
        assert!(kept(&html).is_empty() && !html.contains("Keep the rest"), "{html}");
        let own = carol.page(&format!("{path}?holder=Carol")).await.shown();
        assert!(!own.contains("Keep, by ") && own.contains("Somebody else decides this."), "{own}");
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
        let row = html.split("<tr").find(|row| row.contains("Shop Staging") && row.contains("Ada"));
        assert!(row.is_some_and(|row| row.contains("lost")), "{html}");
        assert!(html.contains("Change role") && html.contains("from revision 0 to revision 1"), "{html}");
        // To lock what was open takes it from those who could deploy.
        let lock = json!({ "environmentId": "shop-dev", "protection": "locked" });
        instance.call("olivia", "PATCH", "/api/environment.setProtection", Some(lock)).await.done();
        let html = olivia.page(&format!("{REVIEW}/changes?from=1")).await.shown();
        let row = |who: &str| html.split("<tr").find(|row| row.contains("Shop Dev") && row.contains(who));
        assert!(row("Bob").is_some_and(|row| row.contains("lost")) && row("Oscar").is_none(), "{html}");
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
        let grant = json!({ "clusterId": "staging-us-east", "teamId": "on-call", "permission": "deploy" });
        instance.post("olivia", "/api/cluster.grantAccess", grant).await.done();
        let html = olivia.page(&format!("{REVIEW}/unused")).await.shown();
        let of = |who: &str| {
            let row = html.split("<tr").find(|row| row.contains(who) && row.contains("Staging Us East"));
            row.unwrap_or_else(|| panic!("{html}")).to_owned()
        };
        assert!(of("Alice").contains("<time") && of("Bob").contains("never, as far as is known"), "{html}");
        assert!(html.contains("It does not know who only looked at something"), "{html}");
        // What a member deployed was allowed by a grant of their team as well.
        let of_team = |what: &str| {
            let row = html.split("<tr").find(|row| row.contains("<small>team</small>") && row.contains(what));
            row.unwrap_or_else(|| panic!("{what}: {html}")).to_owned()
        };
        let (used, unused) = (of_team("Staging Us East"), of_team("Vault"));
        assert!(used.contains("<time") && unused.contains("never, as far as is known"), "{html}");
        let in_project = |who: &str, project: &str| {
            html.split("<tr").find(|row| row.contains(who) && row.contains("the project ") && row.contains(project))
        };
        assert!(in_project("Alice", "Ledger").is_some_and(|row| row.contains("never, as far as is known")), "{html}");
        assert_eq!(in_project("Bob", "Shop"), None, "that role has ended: {html}");
        instance.end().await;
    }
}
