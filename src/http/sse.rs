//! Server-Sent Events: one operation per request, following the "distinct connections mode" of the graphql-sse
//! protocol. Each result is a `next` event; `complete` says that no more will come. A stream that ends without it was
//! cut off because this program or the connection ended: clients then send the request again.

use std::convert::Infallible;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::admission::{self, Admission, RequestRefusal, Requester};
use super::listen::{self, StreamItem, SubscribeError};
use super::negotiate::MediaType;
use super::request::GraphqlRequest;
use super::response;
use super::stream_end::StreamEnd;
use super::{HttpState, errors, wire};
use super::{codes, execution};

/// When to retry, in seconds: another subscription may have ended by then.
const RETRY_AFTER_SECONDS: u64 = 5;

/// Shows that the stream is alive; clients skip it.
const COMMENT: &str = ":\n\n";
/// Has a data line because browsers skip events without data.
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// Answers with a stream. Once the answer's head has arrived, a subscription has begun.
pub async fn answer(state: &HttpState, requester: Requester, authorization: String, ask: GraphqlRequest) -> Response {
    let request_id = requester.request_id.clone();
    let admission = match admission::admit(state, &requester, ask, |_| Ok(())).await {
        Ok(admission) => admission,
        // Nothing is streamed yet, so the head can tell a throttled caller when to retry, and others why they are refused.
        Err(
            refused @ (RequestRefusal::Throttled(_) | RequestRefusal::NoPlace(_) | RequestRefusal::Unauthenticated(_)),
        ) => {
            return response::refusal_of(refused, MediaType::Json, &request_id);
        }
        Err(refused) => return whole(&only(refused.errors(&request_id))),
    };
    if admission.operation() != OperationType::Subscription {
        return match execution::execute(state, requester, &admission).await {
            Ok(response) => {
                let mut answer = whole(&wire::text(&response));
                answer.headers_mut().extend(response.http_headers);
                answer
            }
            Err(failed) => response::failed(failed, &request_id),
        };
    }
    subscribe(state, requester, authorization, admission).await
}

/// Answers a subscription with its event stream.
pub async fn subscribe(
    state: &HttpState,
    requester: Requester,
    authorization: String,
    admission: Admission,
) -> Response {
    let request_id = requester.request_id.clone();
    let expiry = listen::expiry(state, &requester.caller);
    match listen::begin(state, requester, authorization, admission).await {
        Ok(heard) => events(EventStream {
            request_id,
            heard,
            expiry,
            ending: state.ending.clone(),
            pause: state.options.subscriptions.ping(),
        }),
        Err(SubscribeError::Full(message)) => full(message, &request_id),
        Err(SubscribeError::Failed(failed)) => response::failed(failed, &request_id),
        Err(SubscribeError::Refused(response)) => {
            let problems = response.errors.iter().map(|error| json!(error)).collect();
            errors::with_status(whole(&only(problems)), &response)
        }
    }
}

/// The answer when the maximum number of subscriptions is reached.
fn full(message: String, request_id: &str) -> Response {
    let mut response = errors::refusal(StatusCode::TOO_MANY_REQUESTS, codes::THROTTLED, message, request_id);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    response
}

/// A stream with a single result.
fn whole(result: &str) -> Response {
    respond(Body::from(format!("{}{COMPLETE}", next(result))))
}

/// `result` is JSON on one line: its strings escape line feeds.
fn next(result: &str) -> String {
    format!("event: next\ndata: {result}\n\n")
}

/// A `next` event with the cursor after which the stream can resume, which clients send back as Last-Event-ID.
fn next_behind(result: &str, cursor: &str) -> String {
    format!("event: next\nid: {cursor}\ndata: {result}\n\n")
}

fn only(errors: Vec<Value>) -> String {
    json!({ "errors": errors }).to_string()
}

fn respond(body: Body) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream; charset=utf-8"),
        ),
        // Some proxies would otherwise buffer until the end.
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    (headers, body).into_response()
}

/// A subscription's stream.
struct EventStream {
    request_id: String,
    heard: BoxStream<'static, StreamItem>,
    expiry: BoxFuture<'static, ()>,
    ending: watch::Receiver<bool>,
    /// How long the stream may be silent before a comment is sent.
    pause: Duration,
}

fn events(events: EventStream) -> Response {
    // The reader drives the stream: a slow one holds it up, and one that disconnects ends it.
    let pieces = stream::unfold(Some(events), |events| async {
        let mut events = events?;
        let (text, goes_on) = events.next().await?;
        Some((text, goes_on.then_some(events)))
    });
    // Sent at once, so that a client that waits for the first byte sees that the stream has begun.
    let pieces = stream::once(async { COMMENT.to_owned() }).chain(pieces);
    respond(response::streamed(
        pieces.map(|text| Ok::<_, Infallible>(Bytes::from(text))),
    ))
}

impl EventStream {
    /// The next piece, and whether more will follow; `None`: the program is shutting down.
    async fn next(&mut self) -> Option<(String, bool)> {
        tokio::select! {
            heard = self.heard.next() => Some(match heard? {
                StreamItem::Event(response, None) => (next(&wire::text(&response)), true),
                StreamItem::Event(response, Some(cursor)) => (next_behind(&wire::text(&response), &cursor), true),
                StreamItem::End(end) => (self.last(end), false),
            }),
            () = &mut self.expiry => Some((self.last(StreamEnd::Unauthenticated), false)),
            () = listen::ending(&mut self.ending) => None,
            () = tokio::time::sleep(self.pause) => Some((COMMENT.to_owned(), true)),
        }
    }

    fn last(&self, end: StreamEnd) -> String {
        format!("{}{COMPLETE}", next(&only(end.errors(&self.request_id))))
    }
}
