//! What is logged, and the spans of requests.

#[cfg(feature = "opentelemetry")]
mod collector;

use std::io;

use axum::extract::{MatchedPath, Request};
#[cfg(feature = "opentelemetry")]
pub use collector::SetUpError;
use tracing::Span;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::configuration::LogFormat;

/// Why nothing can be logged: without the feature `opentelemetry`, there is no reason.
#[cfg(not(feature = "opentelemetry"))]
pub type SetUpError = std::convert::Infallible;

/// The log. What a collector has not got yet is sent when it is dropped.
#[derive(Debug)]
pub struct Log {
    #[cfg(feature = "opentelemetry")]
    _collector: Option<collector::Collector>,
}

/// Writes the log to standard error, and `RUST_LOG` says how much. With the feature `opentelemetry`, spans go to the collector
/// that `OTEL_EXPORTER_OTLP_ENDPOINT` names, if it names one.
///
/// # Errors
///
/// [`SetUpError`], which names the variable and says what to do.
pub fn write(format: LogFormat) -> Result<Log, SetUpError> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,shipgate::decision=warn"));
    let to_standard_error = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let log = match format {
        LogFormat::Text => to_standard_error.boxed(),
        LogFormat::Json => to_standard_error.json().boxed(),
    };
    let registry = tracing_subscriber::registry().with(log.with_filter(filter));
    #[cfg(feature = "opentelemetry")]
    {
        let collector = collector::Collector::of_environment()?;
        registry.with(collector.as_ref().map(collector::Collector::layer)).init();
        Ok(Log { _collector: collector })
    }
    #[cfg(not(feature = "opentelemetry"))]
    {
        registry.init();
        Ok(Log {})
    }
}

/// The span of a request. Whoever asks may have begun a trace, which it continues.
pub(crate) fn of_request(request: &Request) -> Span {
    let (method, route) = (request.method(), route(request));
    let span = tracing::info_span!(
        target: "shipgate_service::request",
        "request",
        "otel.name" = format!("{method} {route}"),
        "otel.kind" = "server",
        "http.request.method" = %method,
        "http.route" = route,
        "http.response.status_code" = tracing::field::Empty,
    );
    #[cfg(feature = "opentelemetry")]
    collector::continue_trace(&span, request.headers());
    span
}

/// The route of a request, whose ids are not in it.
pub(crate) fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str)
}
