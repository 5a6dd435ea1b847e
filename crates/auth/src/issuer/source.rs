//! Fetching an issuer's keys.

use std::time::Duration;

use jsonwebtoken::Algorithm;

use crate::public_key::{KeySet, read_served_set};
use outgoing::{Outgoing, OutgoingError};

/// Maximum size of an answer in bytes: providers' key sets have a few kilobytes.
pub const MAX_RESPONSE_BYTES: usize = 256 * 1024;

/// Where the keys are.
pub enum KeySource {
    /// At the URL in a discovery document (OpenID Connect Discovery 1.0, RFC 8414).
    Discovery {
        url: String,
        issuer: String,
    },
    Keys {
        url: String,
    },
}

/// Why the keys could not be fetched, for the log.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{0}: {1}")]
    Unanswered(String, OutgoingError),
    #[error("{0}: the answer is {1}, not 200; redirects are not followed")]
    Status(String, u16),
    #[error("{0}: {1}")]
    Unreadable(String, String),
}

impl SourceError {
    /// The fetch that began with `url` took too long.
    pub fn late(url: &str, timeout: Duration) -> Self {
        Self::Unanswered(url.to_owned(), OutgoingError::Timeout(timeout))
    }
}

impl KeySource {
    /// The URL to request first.
    pub fn url(&self) -> &str {
        match self {
            Self::Discovery { url, .. } | Self::Keys { url } => url,
        }
    }

    /// The keys as currently served.
    pub async fn fetch(&self, outgoing: &Outgoing, algorithms: &[Algorithm]) -> Result<KeySet, SourceError> {
        let url = match self {
            Self::Keys { url } => url.clone(),
            Self::Discovery { url, issuer } => {
                let document = get(outgoing, url).await?;
                jwks_url(&document, issuer).map_err(|reason| SourceError::Unreadable(url.clone(), reason))?
            }
        };
        let set = get(outgoing, &url).await?;
        read_served_set(&set, algorithms).map_err(|reason| SourceError::Unreadable(url, reason))
    }
}

async fn get(outgoing: &Outgoing, url: &str) -> Result<Vec<u8>, SourceError> {
    let answer = outgoing.get(url, MAX_RESPONSE_BYTES).await;
    let answer = answer.map_err(|error| SourceError::Unanswered(url.to_owned(), error))?;
    match answer.status {
        200 => Ok(answer.body.into()),
        status => Err(SourceError::Status(url.to_owned(), status)),
    }
}

/// The URL of the keys in a discovery document. It must be the issuer's own document: another issuer's keys would let
/// that issuer sign for this one.
fn jwks_url(document: &[u8], issuer: &str) -> Result<String, String> {
    #[derive(serde::Deserialize)]
    struct DiscoveryDocument {
        issuer: String,
        jwks_uri: String,
    }
    let document: DiscoveryDocument =
        serde_json::from_slice(document).map_err(|error| format!("it is not an OpenID discovery document: {error}"))?;
    match document.issuer == issuer {
        true => Ok(document.jwks_uri),
        false => Err(format!("its issuer is {:?}, not {issuer:?}", document.issuer)),
    }
}

/// The URL of an issuer's discovery document, unless its settings give another.
pub fn discovery_url(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discovery_document_is_the_issuers_own_to_the_letter() {
        let document = br#"{ "issuer": "https://a.example/", "jwks_uri": "https://a.example/keys", "more": [1] }"#;
        assert_eq!(
            jwks_url(document, "https://a.example/"),
            Ok("https://a.example/keys".to_owned())
        );
        for other in ["https://a.example", "https://A.example/", "https://b.example/", ""] {
            assert!(
                jwks_url(document, other).unwrap_err().contains("its issuer is"),
                "{other}"
            );
        }
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{ "issuer": "https://a.example/" }"#,
            r#"{ "issuer": 1, "jwks_uri": 2 }"#,
        ] {
            assert!(
                jwks_url(wrong.as_bytes(), "https://a.example/")
                    .unwrap_err()
                    .contains("not an OpenID discovery"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn discovery_documents_are_where_the_providers_have_them() {
        for (issuer, url) in [
            (
                "https://acme.eu.auth0.com/",
                "https://acme.eu.auth0.com/.well-known/openid-configuration",
            ),
            (
                "https://sso.example/realms/acme",
                "https://sso.example/realms/acme/.well-known/openid-configuration",
            ),
            (
                "https://acme.okta.com/oauth2/default",
                "https://acme.okta.com/oauth2/default/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(discovery_url(issuer), url);
        }
    }
}
