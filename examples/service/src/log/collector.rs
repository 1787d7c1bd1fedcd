//! The collector that spans are sent to, as OpenTelemetry names and configures everything: the environment says where it is, how
//! much is sampled and what the service is called.

use axum::http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// Spans cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The collector is to be reached by TLS.
    #[error(
        "{variable}: {endpoint} is not `http://…`: send to a collector near by, such as http://127.0.0.1:4318, and let that send on"
    )]
    NotHttp {
        /// The variable.
        variable: &'static str,
        /// What it says.
        endpoint: String,
    },
    /// The environment is wrong.
    #[error("the variables OTEL_EXPORTER_OTLP_…: {0}")]
    Exporter(#[from] ExporterBuildError),
}

/// Sends spans until it is dropped.
#[derive(Debug)]
pub(crate) struct Collector {
    provider: SdkTracerProvider,
}

impl Collector {
    /// The one that the environment names, if it names one.
    pub(crate) fn of_environment() -> Result<Option<Self>, SetUpError> {
        let named = ENDPOINTS.into_iter().find_map(|variable| Some((variable, std::env::var(variable).ok()?)));
        let Some((variable, endpoint)) = named.filter(|(_, endpoint)| !endpoint.is_empty()) else { return Ok(None) };
        if !endpoint.starts_with("http://") {
            return Err(SetUpError::NotHttp { variable, endpoint });
        }
        let exporter = SpanExporter::builder().with_http().build()?;
        let named = Resource::builder().with_service_name("shipgate-service");
        // What the environment says counts more.
        let resource = if std::env::var_os("OTEL_SERVICE_NAME").is_some() { Resource::builder() } else { named };
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
        Ok(Some(Self { provider }))
    }

    /// What takes spans for it.
    pub(crate) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let layer: tracing_opentelemetry::OpenTelemetryLayer<S, Tracer> =
            tracing_opentelemetry::layer().with_tracer(self.provider.tracer("shipgate-service"));
        // Decisions have a log of their own.
        let filter = Targets::new()
            .with_target("shipgate::decision", LevelFilter::OFF)
            .with_target("shipgate_service", LevelFilter::INFO)
            .with_default(LevelFilter::WARN);
        layer.with_filter(filter)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "the last spans are not sent");
        }
    }
}

/// Makes a span part of the trace that these headers name, if they name one.
pub(crate) fn continue_trace(span: &Span, headers: &HeaderMap) {
    let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    // Without a collector there is no trace, and nothing to continue.
    let _ = span.set_parent(context);
}
