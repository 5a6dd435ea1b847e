//! Why a request is refused before any of it is executed.

use crate::http::codes;
use async_graphql::Pos;
use serde::Serialize;
use serde_json::Value;

/// One reason. The text is for the caller.
#[derive(Clone, Debug)]
pub struct DocumentProblem {
    /// One of the codes of `extensions.code`.
    pub code: &'static str,
    pub message: String,
    /// The place in the document; `None`: no single place.
    pub position: Option<Pos>,
}

impl DocumentProblem {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            position: None,
        }
    }

    /// The document asks for too much.
    pub fn too_complex(message: impl Into<String>) -> Self {
        Self::new(codes::QUERY_TOO_COMPLEX, message)
    }

    pub fn at(self, position: Pos) -> Self {
        Self {
            position: Some(position),
            ..self
        }
    }

    /// The error as the answer shows it.
    pub fn to_json(&self, request_id: &str) -> Value {
        serde_json::to_value(self.shown(request_id)).expect("texts and numbers")
    }

    /// The error with its members in an order for readers: the message comes first.
    pub fn shown<'a>(&'a self, request_id: &'a str) -> ErrorBody<'a> {
        ErrorBody {
            message: &self.message,
            locations: self.position.map(|position| {
                [Location {
                    line: position.line,
                    column: position.column,
                }]
            }),
            extensions: ErrorExtensions {
                code: self.code,
                request_id,
            },
        }
    }
}

/// An error in an answer.
#[derive(Serialize)]
pub struct ErrorBody<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locations: Option<[Location; 1]>,
    extensions: ErrorExtensions<'a>,
}

#[derive(Serialize)]
struct Location {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct ErrorExtensions<'a> {
    code: &'a str,
    #[serde(rename = "requestId")]
    request_id: &'a str,
}
