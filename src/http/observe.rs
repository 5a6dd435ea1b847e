//! Reports the outcome of every request once: to the metrics, to the trace, and in one log line. What becomes known
//! along the way is noted in a task-local; operations that do not arrive as requests of their own are counted all the
//! same.
//!
//! None of it contains a token, a document or a variable.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::http::Method;
use axum::response::Response;
use futures::FutureExt;
use tracing::{Instrument, Span};

use super::execution::Failed;
use super::{HttpState, codes, errors};
use telemetry::metrics::{OperationRun, Route, known_code, word};

tokio::task_local! {
    static NOTES: RefCell<ResponseNotes>;
}

/// What is known about a request's answer.
#[derive(Default)]
struct ResponseNotes {
    /// The type, name and actual cost of the operation that ran, if one did.
    operation: Option<(OperationType, Option<String>, u64)>,
    /// The codes of the errors in the answer.
    codes: Vec<&'static str>,
}

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
    let noted = async {
        let response = AssertUnwindSafe(handling).catch_unwind().await;
        let response = response.unwrap_or_else(|_| errors::panicked(&asked.request_id));
        (response, NOTES.with(RefCell::take))
    };
    let noted = NOTES.scope(RefCell::default(), noted.instrument(asked.trace.clone()));
    let (response, notes) = noted.await;
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

/// Notes that the answer contains only errors, with these codes.
pub fn refused(codes: impl IntoIterator<Item = &'static str>) {
    note(|notes| {
        // An operation that ran has noted its codes already.
        if notes.operation.is_none() {
            notes.codes.extend(codes);
        }
    });
}

/// Forgets what was noted: another answer takes the place of the one that was prepared.
pub fn forget() {
    note(|notes| *notes = ResponseNotes::default());
}

/// The codes of completed errors.
pub fn codes(errors: &[ServerError]) -> Vec<&'static str> {
    let code = |error: &ServerError| match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(known_code(code)),
        _ => None,
    };
    errors
        .iter()
        .map(|error| code(error).unwrap_or(known_code("")))
        .collect()
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
        Ok(response) => (codes(&response.errors), actual_cost(response)),
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

fn note(change: impl FnOnce(&mut ResponseNotes)) {
    // Fails outside of a request whose outcome is reported.
    let _ = NOTES.try_with(|notes| change(&mut notes.borrow_mut()));
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
