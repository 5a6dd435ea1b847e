//! Answers without a result: the status and the errors that say why there is none; and bodies that are sent in pieces.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{BoxError, Json};
use futures::{Stream, StreamExt};

use super::admission::{RequestRefusal, Requester, charge, payer, retry_after};
use super::authentication::unauthenticated;
use super::errors::{self, refusal};
use super::failed::Failed;
use super::guard::DocumentProblem;
use super::negotiate::MediaType;
use super::{HttpState, codes, cost};

/// A body that is sent in pieces, as they come; an error cuts it off. The compressor asks for another piece after the
/// last one, which most streams do not allow.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn streamed<E: Into<BoxError> + 'static>(pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Body {
    Body::from_stream(pieces.fuse())
}

/// The answer to an operation that ran but has no result.
pub fn failed(failed: Failed, request_id: &str) -> Response {
    match failed {
        Failed::Panicked => errors::panicked(request_id),
        Failed::Late(message) => refusal(StatusCode::GATEWAY_TIMEOUT, codes::TIMEOUT, message, request_id),
    }
}

/// The answer to a request that was refused before anything ran.
pub fn refusal_of(refused: RequestRefusal, media_type: MediaType, request_id: &str) -> Response {
    if let RequestRefusal::Unauthenticated(error) = &refused {
        return unauthenticated(error, request_id);
    }
    if let RequestRefusal::NoPlace(full) = &refused {
        return full.answer(request_id);
    }
    let status = match &refused {
        RequestRefusal::Document(problems) => status(problems, media_type),
        RequestRefusal::Operation(_) => StatusCode::METHOD_NOT_ALLOWED,
        RequestRefusal::Throttled(_) | RequestRefusal::NoPlace(_) => StatusCode::TOO_MANY_REQUESTS,
        RequestRefusal::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
    };
    let header = match &refused {
        RequestRefusal::Operation(_) => Some((header::ALLOW, HeaderValue::from_static("POST"))),
        RequestRefusal::Throttled(empty) => Some((header::RETRY_AFTER, HeaderValue::from(retry_after(*empty)))),
        RequestRefusal::Document(_) | RequestRefusal::NoPlace(_) | RequestRefusal::Unauthenticated(_) => None,
    };
    let body = serde_json::json!({ "errors": refused.errors(request_id) });
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().extend(header);
    response
}

/// Charges for a request that cannot be read. Returns the answer to a sender that has too little left for it.
pub fn charge_unreadable(state: &HttpState, requester: &Requester, media_type: MediaType) -> Option<Response> {
    let charged = charge(state, &payer(requester), cost::of_refusal(0));
    let refused = charged.err()?;
    Some(refusal_of(refused, media_type, &requester.request_id))
}

fn status(problems: &[DocumentProblem], media_type: MediaType) -> StatusCode {
    match problems.first().map(|problem| problem.code) {
        // Apollo's clients then send the text, and so do all clients that read the body.
        Some(codes::PERSISTED_QUERY_NOT_FOUND) => StatusCode::OK,
        Some(codes::FORBIDDEN) => StatusCode::FORBIDDEN,
        Some(codes::BAD_REQUEST) => StatusCode::BAD_REQUEST,
        _ => refused_status(media_type),
    }
}

/// With the old media type, only the body says that a document cannot be executed.
fn refused_status(media_type: MediaType) -> StatusCode {
    match media_type {
        MediaType::Graphql => StatusCode::BAD_REQUEST,
        MediaType::Json => StatusCode::OK,
    }
}
