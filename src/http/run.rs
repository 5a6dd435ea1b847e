//! From what a request asks for to its answer: find or read the document, guard it, charge for it, execute it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Request, Response as GraphqlResponse, ServerError};
use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use super::ask::Ask;
use super::documents::Hash;
use super::errors::{self, refusal, refusals};
use super::guard::{Admitted, Problem};
use super::negotiate::MediaType;
use super::persisted::{self, Named};
use super::{Front, cost};
use crate::auth::{Caller, Permission};
use crate::graphql::{RequestContext, Schema};

/// Who asks, and what the request is called.
pub struct Asker {
    pub caller: Caller,
    pub request_id: String,
}

/// How the answer travels over HTTP.
pub struct Terms {
    pub method: Method,
    pub media_type: MediaType,
}

/// A document that is ready to run.
struct Ready {
    hash: Hash,
    text_bytes: usize,
    document: Arc<ExecutableDocument>,
    /// It was validated strictly before, so that only what depends on the request is still to be looked at.
    validated: bool,
}

/// An operation that may run: guarded, validated and paid for.
pub struct Admission {
    document: Arc<ExecutableDocument>,
    admitted: Admitted,
    operation_name: Option<String>,
    /// Whose bucket of cost it came out of.
    subject: String,
}

/// Why nothing of a request runs.
pub enum Refused {
    Document(Vec<Problem>),
    /// Its kind of operation is not for this way of asking. The text is for the caller.
    Operation(&'static str),
    /// Strict validation found this.
    Invalid(Vec<ServerError>),
    /// Too much was asked for; again in so many seconds.
    Throttled(u64),
}

/// Why an operation that ran has no answer.
pub enum Failed {
    Panicked,
    /// The text is for the caller.
    Late(String),
}

/// Answers a request over HTTP.
pub async fn answer(front: &Front, asker: Asker, terms: &Terms, ask: Ask) -> Response {
    let allow = |operation| match operation {
        OperationType::Query => Ok(()),
        _ if terms.method == Method::GET => Err("GET is for queries only: send this by POST"),
        OperationType::Mutation | OperationType::Subscription => Ok(()),
    };
    let request_id = asker.request_id.clone();
    let admission = match admit(front, &asker, ask, allow).await {
        Ok(admission) => admission,
        Err(refused) => return refusal_of(front, refused, terms.media_type, &request_id),
    };
    match execute(front, asker, &admission).await {
        Ok(response) => Json(response).into_response(),
        Err(Failed::Panicked) => errors::panicked(&request_id),
        Err(Failed::Late(message)) => refusal(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", message, &request_id),
    }
}

fn refusal_of(front: &Front, refused: Refused, media_type: MediaType, request_id: &str) -> Response {
    match refused {
        Refused::Document(problems) => refusals(status(&problems, media_type), &problems, request_id),
        Refused::Operation(message) => {
            let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, "BAD_REQUEST", message, request_id);
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("POST"));
            response
        }
        Refused::Invalid(errors) => {
            let mut response = GraphqlResponse::from_errors(errors);
            errors::finish(&mut response, request_id, front.options.limits.errors);
            let status = refused_status(media_type);
            (status, Json(serde_json::json!({ "errors": response.errors }))).into_response()
        }
        Refused::Throttled(seconds) => {
            let message = throttled(seconds);
            let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, "THROTTLED", message, request_id);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            response
        }
    }
}

fn throttled(seconds: u64) -> String {
    format!("too much was asked for in a short time: ask again in {seconds} seconds")
}

/// Finds or reads the document, guards and validates it, and charges for it. `allow` says which kinds of operations may
/// be asked for in this way.
pub async fn admit(
    front: &Front,
    asker: &Asker,
    ask: Ask,
    allow: impl Fn(OperationType) -> Result<(), &'static str>,
) -> Result<Admission, Refused> {
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
        let errors = validate(front, &ready.document).await;
        if !errors.is_empty() {
            return Err(Refused::Invalid(errors));
        }
        front
            .documents
            .keep(ready.hash, ready.document.clone(), ready.text_bytes);
    }
    let subject = format!("{}/{}", asker.caller.tenant(), asker.caller.subject());
    if let Err(empty) = front.throttle.take(&subject, admitted.cost, Instant::now()) {
        return Err(Refused::Throttled(empty.0.as_secs().saturating_add(1)));
    }
    Ok(Admission {
        document: ready.document,
        admitted,
        operation_name: ask.operation_name,
        subject,
    })
}

