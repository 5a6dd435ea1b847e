//! A GraphQL request, read from a body or from a query string (GraphQL over HTTP, 5).

use std::str::Utf8Error;
use std::time::Duration;

use async_graphql::{Request, Variables};
use async_graphql_axum::GraphQLRequest;
use async_graphql_axum::rejection::GraphQLRejection;
use async_graphql_value::Extensions;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::FromRequest;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use futures::StreamExt;
use serde_json::{Map, Value};

use super::codes;
use super::guard::Limits;
use domain::exact_numbers;
use store::LogPosition;

/// The header with the log position of a caller's last write: set in answers to mutations, and sent back with requests
/// that must see that write.
pub const POSITION: &str = "tributary-position";

/// One request. Unknown parameters are ignored.
#[derive(Debug, Default)]
pub struct GraphqlRequest {
    /// `None`: the document is named in `extensions`.
    pub query: Option<String>,
    pub operation_name: Option<String>,
    pub variables: Variables,
    pub extensions: Extensions,
    /// The length of the request as received, in bytes.
    pub bytes: usize,
    /// The header Last-Event-ID: the cursor of the last event received of a subscription.
    pub last_event: Option<String>,
    /// The header `tributary-position`: the log position that a replica must have reached to serve this request.
    pub position: Option<LogPosition>,
}

/// Why a request cannot be read. The text is for the caller.
#[derive(Debug)]
pub struct BodyError {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
}

fn unreadable(status: StatusCode, message: impl Into<String>) -> BodyError {
    BodyError {
        status,
        code: codes::BAD_REQUEST,
        message: message.into(),
    }
}

fn bad_request(message: impl Into<String>) -> BodyError {
    unreadable(StatusCode::BAD_REQUEST, message)
}

/// How much of a refused body is read and discarded, so that its sender gets to read the answer.
const DISCARDED_BYTES: usize = 16 * 1024 * 1024;

