//! Writes answers as JSON. Parts that were written as JSON earlier are copied as they are.

use async_graphql::{Response as GraphqlResponse, Value};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Serialize;

use store::view::TooLong;

/// The data written as JSON, for callers that put it into several answers, and its length in bytes.
pub fn rewritten(data: Value) -> (Value, usize) {
    let whole = whole(data, usize::MAX);
    whole.expect("no text is as long")
}

/// The data of an answer written as JSON, if that has at most `most_bytes`. Empty data stays as it is, so that callers
/// can still see that it is empty.
pub fn bounded(data: Value, most_bytes: usize) -> Result<Value, TooLong> {
    if is_empty(&data) {
        return Ok(data);
    }
    whole(data, most_bytes).map(|(data, _)| data)
}

/// Whether the data of an answer is null, or an object whose fields are all null.
pub fn is_empty(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|field| *field == Value::Null),
        _ => false,
    }
}

fn whole(data: Value, most_bytes: usize) -> Result<(Value, usize), TooLong> {
    let text = match data {
        Value::Binary(written) if written.len() > most_bytes => return Err(TooLong),
        Value::Binary(written) => written,
        data => {
            let mut text = Vec::with_capacity(4096 + written_bytes(&data).min(most_bytes));
            value(&data, &mut text, most_bytes)?;
            text.into()
        }
    };
    let bytes = text.len();
    Ok((Value::Binary(text), bytes))
}

/// The answer as an HTTP response.
pub fn response(response: &GraphqlResponse) -> Response {
    let mut answer = Response::new(Body::from(text(response)));
    let media_type = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, media_type);
    answer.headers_mut().extend(response.http_headers.clone());
    answer
}

/// The answer as JSON on one line: `data`, then `errors` and `extensions` if there are any. Readers see what went wrong
/// before what it cost.
pub fn text(response: &GraphqlResponse) -> String {
    let mut text = Vec::with_capacity(4096 + written_bytes(&response.data));
    text.extend(b"{\"data\":");
    value(&response.data, &mut text, usize::MAX).expect("no text is as long");
    if !response.errors.is_empty() {
        text.extend(b",\"errors\":");
        json(&response.errors, &mut text);
    }
    if !response.extensions.is_empty() {
        text.extend(b",\"extensions\":");
        json(&response.extensions, &mut text);
    }
    text.push(b'}');
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// How many bytes were written as JSON earlier: most of the answer, so that the buffer need not grow.
fn written_bytes(from: &Value) -> usize {
    match from {
        Value::Binary(written) => written.len(),
        Value::Object(fields) => fields.values().map(written_bytes).sum(),
        Value::List(items) => items.iter().map(written_bytes).sum(),
        _ => 0,
    }
}

/// Stops with an error once the text is longer than `most_bytes`.
fn value(from: &Value, text: &mut Vec<u8>, most_bytes: usize) -> Result<(), TooLong> {
    match from {
        Value::Binary(written) => text.extend(written),
        Value::Object(fields) => {
            let mut before = b'{';
            for (name, field) in fields {
                text.push(std::mem::replace(&mut before, b','));
                json(name, text);
                text.push(b':');
                value(field, text, most_bytes)?;
            }
            text.extend(if fields.is_empty() { &b"{}"[..] } else { b"}" });
        }
        Value::List(items) => {
            let mut before = b'[';
            for item in items {
                text.push(std::mem::replace(&mut before, b','));
                value(item, text, most_bytes)?;
            }
            text.extend(if items.is_empty() { &b"[]"[..] } else { b"]" });
        }
        leaf => json(leaf, text),
    }
    if text.len() > most_bytes { Err(TooLong) } else { Ok(()) }
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
        assert_eq!(text(&answer), serde_json::to_string(&answer).unwrap());
        answer.errors.push(ServerError::new("wrong", None));
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&text(&answer)), read(&serde_json::to_string(&answer).unwrap()));
        assert!(text(&answer).ends_with(r#""errors":[{"message":"wrong"}],"extensions":{"cost":{"requested":1}}}"#));
    }

    #[test]
    fn what_was_written_before_goes_in_as_it_is() {
        let mut inner = async_graphql::indexmap::IndexMap::new();
        inner.insert(async_graphql::Name::new("a"), Value::Binary("[1,2]".into()));
        let answer = GraphqlResponse::new(Value::Object(inner));
        assert_eq!(text(&answer), r#"{"data":{"a":[1,2]}}"#);
    }

    #[test]
    fn what_is_too_long_is_not_written() {
        let data = value!({ "a": [1, 2], "b": "text" });
        let whole = serde_json::to_string(&data).unwrap();
        let Ok(Value::Binary(written)) = bounded(data.clone(), whole.len()) else {
            panic!("it is just short enough");
        };
        assert_eq!(written, whole.as_bytes());
        assert_eq!(bounded(data, whole.len() - 1), Err(TooLong));
        assert_eq!(bounded(Value::Binary(written), 3), Err(TooLong));
    }

    #[test]
    fn that_there_is_nothing_in_an_answer_can_still_be_seen() {
        for (data, nothing) in [
            (Value::Null, true),
            (value!({ "a": null, "b": null }), true),
            (value!({ "a": null, "b": 1 }), false),
        ] {
            let (whole, bytes) = rewritten(data.clone());
            assert_eq!(whole, Value::Binary(serde_json::to_vec(&data).unwrap().into()));
            assert_eq!(is_empty(&bounded(data, bytes).unwrap()), nothing);
        }
    }
}
