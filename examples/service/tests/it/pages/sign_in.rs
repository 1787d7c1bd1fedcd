//! Signing in, and what becomes of a page whose session has ended.

use super::{Page, form};
use crate::harness::{Instance, Place};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_signs_in_and_comes_back_to_the_page() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let path = "/organizations/acme-corp/members?search=a%26b";
    let at = Page::of(instance.request("GET", path)).await.sends_on();
    assert_eq!(at, "/sign-in?next=%2Forganizations%2Facme-corp%2Fmembers%3Fsearch%3Da%2526b");
    let page = Page::of(instance.request("GET", &at)).await;
    let cookie = page.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let html = page.shown();
    let begin = html.find("/sign-in/callback?link=").unwrap();
    let link = html[begin..].split('"').next().unwrap();
    let back = Page::of(instance.request("GET", link).header("cookie", cookie)).await;
    assert_eq!(back.sends_on(), path);
    assert_eq!(Page::of(instance.request("GET", link)).await.sends_on(), "/");
    for evil in ["//evil.example", "/\\evil.example", "https://evil.example/", "/a;b"] {
        let query: String = form_urlencoded::byte_serialize(evil.as_bytes()).collect();
        let page = Page::of(instance.request("GET", &format!("/sign-in?next={query}"))).await;
        assert!(page.headers["set-cookie"].to_str().unwrap().starts_with("next=; "), "{evil}");
        let sent = instance.request("GET", link).header("cookie", format!("next={evil}"));
        assert_eq!(Page::of(sent).await.sends_on(), if evil == "/a;b" { "/a" } else { "/" }, "{evil}");
    }
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_has_ended_is_told_and_changes_nothing() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let olivia = instance.sign_in("olivia").await;
    let path = "/organizations/acme-corp/teams";
    olivia.page(path).await.shown();
    assert_eq!(olivia.submit("/sign-out", &[]).await.sends_on(), "/sign-in");
    assert!(olivia.page(path).await.sends_on().starts_with("/sign-in?next="));
    let html = olivia.submit(path, &[("name", "Night")]).await.refused(401);
    assert!(html.contains("Your session has ended, so nothing was changed."), "{html}");
    let nobody = Page::of(form(&instance, path, &[("name", "Night")])).await;
    assert!(nobody.refused(401).contains("Your session has ended"));
    assert_eq!(instance.service.organizations.revision("acme-corp"), 0);
    // A token is for programs.
    let token = instance.request("GET", path).bearer_auth("token_0");
    assert!(Page::of(token).await.sends_on().starts_with("/sign-in"));
    instance.end().await;
}
