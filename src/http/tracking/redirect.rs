//! `GET /r/{tenant}/{key}`: leads to where a link leads.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::page;
use crate::http::HttpState;
use domain::attribution::redirect::says_it_is_a_bot;
use service::tracking::{Away, Visit, follow as service_follow};

pub async fn follow(
    State(state): State<HttpState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let Ok(Path((tenant, key))) = path else {
        return unknown();
    };
    let visit = Visit {
        tenant: &tenant,
        key: &key,
        query: uri.query().unwrap_or_default(),
        counts: method == Method::GET && is_person(&headers),
        is_production: state.options.production,
    };
    match service_follow(&state.app, visit).await {
        Ok(Some(address)) => match HeaderValue::try_from(address) {
            Ok(address) => (StatusCode::FOUND, [(header::LOCATION, address)]).into_response(),
            Err(_) => unknown(),
        },
        Ok(None) => unknown(),
        Err(Away) => {
            let mut answer = page(
                StatusCode::SERVICE_UNAVAILABLE,
                "This link cannot be followed just now. Please try again in a few seconds.\n",
            );
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            answer
        }
    }
}

fn unknown() -> Response {
    page(StatusCode::NOT_FOUND, "This link does not exist.\n")
}

/// Whether nothing says that no person follows the link now: neither a browser that fetches beforehand, nor a bot.
fn is_person(headers: &HeaderMap) -> bool {
    let says = |name: &str, word: &str| {
        let mut values = headers.get_all(name).iter();
        values.any(|value| {
            value
                .to_str()
                .is_ok_and(|text| text.to_ascii_lowercase().contains(word))
        })
    };
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    !says("sec-purpose", "prefetch") && !says("purpose", "prefetch") && !agent.is_some_and(says_it_is_a_bot)
}
