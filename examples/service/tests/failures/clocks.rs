//! One instance whose clock is wrong, by libfaketime.

use serde_json::json;

use crate::checker::Checker;
use crate::place::Place;
use crate::process::{Process, until};

/// Where Debian puts libfaketime.
fn library() -> String {
    let found = std::process::Command::new("faketime").args(["now", "printenv", "LD_PRELOAD"]).output();
    let found = found.expect("install faketime");
    String::from_utf8(found.stdout).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_whose_clock_goes_wrong_is_silent_until_it_is_right() {
    // SQLite has no clock but the instance's own.
    let Some(place) = Place::postgresql().await else { return };
    let library = library();
    let folder = tempfile::TempDir::new().unwrap();
    let offset = folder.path().join("offset");
    let set = |text: &str| std::fs::write(&offset, text).unwrap();
    set("+0");
    let right = Process::demo(&place);
    let checker = Checker::new(&place).await;
    let wrong = right.beside(
        &place,
        &[
            ("LD_PRELOAD", &library),
            ("FAKETIME_TIMESTAMP_FILE", offset.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ],
    );
    checker.check(&[&right, &wrong]).await;
    for (number, error) in ["+60", "-60"].into_iter().enumerate() {
        set(error);
        until("it is not ready", || async { wrong.status("/readyz").await == 503 }).await;
        assert_eq!(wrong.get("olivia", "/api/team.list").await.0, 503, "{error}");
        let body = json!({ "name": format!("Team {number}") });
        let refused = wrong.post("olivia", "/api/team.create", error, &body).await.unwrap();
        assert_eq!(refused.0, 503, "{error}: {}", refused.1);
        checker.check(&[&right]).await;
        let done = right.post("olivia", "/api/team.create", error, &body).await.unwrap();
        assert_eq!(done.0, 200, "{error}: {}", done.1);
        set("+0");
        checker.check(&[&right, &wrong]).await;
        assert_eq!(checker.records().await, number + 1);
    }
}
