//! Making and checking JSON Web Tokens (RFC 7519). The algorithm comes from the configured key, never from the token.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};

use crate::domain::Timestamp;

/// The shortest secret for HS256: as long as the hash (RFC 7518, 3.2).
const MIN_SECRET_BYTES: usize = 32;
/// Longer tokens are refused before any decoding.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// How far clocks of issuer and gateway may differ.
const LEEWAY_SECONDS: f64 = 5.0;

/// The keys by which tokens are made and checked.
#[derive(Clone)]
pub struct Keys {
    signing: Arc<EncodingKey>,
    verifying: Arc<DecodingKey>,
    algorithm: Algorithm,
    issuer: String,
    audience: String,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the JWT secret must have at least {MIN_SECRET_BYTES} bytes, this one has {0}")]
    SecretTooShort(usize),
}

/// What a token says. Unknown claims are ignored.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: Audience,
    pub sub: String,
    /// Seconds since 1970, with a fraction if need be (RFC 7519, 2: NumericDate).
    pub exp: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// The tenant's slug or id.
    pub tenant: String,
    #[serde(default)]
    pub scope: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
}

/// One audience or several.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Keys {
    /// Symmetric keys (HS256) for development and single programmes.
    pub fn from_secret(secret: &[u8], issuer: &str, audience: &str) -> Result<Self, KeyError> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err(KeyError::SecretTooShort(secret.len()));
        }
        Ok(Self {
            signing: Arc::new(EncodingKey::from_secret(secret)),
            verifying: Arc::new(DecodingKey::from_secret(secret)),
            algorithm: Algorithm::HS256,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
        })
    }

    /// A signed token, good from `now` to `expires_at`.
    pub fn mint(
        &self,
        subject: &str,
        tenant: &str,
        scope: &str,
        partner: Option<String>,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: Audience::One(self.audience.clone()),
            sub: subject.to_owned(),
            exp: numeric_date(expires_at),
            nbf: None,
            // With its fraction, so that a token made right after a reinstatement is not taken for an older one.
            iat: Some(numeric_date(now)),
            jti: Some(format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))),
            tenant: tenant.to_owned(),
            scope: scope.to_owned(),
            partner,
        };
        encode(&Header::new(self.algorithm), &claims, &self.signing)
    }

    /// The claims of a token that is genuine and in force at `now`; `None` whatever else it is: callers learn no cause.
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
        if token.len() > MAX_TOKEN_BYTES || !header_is_plain(token, self.algorithm) {
            return None;
        }
        let mut validation = Validation::new(self.algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        // Times are compared below, with the program's own clock and to the fraction.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = decode::<Claims>(token, &self.verifying, &validation).ok()?.claims;
        let now = numeric_date(now);
        let in_force = now < claims.exp + LEEWAY_SECONDS && claims.nbf.is_none_or(|nbf| nbf <= now + LEEWAY_SECONDS);
        // The subject goes into histories.
        let subject_is_plain = !claims.sub.is_empty() && !claims.sub.contains(char::is_control);
        (in_force && subject_is_plain).then_some(claims)
    }
}

/// Whether the header asks for nothing but the algorithm of our key: no critical extensions, no key material or key
/// locations of its own.
fn header_is_plain(token: &str, algorithm: Algorithm) -> bool {
    let Ok(header) = decode_header(token) else { return false };
    let foreign_key = header.jku.is_some()
        || header.jwk.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some()
        || header.crit.is_some();
    let type_fits = header
        .typ
        .as_deref()
        .is_none_or(|typ| ["jwt", "at+jwt"].contains(&typ.to_lowercase().as_str()));
    header.alg == algorithm && !foreign_key && type_fits
}

/// Seconds since 1970 with microseconds: times are no money, and a double holds them until the year 2255.
pub(super) fn numeric_date(moment: Timestamp) -> f64 {
    moment.timestamp_micros() as f64 / 1e6
}
