//! The progress of long tasks, on stderr.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How much of a task is done.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// Counts one more.
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs a task. If it takes longer than `patience`, writes its progress: then, and each time it has taken twice as long.
/// While the progress does not change it writes nothing, so a task that waits for its input is quiet.
pub(crate) fn watched<T>(
    errors: &mut (dyn Write + Send),
    patience: Duration,
    text: impl Fn(u64) -> String + Send,
    task: impl FnOnce(&Counter) -> T,
) -> T {
    let counter = Counter::default();
    thread::scope(|scope| {
        let (running, end) = mpsc::channel();
        let seen = &counter;
        let watch = move || report(errors, patience, text, seen, &end);
        // If there is no thread to be had, the task runs without showing its progress.
        let _ = thread::Builder::new().spawn_scoped(scope, watch);
        let result = task(&counter);
        drop::<mpsc::Sender<()>>(running);
        result
    })
}

fn report(
    errors: &mut (dyn Write + Send),
    patience: Duration,
    text: impl Fn(u64) -> String,
    counter: &Counter,
    end: &Receiver<()>,
) {
    let start = Instant::now();
    let (mut wait, mut said) = (patience, String::new());
    while end.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let now = text(counter.0.load(Ordering::Relaxed));
        if now != said {
            // If this cannot be written, the task goes on without it.
            let _ = writeln!(errors, "shipgate: {} ({} s)", super::escape::message(&now), start.elapsed().as_secs());
            said = now;
        }
        wait = start.elapsed();
    }
}
