//! Names that are no plain words, in every field of every page.

use serde_json::json;

use crate::harness::{Instance, Place};

const NAMES: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>&amp;",
    "\u{202e}\u{5e9}\u{5dc}\u{5d5}\u{5dd} {{7*7}}",
    "x",
    "${a}`b`%00\\",
];

fn escaped(name: &str) -> String {
    name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A day of a month from now.
fn last_day(instance: &Instance) -> String {
    let in_a_month = instance.clock.now().as_millis() + 30 * 24 * 60 * 60 * 1_000;
    let text = shipgate::Time::from_millis(in_a_month).to_rfc3339().unwrap();
    text.split('T').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_shown_as_it_is_and_is_never_markup() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let (olivia, carol) = (instance.sign_in("olivia").await, instance.sign_in("carol").await);
        let long = "W".repeat(200);
        for name in NAMES.into_iter().chain([long.as_str()]) {
            let base = "/organizations/acme-corp";
            let created = async |path: &str, fields: &[(&str, &str)]| {
                let at = olivia.submit(&format!("{base}/{path}"), fields).await.sends_on();
                at.split('?').next().unwrap().to_owned()
            };
            let mut pages = vec![
                created("teams", &[("name", name)]).await,
                created("roles", &[("name", name), ("rank", "viewer"), ("permission", "view")]).await,
                created("clusters", &[("name", name), ("visibility", "organization")]).await,
            ];
            let project = created("projects", &[("name", name), ("visibility", "organization")]).await;
            let fields = [("name", name), ("cluster", "staging-us-east"), ("protection", "restricted")];
            let environment = created(&format!("{}/environments", &project[base.len() + 1..]), &fields).await;
            created("programs", &[("name", name), ("role", "viewer")]).await;
            let until = last_day(&instance);
            let fields = [("name", name), ("action", "view"), ("until", until.as_str())];
            olivia.submit(&format!("{base}/tokens"), &fields).await.shown();
            let production = format!("{base}/environments/shop-production");
            carol.submit(&format!("{production}/deployments"), &[("release", name)]).await.sends_on();
            pages.extend([project, environment, production]);
            pages.extend(
                ["members", "teams", "roles", "clusters", "projects", "deployments", "tokens", "audit"]
                    .map(|page| format!("{base}/{page}")),
            );
            for page in pages {
                let html = olivia.page(&page).await.shown();
                assert!(html.contains(&escaped(name)), "{page} does not show {name}");
                assert!(!html.contains("<script>alert") && !html.contains("<img"), "{page}: {name}");
            }
            let body = json!({ "organizationId": "acme-corp", "name": name });
            olivia.call("PATCH", "/api/organization.update", Some(body)).await.done();
            for page in ["/", "/organizations/acme-corp/teams"] {
                assert!(olivia.page(page).await.shown().contains(&format!(">{}<", escaped(name))), "{page}: {name}");
            }
            // A page that is shown again shows it too.
            let query: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
            for page in [format!("{base}/members?search={query}"), format!("{base}/audit?who={query}&about={query}")] {
                let html = olivia.page(&page).await.shown();
                assert!(!html.contains("<script>alert") && !html.contains("<img"), "{page}: {name}");
            }
            let html = olivia.submit(&format!("{base}/invitations"), &[("form", "invite"), ("email", name)]).await.html;
            assert!(html.contains(&format!("value=\"{}\"", escaped(name))), "{html}");
        }
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_too_long_or_missing_is_refused_with_a_sentence() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let olivia = instance.sign_in("olivia").await;
    for name in ["", " ", &"W".repeat(201), "a\u{7}b"] {
        for page in ["teams", "clusters", "projects", "roles", "programs"] {
            let fields = [("form", "create"), ("name", name), ("rank", "viewer"), ("role", "viewer")];
            let html = olivia.submit(&format!("/organizations/acme-corp/{page}"), &fields).await.refused(400);
            assert!(html.contains("Name: write 1 to 200 characters"), "{page}: {html}");
        }
    }
    assert_eq!(instance.service.organizations.revision("acme-corp"), 0);
    instance.end().await;
}
