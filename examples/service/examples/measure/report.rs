//! What is printed.

use std::time::Duration;

/// A time beside the most that it may be.
pub(crate) fn time(what: &str, took: Duration, at_most: Duration) {
    let met = if took <= at_most { "" } else { ": MISSED" };
    println!("{what}: {:.1} ms (at most {} ms){met}", took.as_secs_f64() * 1e3, at_most.as_millis());
}

/// A ratio beside the least or the most that it may be.
pub(crate) fn at_least(what: &str, ratio: f64, aim: f64) {
    println!("{what}: {ratio:.2} (at least {aim}){}", if ratio >= aim { "" } else { ": MISSED" });
}

pub(crate) fn at_most(what: &str, ratio: f64, aim: f64) {
    println!("{what}: {ratio:.2} (at most {aim}){}", if ratio <= aim { "" } else { ": MISSED" });
}

/// The time that this share of all is not longer than.
pub(crate) fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "a place")]
    let place = (times.len() as f64 * share) as usize;
    times.get(place.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}
