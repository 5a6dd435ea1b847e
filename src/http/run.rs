//! From what a request asks for to its answer: find or read the document, guard it, charge for it, execute it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{ErrorExtensionValues, Request, Response as GraphqlResponse, ServerError, Value};
use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use super::ask::Ask;
use super::documents::{Document, Hash};
use super::errors::{self, refusal};
use super::guard::{Admitted, Problem};
use super::negotiate::MediaType;
use super::persisted::{self, Named};
use super::{Front, cost, documents, observe, sse, wire};
use crate::auth::{Caller, Permission};
use crate::graphql::subscription::{self, Happened, Source};
use crate::graphql::{
    INTERNAL_CODE, INTERNAL_MESSAGE, MUTATION_WAS_DONE, RequestContext, TOO_LARGE_CODE, TOO_LARGE_MESSAGE,
};
use crate::store::view::TooLong;

/// Who asks, and what the request is called.
pub struct Asker {
    pub caller: Caller,
    pub request_id: String,
}

/// How the answer travels over HTTP.
pub struct Terms {
    pub method: Method,
    pub media_type: MediaType,
    /// What the caller shows, if subscriptions may be answered by a stream of events.
    pub events: Option<String>,
}

/// A document that is ready to run.
struct Ready {
    hash: Hash,
    text_bytes: usize,
    document: Arc<Document>,
    /// It was validated strictly before, so that only what depends on the request is still to be looked at.
    validated: bool,
    /// The caller wants to name it by its hash from now on.
    is_new: bool,
}

/// An operation that may run: guarded, validated and paid for.
pub struct Admission {
    document: Arc<Document>,
    /// The operation with every field once.
    merged: Arc<ExecutableDocument>,
    admitted: Admitted,
    operation_name: Option<String>,
    /// Whose bucket of cost it came out of.
    subject: String,
    /// The document's text.
    hash: Hash,
}

/// Why nothing of a request runs.
pub enum Refused {
    Document(Vec<Problem>),
    /// Its kind of operation is not for this way of asking. The text is for the caller.
    Operation(&'static str),
    /// Too much was asked for; again in so many seconds.
    Throttled(u64),
}

/// Why an operation that ran has no answer.
pub enum Failed {
    Panicked,
    /// The text is for the caller.
    Late(String),
}

impl Admission {
    /// What is asked for.
    pub fn operation(&self) -> OperationType {
        self.admitted.operation
    }

    /// A subscription is run as a query on the schema of events.
    fn request(&self, front: &Front) -> Request {
        let mut document = ExecutableDocument::clone(&self.merged);
        front.guard.strip(&mut document, &self.admitted);
        if self.operation() == OperationType::Subscription {
            subscription::as_query(&mut document);
        }
        let mut request = Request::new("").variables(self.admitted.variables.clone());
        request.set_parsed_query(document);
        request
    }

    /// Tells it from operations that ask for something else: the same of another caller with the same rights is the same.
    pub fn fingerprint(&self) -> Hash {
        let Self {
            admitted,
            operation_name,
            ..
        } = self;
        let variables = serde_json::json!([operation_name, admitted.variables]).to_string();
        let mut whole = self.hash.to_vec();
        whole.extend(variables.as_bytes());
        documents::digest(&whole)
    }

