//! The codes of errors, in `extensions.code`. Codes that are used once are where they are used.

pub use crate::graphql::{BAD_USER_INPUT_CODE as BAD_USER_INPUT, FORBIDDEN_CODE as FORBIDDEN};
pub use crate::graphql::{INTERNAL_CODE as INTERNAL, TOO_LARGE_CODE as QUERY_TOO_COMPLEX};

pub const BAD_REQUEST: &str = "BAD_REQUEST";
pub const GRAPHQL_VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
pub const OUTCOME_UNKNOWN: &str = "OUTCOME_UNKNOWN";
pub const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
pub const THROTTLED: &str = "THROTTLED";
pub const TIMEOUT: &str = "TIMEOUT";
pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
pub const UNAVAILABLE: &str = "UNAVAILABLE";
