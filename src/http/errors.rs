//! The last look at an answer: every error gets a code and the request's id, faults of ours are logged and masked.

use async_graphql::{ErrorExtensionValues, Response as GraphqlResponse};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::guard::Problem;
use super::observe;
use crate::graphql::{INTERNAL_CODE, INTERNAL_MESSAGE};
use crate::store::StoreError;

/// An answer that holds nothing but one error.
pub fn refusal(status: StatusCode, code: &'static str, message: impl Into<String>, request_id: &str) -> Response {
    refusals(status, &[Problem::new(code, message)], request_id)
}

/// An answer that holds nothing but errors: nothing was executed, so it has no `data`, not even null.
fn refusals(status: StatusCode, problems: &[Problem], request_id: &str) -> Response {
    (status, Json(json!({ "errors": listed(problems, request_id) }))).into_response()
}

/// Errors as answers have them.
pub fn listed(problems: &[Problem], request_id: &str) -> Vec<serde_json::Value> {
    let errors = problems.iter().map(|problem| {
        let mut problem = problem.clone();
        shorten(&mut problem.message);
        problem.to_json(request_id)
    });
    observe::refused(problems.iter().map(|problem| problem.code));
    errors.collect()
}

/// Texts of errors quote what was sent, which may be long.
const LONGEST_MESSAGE: usize = 500;

fn shorten(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
        message.truncate(end);
        message.push('…');
    }
}

pub async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "nothing here: the API is at /graphql\n")
}

/// Completes the errors of an executed or refused document, of which it keeps `most`.
pub fn finish(response: &mut GraphqlResponse, request_id: &str, most: usize) {
    response.errors.truncate(most.max(1));
    for error in &mut response.errors {
        shorten(&mut error.message);
        let cause = error.source::<StoreError>();
        if let Some(cause) = cause {
            tracing::error!(request_id, path = ?error.path, %cause, "a field failed");
        }
        let is_late = cause.is_some_and(StoreError::is_timeout);
        let code = match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
            Some(_) if is_late => {
                error.message = "the database took too long: ask for less, or later".to_owned();
                Some("TIMEOUT")
            }
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
    }
}

/// The codes of what ran and has no answer.
pub const INTERNAL: &str = INTERNAL_CODE;
pub const LATE: &str = "TIMEOUT";

/// The answer to a fault of ours, which the caller of this has logged.
pub fn internal(request_id: &str) -> Response {
    refusal(
        StatusCode::INTERNAL_SERVER_ERROR,
        INTERNAL_CODE,
        INTERNAL_MESSAGE,
        request_id,
    )
}

/// The answer to a request whose handling panicked.
pub fn panicked(request_id: &str) -> Response {
    tracing::error!(request_id, "the handling of a request panicked");
    internal(request_id)
}
