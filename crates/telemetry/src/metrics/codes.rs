//! How refused and failed requests are counted.

/// Every `extensions.code`, and the label of all others.
pub const CODES: [&str; 16] = [
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "OPERATION_RESOLUTION_FAILURE",
    "BAD_USER_INPUT",
    "BAD_REQUEST",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "QUERY_TOO_COMPLEX",
    "THROTTLED",
    "TIMEOUT",
    "UNAVAILABLE",
    "OUTCOME_UNKNOWN",
    "INTERNAL_SERVER_ERROR",
    "other",
];

/// The index of a code in [`CODES`].
pub fn place(code: &str) -> usize {
    let known = CODES.iter().position(|known| *known == code);
    known.unwrap_or(CODES.len() - 1)
}

/// Why a request was refused before anything ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No token, or an invalid one.
    Auth,
    /// Not permitted: introspection, a document off the safelist, a GET without its header.
    Forbidden,
    /// The body is too large.
    Size,
    /// The body took too long to arrive.
    Slow,
    /// Not GraphQL over HTTP.
    Protocol,
    /// The hash of an unknown document.
    Persisted,
    /// The document is not GraphQL, or not valid against the schema.
    Document,
    /// Too deep, too long, too costly.
    Guard,
    /// Values that do not fit the schema.
    Input,
    /// Too much was requested in a short time.
    Throttle,
    /// An internal fault before anything ran.
    Fault,
}

pub const REASONS: [&str; 11] = [
    "auth",
    "forbidden",
    "size",
    "slow",
    "protocol",
    "persisted",
    "document",
    "guard",
    "input",
    "throttle",
    "fault",
];

impl Reason {
    /// The reason of a request that was refused with this status and this first code.
    pub fn of(status: u16, code: &str) -> Self {
        match (status, code) {
            (413, _) => Self::Size,
            (_, "UNAUTHENTICATED") => Self::Auth,
            (_, "FORBIDDEN") => Self::Forbidden,
            (_, "TIMEOUT") => Self::Slow,
            (_, "PERSISTED_QUERY_NOT_FOUND" | "PERSISTED_QUERY_NOT_SUPPORTED") => Self::Persisted,
            (_, "GRAPHQL_PARSE_FAILED" | "GRAPHQL_VALIDATION_FAILED" | "OPERATION_RESOLUTION_FAILURE") => {
                Self::Document
            }
            (_, "QUERY_TOO_COMPLEX") => Self::Guard,
            (_, "BAD_USER_INPUT") => Self::Input,
            (_, "THROTTLED") => Self::Throttle,
            (_, "BAD_REQUEST") => Self::Protocol,
            _ => Self::Fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_reason() {
        for (status, code, reason) in [
            (413, "BAD_REQUEST", "size"),
            (400, "BAD_REQUEST", "protocol"),
            (401, "UNAUTHENTICATED", "auth"),
            (403, "FORBIDDEN", "forbidden"),
            (408, "TIMEOUT", "slow"),
            (200, "PERSISTED_QUERY_NOT_FOUND", "persisted"),
            (400, "GRAPHQL_VALIDATION_FAILED", "document"),
            (400, "QUERY_TOO_COMPLEX", "guard"),
            (200, "BAD_USER_INPUT", "input"),
            (429, "THROTTLED", "throttle"),
            (500, "INTERNAL_SERVER_ERROR", "fault"),
        ] {
            assert_eq!(REASONS[Reason::of(status, code) as usize], reason, "{status} {code}");
        }
    }

    #[test]
    fn codes_that_nobody_knows_are_counted_together() {
        assert_eq!(CODES[place("THROTTLED")], "THROTTLED");
        assert_eq!(CODES[place("ann@example.com")], "other");
    }
}