fn prepare(
    front: &Front,
    asker: &Asker,
    query: Option<String>,
    operation_name: Option<&str>,
    variables: async_graphql::Variables,
    extensions: &serde_json::Map<String, serde_json::Value>,
) -> Result<(Ready, Admitted), Vec<Problem>> {
    let named = front.persisted.resolve(query, extensions).map_err(one)?;
    let (hash, text) = match named {
        Named::Text(hash, text) => (hash, Some(text)),
        Named::Before(hash) => (hash, None),
    };
    front.persisted.permit(&hash, &asker.request_id).map_err(one)?;
    let text_bytes = text.as_ref().map_or(0, String::len);
    let (document, validated) = match (front.documents.find(&hash), text) {
        (Some(document), _) => (document, true),
        (None, Some(text)) => (Arc::new(front.guard.parse(&text).map_err(one)?), false),
        (None, None) => return Err(vec![persisted::not_found()]),
    };
    let admitted = front.guard.admit(&document, operation_name, variables)?;
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
    };
    Ok((ready, admitted))
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}

/// Runs a query or a mutation.
pub async fn execute(front: &Front, asker: Asker, admission: &Admission) -> Result<GraphqlResponse, Failed> {
    let admitted = &admission.admitted;
    let patience = match admitted.operation {
        OperationType::Mutation => front.options.timeouts.mutation(),
        OperationType::Query | OperationType::Subscription => front.options.timeouts.query(),
    };
    let mut document = ExecutableDocument::clone(&admission.document);
    front.guard.strip(&mut document, admitted);
    let mut request = Request::new("").variables(admitted.variables.clone());
    request.set_parsed_query(document);
    request.operation_name.clone_from(&admission.operation_name);
    let request = request.data(RequestContext::new(front.app.clone(), asker.caller));
    let execution = AssertUnwindSafe(front.fast_schema.execute(request)).catch_unwind();
    let mut response = match tokio::time::timeout(patience, execution).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => return Err(Failed::Panicked),
        Err(_) => return Err(Failed::Late(too_late(admitted.operation, patience.as_secs()))),
    };
    errors::finish(&mut response, &asker.request_id, front.options.limits.errors);
    let actual = cost::actual(&response.data, admitted.operation, admitted.cost);
    let available = front
        .throttle
        .give_back(&admission.subject, admitted.cost - actual, Instant::now());
    let extension = cost::extension(admitted.cost, actual, available, front.throttle.settings());
    Ok(response.extension("cost", extension))
}

fn too_late(operation: OperationType, seconds: u64) -> String {
    match operation {
        OperationType::Mutation => format!(
            "the mutation took longer than {seconds} seconds; it may have been done nevertheless, so look before you repeat it"
        ),
        OperationType::Query | OperationType::Subscription => format!("the query took longer than {seconds} seconds"),
    }
}

/// What strict validation finds in a document.
async fn validate(front: &Front, document: &ExecutableDocument) -> Vec<ServerError> {
    let errors = validate_by(&front.strict_schema, document).await;
    match &front.helpful_schema {
        Some(schema) if (1..=front.options.limits.errors).contains(&errors.len()) => {
            validate_by(schema, document).await
        }
        _ => errors,
    }
}

/// It executes nothing: no document has an operation of that name, and the library looks for it after validating.
async fn validate_by(schema: &Schema, document: &ExecutableDocument) -> Vec<ServerError> {
    const NONE: &str = "no operation";
    let mut request = Request::new("").operation_name(NONE);
    request.set_parsed_query(document.clone());
    let mut errors = schema.execute(request).await.errors;
    errors.retain(|error| !error.message.contains(NONE));
    errors
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
