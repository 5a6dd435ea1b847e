//! Why nothing, or nothing more, is exported.

use async_graphql::ServerError;

use auth::Denied;
use store::StoreError;

/// Why nothing, or nothing more, is exported. Its text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// What was asked for is wrong. Each text says what to mend.
    #[error("{}", .0.join("; "))]
    Wrong(Vec<String>),
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The schema's own answer.
    #[error("{}", causes(.0))]
    Answered(Vec<ServerError>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is behind the errors of an answer.
fn causes(errors: &[ServerError]) -> String {
    let cause = |error: &ServerError| match error.source::<StoreError>() {
        Some(cause) => cause.to_string(),
        None => error.message.clone(),
    };
    errors.iter().map(cause).collect::<Vec<_>>().join("; ")
}

/// Of what we wrote ourselves.
pub(super) fn unreadable(error: serde_json::Error) -> ExportError {
    ExportError::Store(StoreError::Corrupt {
        table: "export",
        column: "page",
        value: error.to_string(),
    })
}
