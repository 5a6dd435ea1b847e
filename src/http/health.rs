//! Whether the program lives, and whether it can serve.

use axum::extract::State;
use axum::http::StatusCode;

use super::Front;

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Requests can be served: the database answers and the program is not about to end.
pub async fn ready(State(front): State<Front>) -> (StatusCode, &'static str) {
    if *front.ending.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n");
    }
    match front.app.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
