//! Why a request has no answer.

use std::time::Duration;

use domain::webhook::address::AddressRefusal;

/// Why there was no answer. The texts are for the party that named the address: they reveal nothing of what it resolved
/// to. Whether it resolved at all is for operators only ([`OutgoingError::for_strangers`]).
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    #[error("the address {0}")]
    Refused(#[from] AddressRefusal),
    #[error("the name could not be resolved")]
    Unresolved,
    #[error("this tenant has {0} name resolutions running, the maximum")]
    TooManyLookups(usize),
    #[error("the name does not resolve to an allowed address")]
    Unreachable,
    #[error("no connection could be made")]
    NoConnection,
    #[error("the TLS handshake failed")]
    Tls,
    #[error("the connection broke before the answer")]
    Broken,
    #[error("no answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    #[error("the answer has more than {0} bytes")]
    TooLong(usize),
}

impl OutgoingError {
    /// What callers learn: not which names of the gateway's own network there are.
    pub fn for_strangers(self) -> Self {
        match self {
            Self::Unresolved => Self::Unreachable,
            other => other,
        }
    }
}
