//! Top-level errors: errors that the caller cannot fix in a mutation's input, with `extensions.code`. Messages are for
//! the caller; causes are never sent.

use std::fmt::Display;
use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions};

use auth::Denied;
use domain::id::IdError;
use store::StoreError;

/// The error of a failed field. Has no `Display`, so that `?` cannot send another error with its own text.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// An argument is invalid by itself.
    BadUserInput(String),
    /// The caller's token does not permit it.
    Forbidden(String),
    /// The response would exceed the maximum number of bytes.
    TooLarge,
    /// An internal error. The cause is logged, and never sent.
    Internal(Arc<StoreError>),
}

/// The codes of errors that the caller can fix, and of what it may not do.
pub const BAD_USER_INPUT_CODE: &str = "BAD_USER_INPUT";
pub const FORBIDDEN_CODE: &str = "FORBIDDEN";

/// The code of an internal error, and the only message about one that callers see.
pub const INTERNAL_CODE: &str = "INTERNAL_SERVER_ERROR";
pub const INTERNAL_MESSAGE: &str = "an internal error occurred";

/// The code and the message of a response that exceeds the maximum number of bytes.
pub const TOO_LARGE_CODE: &str = "QUERY_TOO_COMPLEX";
pub const TOO_LARGE_MESSAGE: &str = "the answer is too large: ask for smaller pages or fewer fields";

/// Appended to that message where the response is that of a mutation.
pub const MUTATION_WAS_DONE: &str = ". The mutation was done";

impl ApiError {
    pub fn bad_user_input(message: impl Into<String>) -> Self {
        Self::BadUserInput(message.into())
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::BadUserInput(message) => coded(Error::new(message), BAD_USER_INPUT_CODE),
            ApiError::Forbidden(message) => coded(Error::new(message), FORBIDDEN_CODE),
            ApiError::TooLarge => coded(Error::new(TOO_LARGE_MESSAGE), TOO_LARGE_CODE),
            ApiError::Internal(cause) => coded(
                Error {
                    source: Some(cause),
                    ..Error::new(INTERNAL_MESSAGE)
                },
                INTERNAL_CODE,
            ),
        }
    }
}

fn coded(error: Error, code: &str) -> Error {
    error.extend_with(|_, extensions| extensions.set("code", code))
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Internal(Arc::new(error))
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        Self::Forbidden(denied.to_string())
    }
}

impl From<IdError> for ApiError {
    fn from(error: IdError) -> Self {
        Self::BadUserInput(format!("id {error}"))
    }
}

/// The result of a nullable field: its error does not affect the parent's other fields.
pub type Nullable<T> = Option<Result<T, ApiError>>;

/// Runs a resolver of a nullable field.
pub async fn nullable<T>(resolve: impl Future<Output = Result<Option<T>, ApiError>>) -> Nullable<T> {
    resolve.await.transpose()
}

/// Unwraps a row that another row references by foreign key: if it is missing, the referencing row is corrupt.
pub fn existing<T>(
    found: Option<T>,
    table: &'static str,
    column: &'static str,
    id: impl Display,
) -> Result<T, ApiError> {
    let corrupt = || StoreError::Corrupt {
        table,
        column,
        value: id.to_string(),
    };
    Ok(found.ok_or_else(corrupt)?)
}
