//! Operations that ran and have no answer.

use super::guard::DocumentProblem;
use super::{codes, errors};
use crate::graphql::INTERNAL_MESSAGE;

/// Why an operation that ran has no answer.
pub enum Failed {
    Panicked,
    /// The text is for the caller.
    Late(String),
}

impl Failed {
    /// The single error, as it appears in answers without data. Panics are logged.
    pub fn errors(self, request_id: &str) -> Vec<serde_json::Value> {
        let problem = match self {
            Self::Panicked => {
                tracing::error!(request_id, "the handling of a request panicked");
                DocumentProblem::new(codes::INTERNAL, INTERNAL_MESSAGE)
            }
            Self::Late(message) => DocumentProblem::new(codes::TIMEOUT, message),
        };
        errors::listed(&[problem], request_id)
    }
}
