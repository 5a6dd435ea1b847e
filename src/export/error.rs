//! Errors of exports.

use async_graphql::ServerError;
use rust_xlsxwriter::XlsxError;

use auth::Denied;
use store::StoreError;

/// Why an export was refused or failed. Its text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The request is invalid. Each text says what to fix.
    #[error("{}", .0.join("; "))]
    Wrong(Vec<String>),
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The GraphQL response had errors.
    #[error("{}", causes(.0))]
    Answered(Vec<ServerError>),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the workbook cannot be written: {0}")]
    Workbook(String),
}

impl From<XlsxError> for ExportError {
    fn from(error: XlsxError) -> Self {
        Self::Workbook(error.to_string())
    }
}

/// The causes of the errors of a GraphQL response.
fn causes(errors: &[ServerError]) -> String {
    let cause = |error: &ServerError| match error.source::<StoreError>() {
        Some(cause) => cause.to_string(),
        None => error.message.clone(),
    };
    errors.iter().map(cause).collect::<Vec<_>>().join("; ")
}

/// The error for JSON that could not be parsed, although this program wrote it.
pub(super) fn unreadable(error: serde_json::Error) -> ExportError {
    ExportError::Store(StoreError::Corrupt {
        table: "export",
        column: "page",
        value: error.to_string(),
    })
}
