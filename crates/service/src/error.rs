//! Why a service did not do what was requested.

use auth::Denied;
use domain::problem::{Problem, ProblemCode, Problems};
use store::StoreError;

/// The message for a write that would exceed the bounds of sums.
pub(super) const SUM_TOO_LARGE: &str = "would take a sum of the partner (its balance, its lifetime value or what a tier \
     counts) beyond 10^18 minor units of its currency";

/// Unwraps the named results of checks, or returns from the service with all problems if there are any.
macro_rules! require {
    ($problems:ident) => {
        if !$problems.is_empty() {
            return Err($problems.into());
        }
    };
    ($problems:ident; $($value:ident),+) => {
        let ($(Some($value),)+ true) = ($($value,)+ $problems.is_empty()) else {
            return Err($problems.into());
        };
    };
}

pub(crate) use require;

#[derive(Debug)]
pub enum ServiceError {
    /// The caller can correct this: the input names something that does not exist, is taken, out of bounds, ...
    Rejected(Vec<Problem>),
    /// The caller may not do this.
    Denied(Denied),
    /// The database failed.
    Store(StoreError),
    /// The call was made before, with the same idempotency key; holds what was stored of its answer.
    Repeated(serde_json::Value),
}

impl From<Problems> for ServiceError {
    fn from(problems: Problems) -> Self {
        Self::Rejected(problems.into_vec())
    }
}

impl From<Denied> for ServiceError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

/// Two concurrent writers may both have passed their checks before either wrote; the database then refuses the second
/// one, and its error is the one that the check would have given.
impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        let problem = if store::taken_field(&error) == Some("idempotencyKey") {
            let message = "is in use by a call that is running: repeat this call to get its result";
            Problems::one("idempotencyKey", ProblemCode::Conflict, message)
        } else if let Some(field) = store::taken_field(&error) {
            Problems::one(field, ProblemCode::Taken, "is taken already")
        } else if store::is_sum_too_large(&error) {
            Problems::one("", ProblemCode::Invalid, SUM_TOO_LARGE)
        } else if store::is_reference_violation(&error) {
            let message = "the data involved was changed concurrently: try again";
            Problems::one("", ProblemCode::Conflict, message)
        } else {
            return Self::Store(error);
        };
        problem.into()
    }
}
