//! Lists in pages.

use crate::harness::{Instance, Place, ids};

#[tokio::test(flavor = "multi_thread")]
async fn a_list_in_pages_is_the_whole_list() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        for (path, id) in [
            ("/api/orgTeam.list?organizationId=acme-corp", "userId"),
            ("/api/environment.list?organizationId=acme-corp", "id"),
            ("/api/cluster.list?organizationId=acme-corp", "id"),
            ("/api/project.list?organizationId=acme-corp", "id"),
            ("/api/team.list?organizationId=acme-corp", "id"),
            ("/api/role.list?organizationId=acme-corp", "id"),
            ("/api/cluster.listAccess?clusterId=staging-us-east", "userId"),
            ("/api/project.listAccess?projectId=shop", "userId"),
            ("/api/environment.listAccess?environmentId=shop-production", "userId"),
            ("/api/environment.listDeployers?environmentId=shop-dev", "userId"),
            ("/api/environment.listApprovers?environmentId=shop-production", "userId"),
        ] {
            let whole = ids(&instance.get("olivia", path).await.done(), id);
            let (mut found, mut after) = (Vec::new(), None::<String>);
            loop {
                let mut query = format!("{path}&limit=2");
                if let Some(after) = &after {
                    let encoded: Vec<_> = after.bytes().map(|byte| format!("%{byte:02X}")).collect();
                    query.push_str("&after=");
                    query.push_str(&encoded.concat());
                }
                let page = instance.get("olivia", &query).await.done();
                found.extend(ids(&page, id));
                match page["next"].as_str() {
                    Some(next) => after = Some(next.to_owned()),
                    None => break,
                }
            }
            assert_eq!(found, whole, "{path}");
            assert!(whole.len() > 1, "{path}");
        }
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_shows_what_its_reader_may_view() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let projects = |who: &'static str| instance.get(who, "/api/project.list");
        assert_eq!(ids(&projects("olivia").await.done(), "id"), ["ledger", "shop", "website"]);
        assert_eq!(ids(&projects("bob").await.done(), "id"), ["shop", "website"]);
        assert_eq!(ids(&projects("betty").await.done(), "id"), [""; 0]);
        let clusters = instance.get("bob", "/api/cluster.list").await.done();
        assert_eq!(ids(&clusters, "id"), ["edge-swarm", "production-us-east", "staging-us-east"]);
        let found = instance.get("olivia", "/api/orgTeam.list?search=LIVIA%40").await.done();
        assert_eq!(ids(&found, "userId"), ["olivia"]);
        let none = instance.get("olivia", "/api/orgTeam.list?search=%25").await.done();
        assert_eq!(ids(&none, "userId"), [""; 0], "what is searched for is no pattern");
        instance.end().await;
    }
}
