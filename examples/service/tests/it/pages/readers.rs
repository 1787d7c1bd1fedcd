//! Who sees which page, and which of its controls.

use super::Page;
use crate::harness::{Instance, Place};

/// Each page of acme-corp, with the call of the API that decides about it.
const PAGES: [(&str, &str); 13] = [
    ("/organizations/acme-corp/members", "/api/orgTeam.list?organizationId=acme-corp"),
    (
        "/organizations/acme-corp/members/alice",
        "/api/access.actions?resourceType=member&organizationId=acme-corp&resourceId=alice",
    ),
    ("/organizations/acme-corp/teams", "/api/team.list?organizationId=acme-corp"),
    ("/organizations/acme-corp/teams/on-call", "/api/team.listMembers?teamId=on-call"),
    ("/organizations/acme-corp/roles", "/api/role.list?organizationId=acme-corp"),
    ("/organizations/acme-corp/roles/shipper", "/api/access.actions?resourceType=role&resourceId=shipper"),
    ("/organizations/acme-corp/clusters", "/api/cluster.list?organizationId=acme-corp"),
    ("/organizations/acme-corp/clusters/vault/access", "/api/cluster.listAccess?clusterId=vault"),
    ("/organizations/acme-corp/projects", "/api/project.list?organizationId=acme-corp"),
    ("/organizations/acme-corp/projects/ledger", "/api/project.listAccess?projectId=ledger"),
    (
        "/organizations/acme-corp/environments/shop-production",
        "/api/environment.listAccess?environmentId=shop-production",
    ),
    ("/organizations/acme-corp/deployments", "/api/organization.get?organizationId=acme-corp"),
    ("/organizations/acme-corp/audit", "/api/auditLog.list?organizationId=acme-corp"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_page_answers_its_reader_as_the_api_does() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let mut refused = 0;
        for who in ["olivia", "victor", "betty", "nora", "gina"] {
            let reader = instance.sign_in(who).await;
            for (path, call) in PAGES {
                let (page, answer) = (reader.page(path).await, reader.get(call).await);
                assert_eq!(page.status, answer.status, "{who}: {path}: {}", answer.body);
                assert!(page.html.starts_with("<!DOCTYPE html>"), "{who}: {path}");
                refused += usize::from(page.status != 200);
                match who {
                    "olivia" => assert_eq!(page.status, 200, "{path}"),
                    "gina" => assert_eq!(page.status, 404, "{path}"),
                    _ => {}
                }
            }
        }
        assert!(refused > PAGES.len(), "only the stranger was refused anything");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_organization_shows_as_one_that_nobody_has() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let gina = instance.sign_in("gina").await;
    let pages = [
        ("members", "olivia", ""),
        ("teams", "on-call", ""),
        ("roles", "shipper", ""),
        ("clusters", "vault", "/access"),
        ("projects", "shop", ""),
        ("environments", "shop-production", ""),
    ];
    for (kind, theirs, rest) in pages {
        for organization in ["globex", "acme-corp", "nobodys"] {
            let of_theirs = gina.page(&format!("/organizations/{organization}/{kind}/{theirs}{rest}")).await;
            let of_nobodys = gina.page(&format!("/organizations/{organization}/{kind}/nobodys{rest}")).await;
            assert_eq!(of_theirs.status, 404, "{organization} {kind}");
            assert_eq!(of_theirs.html, of_nobodys.html, "{organization} {kind}");
        }
    }
    let forms = [
        ("members/{}/role", vec![("role", "viewer"), ("seen", "owner"), ("confirmed", "yes")], "olivia"),
        ("members/{}/remove", vec![("seen", "owner"), ("confirmed", "yes")], "olivia"),
        ("teams/{}/members", vec![("who", "hank"), ("confirmed", "yes")], "on-call"),
        ("teams/{}/delete", vec![("confirmed", "yes")], "night-shift"),
        ("roles/{}", vec![("permission", "view"), ("seen", "view"), ("confirmed", "yes")], "shipper"),
        ("clusters/{}/access", vec![("account", "hank"), ("level", "view"), ("confirmed", "yes")], "vault"),
        ("clusters/{}/access/remove", vec![("team", "on-call"), ("confirmed", "yes")], "vault"),
        ("clusters/{}/disconnect", vec![("confirmed", "yes")], "edge-swarm"),
        ("clusters/{}/name", vec![("name", "x")], "edge-swarm"),
        ("clusters/{}/visibility", vec![("visibility", "members"), ("confirmed", "yes")], "edge-swarm"),
        ("projects/{}/name", vec![("name", "x")], "website"),
        ("projects/{}/visibility", vec![("visibility", "members"), ("confirmed", "yes")], "website"),
        ("projects/{}/delete", vec![("confirmed", "yes")], "website"),
        ("environments/{}/name", vec![("name", "x")], "shop-dev"),
        ("environments/{}/delete", vec![("confirmed", "yes")], "shop-dev"),
        ("projects/{}/members", vec![("account", "hank"), ("level", "viewer"), ("confirmed", "yes")], "shop"),
        ("environments/{}/protection", vec![("protection", "none"), ("confirmed", "yes")], "shop-production"),
        ("environments/{}/deployments", vec![("release", "v1")], "shop-production"),
        ("environments/{}/break-glass", vec![("release", "v1"), ("reason", "x")], "ledger-vault"),
    ];
    for (path, fields, theirs) in forms {
        for organization in ["globex", "acme-corp"] {
            let path = |id| format!("/organizations/{organization}/{}", path.replace("{}", id));
            let of_theirs = gina.submit(&path(theirs), &fields).await;
            let of_nobodys = gina.submit(&path("nobodys"), &fields).await;
            assert!([404, 400, 409].contains(&of_theirs.status), "{}: {}", path(theirs), of_theirs.status);
            assert_eq!((of_theirs.status, of_theirs.html), (of_nobodys.status, of_nobodys.html), "{}", path(theirs));
        }
    }
    assert_eq!(instance.service.organizations.revision("acme-corp"), 0, "nothing was changed");
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_that_a_reader_may_not_use_is_not_there_and_the_page_says_what_is_needed() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let pages = [
        ("/organizations/acme-corp/members", "/members/alice/remove\""),
        ("/organizations/acme-corp/teams", "method=\"post\" action=\"/organizations/acme-corp/teams\""),
        ("/organizations/acme-corp/roles", "method=\"post\" action=\"/organizations/acme-corp/roles\""),
        ("/organizations/acme-corp/clusters/staging-us-east/access", "Add Member"),
        ("/organizations/acme-corp/environments/shop-dev", "/protection\""),
    ];
    let (olivia, victor) = (instance.sign_in("olivia").await, instance.sign_in("victor").await);
    for (path, control) in pages {
        let (of_owner, of_viewer) = (olivia.page(path).await.shown(), victor.page(path).await.shown());
        assert!(of_owner.contains(control), "{path}");
        assert!(!of_viewer.contains(control), "{path}");
        assert!(of_viewer.contains("class=\"needs\""), "{path}");
        assert!(of_viewer.contains("These may: "), "{path}");
    }
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_the_policy_and_loads_what_is_served_here() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let olivia = instance.sign_in("olivia").await;
    let html = olivia.page("/").await.shown();
    for (mark, kind) in [("href=\"/assets/", "text/css"), ("src=\"/assets/", "text/javascript")] {
        let begin = html.find(mark).unwrap() + mark.len() - "/assets/".len();
        let path = html[begin..].split('"').next().unwrap();
        let asset = Page::of(instance.request("GET", path)).await;
        assert_eq!(asset.status, 200, "{path}");
        assert!(asset.headers["content-type"].to_str().unwrap().starts_with(kind), "{path}");
        assert!(asset.headers["cache-control"].to_str().unwrap().contains("immutable"), "{path}");
    }
    for path in ["/", "/sign-in", "/organizations/acme-corp/members", "/organizations/nobodys/members", "/invitation"] {
        let page = olivia.page(path).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(page.headers["cache-control"], "no-store", "{path}");
        // With `no-referrer`, a browser sends `Origin: null` with its own forms, which are refused then.
        assert_eq!(page.headers["referrer-policy"], "same-origin", "{path}");
        assert!(!page.html.contains(" style=") && !page.html.contains(" onclick="), "{path}");
    }
    instance.end().await;
}
