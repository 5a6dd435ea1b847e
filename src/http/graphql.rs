//! `POST /graphql` and `GET /graphql`; the latter serves GraphiQL to browsers.

use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::admission::{Requester, admit as admit_operation};
use super::authentication::{authorization, identify, unauthenticated};
use super::connection::ShutdownGuard;
use super::errors::{self, refusal};
use super::execution::execute;
use super::negotiate::{self, MediaType};
use super::request::{self, BodyError, GraphqlRequest};
use super::request_id::RequestId;
use super::{HttpState, graphiql, response, response_notes, sse, ws};
use super::{codes, wire};
use service::authentication::{Presented, present};

/// Headers that a page of another site cannot make a browser send without a CORS preflight.
const PREFLIGHT_HEADERS: [&str; 3] = [
    "graphql-require-preflight",
    "apollo-require-preflight",
    "x-apollo-operation-name",
];

/// How the answer is sent over HTTP.
struct ResponseTerms {
    method: Method,
    media_type: MediaType,
    /// The caller's credentials, if subscriptions may be answered by a stream of events.
    events: Option<String>,
}

type Pairs = Vec<(String, String)>;

/// A query in the query string, or GraphiQL for a browser that opens the address.
pub async fn get(
    State(state): State<HttpState>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    open: Option<Extension<ShutdownGuard>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    headers: HeaderMap,
    Query(pairs): Query<Pairs>,
) -> Response {
    if headers.contains_key(header::SEC_WEBSOCKET_KEY) {
        return match upgrade {
            Ok(upgrade) => ws::upgrade(state, request_id, &headers, open.map(|Extension(open)| open), upgrade),
            Err(rejection) => {
                let message = "this is not a WebSocket handshake";
                refusal(
                    rejection.into_response().status(),
                    codes::BAD_REQUEST,
                    message,
                    &request_id,
                )
            }
        };
    }
    let asks = pairs.iter().any(|(name, _)| name == "query" || name == "extensions");
    if !asks && negotiate::wants_page(&headers) && !state.options.production {
        return graphiql::page().await;
    }
    let Some(media_type) = negotiate::response_type(&headers) else {
        return not_acceptable(&request_id);
    };
    if !PREFLIGHT_HEADERS.iter().any(|name| headers.contains_key(*name)) {
        let message = "a GET request needs the header graphql-require-preflight; or send a POST request";
        return with_media_type(
            refusal(StatusCode::FORBIDDEN, codes::FORBIDDEN, message, &request_id),
            media_type,
        );
    }
    let response = match identify(&state, &headers, &request_id).await {
        Ok(caller) => {
            let terms = ResponseTerms {
                method: Method::GET,
                media_type,
                events: None,
            };
            let turns = state.turns_of(caller.tenant());
            let answering = answer(
                &state,
                Requester::confirmed(caller, request_id),
                &terms,
                request::read_parameters(pairs).and_then(|ask| ask.with(&headers)),
            );
            turns.take(answering).await
        }
        Err(response) => response,
    };
    with_media_type(response, media_type)
}

pub async fn post(
    State(state): State<HttpState>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // Clients that want events get refusals as JSON, too.
    let media_type = match negotiate::wants_events(&headers) {
        true => Some(MediaType::Json),
        false => negotiate::response_type(&headers),
    };
    let Some(media_type) = media_type else {
        request::discard(&headers, body, state.options.timeouts.body()).await;
        return not_acceptable(&request_id);
    };
    let presented = match admit(&state, &headers, &request_id).await {
        Ok(presented) => presented,
        Err(response) => {
            request::discard(&headers, body, state.options.timeouts.body()).await;
            return with_media_type(response, media_type);
        }
    };
    let turns = state.turns_of(presented.caller.tenant());
    let response = turns.take(read_and_answer(
        &state,
        presented,
        &request_id,
        &headers,
        body,
        media_type,
    ));
    with_media_type(response.await, media_type)
}

