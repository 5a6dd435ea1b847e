//! What may be wrong with the settings.

use std::path::PathBuf;

use domain::webhook::address::NotANetwork;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}.allowed_networks: {1}")]
    Network(&'static str, NotANetwork),
    #[error("dns.servers: {0:?} is not the address of a name server such as \"192.0.2.53\" or \"192.0.2.53:5353\"")]
    NameServer(String),
    #[error("cannot read {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("{0}: {1}")]
    Malformed(PathBuf, String),
    #[error("{0}: {1}")]
    OutOfBounds(PathBuf, String),
    #[error("{0}: {1}")]
    Variable(String, String),
    #[error("public_url {0}")]
    PublicUrl(String),
    #[error("jwt_issuer takes 1 to 255 characters, without \"|\" and control characters")]
    Issuer,
}