/// Reads a body that is within the limits and arrives within `timeout`.
pub async fn read_body(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
    timeout: Duration,
) -> Result<GraphqlRequest, BodyError> {
    let limit = limits.body_bytes;
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        discard(headers, body, timeout).await;
        return Err(too_large(limit));
    }
    let bytes = match tokio::time::timeout(timeout, collect(body, limit)).await {
        Ok(collected) => collected?,
        Err(_) => {
            return Err(BodyError {
                code: codes::TIMEOUT,
                ..unreadable(StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive")
            });
        }
    };
    let bytes = Bytes::from(bytes);
    if values(&bytes) > limits.body_values {
        let message = format!("the body has too many values: at most {}", limits.body_values);
        return Err(unreadable(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    // It nests at most 128 levels: the parser refuses more.
    let mut request = axum::extract::Request::new(Body::from(bytes.clone()));
    // With GET the extractor would read the query string.
    *request.method_mut() = Method::POST;
    match GraphQLRequest::<GraphQLRejection>::from_request(request, &()).await {
        Ok(request) if names_document(&request.0) => {
            let text = std::str::from_utf8(&bytes).map_err(not_utf8)?;
            exact_numbers::check_json(text).map_err(bad_request)?;
            Ok(asked(request.into_inner(), bytes.len()))
        }
        // The extractor neither says what is wrong nor distinguishes an empty text from a missing one.
        _ => from_json(std::str::from_utf8(&bytes).map_err(not_utf8)?),
    }
}

fn not_utf8(_: Utf8Error) -> BodyError {
    bad_request("the body is not UTF-8")
}

/// Reads a body, or says why it cannot be read.
fn from_json(text: &str) -> Result<GraphqlRequest, BodyError> {
    match json("the body", text)? {
        Value::Object(members) => from_members(members, text.len()),
        Value::Array(_) => Err(bad_request("batches are not supported: send one request at a time")),
        _ => Err(bad_request("the body must be a JSON object")),
    }
}

/// Reads the JSON text that `name` is. Numbers that would change when they are read are refused.
fn json(name: &str, text: &str) -> Result<Value, BodyError> {
    let value = serde_json::from_str(text).map_err(|error| bad_request(format!("{name} is not JSON: {error}")))?;
    exact_numbers::check_json(text).map_err(bad_request)?;
    Ok(value)
}

/// The number of values in JSON text, or slightly more. They are counted before any is stored: two bytes of text become
/// a hundred of memory.
fn values(json: &[u8]) -> usize {
    let begins_value = |(_, byte): &(usize, u8)| matches!(byte, b',' | b'[' | b'{');
    1 + exact_numbers::outside_strings(json).filter(begins_value).count()
}

async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| bad_request("the body did not arrive whole"))?;
        if bytes.len() + chunk.len() > limit {
            drop(bytes);
            skip(&mut chunks).await;
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_large(limit: usize) -> BodyError {
    let message = format!("the body is too large: at most {limit} bytes");
    unreadable(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// Reads and discards the body of a refused request. Its sender may write all of it before it reads: if the connection
/// were closed by then, the sender would see only that, not the answer. One that first asks whether to send it
/// (`Expect`) has not sent it yet.
pub async fn discard(headers: &HeaderMap, body: Body, timeout: Duration) {
    if !headers.contains_key(header::EXPECT) {
        let _ = tokio::time::timeout(timeout, skip(&mut body.into_data_stream())).await;
    }
}

async fn skip(chunks: &mut BodyDataStream) {
    let mut skipped = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        skipped += chunk.len();
        if skipped > DISCARDED_BYTES {
            return;
        }
    }
}

/// Reads the parameters of a query string.
pub fn read_parameters(pairs: Vec<(String, String)>) -> Result<GraphqlRequest, BodyError> {
    let mut members = Map::new();
    let bytes = pairs.iter().map(|(_, text)| text.len()).sum();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "variables" | "extensions" if text.is_empty() => Value::Null,
            "variables" | "extensions" => json(&name, &text)?,
            _ => Value::String(text),
        };
        if members.insert(name.clone(), value).is_some() {
            return Err(bad_request(format!("{name:?} is given twice")));
        }
    }
    from_members(members, bytes)
}

/// Reads the members of a request in JSON, which was `bytes` long.
pub fn from_members(mut members: Map<String, Value>, bytes: usize) -> Result<GraphqlRequest, BodyError> {
    // For all of them null means the same as absent.
    members.retain(|_, value| !value.is_null());
    for name in ["query", "operationName"] {
        if members.get(name).is_some_and(|value| !value.is_string()) {
            return Err(bad_request(format!("{name} must be a text")));
        }
    }
    for name in ["variables", "extensions"] {
        if members.get(name).is_some_and(|value| !value.is_object()) {
            return Err(bad_request(format!("{name} must be a JSON object")));
        }
    }
    let has_text = members.contains_key("query");
    let request = serde_json::from_value(Value::Object(members));
    let request: Request = request.map_err(|error| bad_request(format!("this is no GraphQL request: {error}")))?;
    if !has_text && !names_document(&request) {
        return Err(bad_request("the request needs the text \"query\""));
    }
    let text = has_text.then(|| request.query.clone());
    Ok(GraphqlRequest {
        query: text,
        ..asked(request, bytes)
    })
}

/// Whether the request has a document's text or refers to a document.
fn names_document(request: &Request) -> bool {
    !request.query.is_empty() || request.extensions.contains_key("persistedQuery")
}

fn asked(request: Request, bytes: usize) -> GraphqlRequest {
    // Some clients send an empty text instead of none.
    let given = |text: &String| !text.is_empty();
    GraphqlRequest {
        query: Some(request.query).filter(given),
        operation_name: request.operation_name.filter(given),
        variables: request.variables,
        extensions: request.extensions,
        bytes,
        last_event: None,
        position: None,
    }
}

impl GraphqlRequest {
    /// Adds what the headers say.
    pub fn with(self, headers: &HeaderMap) -> Result<Self, BodyError> {
        Ok(Self {
            last_event: last_event(headers),
            position: position(headers)?,
            ..self
        })
    }
}

fn position(headers: &HeaderMap) -> Result<Option<LogPosition>, BodyError> {
    let mut values = headers.get_all(POSITION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let position = value.to_str().ok().and_then(LogPosition::parse);
    match position.filter(|_| values.next().is_none()) {
        Some(position) => Ok(Some(position)),
        None => Err(bad_request(format!("the header {POSITION} is none that an answer had"))),
    }
}

/// The header Last-Event-ID, if there is one and it is not empty.
fn last_event(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("last-event-id").map(HeaderValue::as_bytes);
    let text = value.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn values_are_counted_and_what_stands_in_strings_is_not() {
        for (json, count) in [
            ("1", 1),
            ("[1,2]", 3),
            (r#"{"a":[{"b":1},2]}"#, 5),
            (r#"{"a":"[,\"{,\\","b":1}"#, 3),
        ] {
            assert_eq!(values(json.as_bytes()), count, "{json}");
        }
    }
}