/// Answers a request whose sender is known.
async fn read_and_answer(
    state: &HttpState,
    Presented { caller, sign_in }: Presented,
    request_id: &str,
    headers: &HeaderMap,
    body: Body,
    media_type: MediaType,
) -> Response {
    let ask = request::read_body(headers, body, &state.options.limits, state.options.timeouts.body()).await;
    let ask = ask.and_then(|ask| ask.with(headers));
    let requester = Requester {
        caller,
        request_id: request_id.to_owned(),
        sign_in: sign_in.clone(),
    };
    let wants_events = negotiate::wants_events(headers);
    let events = negotiate::takes_events(headers).then(|| authorization(headers).unwrap_or_default().to_owned());
    let response = match (ask, events) {
        (Ok(ask), Some(authorization)) if wants_events => sse::answer(state, requester, authorization, ask).await,
        (ask, events) => {
            let terms = ResponseTerms {
                method: Method::POST,
                media_type,
                events,
            };
            answer(state, requester, &terms, ask).await
        }
    };
    match sign_in {
        // An invalid token's caller must not see the answer, whatever it is. A server error reveals nothing, and a
        // caller that has waited for an unavailable database should not wait for it again.
        Some(sign_in) if !response.status().is_server_error() => match sign_in.confirm(&state.app).await {
            Ok(()) => response,
            Err(error) => {
                response_notes::forget();
                unauthenticated(&error, request_id)
            }
        },
        _ => response,
    }
}

/// Identifies the sender of a body, if the body is of a type that is read at all.
async fn admit(state: &HttpState, headers: &HeaderMap, request_id: &str) -> Result<Presented, Response> {
    // Strict about the media type: forms and plain text are what other sites can make a browser send.
    let message = if !negotiate::is_json(headers) {
        "the content type must be application/json, in UTF-8"
    } else if headers.contains_key(header::CONTENT_ENCODING) {
        "the body must not be compressed"
    } else {
        return present(&state.app, authorization(headers))
            .await
            .map_err(|error| unauthenticated(&error, request_id));
    };
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Err(refusal(status, codes::BAD_REQUEST, message, request_id))
}

pub async fn method_not_allowed(Extension(RequestId(request_id)): Extension<RequestId>) -> Response {
    let message = "send queries and mutations by POST, as application/json";
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, codes::BAD_REQUEST, message, &request_id);
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

async fn answer(
    state: &HttpState,
    requester: Requester,
    terms: &ResponseTerms,
    ask: Result<GraphqlRequest, BodyError>,
) -> Response {
    match ask {
        // Boxed: the surrounding futures must fit a small stack, with all resolvers below them.
        Ok(ask) => Box::pin(respond(state, requester, terms, ask)).await,
        Err(unreadable) => response::charge_unreadable(state, &requester, terms.media_type).unwrap_or_else(|| {
            refusal(
                unreadable.status,
                unreadable.code,
                unreadable.message,
                &requester.request_id,
            )
        }),
    }
}

/// Answers a request over HTTP.
async fn respond(state: &HttpState, requester: Requester, terms: &ResponseTerms, ask: GraphqlRequest) -> Response {
    let allow = |operation| match operation {
        OperationType::Query => Ok(()),
        _ if terms.method == Method::GET => Err("GET is for queries only: use POST"),
        OperationType::Mutation => Ok(()),
        OperationType::Subscription if terms.events.is_some() => Ok(()),
        OperationType::Subscription => Err("subscribe over a WebSocket, or accept text/event-stream"),
    };
    let request_id = requester.request_id.clone();
    let admission = match admit_operation(state, &requester, ask, allow).await {
        Ok(admission) => admission,
        Err(refused) => return response::refusal_of(refused, terms.media_type, &request_id),
    };
    if let (OperationType::Subscription, Some(authorization)) = (admission.operation(), &terms.events) {
        return sse::subscribe(state, requester, authorization.clone(), admission).await;
    }
    match execute(state, requester, &admission).await {
        Ok(response) => errors::with_status(wire::response(&response), &response),
        Err(failed) => response::failed(failed, &request_id),
    }
}

fn not_acceptable(request_id: &str) -> Response {
    let message = "answers are application/graphql-response+json or application/json: accept one of them";
    refusal(StatusCode::NOT_ACCEPTABLE, codes::BAD_REQUEST, message, request_id)
}

/// Sets the Content-Type, unless the answer has set a specific one itself.
fn with_media_type(mut response: Response, media_type: MediaType) -> Response {
    let json = HeaderValue::from_static("application/json");
    if response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|known| known != json)
    {
        return response;
    }
    let value = HeaderValue::from_static(media_type.header());
    response.headers_mut().insert(header::CONTENT_TYPE, value);
    response
}
