//! Forms: who may send one, and what becomes of what was typed.

use super::{Page, form};
use crate::harness::{Instance, Place};

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_the_token_of_its_session_changes_nothing() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let (olivia, oscar) = (instance.sign_in("olivia").await, instance.sign_in("oscar").await);
        let path = "/organizations/acme-corp/teams";
        let sent = async |csrf: Option<&str>, origin: Option<&str>| {
            let mut fields = vec![("name", "Night")];
            fields.extend(csrf.map(|csrf| ("csrf", csrf)));
            let mut request = form(&instance, path, &fields).header("cookie", &olivia.cookie);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            Page::of(request).await
        };
        for csrf in [None, Some(""), Some("x"), Some(oscar.csrf.as_str())] {
            let html = sent(csrf, None).await.refused(403);
            assert!(html.contains("nothing was changed"), "{html}");
        }
        sent(Some(&olivia.csrf), Some("https://evil.example")).await.refused(403);
        sent(Some(&olivia.csrf), Some("null")).await.refused(403);
        assert_eq!(instance.service.organizations.revision("acme-corp"), 0);
        let own = instance.url("");
        assert!(sent(Some(&olivia.csrf), Some(&own)).await.sends_on().contains("done=created"));
        assert_eq!(instance.service.organizations.revision("acme-corp"), 1);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_kept_and_the_page_says_why_it_was_not_done() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let carol = instance.sign_in("carol").await;
    let fields = [("form", "invite"), ("email", "no \"address\""), ("role", "viewer"), ("until", "2099-01-31")];
    let html = carol.submit("/organizations/acme-corp/invitations", &fields).await.refused(400);
    assert!(html.contains("This was not done."), "{html}");
    assert!(html.contains("write an address such as"), "{html}");
    assert!(html.contains("value=\"no &quot;address&quot;\"") && html.contains("value=\"2099-01-31\""), "{html}");
    // Other forms on the page are as they were.
    assert!(!html.contains("id=\"program-until\" name=\"until\" value=\"2099-01-31\""), "{html}");
    let fields = [("form", "invite"), ("email", "new@acme.example"), ("role", "owner")];
    let html = carol.submit("/organizations/acme-corp/invitations", &fields).await.refused(403);
    assert!(html.contains("value=\"new@acme.example\""), "{html}");
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_named_by_a_part_of_the_name_and_chosen_if_several_are_meant() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let olivia = instance.sign_in("olivia").await;
    let path = "/organizations/acme-corp/teams/night-shift/members";
    let html = olivia.submit(path, &[("form", "add"), ("who", "o")]).await.shown();
    assert!(
        html.contains("Which of these?") && html.contains("value=\"bob\"") && html.contains("value=\"oscar\""),
        "{html}"
    );
    let html = olivia.submit(path, &[("form", "add"), ("who", "zzz")]).await.refused(400);
    assert!(html.contains("No member is called zzz") && html.contains("value=\"zzz\""), "{html}");
    assert!(olivia.submit(path, &[("who", "Bob")]).await.sends_on().contains("done=added"));
    let members = olivia.get("/api/team.listMembers?teamId=night-shift").await.done();
    assert_eq!(members["items"][0]["userId"], "bob");
    instance.end().await;
}
