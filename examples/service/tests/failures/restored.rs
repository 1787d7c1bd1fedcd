//! A database that is restored to an earlier backup, as the README says.

use std::process::Command;

use serde_json::json;
use shipgate_service::database::Query;

use crate::checker::Checker;
use crate::place::Place;
use crate::process::{Process, until};

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_run_answer_by_the_postgresql_that_was_restored() {
    let Some(place) = Place::postgresql().await else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("backup").display().to_string();
    let one = Process::demo(&place);
    let other = one.beside(&place, &[]);
    let checker = Checker::new(&place).await;
    assert_eq!(one.delete("olivia", "/api/orgTeam.remove?userId=alice").await.0, 200);
    run("pg_dump", &["--format=custom", "--file", &file, &place.url]);
    later_changes(&one).await;
    checker.check(&[&one, &other]).await;
    let restore = ["--clean", "--if-exists", "--single-transaction", "--dbname", &place.url, &file];
    run("pg_restore", &restore);
    is_as_in_backup(&checker, &[&one, &other]).await;
    // Another record takes the place of one that was lost, and both instances follow it.
    assert_eq!(other.delete("olivia", "/api/orgTeam.remove?userId=victor").await.0, 200);
    checker.check(&[&one, &other]).await;
    assert_eq!(checker.records().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_answers_by_the_sqlite_that_was_restored() {
    let place = Place::sqlite();
    let folder = tempfile::TempDir::new().unwrap();
    let copy = folder.path().join("copy.db").display().to_string();
    let one = Process::demo(&place);
    let checker = Checker::new(&place).await;
    assert_eq!(one.delete("olivia", "/api/orgTeam.remove?userId=alice").await.0, 200);
    checker.database.execute(Query::new(format!("VACUUM INTO '{copy}'"))).await.unwrap();
    later_changes(&one).await;
    checker.check(&[&one]).await;
    let file = place.url.strip_prefix("sqlite:").unwrap().to_owned();
    let again = restart(one, &place, || {
        for old in [format!("{file}-wal"), format!("{file}-shm")] {
            let _ = std::fs::remove_file(old);
        }
        std::fs::copy(&copy, &file).unwrap();
    });
    let checker = checker.reopened(&place).await;
    is_as_in_backup(&checker, &[&again]).await;
}

/// Ends an instance, does something, and starts another one.
fn restart(one: Process, place: &Place, between: impl FnOnce()) -> Process {
    let tokens = one.end();
    between();
    Process::start(place, &[], &[]).with_tokens(tokens)
}

/// What is lost by the restore: a member who was removed is back.
async fn later_changes(one: &Process) {
    assert_eq!(one.delete("olivia", "/api/orgTeam.remove?userId=bob").await.0, 200);
    for name in ["One", "Two"] {
        let body = json!({ "name": name });
        assert_eq!(one.post("olivia", "/api/team.create", name, &body).await.unwrap().0, 200);
    }
}

async fn is_as_in_backup(checker: &Checker, instances: &[&Process]) {
    for instance in instances {
        until("bob is back", || async { instance.get("bob", "/api/team.list").await.0 == 200 }).await;
        assert_eq!(instance.get("alice", "/api/team.list").await.0, 404, "she was removed before");
    }
    checker.check(instances).await;
    assert_eq!(checker.records().await, 1);
}

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}
