//! The JSON of an answer. What was written as JSON before goes in as it is.

use async_graphql::{Response as GraphqlResponse, Value};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Serialize;

/// Puts JSON that is already written into an answer. Nothing else of it is binary.
pub fn written(json: String) -> Value {
    Value::Binary(json.into())
}

/// The same data as JSON that is already written, for those who answer several with it.
pub fn rewritten(data: &Value) -> (Value, usize) {
    let mut text = Vec::new();
    value(data, &mut text);
    let bytes = text.len();
    (Value::Binary(text.into()), bytes)
}

/// The answer over HTTP.
pub fn response(response: &GraphqlResponse) -> Response {
    let mut answer = Response::new(Body::from(text(response)));
    let media_type = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, media_type);
    answer
}

/// The answer as JSON in one line: `data`, and `extensions` and `errors` where there are any.
pub fn text(response: &GraphqlResponse) -> String {
    let mut text = Vec::with_capacity(4096);
    text.extend(b"{\"data\":");
    value(&response.data, &mut text);
    if !response.extensions.is_empty() {
        text.extend(b",\"extensions\":");
        json(&response.extensions, &mut text);
    }
    if !response.errors.is_empty() {
        text.extend(b",\"errors\":");
        json(&response.errors, &mut text);
    }
    text.push(b'}');
    String::from_utf8(text).expect("JSON is UTF-8")
}

fn value(from: &Value, text: &mut Vec<u8>) {
    match from {
        Value::Binary(written) => text.extend(written),
        Value::Object(fields) => {
            let mut before = b'{';
            for (name, field) in fields {
                text.push(std::mem::replace(&mut before, b','));
                json(name, text);
                text.push(b':');
                value(field, text);
            }
            text.extend(if fields.is_empty() { &b"{}"[..] } else { b"}" });
        }
        Value::List(items) => {
            let mut before = b'[';
            for item in items {
                text.push(std::mem::replace(&mut before, b','));
                value(item, text);
            }
            text.extend(if items.is_empty() { &b"[]"[..] } else { b"]" });
        }
        leaf => json(leaf, text),
    }
}

fn json(from: &impl Serialize, text: &mut Vec<u8>) {
    serde_json::to_writer(text, from).expect("answers are JSON");
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, value};

    use super::*;

    #[test]
    fn an_answer_reads_as_the_library_would_have_written_it() {
        let mut answer = GraphqlResponse::new(value!({
            "empty": {}, "none": [], "text": "\"ö\n", "list": [1, null, { "a": true }, []], "number": 1.5,
        }));
        assert_eq!(text(&answer), serde_json::to_string(&answer).unwrap());
        answer = answer.extension("cost", value!({ "requested": 1 }));
        answer.errors.push(ServerError::new("wrong", None));
        assert_eq!(text(&answer), serde_json::to_string(&answer).unwrap());
    }

    #[test]
    fn what_was_written_before_goes_in_as_it_is() {
        let mut inner = async_graphql::indexmap::IndexMap::new();
        inner.insert(async_graphql::Name::new("a"), written("[1,2]".to_owned()));
        let answer = GraphqlResponse::new(Value::Object(inner));
        assert_eq!(text(&answer), r#"{"data":{"a":[1,2]}}"#);
    }
}
