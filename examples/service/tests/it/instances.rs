//! Two instances on one database.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use shipgate_service::history::{LastPasts, Moment};

use crate::harness::{Instance, Place, ids};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_one_instance_is_seen_on_the_other() {
    for place in Place::each().await {
        let one = Instance::demo(&place).await;
        let other = one.beside(&place, &[]).await;
        // Both have it in memory.
        other.get("alice", "/api/team.list").await.done();
        let made = one.post("olivia", "/api/team.create", json!({ "name": "Night watch" })).await.done();
        let revision = made["revision"].as_u64().unwrap();
        let list = format!("/api/team.listMembers?teamId={}&wait_for={revision}", made["id"].as_str().unwrap());
        assert_eq!(ids(&other.get("alice", &list).await.done(), "userId"), [""; 0]);

        // Without waiting, it is seen a moment later: the other announces it, or polls.
        one.call("olivia", "DELETE", "/api/orgTeam.remove?userId=alice", None).await.done();
        for attempt in 0.. {
            let answer = other.get("alice", "/api/team.list").await;
            if answer.status == 404 {
                break;
            }
            assert!(attempt < 300, "alice was removed: {answer:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        one.end().await;
        other.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_sees_on_any_instance_what_it_wrote() {
    for place in Place::each().await {
        let one = Instance::demo(&place).await;
        let other = one.beside(&place, &["--poll", "2000"]).await;
        other.get("olivia", "/api/team.list").await.done();
        let here = one.sign_in("olivia").await;
        let there = here.at(&other);
        for number in 0..5 {
            let (writer, reader) = if number % 2 == 0 { (&here, &there) } else { (&there, &here) };
            let name = format!("Team {number}");
            let body = json!({ "organizationId": "acme-corp", "name": name });
            let id = writer.post("/api/team.create", body).await.done()["id"].clone();
            let seen = reader.get(&format!("/api/team.listMembers?teamId={}", id.as_str().unwrap())).await;
            assert_eq!(seen.status, 200, "{number}: {seen:?}");
        }
        one.end().await;
        other.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_that_does_not_come_is_a_503() {
    let place = Place::sqlite();
    let one = Instance::demo(&place).await;
    let answer = one.get("olivia", "/api/team.list?wait_for=1000").await.refused(503);
    assert!(answer.contains("revision 1000 is not here yet"), "{answer}");
    one.get("olivia", "/api/team.list?wait_for=first").await.refused(400);
    one.end().await;
}

/// The last Owner stays, whoever is first.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_remove_each_other_at_once_one_is_left() {
    for place in Place::each().await {
        let one = Instance::demo(&place).await;
        let other = one.beside(&place, &[]).await;
        one.call("olivia", "DELETE", "/api/orgTeam.remove?userId=frank", None).await.done();
        for _ in 0..5 {
            let (a, b) = tokio::join!(
                one.call("olivia", "DELETE", "/api/orgTeam.remove?userId=oscar", None),
                other.call("oscar", "DELETE", "/api/orgTeam.remove?userId=olivia", None),
            );
            let (left, right) = (a.status == 200, b.status == 200);
            assert!(left != right, "{a:?} {b:?}");
            let (stays, back) = if left { ("olivia", "oscar") } else { ("oscar", "olivia") };
            let owners = one.get(stays, "/api/orgTeam.list?role=owner&wait_for=2").await.done();
            let owners = ids(&owners, "userId");
            assert!(
                owners.iter().any(|owner| owner == stays) && !owners.iter().any(|owner| owner == back),
                "{owners:?}"
            );
            one.service
                .organizations
                .change("acme-corp", |follower, now, id| {
                    let change = shipgate::change::Change::invite_member(
                        "acme-corp",
                        back,
                        shipgate::AccountKind::User,
                        shipgate::Role::Owner,
                        None,
                    );
                    let platform = shipgate::change::Platform::new("test", now);
                    let record =
                        follower.propose_as_platform(&"acme-corp".to_owned(), id, change, platform, "again")?;
                    Ok(shipgate_service::organizations::Proposed { record, beside: vec![] })
                })
                .await
                .unwrap();
        }
        one.end().await;
        other.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_change_one_organization_at_once_are_all_served() {
    for place in Place::each().await {
        let one = Instance::demo(&place).await;
        let other = one.beside(&place, &[]).await;
        let mut all = Vec::new();
        for number in 0..20 {
            let instance = if number % 2 == 0 { &one } else { &other };
            all.push(instance.post("olivia", "/api/team.create", json!({ "name": format!("Team {number}") })));
        }
        let mut revisions = Vec::new();
        for answer in futures(all).await {
            revisions.push(answer.done()["revision"].as_u64().unwrap());
        }
        revisions.sort_unstable();
        assert_eq!(revisions, (1..=20).collect::<Vec<_>>());
        let answered = other.get("olivia", "/api/team.list?limit=200&wait_for=20").await.done();
        assert_eq!(ids(&answered, "id").len(), 23);
        one.end().await;
        other.end().await;
    }
}

async fn futures<T>(all: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut pinned: Vec<_> = all.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut pinned {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *done = Some(value);
            }
        }
        if pinned.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    pinned.into_iter().filter_map(|(_, done)| done).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_whose_clock_is_wrong_does_not_answer() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        instance.get("olivia", "/api/team.list").await.done();
        for wrong in [10_000, -10_000] {
            instance.clock.set_wrong(wrong);
            instance.service.organizations.read_all().await.unwrap();
            let ready = instance.request("GET", "/readyz").send().await.unwrap();
            assert_eq!(ready.status().as_u16(), 503);
            assert!(ready.text().await.unwrap().contains("synchronize"));
            instance.get("olivia", "/api/team.list").await.refused(503);
            instance.post("olivia", "/api/team.create", json!({ "name": "Night watch" })).await.refused(503);
        }
        instance.clock.set_wrong(0);
        instance.service.organizations.read_all().await.unwrap();
        instance.get("olivia", "/api/team.list").await.done();
        instance.end().await;
    }
}

/// Two instances whose clocks differ a little, in turn.
#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_a_record_is_never_before_its_predecessors() {
    for place in Place::each().await {
        let one = Instance::demo(&place).await;
        let other = one.beside(&place, &[]).await;
        one.clock.set_wrong(1_500);
        for number in 0..6 {
            let instance = if number % 2 == 0 { &one } else { &other };
            instance.post("olivia", "/api/team.create", json!({ "name": format!("Team {number}") })).await.done();
        }
        let records = one.service.database.records_from("acme-corp", 1).await.unwrap();
        let times: Vec<_> = records.iter().map(|record| record.time().unwrap()).collect();
        assert!(times.is_sorted() && times.len() == 6, "{times:?}");
        one.end().await;
        other.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_are_dropped_when_memory_is_short_and_loaded_again() {
    for place in Place::each().await {
        let instance = Instance::start(&place, &["--demo", "--memory", "1KiB"]).await;
        for _ in 0..3 {
            instance.get("olivia", "/api/team.list").await.done();
            assert_eq!(instance.service.organizations.in_memory().0, 1);
            instance.get("gina", "/api/cluster.list").await.done();
            assert_eq!(instance.service.organizations.in_memory().0, 1);
        }
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_as_it_was() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let list = |at: &'static str| {
            let path = format!("/api/cluster.listAccess?clusterId=vault&limit=200{at}");
            let instance = &instance;
            async move { instance.get("olivia", &path).await.done() }
        };
        let at_first = list("").await;
        let grant = json!({ "clusterId": "vault", "userId": "bob", "permission": "view" });
        instance.post("olivia", "/api/cluster.grantAccess", grant).await.done();
        let granted = list("").await;
        instance.call("olivia", "DELETE", "/api/orgTeam.remove?userId=bob", None).await.done();
        let taken = json!({ "teamId": "on-call", "userId": "alice" });
        instance.post("olivia", "/api/team.removeMember", taken).await.done();
        let present = list("").await;
        for (at, then) in [("&at=0", &at_first), ("&at=1", &granted), ("&at=3", &present)] {
            let ids_then = ids(&list(at).await, "userId");
            assert_eq!(ids_then, ids(then, "userId"), "{at}");
        }
        assert_ne!(ids(&at_first, "userId"), ids(&granted, "userId"));
        instance.get("olivia", "/api/cluster.listAccess?clusterId=vault&at=4").await.refused(404);
        instance.get("olivia", "/api/cluster.listAccess?clusterId=vault&at=yesterday").await.refused(400);
        instance.get("alice", "/api/cluster.listAccess?clusterId=staging-us-east&at=1").await.refused(403);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_is_shown_as_it_was_if_its_organization_is_named() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let made = instance.post("olivia", "/api/project.create", json!({ "name": "Lander" })).await.done();
        let project = made["id"].as_str().unwrap();
        instance.call("olivia", "DELETE", "/api/orgTeam.remove?userId=bob", None).await.done();
        let path = format!("/api/project.delete?projectId={project}");
        instance.call("olivia", "DELETE", &path, None).await.done();
        let list = |who: &'static str, rest: &str| {
            let path = format!("/api/project.listAccess?projectId={project}&{rest}");
            let instance = &instance;
            async move { instance.get(who, &path).await }
        };
        let then = list("olivia", "organizationId=acme-corp&at=1").await.done();
        assert!(ids(&then, "userId").iter().any(|user| user == "bob"), "{then}");
        let later = list("olivia", "organizationId=acme-corp&at=2").await.done();
        assert!(!ids(&later, "userId").iter().any(|user| user == "bob"), "{later}");
        for rest in
            ["organizationId=acme-corp&at=0", "organizationId=acme-corp&at=3", "at=1", "organizationId=acme-corp"]
        {
            list("olivia", rest).await.refused(404);
        }
        list("alice", "organizationId=acme-corp&at=1").await.refused(403);
        list("gina", "organizationId=acme-corp&at=1").await.refused(404);

        let members = |rest: &'static str| {
            let instance = &instance;
            async move { instance.get("olivia", &format!("/api/orgTeam.list?limit=200&{rest}")).await }
        };
        let then = members("at=1&role=developer").await.done();
        let bob = then["items"].as_array().unwrap().iter().find(|member| member["userId"] == "bob").unwrap();
        assert_eq!((&bob["name"], &bob["role"]), (&json!("Bob"), &json!("developer")));
        assert!(!ids(&then, "userId").iter().any(|user| user == "olivia"), "{then}");
        assert!(!ids(&members("at=2").await.done(), "userId").iter().any(|user| user == "bob"));
        members("at=1&search=bob").await.refused(400);
        instance.get("alice", "/api/orgTeam.list?at=1").await.refused(403);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_was_deleted_is_known_as_it_was() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        instance.post("gina", "/api/team.create", json!({ "name": "Night watch" })).await.done();
        let path = "/api/organization.delete?organizationId=globex";
        instance.call("gina", "DELETE", path, None).await.done();
        let database = &instance.service.database;
        let moment = Moment::Revision;
        let now = instance.clock.now();
        let past = database.past("globex", moment(1), now).await.unwrap().unwrap();
        assert!(past.directory.cluster("globex-eu").is_some());
        assert_eq!(past.directory.teams_of("globex").count(), 1);
        let before = database.past("globex", moment(0), now).await.unwrap().unwrap();
        assert_eq!(before.directory.teams_of("globex").count(), 0);
        assert!(database.past("globex", moment(2), now).await.unwrap().is_none());
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_that_was_looked_at_last_is_found_again_and_is_what_it_was() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    for name in ["One", "Two", "Three"] {
        instance.post("gina", "/api/team.create", json!({ "name": name })).await.done();
    }
    let (service, pasts) = (&instance.service, LastPasts::default());
    let find = async |revision: u64| {
        let found = pasts.find(&service.database, "globex", Moment::Revision(revision), instance.clock.now()).await;
        found.unwrap().map(|past| past.directory)
    };
    for revision in [0, 1, 2, 3, 1, 1, 0] {
        let teams = find(revision).await.unwrap().teams_of("globex").count();
        assert_eq!(u64::try_from(teams).unwrap(), revision, "each revision made a team");
    }
    assert!(Arc::ptr_eq(&find(1).await.unwrap(), &find(1).await.unwrap()), "it is not made again");
    assert!(find(4).await.is_none(), "what is not there yet is not kept");
    instance.end().await;
}
