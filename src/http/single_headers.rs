//! Headers that a request has once. Given twice, a proxy in front may have believed the other one.

use axum::extract::{Extension, Request};
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::codes;
use super::errors::refusal;
use super::request_id::RequestId;

const SINGLE: [HeaderName; 3] = [header::HOST, header::CONTENT_TYPE, header::ORIGIN];

/// Refuses requests that have one of these headers several times.
pub async fn check(Extension(RequestId(request_id)): Extension<RequestId>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    match SINGLE.iter().find(|name| headers.get_all(*name).iter().count() > 1) {
        None => next.run(request).await,
        Some(name) => {
            let message = format!("the header {name} is given twice: send it once");
            refusal(StatusCode::BAD_REQUEST, codes::BAD_REQUEST, message, &request_id)
        }
    }
}
