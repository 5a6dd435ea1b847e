//! An id for every request, in its response, its log lines and its errors.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::HttpState;
use super::observe::{self, IncomingRequest};
use telemetry::metrics::Route;

const HEADER: &str = "x-request-id";

/// The request's id: the caller's, if it is well-formed, otherwise a new one.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Assigns the request's id, logs the end of the request, and sets the headers that every response has.
pub async fn attach(State(state): State<HttpState>, mut request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_sane(id));
    let id = given.map_or_else(|| format!("{:016x}", fastrand::u64(..)), str::to_owned);
    let header = HeaderValue::from_str(&id).expect("letters, digits and a few marks");
    let span = tracing::info_span!("request", id);
    let asked = {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let route = Route::of(&path);
        IncomingRequest {
            trace: telemetry::request(&method, route.word(), request.headers(), &id),
            request_id: id.clone(),
            method,
            path,
            route,
        }
    };
    request.extensions_mut().insert(RequestId(id));

    let handling = observe::request(&state, &asked, next.run(request));
    let mut response = handling.instrument(span).await;

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
