//! Why keys cannot be used to sign or verify tokens.

use std::path::PathBuf;

/// Minimum length of a secret for HS256: that of the hash (RFC 7518, 3.2).
pub(super) const MIN_SECRET_BYTES: usize = 32;

/// Why configured keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the JWT secret must have at least {MIN_SECRET_BYTES} bytes, this one has {0}")]
    SecretTooShort(usize),
    #[error("cannot read the key {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("cannot use the key {0}: {1}")]
    Unusable(PathBuf, String),
    #[error("the private key {0} belongs to none of the public keys")]
    NotAPair(PathBuf),
}