    /// Pays for the operation, as [`admit`] did for its first time; an error says how long it takes until it can.
    pub fn charge(&self, front: &Front) -> Result<(), Duration> {
        let taken = front.throttle.take(&self.subject, self.admitted.cost, Instant::now());
        taken.map_err(|empty| empty.0)
    }
}

impl Refused {
    /// The errors, as answers without data have them.
    pub fn errors(self, request_id: &str) -> Vec<serde_json::Value> {
        match self {
            Self::Document(problems) => errors::listed(&problems, request_id),
            Self::Operation(message) => errors::listed(&[Problem::new("BAD_REQUEST", message)], request_id),
            Self::Throttled(seconds) => errors::listed(&[Problem::new("THROTTLED", throttled(seconds))], request_id),
        }
    }
}

impl Failed {
    /// The one error, as answers without data have it. Panics are logged.
    pub fn errors(self, request_id: &str) -> Vec<serde_json::Value> {
        let problem = match self {
            Self::Panicked => {
                tracing::error!(request_id, "the handling of a request panicked");
                Problem::new(INTERNAL_CODE, INTERNAL_MESSAGE)
            }
            Self::Late(message) => Problem::new("TIMEOUT", message),
        };
        errors::listed(&[problem], request_id)
    }
}

/// Answers a request over HTTP.
pub async fn answer(front: &Front, asker: Asker, terms: &Terms, ask: Ask) -> Response {
    let allow = |operation| match operation {
        OperationType::Query => Ok(()),
        _ if terms.method == Method::GET => Err("GET is for queries only: send this by POST"),
        OperationType::Mutation => Ok(()),
        OperationType::Subscription if terms.events.is_some() => Ok(()),
        OperationType::Subscription => Err("subscribe over a WebSocket, or accept text/event-stream"),
    };
    let request_id = asker.request_id.clone();
    let admission = match admit(front, &asker, ask, allow).await {
        Ok(admission) => admission,
        Err(refused) => return refusal_of(refused, terms.media_type, &request_id),
    };
    if let (OperationType::Subscription, Some(authorization)) = (admission.operation(), &terms.events) {
        return sse::subscribe(front, asker, authorization.clone(), admission).await;
    }
    match execute(front, asker, &admission).await {
        Ok(response) => errors::with_status(wire::response(&response), &response),
        Err(failed) => self::failed(failed, &request_id),
    }
}

/// The answer to an operation that ran and has none.
pub fn failed(failed: Failed, request_id: &str) -> Response {
    match failed {
        Failed::Panicked => errors::panicked(request_id),
        Failed::Late(message) => refusal(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", message, request_id),
    }
}

/// The answer to a request of which nothing runs.
pub fn refusal_of(refused: Refused, media_type: MediaType, request_id: &str) -> Response {
    let status = match &refused {
        Refused::Document(problems) => status(problems, media_type),
        Refused::Operation(_) => StatusCode::METHOD_NOT_ALLOWED,
        Refused::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
    };
    let header = match &refused {
        Refused::Operation(_) => Some((header::ALLOW, HeaderValue::from_static("POST"))),
        Refused::Throttled(seconds) => Some((header::RETRY_AFTER, HeaderValue::from(*seconds))),
        Refused::Document(_) => None,
    };
    let body = serde_json::json!({ "errors": refused.errors(request_id) });
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().extend(header);
    response
}

fn throttled(seconds: u64) -> String {
    format!("too much was asked for in a short time: ask again in {seconds} seconds")
}

/// Finds or reads the document, guards and validates it, and charges for it. `allow` says which kinds of operations may
/// be asked for in this way. What is refused is charged for the look that was taken at it.
pub async fn admit(
    front: &Front,
    asker: &Asker,
    ask: Ask,
    allow: impl Fn(OperationType) -> Result<(), &'static str>,
) -> Result<Admission, Refused> {
    let subject = subject(asker);
    let look = cost::of_refusal(ask.bytes);
    charge(front, &subject, look)?;
    let operation_name = ask.operation_name.clone();
    let (ready, merged, admitted) = examine(front, asker, ask, allow)?;
    front.throttle.give_back(&subject, look, Instant::now());
    charge(front, &subject, admitted.cost)?;
    Ok(Admission {
        document: ready.document,
        merged,
        admitted,
        operation_name,
        subject,
        hash: ready.hash,
    })
}

/// Whose bucket of cost a request is paid from.
pub fn subject(asker: &Asker) -> String {
    format!("{}/{}", asker.caller.tenant(), asker.caller.subject())
}

/// Charges for a request that cannot be read. What its sender hears who has too little left for that.
pub fn charge_unreadable(front: &Front, asker: &Asker, media_type: MediaType) -> Option<Response> {
    let charged = charge(front, &subject(asker), cost::of_refusal(0));
    let refused = charged.err()?;
    Some(refusal_of(refused, media_type, &asker.request_id))
}

/// Charges for something that is done.
pub fn charge(front: &Front, subject: &str, cost: u64) -> Result<(), Refused> {
    let taken = front.throttle.take(subject, cost, Instant::now());
    taken.map_err(|empty| Refused::Throttled(empty.0.as_secs().saturating_add(1)))
}

/// Whether a document may run that is within what its sender has left.
fn examine(
    front: &Front,
    asker: &Asker,
    ask: Ask,
    allow: impl Fn(OperationType) -> Result<(), &'static str>,
) -> Result<(Ready, Arc<ExecutableDocument>, Admitted), Refused> {
    let (ready, admitted) = prepare(
        front,
        asker,
        ask.query,
        ask.operation_name.as_deref(),
        ask.variables,
        &ask.extensions,
    )
    .map_err(Refused::Document)?;
    allow(admitted.operation).map_err(Refused::Operation)?;
    if !ready.validated {
        let problems = front.guard.validate(&ready.document.parsed);
        if !problems.is_empty() {
            return Err(Refused::Document(problems));
        }
    }
    let merge = |document: &_| front.guard.merge(document, ask.operation_name.as_deref(), &admitted);
    let merged = ready.document.merged(merge).map_err(Refused::Document)?;
    if !ready.validated {
        front
            .documents
            .keep(ready.hash, ready.document.clone(), ready.text_bytes);
    }
    if ready.is_new {
        front.persisted.register(&asker.caller.tenant().to_string(), ready.hash);
    }
    Ok((ready, merged, admitted))
}

fn prepare(
    front: &Front,
    asker: &Asker,
    query: Option<String>,
    operation_name: Option<&str>,
    variables: async_graphql::Variables,
    extensions: &serde_json::Map<String, serde_json::Value>,
) -> Result<(Ready, Admitted), Vec<Problem>> {
    let tenant = asker.caller.tenant().to_string();
    let named = front.persisted.resolve(&tenant, query, extensions).map_err(one)?;
    let is_new = matches!(named, Named::New(..));
    let (hash, text) = match named {
        Named::Text(hash, text) | Named::New(hash, text) => (hash, Some(text)),
        Named::Before(hash) => (hash, None),
    };
    front.persisted.permit(&hash, &asker.request_id).map_err(one)?;
    let text_bytes = text.as_ref().map_or(0, String::len);
    let (document, validated) = match (front.documents.find(&hash), text) {
        (Some(document), _) => (document, true),
        (None, Some(text)) => {
            let parsed = front.guard.parse(&text).map_err(one)?;
            (Arc::new(Document::new(parsed)), false)
        }
        (None, None) => return Err(vec![persisted::not_found()]),
    };
    let admitted = front.guard.admit(&document.parsed, operation_name, variables)?;
    let may_introspect = !front.options.production || asker.caller.permissions().allow(Permission::Admin);
    if admitted.introspects && !may_introspect {
        let message = "only a token with the scope admin may ask about the schema itself";
        return Err(one(Problem::new("FORBIDDEN", message)));
    }
    let ready = Ready {
        hash,
        text_bytes,
        document,
        validated,
        is_new,
    };
    Ok((ready, admitted))
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}

impl Front {
    fn context(&self, caller: Caller) -> RequestContext {
        RequestContext::new(&self.app, caller).within(self.options.limits.answer_bytes)
    }
}

/// What is said in the place of an answer that is too large.
fn too_large(operation: OperationType) -> GraphqlResponse {
    let done = match operation {
        OperationType::Mutation => MUTATION_WAS_DONE,
        OperationType::Query | OperationType::Subscription => "",
    };
    let mut error = ServerError::new(format!("{TOO_LARGE_MESSAGE}{done}"), None);
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", TOO_LARGE_CODE);
    error.extensions = Some(extensions);
    GraphqlResponse::from_errors(vec![error])
}

/// An answer and what it cost.
struct Answered {
    response: GraphqlResponse,
    cost: u64,
}

impl Answered {
    /// `written` counts the objects that were written as JSON on the way.
    fn of(response: GraphqlResponse, written: &AtomicU64, admitted: &Admitted) -> Self {
        let seen = cost::actual(&response.data, admitted.operation, admitted.cost);
        let cost = seen
            .saturating_add(written.load(Ordering::Relaxed))
            .saturating_add(admitted.counting)
            .min(admitted.cost);
        Self { response, cost }
    }
}

/// Runs a query or a mutation.
pub async fn execute(front: &Front, asker: Asker, admission: &Admission) -> Result<GraphqlResponse, Failed> {
    let context = front.context(asker.caller.in_request(&asker.request_id));
    let written = context.written.clone();
    let execution = async {
        let request = admission.request(front).data(context);
        // Boxed: what is large here is large in every future around it.
        let response = front.schema.execute(request).boxed().await;
        Answered::of(response, &written, &admission.admitted)
    };
    run(front, &asker.request_id, admission, execution).await
}

/// Begins to listen to what a subscription asks for. Each event is paid for when it is shown.
pub async fn listen(
    front: &Front,
    asker: Asker,
    admission: &Admission,
) -> Result<Result<Source, GraphqlResponse>, Failed> {
    front
        .throttle
        .give_back(&admission.subject, admission.admitted.cost, Instant::now());
    let context = front.context(asker.caller);
    let beginning = front.events.listen(admission.request(front), context);
    let begun = patiently(front, admission, beginning).await?;
    Ok(begun.map_err(|mut response| {
        errors::finish(&mut response, &asker.request_id, front.options.limits.errors);
        response
    }))
}

/// One event of a subscription, as all see it whose scope, document and variables are the same.
pub struct Shown {
    data: Value,
    /// How long its data is as JSON.
    pub bytes: usize,
    errors: Vec<ServerError>,
    cost: u64,
}

/// Runs a subscription's operation for one event. Nobody pays for it yet.
pub async fn show(front: &Front, asker: Asker, admission: &Admission, row: Happened) -> Result<Shown, Failed> {
    let context = front.context(asker.caller);
    let written = context.written.clone();
    let mut cost = admission.admitted.cost;
    let execution = async {
        let response = front.events.show(admission.request(front), context, row).await;
        Answered::of(response, &written, &admission.admitted)
    };
    let running = async {
        let answered = patiently(front, admission, execution).await?;
        cost = answered.cost;
        let extension = cost::extension(admission.admitted.cost, cost, 0, front.throttle.settings());
        let response = finished(front, &asker.request_id, admission, answered.response);
        Ok(response.extension("cost", extension))
    };
    let response = observed(front, admission, running).await?;
    let (data, bytes) = wire::rewritten(response.data);
    Ok(Shown {
        data,
        bytes,
        errors: response.errors,
        cost,
    })
}

/// What a listener is told of an event, who has paid for it. Its errors name the listener's own request.
pub fn tell(front: &Front, request_id: &str, admission: &Admission, shown: &Shown) -> GraphqlResponse {
    let mut response = GraphqlResponse::new(shown.data.clone());
    response.errors.clone_from(&shown.errors);
    errors::name(&mut response, request_id);
    paid(front, admission, response, shown.cost)
}

/// Runs it to its complete answer, and counts it.
async fn run(
    front: &Front,
    request_id: &str,
    admission: &Admission,
    execution: impl Future<Output = Answered>,
) -> Result<GraphqlResponse, Failed> {
    let running = async {
        let answered = patiently(front, admission, execution).await?;
        Ok(conclude(front, request_id, admission, answered))
    };
    observed(front, admission, running).await
}

/// Counts it.
async fn observed(
    front: &Front,
    admission: &Admission,
    running: impl Future<Output = Result<GraphqlResponse, Failed>>,
) -> Result<GraphqlResponse, Failed> {
    let admitted = &admission.admitted;
    let name = admission.operation_name.as_deref();
    observe::operation(
        front,
        &admission.document.parsed,
        name,
        (admitted.operation, admitted.cost),
        running,
    )
    .await
}

/// Gives an execution its time, and contains its panics.
async fn patiently<T>(front: &Front, admission: &Admission, execution: impl Future<Output = T>) -> Result<T, Failed> {
    let patience = match admission.operation() {
        OperationType::Mutation => front.options.timeouts.mutation(),
        OperationType::Query | OperationType::Subscription => front.options.timeouts.query(),
    };
    match tokio::time::timeout(patience, AssertUnwindSafe(execution).catch_unwind()).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) => Err(Failed::Panicked),
        Err(_) => Err(Failed::Late(too_late(admission.operation(), patience.as_secs()))),
    }
}

