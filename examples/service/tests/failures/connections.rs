//! Connections to PostgreSQL that are cut, and PostgreSQL that is restarted.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use shipgate_service::database::Query;

use crate::checker::Checker;
use crate::place::Place;
use crate::process::Process;

/// How many changes are made meanwhile.
const CHANGES: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_done_once_while_connections_are_cut() {
    let Some(place) = Place::postgresql().await else { return };
    meanwhile(&place, |checker| async move {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE datname = current_database() AND application_name = 'shipgate-service' AND pid <> pg_backend_pid()";
        // The checker's own may have been cut as well.
        let _ = checker.database.rows(Query::new(cut)).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_done_once_while_the_database_is_restarted() {
    let Some(place) = Place::postgresql().await else { return };
    let control = std::env::var("DATABASE_CONTROL").expect("the command that controls PostgreSQL, as pg_ctl does");
    meanwhile(&place, move |_| {
        let control = control.clone();
        async move {
            let restart = move || {
                let arguments = ["restart", "--wait", "--mode", "immediate"];
                let status = Command::new(control).args(arguments).stdout(std::process::Stdio::null()).status();
                assert!(status.unwrap().success());
            };
            tokio::task::spawn_blocking(restart).await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    })
    .await;
}

/// Makes changes on two instances while something fails again and again, and checks what came of it.
async fn meanwhile<F: Future<Output = ()>>(place: &Place, fails: impl Fn(std::sync::Arc<Checker>) -> F) {
    let one = Process::demo(place);
    let other = one.beside(place, &[]);
    let checker = std::sync::Arc::new(Checker::new(place).await);
    checker.check(&[&one, &other]).await;
    let is_done = AtomicBool::new(false);
    let failing = async {
        while !is_done.load(Ordering::Relaxed) {
            fails(checker.clone()).await;
        }
    };
    let changing = async {
        let (a, b) = tokio::join!(changes([&one, &other], 0), changes([&other, &one], 1));
        is_done.store(true, Ordering::Relaxed);
        a + b
    };
    let (repeated, ()) = tokio::join!(changing, failing);
    assert!(repeated > 0, "some changes were not answered at once");
    checker.check(&[&one, &other]).await;
    assert_eq!(checker.records().await, CHANGES, "each is done once, though {repeated} requests were repeated");
}

/// Makes half of the changes, and repeats each until it is answered, in turn at both instances. Returns how many were repeated.
async fn changes(instances: [&Process; 2], half: usize) -> usize {
    let mut repeated = 0;
    for number in (half..CHANGES).step_by(2) {
        let (key, body) = (format!("team {number}"), json!({ "name": format!("Team {number}") }));
        let mut instances = instances.into_iter().cycle();
        for attempt in 0.. {
            let answer = instances.next().unwrap().post("olivia", "/api/team.create", &key, &body).await;
            match answer {
                Some((200, _)) => break,
                Some((503, _)) => repeated += 1,
                other => panic!("{other:?}"),
            }
            assert!(attempt < 200, "{key} is never answered");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    repeated
}
