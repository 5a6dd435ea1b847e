//! Runs admitted operations: with a timeout, measured, with a bounded answer and completed errors.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use async_graphql::parser::types::OperationType;
use async_graphql::{ErrorExtensionValues, Response as GraphqlResponse, ServerError, Value};
use axum::http::HeaderValue;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::admission::{Admission, Requester};
use super::failed::Failed;
use super::guard::CheckedOperation;
use super::{HttpState, codes, cost, errors, observe, request, wire};
use crate::graphql::subscription::{ChangeSource, EventPayload};
use crate::graphql::{MUTATION_WAS_DONE, RequestContext, RowObserver, TOO_LARGE_MESSAGE};
use auth::Caller;
use service::app::App;
use service::authentication::SignIn;
use store::view::TooLong;
use telemetry::metrics::ReadServer;

/// Runs a query or a mutation. The answer's headers give the log position of a mutation's writes, if replicas answer
/// queries.
pub async fn execute(
    state: &HttpState,
    requester: Requester,
    admission: &Admission,
) -> Result<GraphqlResponse, Failed> {
    let caller = requester.caller.in_request(&requester.request_id);
    if admission.operation() == OperationType::Query {
        let execution = query(state, (caller, requester.sign_in), admission);
        return run(state, &requester.request_id, admission, execution).await;
    }
    let Some((store, noting)) = state.app.store.noting(&admission.payer.subject) else {
        let execution = answered(state, state.app.clone(), (caller, None), admission);
        return run(state, &requester.request_id, admission, execution).await;
    };
    let execution = answered(state, state.app.on(store), (caller, None), admission);
    let mut response = run(state, &requester.request_id, admission, execution).await?;
    if let Some(position) = noting.end(state.app.store.reader()).await
        && let Ok(position) = HeaderValue::from_str(&position.to_string())
    {
        response.http_headers.insert(request::POSITION, position);
    }
    Ok(response)
}

/// Reads from a replica, if one has caught up with what the caller must see. If the query cannot be read there, all of it
/// is read from the primary: nothing of it has been answered yet.
fn query<'a>(
    state: &'a HttpState,
    (caller, sign_in): (Caller, Option<Arc<SignIn>>),
    admission: &'a Admission,
) -> BoxFuture<'a, Answered> {
    let Some((store, mut watch)) = state.app.store.on_standby(&admission.payer.subject, admission.position) else {
        state.app.metrics.database.read(ReadServer::Primary);
        return answered(state, state.app.clone(), (caller, sign_in), admission);
    };
    // A replica's row of the partner may be out of date, so it cannot confirm the sign-in.
    let reading = answered(state, state.app.on(store), (caller.clone(), None), admission);
    let reading = async move {
        let done = tokio::select! {
            done = reading => Some(done),
            () = watch.end() => None,
        };
        if let Some(done) = done.filter(|_| !watch.has_ended()) {
            state.app.metrics.database.read(ReadServer::Replica);
            return done;
        }
        state.app.metrics.database.read(ReadServer::Again);
        answered(state, state.app.clone(), (caller, sign_in), admission).await
    };
    reading.boxed()
}

/// Runs it once, reading and writing through `app`. Boxed, because a large future makes every future that contains it
/// as large.
fn answered<'a>(
    state: &'a HttpState,
    app: Arc<App>,
    (caller, sign_in): (Caller, Option<Arc<SignIn>>),
    admission: &'a Admission,
) -> BoxFuture<'a, Answered> {
    let answering = async move {
        let context = state
            .context_of(&app, caller)
            .observed_by(sign_in.map(|sign_in| -> Arc<dyn RowObserver> { sign_in }));
        let written = context.written.clone();
        let request = admission.request(state).data(context);
        let response = state.schema.execute(request).boxed().await;
        Answered::of(response, &written, &admission.admitted)
    };
    answering.boxed()
}

/// Begins to listen for a subscription. Its cost is refunded here: each event is paid for when it is shown.
pub async fn listen(
    state: &HttpState,
    requester: Requester,
    admission: &Admission,
) -> Result<Result<ChangeSource, GraphqlResponse>, Failed> {
    state
        .throttle
        .give_back(&admission.payer, admission.admitted.cost, Instant::now());
    let context = state.context(requester.caller);
    let last_event = admission.last_event.clone();
    let beginning = state.events.listen(admission.request(state), context, last_event);
    let begun = telemetry::asking(&requester.request_id, admission.document_hash(), beginning);
    let begun = with_timeout(state, admission, begun).await?;
    Ok(begun.map_err(|mut response| {
        errors::finish(&mut response, &requester.request_id, state.options.limits.errors);
        response
    }))
}

/// One event of a subscription, shared by all listeners with the same scope, permissions, document and variables.
pub struct SharedEvent {
    data: Value,
    /// The length of its data as JSON.
    pub bytes: usize,
    errors: Vec<ServerError>,
    cost: u64,
}

/// Runs a subscription's operation for one event, which is not paid for here.
pub async fn show(
    state: &HttpState,
    requester: Requester,
    admission: &Admission,
    row: EventPayload,
) -> Result<SharedEvent, Failed> {
    let context = state.context(requester.caller);
    let written = context.written.clone();
    let mut cost = admission.admitted.cost;
    let execution = async {
        let response = state.events.show(admission.request(state), context, row).await;
        Answered::of(response, &written, &admission.admitted)
    };
    let running = async {
        let answered = with_timeout(state, admission, execution).await?;
        cost = answered.cost;
        let extension = cost::extension(admission.admitted.cost, cost, 0, state.throttle.settings());
        let response = finished(state, &requester.request_id, admission, answered.response);
        Ok(response.extension("cost", extension))
    };
    let response = observed(state, &requester.request_id, admission, running).await?;
    let (data, bytes) = wire::rewritten(response.data);
    Ok(SharedEvent {
        data,
        bytes,
        errors: response.errors,
        cost,
    })
}

