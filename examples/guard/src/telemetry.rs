//! Decisions as log records of OpenTelemetry, by tracing's own bridge.

use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_stdout::LogExporter;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Sends the decisions, and the errors of the layer, to an exporter: to the terminal here. Drop the provider at the end.
pub(crate) fn install() -> SdkLoggerProvider {
    let provider = SdkLoggerProvider::builder().with_simple_exporter(LogExporter::default()).build();
    let decisions = Targets::new().with_target("shipgate", LevelFilter::INFO);
    let bridge = OpenTelemetryTracingBridge::new(&provider).with_filter(decisions);
    tracing_subscriber::registry().with(bridge).init();
    provider
}
