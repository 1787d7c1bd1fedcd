//! What is counted, for Prometheus.

use std::fmt;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::service::Service;

/// What is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    answers: Family<[(&'static str, String); 3], Counter>,
    seconds: Family<[(&'static str, String); 2], Histogram>,
    organizations: Signed,
    bytes: Signed,
    clock: Signed,
    lost: Signed,
}

type Signed = Gauge<i64, AtomicI64>;

fn histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.000_25, 2.0, 16))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("shipgate_service");
        let answers = Family::default();
        let seconds = Family::new_with_constructor(histogram as fn() -> Histogram);
        let [organizations, bytes, clock, lost] = [(); 4].map(|()| Signed::default());
        registry.register("answers", "Answers, by method, path and status", answers.clone());
        registry.register("answer_seconds", "How long answers took, by method and path", seconds.clone());
        registry.register("organizations", "Organizations in memory", organizations.clone());
        registry.register("organization_bytes", "What they are estimated to take", bytes.clone());
        registry.register("clock_ahead_milliseconds", "How far the clock is ahead of the database's", clock.clone());
        registry.register("lost_events", "Denials and sign-ins that were not written to the audit log", lost.clone());
        Self { registry, answers, seconds, organizations, bytes, clock, lost }
    }
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, method: &Method, path: &str, status: StatusCode, took: Duration) {
        let labels = [("method", known(method).to_owned()), ("path", path.to_owned())];
        let [of_method, of_path] = labels.clone();
        self.answers.get_or_create(&[of_method, of_path, ("status", status.as_u16().to_string())]).inc();
        self.seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// All of it, as `OpenMetrics` writes it.
    ///
    /// # Errors
    ///
    /// [`fmt::Error`] if it cannot be written.
    pub fn text(&self, service: &Service) -> Result<String, fmt::Error> {
        let (organizations, bytes) = service.organizations.in_memory();
        self.organizations.set(i64::try_from(organizations).unwrap_or(i64::MAX));
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        self.clock.set(service.clock.ahead());
        self.lost.set(i64::try_from(service.audit.lost()).unwrap_or(i64::MAX));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A method, or `other`: a client can make up as many as it likes.
fn known(method: &Method) -> &'static str {
    let all = ["GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"];
    all.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}
