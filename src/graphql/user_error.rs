//! What the caller can mend, as part of every mutation's answer.

use async_graphql::{Enum, SimpleObject};

use crate::domain::problem::{Problem, ProblemCode};
use crate::graphql::error::ApiError;
use crate::service::ServiceError;

/// Something in the input to mend. Where there is one, nothing was changed.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// What kind of problem it is.
    pub code: UserErrorCode,
    /// What to mend, in English.
    pub message: String,
    /// The way to the value in the input, list positions as numbers: ["rules", "2", "percentage"]. Null where no single
    /// value is to blame.
    pub field: Option<Vec<String>>,
}

/// The kinds of problems that a caller can mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// The value is outside what the field takes.
    Invalid,
    /// The value must be given.
    Required,
    /// The id names nothing that exists, or nothing that the caller may see.
    NotFound,
    /// Something else has this value, which must be unique.
    Taken,
    /// The state of things does not allow it.
    Conflict,
    /// It is referred to and cannot be deleted.
    InUse,
    /// The commission has not matured yet.
    HoldbackActive,
    /// The state machine has no such move.
    InvalidTransition,
}

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        let code = match problem.code {
            ProblemCode::Invalid => UserErrorCode::Invalid,
            ProblemCode::Required => UserErrorCode::Required,
            ProblemCode::NotFound => UserErrorCode::NotFound,
            ProblemCode::Taken => UserErrorCode::Taken,
            ProblemCode::Conflict => UserErrorCode::Conflict,
            ProblemCode::InUse => UserErrorCode::InUse,
            ProblemCode::HoldbackActive => UserErrorCode::HoldbackActive,
            ProblemCode::InvalidTransition => UserErrorCode::InvalidTransition,
        };
        Self {
            code,
            message: problem.message,
            field: Some(problem.path).filter(|path| !path.is_empty()),
        }
    }
}

/// Splits a service's answer: what it made, or what to mend. Other errors become top-level ones.
pub fn answer<T>(result: Result<T, ServiceError>) -> Result<(Option<T>, Vec<UserError>), ApiError> {
    match result {
        Ok(made) => Ok((Some(made), Vec::new())),
        Err(ServiceError::Rejected(problems)) => Ok((None, problems.into_iter().map(UserError::from).collect())),
        Err(ServiceError::Denied(denied)) => Err(denied.into()),
        Err(ServiceError::Store(error)) => Err(error.into()),
    }
}

/// Declares a mutation's payload: what it made, and what to mend.
macro_rules! payload {
    ($(#[$meta:meta])* $name:ident { $(#[$field_meta:meta])* $field:ident: $type:ty }) => {
        $(#[$meta])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_meta])*
            pub $field: Option<$type>,
            /// What to mend; empty: it is done.
            pub user_errors: Vec<$crate::graphql::user_error::UserError>,
        }

        impl $name {
            /// The payload of a service's answer.
            pub fn of<T>(result: Result<T, $crate::service::ServiceError>) -> Result<Self, $crate::graphql::error::ApiError>
            where
                $type: From<T>,
            {
                let (made, user_errors) = $crate::graphql::user_error::answer(result)?;
                Ok(Self { $field: made.map(<$type>::from), user_errors })
            }
        }
    };
}

pub(crate) use payload;

payload! {
    /// What deleting did.
    DeletePayload {
        /// The id of what is gone; null if it is still there.
        deleted_id: async_graphql::ID
    }
}
