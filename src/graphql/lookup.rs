//! Finding things by what they are called.

use async_graphql::ID;

use super::error::ApiError;
use crate::domain::problem::Fault;
use crate::domain::text;

/// A text that `argument` looks for, where it is one that could be found.
pub fn wanted(argument: &str, text: String) -> Result<String, ApiError> {
    match text::wanted(&text) {
        Ok(()) => Ok(text),
        Err(Fault(_, message)) => Err(ApiError::bad_user_input(format!("{argument} {message}"))),
    }
}

/// The id, or else the external id; exactly one must be given.
pub fn one_of_two(id: Option<ID>, external_id: Option<String>) -> Result<Result<String, String>, ApiError> {
    match (id, external_id) {
        (Some(id), None) => Ok(Ok(id.0)),
        (None, Some(external_id)) => wanted("externalId", external_id).map(Err),
        _ => Err(ApiError::bad_user_input("give either id or externalId")),
    }
}
