//! Links, and what the script on a brand's pages sends: without a token, and with bounds of their own.

mod collector;
mod redirect;
mod script;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::HttpState;

/// The routes. The API's list of origins does not apply to them.
pub fn router() -> Router<HttpState> {
    Router::new()
        .route("/r/{tenant}/{key}", get(redirect::follow).fallback(not_allowed))
        .route(
            "/t/{name}",
            get(script::get)
                .post(collector::post)
                .options(collector::preflight)
                .fallback(not_allowed),
        )
}

/// A page that says one thing.
fn page(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn not_allowed() -> Response {
    page(StatusCode::METHOD_NOT_ALLOWED, "method not allowed\n")
}
