//! A name for every request, in its answer, in its log lines and in its errors.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use tracing::Instrument;

use super::errors;

const HEADER: &str = "x-request-id";

/// The request's id: the caller's, if it is sane, else a new one.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Names the request, logs its end, and sets the headers that every answer has.
pub async fn attach(mut request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_sane(id));
    let id = given.map_or_else(|| format!("{:016x}", fastrand::u64(..)), str::to_owned);
    let header = HeaderValue::from_str(&id).expect("letters, digits and a few marks");
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", id);
    request.extensions_mut().insert(RequestId(id.clone()));

    let start = Instant::now();
    let handling = AssertUnwindSafe(next.run(request).instrument(span.clone())).catch_unwind();
    let mut response = handling.await.unwrap_or_else(|_| errors::panicked(&id));
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    span.in_scope(|| tracing::info!(%method, path, status = response.status().as_u16(), milliseconds, "answered"));

    let headers = response.headers_mut();
    headers.insert(HEADER, header);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

fn is_sane(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn fails() -> &'static str {
        panic!("a secret of the inside")
    }

    #[tokio::test]
    async fn a_panic_is_a_fault_of_ours_with_an_id() {
        let router: Router = Router::new()
            .route("/", get(fails))
            .layer(axum::middleware::from_fn(attach));
        let request = Request::get("/").header(HEADER, "abc").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[HEADER], "abc");
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let error = &body["errors"][0];
        assert_eq!(error["extensions"]["code"], "INTERNAL_SERVER_ERROR");
        assert_eq!(error["extensions"]["requestId"], "abc");
        assert_eq!(error["message"], "something went wrong on our side");
        assert!(body.get("data").is_none());
    }
}