/// The answer to a listener that has paid for an event. Its errors carry the listener's own request id.
pub fn tell(state: &HttpState, request_id: &str, admission: &Admission, shown: &SharedEvent) -> GraphqlResponse {
    let mut response = GraphqlResponse::new(shown.data.clone());
    response.errors.clone_from(&shown.errors);
    errors::name(&mut response, request_id);
    paid(state, admission, response, shown.cost)
}

/// An answer and what it cost.
struct Answered {
    response: GraphqlResponse,
    cost: u64,
}

impl Answered {
    /// `written` counts the objects that were written as JSON during execution.
    fn of(response: GraphqlResponse, written: &AtomicU64, admitted: &CheckedOperation) -> Self {
        let seen = cost::actual(&response.data, admitted.operation, admitted.cost);
        let cost = seen
            .saturating_add(written.load(Ordering::Relaxed))
            .saturating_add(admitted.counting)
            .min(admitted.cost);
        Self { response, cost }
    }
}

/// Runs an operation to its complete answer, and measures it.
async fn run(
    state: &HttpState,
    request_id: &str,
    admission: &Admission,
    execution: impl Future<Output = Answered> + Send,
) -> Result<GraphqlResponse, Failed> {
    let running = async {
        let answered = with_timeout(state, admission, execution).await?;
        Ok(conclude(state, request_id, admission, answered))
    };
    observed(state, request_id, admission, running).await
}

/// Measures an operation; log lines during its run name the request and the document.
async fn observed(
    state: &HttpState,
    request_id: &str,
    admission: &Admission,
    running: impl Future<Output = Result<GraphqlResponse, Failed>> + Send,
) -> Result<GraphqlResponse, Failed> {
    let admitted = &admission.admitted;
    let name = admission.operation_name.as_deref();
    let operation = observe::operation(
        state,
        &admission.document.parsed,
        name,
        (admitted.operation, admitted.cost),
        running,
    );
    telemetry::asking(request_id, admission.document_hash(), operation).await
}

/// Runs an execution with a timeout, counts it while it runs, and catches its panics.
async fn with_timeout<T>(
    state: &HttpState,
    admission: &Admission,
    execution: impl Future<Output = T>,
) -> Result<T, Failed> {
    let timeout = match admission.operation() {
        OperationType::Mutation => state.options.timeouts.mutation(),
        OperationType::Query | OperationType::Subscription => state.options.timeouts.query(),
    };
    let _running = state.app.metrics.running();
    match tokio::time::timeout(timeout, AssertUnwindSafe(execution).catch_unwind()).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) => Err(Failed::Panicked),
        Err(_) => Err(Failed::Late(too_late(admission.operation(), timeout.as_secs()))),
    }
}

/// Completes an answer: its errors and its cost.
fn conclude(state: &HttpState, request_id: &str, admission: &Admission, answered: Answered) -> GraphqlResponse {
    let Answered { response, cost } = answered;
    let response = finished(state, request_id, admission, response);
    paid(state, admission, response, cost)
}

/// Writes an answer's data as JSON, within the limit, and completes its errors.
fn finished(
    state: &HttpState,
    request_id: &str,
    admission: &Admission,
    mut response: GraphqlResponse,
) -> GraphqlResponse {
    match wire::bounded(response.data, state.options.limits.answer_bytes) {
        Ok(data) => response.data = data,
        Err(TooLong) => response = too_large(admission.operation()),
    }
    errors::finish(&mut response, request_id, state.options.limits.errors);
    response
}

/// Refunds the cost that was not needed, and reports an answer's cost.
fn paid(state: &HttpState, admission: &Admission, response: GraphqlResponse, actual: u64) -> GraphqlResponse {
    let admitted = &admission.admitted;
    let available = state
        .throttle
        .give_back(&admission.payer, admitted.cost - actual, Instant::now());
    let maximum = state.throttle.settings().maximum.max(1);
    state
        .app
        .metrics
        .throttle_levels
        .observe(available as f64 / maximum as f64);
    let extension = cost::extension(admitted.cost, actual, available, state.throttle.settings());
    response.extension("cost", extension)
}

impl HttpState {
    fn context(&self, caller: Caller) -> RequestContext {
        self.context_of(&self.app, caller)
    }

    fn context_of(&self, app: &App, caller: Caller) -> RequestContext {
        RequestContext::new(app, caller).within(self.options.limits.answer_bytes)
    }
}

fn too_late(operation: OperationType, seconds: u64) -> String {
    match operation {
        OperationType::Mutation => format!(
            "the mutation took longer than {seconds} seconds; it may still have been done, so check before you repeat it"
        ),
        OperationType::Query => format!("the query took longer than {seconds} seconds"),
        OperationType::Subscription => format!("an event of the subscription took longer than {seconds} seconds"),
    }
}

/// The answer in place of one that is too large.
fn too_large(operation: OperationType) -> GraphqlResponse {
    let done = match operation {
        OperationType::Mutation => MUTATION_WAS_DONE,
        OperationType::Query | OperationType::Subscription => "",
    };
    let mut error = ServerError::new(format!("{TOO_LARGE_MESSAGE}{done}"), None);
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", codes::QUERY_TOO_COMPLEX);
    error.extensions = Some(extensions);
    GraphqlResponse::from_errors(vec![error])
}
