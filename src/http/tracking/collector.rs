//! `POST /t/{tenant}`: what the script sends. Every message gets the same answer, so that nobody learns which links,
//! coupons or visitors there are. Pages may send it without asking first: it has no header that is out of the ordinary.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::http::HttpState;
use crate::http::connections::network;
use crate::http::throttle::Payer;
use domain::id::TenantId;
use service::tracking::{Sent, allows_origin, collect};

/// Maximum length of a message.
const BODY_BYTES: usize = 1024;

/// How long pages remember that they may send.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("86400");

#[derive(Debug, serde::Deserialize)]
struct Message {
    visitor: String,
    tc: Option<String>,
    #[serde(rename = "ref")]
    link_key: Option<String>,
    coupon: Option<String>,
}

/// A page asks whether it may send.
pub async fn preflight(
    State(state): State<HttpState>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let origin = allowed(&state, path.ok().as_deref().map(String::as_str), &headers).await;
    let mut answer = answer(origin.as_ref().map(|(_, origin)| origin));
    if origin.is_some() {
        let headers = answer.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("content-type"),
        );
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    }
    answer
}

pub async fn post(
    State(state): State<HttpState>,
    path: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Response {
    let (head, body) = request.into_parts();
    let reading = tokio::time::timeout(state.options.timeouts.body(), to_bytes(body, BODY_BYTES));
    let body = reading.await.ok().and_then(Result::ok);
    let Ok(Path(tenant)) = path else {
        return answer(None);
    };
    let Some((id, origin)) = allowed(&state, Some(&tenant), &head.headers).await else {
        return answer(None);
    };
    let message = body.and_then(|body| serde_json::from_slice::<Message>(&body).ok());
    if let Some(message) = message {
        if takes(&state, id, &head.extensions) {
            let sent = Sent {
                visitor: message.visitor,
                click_id: message.tc,
                link_key: message.link_key,
                coupon_code: message.coupon,
            };
            collect(&state.app, &tenant, sent).await;
        } else {
            state.app.metrics.tracking.refused();
        }
    }
    answer(Some(&origin))
}

/// The tenant and the origin of the page, if it may send.
async fn allowed(state: &HttpState, tenant: Option<&str>, headers: &HeaderMap) -> Option<(TenantId, HeaderValue)> {
    let origin = headers.get(header::ORIGIN)?;
    let tenant = allows_origin(&state.app, tenant?, origin.to_str().ok()?).await?;
    Some((tenant, origin.clone()))
}

/// Whether the address and the tenant may send another message now.
fn takes(state: &HttpState, tenant: TenantId, extensions: &Extensions) -> bool {
    let address = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip());
    let payer = Payer {
        tenant: tenant.to_string(),
        subject: address.map_or_else(String::new, |address: IpAddr| network(address)),
    };
    state.collecting.take(&payer, 1, Instant::now()).is_ok()
}

fn answer(origin: Option<&HeaderValue>) -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    answer
}
