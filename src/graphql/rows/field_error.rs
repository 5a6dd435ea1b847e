//! Errors of fields that fail while rows are written, with their full path.

use async_graphql::parser::types::Field;
use async_graphql::{Error, Positioned, ServerError};

use crate::graphql::error::ApiError;

/// A failed field. The error propagates to the nearest enclosing nullable field.
pub struct FieldError(pub Box<ServerError>);

/// The error of a field, still without its path.
pub fn server_error(error: ApiError, field: &Positioned<Field>) -> ServerError {
    Error::from(error).into_server_error(field.pos)
}
