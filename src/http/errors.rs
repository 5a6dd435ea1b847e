//! The last step of an answer: every error gets a code and the request's id, and internal faults are logged and masked.

use async_graphql::{ErrorExtensionValues, Response as GraphqlResponse, Value};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::guard::{DocumentProblem, ErrorBody};
use super::{codes, response_notes, wire};
use crate::graphql::INTERNAL_MESSAGE;
use store::StoreError;

/// An answer with one error and nothing else.
pub fn refusal(status: StatusCode, code: &'static str, message: impl Into<String>, request_id: &str) -> Response {
    refusals(status, &[DocumentProblem::new(code, message)], request_id)
}

/// An answer with errors and nothing else: nothing was executed, so it has no `data`, not even null.
pub fn refusals(status: StatusCode, problems: &[DocumentProblem], request_id: &str) -> Response {
    #[derive(serde::Serialize)]
    struct Body<'a> {
        errors: Vec<ErrorBody<'a>>,
    }
    let problems = told(problems);
    let errors = problems.iter().map(|problem| problem.shown(request_id)).collect();
    (status, Json(Body { errors })).into_response()
}

/// Errors as they appear in answers.
pub fn listed(problems: &[DocumentProblem], request_id: &str) -> Vec<serde_json::Value> {
    let problems = told(problems);
    problems.iter().map(|problem| problem.to_json(request_id)).collect()
}

/// The problems with their texts cut to the maximum length. Their codes are recorded as the request's.
fn told(problems: &[DocumentProblem]) -> Vec<DocumentProblem> {
    response_notes::refused(problems.iter().map(|problem| problem.code));
    let mut problems = problems.to_vec();
    problems.iter_mut().for_each(|problem| shorten(&mut problem.message));
    problems
}

/// Maximum length of an error's text in characters. Such texts quote input, which may be long.
const MAX_MESSAGE_CHARACTERS: usize = 500;

fn shorten(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE_CHARACTERS) {
        message.truncate(end);
        message.push('…');
    }
}

pub async fn not_found() -> (StatusCode, &'static str) {
    (
        StatusCode::NOT_FOUND,
        "not found: the API is at /graphql, and file exports are at /export\n",
    )
}

/// Completes the errors of an executed or refused document, of which at most `most` are kept.
pub fn finish(response: &mut GraphqlResponse, request_id: &str, most: usize) {
    response.errors.truncate(most.max(1));
    for error in &mut response.errors {
        shorten(&mut error.message);
        let cause = error.source::<StoreError>();
        if let Some(cause) = cause {
            tracing::error!(request_id, path = ?error.path, %cause, "a field failed");
        }
        let known = cause.and_then(outcome);
        let code = match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
            Some(_) => known.map(|(code, message)| {
                error.message = message.to_owned();
                code
            }),
            None if error.path.is_empty() => Some(codes::GRAPHQL_VALIDATION_FAILED),
            // Resolvers set codes; an error without one comes from the library, which could not read an argument.
            None => Some(codes::BAD_USER_INPUT),
        };
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if let Some(code) = code {
            extensions.set("code", code);
        }
        extensions.set("requestId", request_id);
    }
}

/// What callers are told when the database fails; `None`: it is an internal fault.
fn outcome(cause: &StoreError) -> Option<(&'static str, &'static str)> {
    if cause.is_timeout() {
        Some((
            codes::TIMEOUT,
            "the database took too long: request less, or try again later",
        ))
    } else if store::is_passing(cause) {
        Some((codes::UNAVAILABLE, BUSY_MESSAGE))
    } else if cause.is_unavailable() {
        Some((codes::UNAVAILABLE, UNAVAILABLE_MESSAGE))
    } else if matches!(cause, StoreError::Unconfirmed(_)) {
        let message = "the database did not confirm this, so it may or may not have been done: check, or send it again with \
                       the same idempotencyKey, which does it only once";
        Some((codes::OUTCOME_UNKNOWN, message))
    } else {
        None
    }
}

const BUSY_MESSAGE: &str = "the same data was changed concurrently, and nothing was done: try again, mutations with the same \
     idempotencyKey";

const UNAVAILABLE_MESSAGE: &str =
    "the database cannot be reached: try again in a few seconds, mutations with the same idempotencyKey";

/// When to retry after the database was unavailable, in seconds.
const RETRY_AFTER_SECONDS: u64 = 2;

/// Sets the status that says why the answer has no data, if the database is the reason.
pub fn with_status(mut answer: Response, response: &GraphqlResponse) -> Response {
    let is_empty = wire::is_empty(&response.data);
    let found = response_notes::codes(&response.errors);
    if is_empty && found.contains(&codes::OUTCOME_UNKNOWN) {
        *answer.status_mut() = StatusCode::GATEWAY_TIMEOUT;
    } else if is_empty && found.contains(&codes::UNAVAILABLE) {
        unavailable_now(&mut answer);
    }
    answer
}

fn unavailable_now(answer: &mut Response) {
    *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    answer
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
}

/// The answer to a request of which nothing ran because of the database.
pub fn failed(cause: &StoreError, request_id: &str) -> Response {
    match outcome(cause) {
        Some((codes::UNAVAILABLE, message)) => {
            let mut answer = refusal(StatusCode::SERVICE_UNAVAILABLE, codes::UNAVAILABLE, message, request_id);
            unavailable_now(&mut answer);
            answer
        }
        Some((code, message)) => refusal(StatusCode::GATEWAY_TIMEOUT, code, message, request_id),
        None => internal(request_id),
    }
}

/// Puts a request's id on errors that were completed for another request, when both share the answer. The log has their
/// causes under the first request's id.
pub fn name(response: &mut GraphqlResponse, request_id: &str) {
    for error in &mut response.errors {
        let failed = error.source::<StoreError>().is_some();
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        let first = extensions.get("requestId").cloned();
        extensions.set("requestId", request_id);
        if failed && first != Some(Value::from(request_id)) {
            tracing::error!(request_id, ?first, "a field failed for this request, too");
        }
    }
}

/// The status of an answer with nothing but an error of this code.
pub fn status_of(code: &str) -> StatusCode {
    match code {
        codes::BAD_USER_INPUT | codes::QUERY_TOO_COMPLEX => StatusCode::BAD_REQUEST,
        codes::FORBIDDEN => StatusCode::FORBIDDEN,
        codes::TIMEOUT | codes::OUTCOME_UNKNOWN => StatusCode::GATEWAY_TIMEOUT,
        codes::UNAVAILABLE => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The answer after an internal fault, which the calling code has logged.
fn internal(request_id: &str) -> Response {
    refusal(
        StatusCode::INTERNAL_SERVER_ERROR,
        codes::INTERNAL,
        INTERNAL_MESSAGE,
        request_id,
    )
}

/// The answer to a request whose handling panicked.
pub fn panicked(request_id: &str) -> Response {
    tracing::error!(request_id, "the handling of a request panicked");
    internal(request_id)
}
