//! Reports the outcome of every request once: to the metrics, to the trace, and in one log line. What becomes known
//! along the way is collected in `response_notes`; operations that do not arrive as requests of their own are counted all the
//! same.
//!
//! None of it contains a token, a document or a variable.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Response as GraphqlResponse, Value};
use axum::http::Method;
use axum::response::Response;
use futures::FutureExt;
use tracing::{Instrument, Span};

use super::failed::Failed;
use super::response_notes::{self, ResponseNotes, collect, note};
use super::{HttpState, codes, errors};
use telemetry::metrics::{OperationRun, Route, word};

/// A request as received.
pub struct IncomingRequest {
    pub method: Method,
    pub path: String,
    pub route: Route,
    pub request_id: String,
    /// Its span in the trace.
    pub trace: Span,
}

/// Handles a request and reports its outcome. A panic is an internal fault like any other. Must be called inside the
/// span that names the request.
pub async fn request(state: &HttpState, asked: &IncomingRequest, handling: impl Future<Output = Response>) -> Response {
    let start = Instant::now();
    let making = async {
        let response = AssertUnwindSafe(handling).catch_unwind().await;
        response.unwrap_or_else(|_| errors::panicked(&asked.request_id))
    };
    let (response, notes) = collect(making).instrument(asked.trace.clone()).await;
    tell(state, asked, response.status().as_u16(), start.elapsed(), &notes);
    response
}

fn tell(state: &HttpState, asked: &IncomingRequest, status: u16, took: Duration, notes: &ResponseNotes) {
    let requests = &state.app.metrics.requests;
    let code = notes.codes.first().copied();
    requests.answered(asked.route, status, took);
    if notes.operation.is_none()
        && let Some(code) = code
    {
        requests.refused(status, code, took);
        requests.errors(&notes.codes);
    }
    telemetry::end_request(&asked.trace, status, code);
    let (kind, name, cost) = match &notes.operation {
        Some((kind, name, cost)) => (Some(word(*kind)), name.as_deref(), Some(*cost)),
        None => (None, None, None),
    };
    tracing::info!(
        method = %asked.method,
        path = asked.path,
        status,
        milliseconds = took.as_secs_f64() * 1e3,
        kind,
        operation = name,
        cost,
        code,
        trace_id = telemetry::trace_id(&asked.trace),
        "answered"
    );
}

/// Runs an operation of a valid document in its span, and measures it. `name` is the operation that the request names,
/// if it has to name one.
pub async fn operation(
    state: &HttpState,
    document: &ExecutableDocument,
    name: Option<&str>,
    (kind, requested_cost): (OperationType, u64),
    execution: impl Future<Output = Result<GraphqlResponse, Failed>> + Send,
) -> Result<GraphqlResponse, Failed> {
    let name = name.or_else(|| only_name(document));
    let start = Instant::now();
    let span = telemetry::operation(kind, name, requested_cost);
    let result = execution.instrument(span).await;
    let (codes, actual_cost) = match &result {
        Ok(response) => (response_notes::codes(&response.errors), actual_cost(response)),
        Err(Failed::Panicked) => (vec![codes::INTERNAL], None),
        Err(Failed::Late(_)) => (vec![codes::TIMEOUT], None),
    };
    // An operation that was given up has cost what it requested.
    let actual_cost = actual_cost.unwrap_or(requested_cost);
    let metrics = &state.app.metrics;
    let ran = OperationRun {
        succeeded: codes.is_empty(),
        took: start.elapsed(),
        requested_cost,
        actual_cost,
    };
    metrics.operations.of(kind, name).ran(&ran);
    metrics.requests.errors(&codes);
    if ran.took >= state.options.slow.operation() {
        slow(kind, name, &ran);
    }
    note(|notes| {
        notes.operation = Some((kind, name.map(str::to_owned), actual_cost));
        notes.codes = codes;
    });
    result
}

/// Logs that an operation was slow. The hash identifies its document among those that clients send.
fn slow(kind: OperationType, name: Option<&str>, ran: &OperationRun) {
    let asked = telemetry::asked();
    tracing::warn!(
        request = asked.as_ref().map(telemetry::CurrentDocument::request),
        document = asked.as_ref().map(telemetry::CurrentDocument::document),
        kind = word(kind),
        operation = name,
        milliseconds = ran.took.as_secs_f64() * 1e3,
        cost = ran.actual_cost,
        "slow operation"
    );
}

/// The name of a document's only operation.
fn only_name(document: &ExecutableDocument) -> Option<&str> {
    match &document.operations {
        DocumentOperations::Single(_) => None,
        DocumentOperations::Multiple(operations) => operations.keys().next().map(|name| name.as_str()),
    }
}

/// The actual cost that the answer itself reports.
fn actual_cost(response: &GraphqlResponse) -> Option<u64> {
    let Some(Value::Object(cost)) = response.extensions.get("cost") else {
        return None;
    };
    match cost.get("actualQueryCost")? {
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}
