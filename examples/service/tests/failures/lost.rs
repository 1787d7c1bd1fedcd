//! Announcements that are lost.

use std::time::Duration;

use serde_json::json;

use crate::checker::Checker;
use crate::place::Place;
use crate::process::{POLL, Process, until};

/// An instance that never announces: others find its changes by polling.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_not_announced_is_found_by_the_next_poll() {
    for place in Place::each().await {
        let other = Process::demo(&place);
        let checker = Checker::new(&place).await;
        let silent = other.beside(&place, &[("SHIPGATE_CRASH_POINT", "announcing")]);
        let mut slowest = Duration::ZERO;
        for (number, removed) in ["alice", "bob", "victor", "ada"].into_iter().enumerate() {
            assert_eq!(other.get(removed, "/api/team.list").await.0, 200);
            let path = format!("/api/orgTeam.remove?userId={removed}");
            assert_eq!(silent.delete("olivia", &path).await.0, 200);
            let stored = std::time::Instant::now();
            until("refused", || async { other.get(removed, "/api/team.list").await.0 == 404 }).await;
            slowest = slowest.max(stored.elapsed());
            assert_eq!(checker.records().await, number + 1);
        }
        // A poll's interval, and what the poll and the request take on a machine that is busy.
        assert!(slowest < Duration::from_millis(POLL + 300), "{slowest:?}");
        let body = json!({ "name": "Night watch" });
        assert_eq!(silent.post("olivia", "/api/team.create", "team", &body).await.unwrap().0, 200);
        checker.check(&[&silent, &other]).await;
    }
}