/// Completes an answer: its errors, and what it cost.
fn conclude(front: &Front, request_id: &str, admission: &Admission, answered: Answered) -> GraphqlResponse {
    let Answered { response, cost } = answered;
    let response = finished(front, request_id, admission, response);
    paid(front, admission, response, cost)
}

/// Writes an answer's data, within the limit, and completes its errors.
fn finished(front: &Front, request_id: &str, admission: &Admission, mut response: GraphqlResponse) -> GraphqlResponse {
    match wire::bounded(response.data, front.options.limits.answer_bytes) {
        Ok(data) => response.data = data,
        Err(TooLong) => response = too_large(admission.operation()),
    }
    errors::finish(&mut response, request_id, front.options.limits.errors);
    response
}

/// Gives back what was not needed, and says what an answer cost.
fn paid(front: &Front, admission: &Admission, response: GraphqlResponse, actual: u64) -> GraphqlResponse {
    let admitted = &admission.admitted;
    let available = front
        .throttle
        .give_back(&admission.subject, admitted.cost - actual, Instant::now());
    let maximum = front.throttle.settings().maximum.max(1);
    front
        .app
        .metrics
        .throttle_levels
        .observe(available as f64 / maximum as f64);
    let extension = cost::extension(admitted.cost, actual, available, front.throttle.settings());
    response.extension("cost", extension)
}

fn too_late(operation: OperationType, seconds: u64) -> String {
    match operation {
        OperationType::Mutation => format!(
            "the mutation took longer than {seconds} seconds; it may have been done nevertheless, so look before you repeat it"
        ),
        OperationType::Query => format!("the query took longer than {seconds} seconds"),
        OperationType::Subscription => format!("an event of the subscription took longer than {seconds} seconds"),
    }
}

/// Of a document that cannot be executed the old media type says so in the body only.
fn refused_status(media_type: MediaType) -> StatusCode {
    match media_type {
        MediaType::Graphql => StatusCode::BAD_REQUEST,
        MediaType::Json => StatusCode::OK,
    }
}

fn status(problems: &[Problem], media_type: MediaType) -> StatusCode {
    match problems.first().map(|problem| problem.code) {
        // Apollo's clients then send the text, and so does everybody who reads bodies.
        Some("PERSISTED_QUERY_NOT_FOUND") => StatusCode::OK,
        Some("FORBIDDEN") => StatusCode::FORBIDDEN,
        Some("BAD_REQUEST") => StatusCode::BAD_REQUEST,
        _ => refused_status(media_type),
    }
}
