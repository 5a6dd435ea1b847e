//! The last look at an answer: every error gets a code and the request's id, faults of ours are logged and masked.

use async_graphql::{ErrorExtensionValues, Response as GraphqlResponse, ServerError};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::graphql::{INTERNAL_CODE, INTERNAL_MESSAGE};
use crate::store::StoreError;

/// An answer has at most so many errors.
const MAX_ERRORS: usize = 10;

/// An answer that holds nothing but one error.
pub fn refusal(status: StatusCode, code: &str, message: impl AsRef<str>, request_id: &str) -> Response {
    let extensions = json!({ "code": code, "requestId": request_id });
    let body = json!({ "errors": [{ "message": message.as_ref(), "extensions": extensions }] });
    (status, Json(body)).into_response()
}

pub async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "nothing here: the API is at /graphql\n")
}

/// Completes the errors of an executed or refused document.
pub fn finish(response: &mut GraphqlResponse, request_id: &str) {
    response.errors.truncate(MAX_ERRORS);
    for error in &mut response.errors {
        if let Some(cause) = error.source::<StoreError>() {
            tracing::error!(request_id, path = ?error.path, %cause, "a field failed");
        }
        let code = match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
            Some(_) => None,
            None if error.path.is_empty() => Some("GRAPHQL_VALIDATION_FAILED"),
            // Resolvers give codes; without one it is the library that could not read an argument.
            None => Some("BAD_USER_INPUT"),
        };
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if let Some(code) = code {
            extensions.set("code", code);
        }
        extensions.set("requestId", request_id);
        explain_scalars(error);
    }
}

/// Adds what the library's text about a bad scalar leaves out: how to write it.
fn explain_scalars(error: &mut ServerError) {
    const HINTS: [(&str, &str); 3] = [
        ("expected type \"Decimal\"", "decimals are put in quotes: \"12.34\""),
        (
            "expected type \"CurrencyCode\"",
            "currencies are ISO 4217 codes: \"EUR\"",
        ),
        (
            "expected type \"DateTime\"",
            "moments are RFC 3339: \"2026-04-24T12:00:00Z\"",
        ),
    ];
    if let Some((_, hint)) = HINTS.iter().find(|(text, _)| error.message.contains(text)) {
        error.message = format!("{} ({hint})", error.message);
    }
}

/// The answer to a request whose execution panicked.
pub fn panicked(request_id: &str) -> Response {
    tracing::error!(request_id, "the execution panicked");
    refusal(
        StatusCode::INTERNAL_SERVER_ERROR,
        INTERNAL_CODE,
        INTERNAL_MESSAGE,
        request_id,
    )
}
