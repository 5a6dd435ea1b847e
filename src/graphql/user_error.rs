//! Errors that the caller can fix, as part of every mutation's payload.

use std::convert::Infallible;
use std::fmt::Display;

use async_graphql::resolver_utils::enum_value;
use async_graphql::{Context, Enum, ID, SimpleObject};

use super::context::request;
use super::error::{ApiError, Nullable};
use super::rows::{PlainObject, Projected, RowObject, Rows, SubSelection, unwritten};
use crate::graphql::ledger::commission::Commission;
use auth::Resource;
use domain::problem::{Problem, ProblemCode};
use service::ServiceError;
use store::view::JsonText;

/// A problem with the input. If there is any, nothing was changed; in a list, this holds for each entry.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// The kind of problem.
    pub code: UserErrorCode,
    /// The problem, in English, and how to fix it.
    pub message: String,
    /// The path of the value in the input, with list indices as numbers: ["rules", "2", "percentage"]. Null if the
    /// problem is not in a single value.
    pub field: Option<Vec<String>>,
}

/// The kinds of problems that a caller can fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ProblemCode")]
pub enum UserErrorCode {
    /// The value is not allowed for the field.
    Invalid,
    /// A value is required.
    Required,
    /// There is no object with this id, or none that the caller may see.
    NotFound,
    /// Another object already has this value, which must be unique.
    Taken,
    /// The present state does not allow it.
    Conflict,
    /// Other objects refer to it, so it cannot be deleted or changed.
    InUse,
    /// The commission has not matured yet.
    HoldbackActive,
    /// The present status does not allow this change.
    InvalidTransition,
}

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        Self {
            code: problem.code.into(),
            message: problem.message,
            field: Some(problem.path).filter(|path| !path.is_empty()),
        }
    }
}

impl PlainObject for UserError {
    fn write(&self, field: &str, _: &SubSelection<'_>, json: &mut JsonText) {
        match field {
            "code" => json.plain(enum_value(self.code)),
            "message" => json.text(&self.message),
            "field" => match &self.field {
                Some(path) => {
                    let Ok(()) = json.list(path, |json, part| {
                        json.text(part);
                        Ok::<_, Infallible>(())
                    });
                }
                None => json.null(),
            },
            _ => unwritten(self, field, json),
        }
    }
}

/// Splits a service's result: the value it made, or the errors that the caller can fix. Other errors become top-level
/// ones.
pub fn answer<T>(result: Result<T, ServiceError>) -> Result<(Option<T>, Vec<UserError>), ApiError> {
    match result {
        Ok(made) => Ok((Some(made), Vec::new())),
        Err(ServiceError::Rejected(problems)) => Ok((None, problems.into_iter().map(UserError::from).collect())),
        Err(error) => Err(failed(error)),
    }
}

/// The top-level error of a service whose error is not reported in `userErrors`.
pub fn failed(error: ServiceError) -> ApiError {
    match error {
        ServiceError::Rejected(problems) => {
            let messages: Vec<_> = problems.into_iter().map(|problem| problem.message).collect();
            ApiError::bad_user_input(messages.join("; "))
        }
        ServiceError::Denied(denied) => denied.into(),
        ServiceError::Store(error) => error.into(),
        // Calls with a key go through `MutationContext::answered`, which handles repeated ones.
        ServiceError::Repeated(_) => ApiError::bad_user_input("idempotencyKey was used before"),
    }
}

/// A value that is shown only once. A repeated call has made something without it, and gets an error.
pub fn shown_once<T>(made: Option<Option<T>>, what: &str, errors: &mut Vec<UserError>) -> Option<T> {
    if matches!(made, Some(None)) {
        errors.push(UserError {
            code: UserErrorCode::Conflict,
            message: format!("{what} was shown once, to the first call with this key, and cannot be shown again"),
            field: Some(vec!["idempotencyKey".to_owned()]),
        });
    }
    made.flatten()
}

/// Checks whether the field of `ctx`, in the payload of a mutation, may show what was written. A caller that may write
/// but not read sees only ids.
pub fn may_show(ctx: &Context<'_>, resource: Resource) -> Result<(), ApiError> {
    let only_ids = || {
        let field = ctx.field();
        let mut below = field.selection_set();
        below.all(|field| matches!(field.name(), "id" | "__typename"))
    };
    match request(ctx).caller.read(resource) {
        Err(denied) if !only_ids() => Err(denied.into()),
        _ => Ok(()),
    }
}

/// What a mutation made, projected by the selection set if the caller may see it.
pub fn projected<T: RowObject>(ctx: &Context<'_>, resource: Resource, made: Option<&T>) -> Nullable<Projected<T>> {
    made.map(|made| may_show(ctx, resource).map(|()| Projected::AtHand(made.clone())))
}

/// The rows that a mutation wrote, if the caller may see them.
pub fn projected_rows(ctx: &Context<'_>, rows: &[Commission]) -> Result<Rows<Commission>, ApiError> {
    if !rows.is_empty() {
        may_show(ctx, Resource::Commissions)?;
    }
    Ok(Rows(rows.to_vec()))
}

/// Declares a mutation's payload: what it made, the resource of that, and the user errors.
macro_rules! payload {
    ($(#[$meta:meta])* $name:ident { $(#[$field_meta:meta])* $field:ident: $type:ty, $resource:ident }) => {
        $(#[$meta])*
        pub struct $name {
            made: Option<$type>,
            user_errors: Vec<$crate::graphql::user_error::UserError>,
        }

        $(#[$meta])*
        #[async_graphql::Object]
        impl $name {
            $(#[$field_meta])*
            async fn $field(&self, ctx: &async_graphql::Context<'_>) -> $crate::graphql::error::Nullable<$crate::graphql::rows::Projected<$type>> {
                let resource = auth::Resource::$resource;
                $crate::graphql::user_error::projected(ctx, resource, self.made.as_ref())
            }

            /// Problems with the input; empty if the mutation succeeded.
            async fn user_errors(&self) -> &[$crate::graphql::user_error::UserError] {
                &self.user_errors
            }
        }

        impl $name {
            /// The payload of a service call.
            pub fn of<'b, T: service::once::Answer + 'b>(
                mutation: &'b $crate::graphql::context::MutationContext<'_>,
                doing: impl Future<Output = Result<T, service::ServiceError>> + Send + 'b,
            ) -> impl Future<Output = Result<Self, $crate::graphql::error::ApiError>> + Send + 'b
            where
                $type: From<T>,
            {
                let answered = mutation.answered(doing);
                async move {
                    let (made, user_errors) = $crate::graphql::user_error::answer(answered.await)?;
                    Ok(Self { made: made.map(<$type>::from), user_errors })
                }
            }
        }
    };
}

pub(crate) use payload;

/// The result of deleting an object.
#[derive(SimpleObject)]
pub struct DeletePayload {
    /// The id of the deleted object; null if nothing was deleted.
    pub deleted_id: Option<ID>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}

impl DeletePayload {
    /// The payload of a service's result.
    pub fn of(result: Result<impl Display, ServiceError>) -> Result<Self, ApiError> {
        let (deleted, user_errors) = answer(result)?;
        Ok(Self {
            deleted_id: deleted.map(|id| id.to_string().into()),
            user_errors,
        })
    }
}
