//! `POST /graphql`, and GraphiQL for browsers at `GET /graphql`.

use std::panic::AssertUnwindSafe;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Request, Variables};
use async_graphql_axum::GraphQLResponse;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use super::errors::{self, refusal};
use super::request_id::RequestId;
use super::{Front, graphiql};
use crate::auth::{AuthError, Caller, Permission, authenticate};
use crate::graphql::{INTERNAL_CODE, INTERNAL_MESSAGE, RequestContext};

/// GraphiQL for browsers; other programs learn how to ask.
pub async fn explore(headers: HeaderMap, Extension(RequestId(request_id)): Extension<RequestId>) -> Response {
    let wants_page = accepts(&headers, "text/html");
    if wants_page {
        return graphiql::page();
    }
    let mut response = refusal(
        StatusCode::METHOD_NOT_ALLOWED,
        "BAD_REQUEST",
        "send queries by POST, as application/json",
        &request_id,
    );
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

/// The members of a request's body (GraphQL over HTTP, 5.1). Unknown ones are ignored.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
}

pub async fn execute(
    State(front): State<Front>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    // Strict about the media type: forms and plain text are what other sites can make a browser send.
    if !is_json(&headers) {
        let message = "the content type must be application/json";
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", message, &request_id);
    }
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let caller = match authenticate(&front.app, authorization).await {
        Ok(caller) => caller,
        Err(error) => return unauthenticated(&error, &request_id),
    };
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return refusal(rejection.status(), "BAD_REQUEST", rejection.body_text(), &request_id),
    };
    let body: Body = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => {
            let message = format!("the body must be a JSON object with the text \"query\": {error}");
            return refusal(StatusCode::BAD_REQUEST, "BAD_REQUEST", message, &request_id);
        }
    };
    let modern = accepts(&headers, GRAPHQL_RESPONSE);
    let response = answer(&front, caller, body, modern, &request_id).await;
    with_media_type(response, modern)
}

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

async fn answer(front: &Front, caller: Caller, body: Body, modern: bool, request_id: &str) -> Response {
    // Of a document that cannot be executed the old media type says so in the body only.
    let bad_request = if modern {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    if body.query.len() > front.options.max_document_bytes {
        let message = format!(
            "the document is too long: at most {} bytes",
            front.options.max_document_bytes
        );
        return refusal(bad_request, "QUERY_TOO_COMPLEX", message, request_id);
    }
    let document = match parse_query(&body.query) {
        Ok(document) => document,
        Err(error) => return refusal(bad_request, "GRAPHQL_PARSE_FAILED", error.to_string(), request_id),
    };
    let limit = match operation_type(&document, body.operation_name.as_deref()) {
        Some(OperationType::Mutation) => front.options.mutation_timeout,
        Some(OperationType::Query | OperationType::Subscription) => front.options.query_timeout,
        None => {
            let message = "name the operation to run in operationName";
            return refusal(bad_request, "OPERATION_RESOLUTION_FAILURE", message, request_id);
        }
    };
    let may_introspect = !front.options.production || caller.permissions().allow(Permission::Admin);
    let mut request = Request::new(body.query);
    request.set_parsed_query(document);
    if let Some(name) = body.operation_name {
        request = request.operation_name(name);
    }
    if let Some(variables) = body.variables {
        request = request.variables(Variables::from_json(variables.into()));
    }
    if !may_introspect {
        request = request.disable_introspection();
    }
    let request = request.data(RequestContext::new(front.app.clone(), caller));
    let execution = AssertUnwindSafe(front.schema.execute(request)).catch_unwind();
    let mut response = match tokio::time::timeout(limit, execution).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => return errors::panicked(request_id),
        Err(_) => {
            let message = format!("the operation took longer than {} seconds", limit.as_secs());
            return refusal(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", message, request_id);
        }
    };
    errors::finish(&mut response, request_id);
    let refused = !response.errors.is_empty() && response.errors.iter().all(|error| error.path.is_empty());
    if refused && response.data == async_graphql::Value::Null {
        // Nothing was executed: such an answer has no data, not even null.
        return (
            bad_request,
            axum::Json(serde_json::json!({ "errors": response.errors })),
        )
            .into_response();
    }
    GraphQLResponse::from(response).into_response()
}

/// The type of the operation that will run; `None` where the request does not say which one.
fn operation_type(document: &ExecutableDocument, name: Option<&str>) -> Option<OperationType> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation.node.ty),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| operation.node.ty)
        }
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next().map(|operation| operation.node.ty)
        }
        (DocumentOperations::Multiple(_), None) => None,
    }
}

fn unauthenticated(error: &AuthError, request_id: &str) -> Response {
    let challenge = match error {
        AuthError::Store(cause) => {
            tracing::error!(request_id, %cause, "authentication failed");
            return refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                INTERNAL_CODE,
                INTERNAL_MESSAGE,
                request_id,
            );
        }
        AuthError::Missing => "Bearer",
        AuthError::Invalid => "Bearer error=\"invalid_token\"",
    };
    let mut response = refusal(
        StatusCode::UNAUTHORIZED,
        "UNAUTHENTICATED",
        error.to_string(),
        request_id,
    );
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let values = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut types = values
        .flat_map(|value| value.split(','))
        .filter_map(|part| part.split(';').next());
    types.any(|name| name.trim().eq_ignore_ascii_case(media_type))
}

fn with_media_type(mut response: Response, modern: bool) -> Response {
    let media_type = if modern { GRAPHQL_RESPONSE } else { "application/json" };
    let value = HeaderValue::from_str(&format!("{media_type}; charset=utf-8")).expect("a constant");
    response.headers_mut().insert(header::CONTENT_TYPE, value);
    response
}
