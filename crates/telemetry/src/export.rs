//! Exports spans to a collector: OTLP, protobuf over HTTP, in batches, independently of the requests. The collector may
//! be beside the gateway (an agent, a sidecar) or elsewhere, then with TLS. Spans that it does not accept are dropped: no
//! request ever waits for it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::spans::TARGET;
use outgoing::{Outgoing, OutgoingError};

/// How long the collector may take to answer, after which a batch counts as not received.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum size of its answer in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum SpanExportError {
    #[error(
        "the endpoint of traces must be an address such as http://127.0.0.1:4318 or https://collector.example, not {0:?}"
    )]
    Endpoint(String),
    #[error("cannot send traces: {0}")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// The destination of spans.
pub struct SpanExport(SdkTracerProvider);

impl SpanExport {
    /// Exports to the collector at `endpoint`, to which `/v1/traces` is appended. Must be called inside the runtime.
    pub fn to(endpoint: &str, outgoing: Outgoing) -> Result<Self, SpanExportError> {
        let checked = outgoing.policy().check_url(endpoint);
        checked.map_err(|_| SpanExportError::Endpoint(endpoint.to_owned()))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(SpanSender {
                runtime: Handle::current(),
                outgoing,
                is_failing: Arc::default(),
            })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .with_timeout(TIMEOUT)
            .build()?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource())
            .build();
        Ok(Self(provider))
    }

    /// Exports this program's spans, but no log lines, which may quote confidential data.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("tributary"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target() == TARGET))
    }

    /// Sends the remaining spans, and shuts down.
    pub async fn end(self) {
        let ending = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(TIMEOUT));
        match ending.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "could not send all remaining traces at shutdown"),
            Err(error) => tracing::warn!(%error, "could not send all remaining traces at shutdown"),
        }
    }
}

/// The identity of the sender: from OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, otherwise `tributary`.
fn resource() -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let given = Resource::builder().with_attribute(version);
    let is_named = |resource: &Resource| {
        let name = resource.get(&opentelemetry::Key::from_static_str("service.name"));
        name.is_some_and(|name| !name.as_str().starts_with("unknown_service"))
    };
    if is_named(&Resource::builder().build()) {
        given.build()
    } else {
        given.with_service_name("tributary").build()
    }
}

/// Sends requests from the runtime, because the exporting thread is outside of it.
struct SpanSender {
    runtime: Handle,
    outgoing: Outgoing,
    /// Whether the last batch failed: the log reports only once that the collector is unavailable, and once that it is
    /// back.
    is_failing: Arc<AtomicBool>,
}

impl fmt::Debug for SpanSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpanSender")
    }
}

impl SpanSender {
    /// Records the outcome of a batch, and logs it if it differs from the one before.
    fn note(is_failing: &AtomicBool, result: &Result<Response<Bytes>, OutgoingError>) {
        let problem = match result {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(response.status().to_string()),
            Err(error) => Some(error.to_string()),
        };
        let was_failing = is_failing.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(problem) if !was_failing => tracing::warn!(problem, "the collector refuses traces"),
            None if was_failing => tracing::info!("the collector accepts traces again"),
            Some(_) | None => {}
        }
    }
}

impl HttpClient for SpanSender {
    fn send_bytes<'client, 'sending>(
        &'client self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sending>>
    where
        'client: 'sending,
        Self: 'sending,
    {
        let (is_failing, outgoing) = (self.is_failing.clone(), self.outgoing.clone());
        let sending = self.runtime.spawn(async move {
            let result = outgoing.send(request, MAX_ANSWER_BYTES).await;
            Self::note(&is_failing, &result);
            result
        });
        Box::pin(async move { Ok(sending.await??) })
    }
}
