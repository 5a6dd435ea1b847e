//! Why subscriptions end.

use super::guard::DocumentProblem;
use super::{codes, errors};
use crate::graphql::INTERNAL_MESSAGE;
use service::authentication::AuthError;
use store::StoreError;

/// Why a subscription ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// The token is no longer valid.
    Unauthenticated,
    /// The listener fell behind.
    Behind,
    /// The database is unavailable, which is logged.
    Unavailable,
    /// An internal fault, which is logged.
    Fault,
}

impl StreamEnd {
    /// What a store error means for a listener. It is logged as the failure of `what`.
    pub fn of(cause: &StoreError, request_id: &str, what: &str) -> Self {
        tracing::error!(request_id, %cause, "{what} failed");
        match cause.is_unavailable() || cause.is_timeout() {
            true => Self::Unavailable,
            false => Self::Fault,
        }
    }

    /// The single error that reports the end.
    pub fn errors(self, request_id: &str) -> Vec<serde_json::Value> {
        let problem = match self {
            Self::Unauthenticated => DocumentProblem::new(codes::UNAUTHENTICATED, AuthError::Invalid.to_string()),
            Self::Behind => DocumentProblem::new(
                codes::THROTTLED,
                "events came faster than they were read, and some were lost: query the commissions, and subscribe again",
            ),
            Self::Unavailable => DocumentProblem::new(
                codes::UNAVAILABLE,
                "the database cannot be reached: subscribe again in a few seconds, then read what was missed",
            ),
            Self::Fault => DocumentProblem::new(codes::INTERNAL, INTERNAL_MESSAGE),
        };
        errors::listed(&[problem], request_id)
    }
}
