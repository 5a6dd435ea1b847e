//! The spans of a request: the request, its operation, each batch of a loader. If nothing collects them and the log
//! does not show them either, creating one costs one comparison.

use async_graphql_parser::types::OperationType;
use http::{HeaderMap, Method};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The target of the spans that are collected.
pub(super) const TARGET: &str = "tributary::trace";

/// The span of a whole request, below the span that its header `traceparent` names.
pub fn request(method: &Method, route: &'static str, headers: &HeaderMap, request_id: &str) -> Span {
    let span = tracing::debug_span!(
        target: TARGET,
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %method,
        http.route = route,
        http.response.status_code = Empty,
        error.type = Empty,
        tributary.request_id = request_id,
    );
    if !span.is_disabled() {
        let caller = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // Fails only if nothing collects spans.
        let _ = span.set_parent(caller);
    }
    span
}

/// Records how a request ended. `code` is that of its first error.
pub fn end_request(span: &Span, status: u16, code: Option<&'static str>) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", status);
    if let Some(code) = code {
        span.record("error.type", code);
    }
    if status >= 500 {
        span.record("otel.status_code", "error");
    }
}

/// The id of the trace that a span belongs to, if it is collected.
pub fn trace_id(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// The span of running an operation; `name` as its document has it.
pub fn operation(kind: OperationType, name: Option<&str>, cost: u64) -> Span {
    let word = crate::metrics::word(kind);
    tracing::debug_span!(
        target: TARGET,
        "operation",
        otel.name = %format_args!("{word}{}{}", if name.is_some() { " " } else { "" }, name.unwrap_or_default()),
        graphql.operation.type = word,
        graphql.operation.name = name,
        tributary.cost.requested = cost,
    )
}

/// The span of reading the values of this many keys. `loader` is the path of a type.
pub fn batch(loader: &'static str, keys: usize) -> Span {
    tracing::debug_span!(
        target: TARGET,
        "batch",
        otel.name = %format_args!("load {}", ShortTypeName(loader)),
        otel.kind = "client",
        tributary.keys = keys,
    )
}

/// The path of a type without its modules.
struct ShortTypeName(&'static str);

impl std::fmt::Display for ShortTypeName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in self.0.split_inclusive(['<', '>', ',']) {
            formatter.write_str(part.rsplit("::").next().unwrap_or(part))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_called_by_their_last_names() {
        assert_eq!(ShortTypeName("a::b::PartnerById").to_string(), "PartnerById");
        assert_eq!(ShortTypeName("a::PagesOf<a::b::Deals>").to_string(), "PagesOf<Deals>");
        assert_eq!(
            ShortTypeName("a::LabelById<d::id::Advertiser>").to_string(),
            "LabelById<Advertiser>"
        );
    }
}
