//! Finding one thing by either of two names.

use async_graphql::ID;

use super::error::ApiError;

/// The id, or else the external id; exactly one must be given.
pub fn one_of_two(id: Option<ID>, external_id: Option<String>) -> Result<Result<String, String>, ApiError> {
    match (id, external_id) {
        (Some(id), None) => Ok(Ok(id.0)),
        (None, Some(external_id)) => Ok(Err(external_id)),
        _ => Err(ApiError::bad_user_input("give either id or externalId")),
    }
}
