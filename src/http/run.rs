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

/// Everything about the request besides what it asks for.
pub struct Terms {
    pub caller: Caller,
    pub method: Method,
    pub media_type: MediaType,
    pub request_id: String,
}

/// A document that is ready to run.
struct Ready {
    hash: Hash,
    text_bytes: usize,
    document: Arc<ExecutableDocument>,
    /// It was validated strictly before, so that only what depends on the request is still to be looked at.
    validated: bool,
}

pub async fn answer(front: &Front, terms: Terms, ask: Ask) -> Response {
    let (ready, admitted) = match prepare(
        front,
        &terms,
        ask.query,
        ask.operation_name.as_deref(),
        ask.variables,
        &ask.extensions,
    ) {
        Ok(prepared) => prepared,
        Err(problems) => return refusals(status(&problems, terms.media_type), &problems, &terms.request_id),
    };
    if terms.method == Method::GET && admitted.operation != OperationType::Query {
        let mut response = refusal(
            StatusCode::METHOD_NOT_ALLOWED,
            "BAD_REQUEST",
            "GET is for queries only: send this by POST",
            &terms.request_id,
        );
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let subject = format!("{}/{}", terms.caller.tenant(), terms.caller.subject());
    if !ready.validated {
        let errors = validate(front, &ready.document).await;
        if !errors.is_empty() {
            let mut response = GraphqlResponse::from_errors(errors);
            errors::finish(&mut response, &terms.request_id, front.options.limits.errors);
            let status = refused_status(terms.media_type);
            return (status, Json(serde_json::json!({ "errors": response.errors }))).into_response();
        }
        front
            .documents
            .keep(ready.hash, ready.document.clone(), ready.text_bytes);
    }
    if let Err(empty) = front.throttle.take(&subject, admitted.cost, Instant::now()) {
        let seconds = empty.0.as_secs().saturating_add(1);
        let message = format!("too much was asked for in a short time: ask again in {seconds} seconds");
        let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, "THROTTLED", message, &terms.request_id);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return response;
    }
    execute(front, terms, ready, admitted, ask.operation_name, &subject).await
}

fn prepare(
    front: &Front,
    terms: &Terms,
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
    front.persisted.permit(&hash, &terms.request_id).map_err(one)?;
    let text_bytes = text.as_ref().map_or(0, String::len);
    let (document, validated) = match (front.documents.find(&hash), text) {
        (Some(document), _) => (document, true),
        (None, Some(text)) => (Arc::new(front.guard.parse(&text).map_err(one)?), false),
        (None, None) => return Err(vec![persisted::not_found()]),
    };
    let admitted = front.guard.admit(&document, operation_name, variables)?;
    let may_introspect = !front.options.production || terms.caller.permissions().allow(Permission::Admin);
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

async fn execute(
    front: &Front,
    terms: Terms,
    ready: Ready,
    admitted: Admitted,
    operation_name: Option<String>,
    subject: &str,
) -> Response {
    let patience = match admitted.operation {
        OperationType::Mutation => front.options.timeouts.mutation(),
        OperationType::Query | OperationType::Subscription => front.options.timeouts.query(),
    };
    let mut document = ExecutableDocument::clone(&ready.document);
    front.guard.strip(&mut document, &admitted);
    let mut request = Request::new("").variables(admitted.variables);
    request.set_parsed_query(document);
    request.operation_name = operation_name;
    let request = request.data(RequestContext::new(front.app.clone(), terms.caller));
    let execution = AssertUnwindSafe(front.fast_schema.execute(request)).catch_unwind();
    let mut response = match tokio::time::timeout(patience, execution).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => return errors::panicked(&terms.request_id),
        Err(_) => {
            let message = too_late(admitted.operation, patience.as_secs());
            return refusal(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", message, &terms.request_id);
        }
    };
    errors::finish(&mut response, &terms.request_id, front.options.limits.errors);
    let actual = cost::actual(&response.data, admitted.operation, admitted.cost);
    let available = front
        .throttle
        .give_back(subject, admitted.cost - actual, Instant::now());
    let extension = cost::extension(admitted.cost, actual, available, front.throttle.settings());
    Json(response.extension("cost", extension)).into_response()
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
