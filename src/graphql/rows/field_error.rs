//! What goes wrong while rows are written, with its full path.

use async_graphql::parser::types::Field;
use async_graphql::{Error, Positioned, ServerError};

use crate::graphql::error::ApiError;

/// A failed field. It takes the objects around it along, up to the nearest that may be null.
pub struct FieldError(pub Box<ServerError>);

/// An error of a field, without its path.
pub fn server_error(error: ApiError, field: &Positioned<Field>) -> ServerError {
    Error::from(error).into_server_error(field.pos)
}
