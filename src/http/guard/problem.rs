//! Why a request is refused before anything of it is executed.

use async_graphql::Pos;
use serde_json::{Value, json};

/// One reason. The text is for the caller.
#[derive(Clone, Debug)]
pub struct Problem {
    /// One of the codes of `extensions.code`.
    pub code: &'static str,
    pub message: String,
    /// Where in the document; `None`: in no one place.
    pub position: Option<Pos>,
}

impl Problem {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            position: None,
        }
    }

    /// The document asks for too much.
    pub fn too_complex(message: impl Into<String>) -> Self {
        Self::new("QUERY_TOO_COMPLEX", message)
    }

    pub fn at(self, position: Pos) -> Self {
        Self {
            position: Some(position),
            ..self
        }
    }

    /// The error as the answer shows it.
    pub fn to_json(&self, request_id: &str) -> Value {
        let mut error = json!({
            "message": self.message,
            "extensions": { "code": self.code, "requestId": request_id },
        });
        if let Some(position) = self.position {
            error["locations"] = json!([{ "line": position.line, "column": position.column }]);
        }
        error
    }
}
