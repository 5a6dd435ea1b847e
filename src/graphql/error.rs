//! Top-level errors: what the caller cannot mend in the input, with `extensions.code`. Texts are for the caller;
//! causes stay inside.

use std::fmt::Display;
use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions};

use auth::Denied;
use domain::id::IdError;
use store::StoreError;

/// A failed field. Has no `Display`, so that no other error can slip through `?` with its own text.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// An argument is wrong in itself.
    BadUserInput(String),
    /// The caller's token does not allow it.
    Forbidden(String),
    /// The answer would have more bytes than an answer may have.
    TooLarge,
    /// A fault of ours. The cause is logged, and never sent.
    Internal(Arc<StoreError>),
}

/// The code of a fault of ours, and the only text about one that callers see.
pub const INTERNAL_CODE: &str = "INTERNAL_SERVER_ERROR";
pub const INTERNAL_MESSAGE: &str = "something went wrong on our side";

/// The code of an answer that is longer than answers may be, and its text.
pub const TOO_LARGE_CODE: &str = "QUERY_TOO_COMPLEX";
pub const TOO_LARGE_MESSAGE: &str = "the answer is too large: ask for smaller pages or fewer fields";

/// What is added to it where a mutation made the answer.
pub const MUTATION_WAS_DONE: &str = ". The mutation was done";

impl ApiError {
    pub fn bad_user_input(message: impl Into<String>) -> Self {
        Self::BadUserInput(message.into())
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::BadUserInput(message) => coded(Error::new(message), "BAD_USER_INPUT"),
            ApiError::Forbidden(message) => coded(Error::new(message), "FORBIDDEN"),
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

/// For nullable fields: an error there leaves the parent's other fields alone.
pub type Nullable<T> = Option<Result<T, ApiError>>;

/// Runs a resolver of a nullable field.
pub async fn nullable<T>(resolve: impl Future<Output = Result<Option<T>, ApiError>>) -> Nullable<T> {
    resolve.await.transpose()
}

/// What a row refers to with a key that the database checks: where it is not there, the row is damaged.
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

/// Resolves a nullable field that refers to another object by its id.
pub async fn nullable_link<I, T, F>(id: Option<I>, load: impl FnOnce(I) -> F) -> Nullable<T>
where
    F: Future<Output = Result<Option<T>, ApiError>>,
{
    match id {
        Some(id) => load(id).await.transpose(),
        None => None,
    }
}
