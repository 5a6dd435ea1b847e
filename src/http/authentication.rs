//! Who sends a request, and the answer to senders that cannot be identified.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::errors::{self, refusal};
use super::{HttpState, codes};
use auth::Caller;
use service::authentication::{AuthError, authenticate};

/// Authenticates the sender of a request; the error is the answer that says why that failed.
pub async fn identify(state: &HttpState, headers: &HeaderMap, request_id: &str) -> Result<Caller, Response> {
    authenticate(&state.app, authorization(headers))
        .await
        .map_err(|error| unauthenticated(&error, request_id))
}

/// The caller's credentials. With two headers it is unclear which one applies, and a value that is not text cannot be a
/// token: both are treated as an invalid token.
pub fn authorization(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match values.next().map(HeaderValue::to_str) {
        None => None,
        Some(Ok(text)) if values.next().is_none() => Some(text),
        Some(_) => Some("Bearer unreadable"),
    }
}

/// The answer to credentials that are missing or not valid, or could not be examined.
pub fn unauthenticated(error: &AuthError, request_id: &str) -> Response {
    let challenge = match error {
        AuthError::Store(cause) => {
            tracing::error!(request_id, %cause, "authentication failed");
            return errors::failed(cause, request_id);
        }
        AuthError::Missing => "Bearer",
        AuthError::Invalid => "Bearer error=\"invalid_token\"",
    };
    let mut response = refusal(
        StatusCode::UNAUTHORIZED,
        codes::UNAUTHENTICATED,
        error.to_string(),
        request_id,
    );
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}
