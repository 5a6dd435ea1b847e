//! The messages of the protocol graphql-transport-ws.

use async_graphql::Response;
use serde_json::{Map, Value, json};

use crate::http::request::{self, GraphqlRequest};
use crate::http::wire;
use domain::exact_numbers;

/// A message from a client.
#[derive(Debug)]
pub enum Incoming {
    Init(Map<String, Value>),
    Ping(Option<Value>),
    Pong,
    Subscribe {
        id: String,
        ask: GraphqlRequest,
    },
    /// The client wants no more of the operation.
    Complete {
        id: String,
    },
}

/// Reads a message. The error says what is wrong with it.
pub fn read(text: &str) -> Result<Incoming, String> {
    let message = serde_json::from_str(text).map_err(|_| "a message must be JSON".to_owned())?;
    let Value::Object(mut message) = message else {
        return Err("a message must be a JSON object".to_owned());
    };
    let payload = message.remove("payload").filter(|payload| !payload.is_null());
    let kind = message.get("type").and_then(Value::as_str).unwrap_or_default();
    match (kind, payload) {
        ("connection_init", None) => Ok(Incoming::Init(Map::new())),
        ("connection_init", Some(Value::Object(payload))) => Ok(Incoming::Init(payload)),
        ("ping", payload @ (None | Some(Value::Object(_)))) => Ok(Incoming::Ping(payload)),
        ("pong", None | Some(Value::Object(_))) => Ok(Incoming::Pong),
        ("subscribe", Some(Value::Object(payload))) => {
            exact_numbers::check_json(text)?;
            let ask = request::from_members(payload, text.len()).map_err(|unreadable| unreadable.message)?;
            Ok(Incoming::Subscribe { id: id(&message)?, ask })
        }
        ("complete", None) => Ok(Incoming::Complete { id: id(&message)? }),
        ("connection_init" | "ping" | "pong" | "subscribe" | "complete", _) => {
            Err(format!("the payload of {kind} is malformed"))
        }
        _ => Err("unknown message type".to_owned()),
    }
}

fn id(message: &Map<String, Value>) -> Result<String, String> {
    let id = message.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    id.map(str::to_owned)
        .ok_or_else(|| "the message needs an id: a text that is not empty".to_owned())
}

/// The value of an Authorization header in the payload of connection_init, at its top level or under `headers`.
pub fn authorization(payload: &Map<String, Value>) -> Option<String> {
    let named = |members: &Map<String, Value>| {
        let found = members
            .iter()
            .find(|(name, value)| name.eq_ignore_ascii_case("authorization") && value.is_string());
        found.and_then(|(_, value)| value.as_str().map(str::to_owned))
    };
    named(payload).or_else(|| payload.get("headers").and_then(Value::as_object).and_then(named))
}

pub fn ack() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

pub fn pong(payload: Option<Value>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
        None => json!({ "type": "pong" }).to_string(),
    }
}

pub fn next(id: &str, response: &Response) -> String {
    let (id, payload) = (Value::from(id), wire::text(response));
    format!(r#"{{"id":{id},"type":"next","payload":{payload}}}"#)
}

/// Ends an operation: nothing of it ran, or no more of it will.
pub fn error(id: &str, errors: &[Value]) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// Ends an operation.
pub fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            "",
            "nonsense",
            "[]",
            "{}",
            r#"{ "type": 1 }"#,
            r#"{ "type": "start" }"#,
            r#"{ "type": "connection_init", "payload": "token" }"#,
            r#"{ "type": "ping", "payload": 1 }"#,
            r#"{ "type": "subscribe", "id": "1" }"#,
            r#"{ "type": "subscribe", "payload": { "query": "{ a }" } }"#,
            r#"{ "type": "subscribe", "id": "", "payload": { "query": "{ a }" } }"#,
            r#"{ "type": "subscribe", "id": 1, "payload": { "query": "{ a }" } }"#,
            r#"{ "type": "subscribe", "id": "1", "payload": { "query": 1 } }"#,
            r#"{ "type": "subscribe", "id": "1", "payload": { "query": "{ a }", "variables": [] } }"#,
            r#"{ "type": "subscribe", "id": "1", "payload": {} }"#,
            r#"{ "type": "subscribe", "id": "1", "payload": { "query": "{ a }", "variables": { "b": 0.12345678901234567890 } } }"#,
            r#"{ "type": "complete" }"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_token_stands_in_the_payload_or_among_its_headers() {
        for (payload, expected) in [
            (json!({ "authorization": "a" }), Some("a")),
            (
                json!({ "Authorization": "a", "headers": { "authorization": "b" } }),
                Some("a"),
            ),
            (json!({ "headers": { "AUTHORIZATION": "b" } }), Some("b")),
            (json!({ "authorization": 1 }), None),
            (json!({ "token": "a" }), None),
        ] {
            let found = authorization(payload.as_object().unwrap());
            assert_eq!(found.as_deref(), expected, "{payload}");
        }
    }
}
