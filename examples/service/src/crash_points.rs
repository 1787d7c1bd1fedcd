//! Where a test stops an instance in the middle of a change, to kill it there. Only the feature `crash-points` compiles this: the
//! normal build goes on.

/// A step of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The change is decided, and nothing is stored.
    Decided,
    /// The record is stored, and the rows are not.
    Recorded,
    /// All is stored, and not committed.
    Written,
    /// All is committed, and nobody knows.
    Committed,
    /// The other instances are about to be told.
    Announcing,
    /// The change is applied here, and not answered.
    Applied,
}

/// Reaches a step: there the process waits for its end, if `SHIPGATE_CRASH_POINT` names the step.
#[cfg(feature = "crash-points")]
pub(crate) async fn reach(step: Step) {
    let name = format!("{step:?}").to_lowercase();
    if std::env::var("SHIPGATE_CRASH_POINT").is_ok_and(|wanted| wanted == name) {
        tracing::error!("stopped at the step {name}");
        std::future::pending::<()>().await;
    }
}

/// Goes on.
#[cfg(not(feature = "crash-points"))]
pub(crate) fn reach(_: Step) -> std::future::Ready<()> {
    std::future::ready(())
}
