//! An instance is killed at each step of a change.

use serde_json::json;

use crate::checker::Checker;
use crate::place::Place;
use crate::process::Process;

/// The steps of a change, and how many records the log has if the instance is killed there.
const STEPS: [(&str, usize); 5] = [("decided", 0), ("recorded", 0), ("written", 0), ("committed", 1), ("applied", 1)];

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_instance_is_killed_is_done_whole_or_not_at_all() {
    for (step, records) in STEPS {
        for place in Place::each().await {
            killed_at(step, records, &place).await;
        }
    }
}

async fn killed_at(step: &str, records: usize, place: &Place) {
    let survivor = Process::demo(place);
    let checker = Checker::new(place).await;
    let killed = survivor.beside(place, &[("SHIPGATE_CRASH_POINT", step)]);
    checker.check(&[&survivor, &killed]).await;
    let grant = json!({ "clusterId": "edge-swarm", "userId": "alice", "permission": "manage" });
    let path = "/api/cluster.grantAccess";
    let stopped = format!("stopped at the step {step}");
    let answer = tokio::select! {
        answer = killed.post("olivia", path, "first", &grant) => answer,
        () = killed.logs(&stopped) => None,
    };
    assert_eq!(answer, None, "{step}: nothing is answered before it is done");
    killed.kill();

    checker.check(&[&survivor]).await;
    assert_eq!(checker.records().await, records, "{step}");
    // The client repeats what it had no answer to, at another instance.
    let (status, repeated) = survivor.post("olivia", path, "first", &grant).await.unwrap();
    assert_eq!((status, &repeated["revision"]), (200, &json!(1)), "{step}: {repeated}");
    assert_eq!(checker.records().await, 1, "{step}: it is done once");
    let (status, _) = survivor.delete("olivia", "/api/orgTeam.remove?userId=bob").await;
    assert_eq!(status, 200, "{step}: nothing is in the way of the next change");

    let again = survivor.beside(place, &[]);
    checker.check(&[&survivor, &again]).await;
}
