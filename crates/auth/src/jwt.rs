//! Issuing and verifying JSON Web Tokens (RFC 7519). The algorithm comes from the configured key, never from the token.

use std::path::Path;
use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto, encode};
use serde::{Deserialize, Deserializer};

use super::key_error::{KeyError, MIN_SECRET_BYTES};
use super::key_ring::{KeyRing, VerificationKey};
use super::parsed_token::ParsedToken;
use super::{private_key, subject};
use domain::Timestamp;

/// How far the clocks of issuer and gateway may differ.
const LEEWAY_SECONDS: f64 = 5.0;

/// The keys that sign and verify tokens.
#[derive(Clone)]
pub struct Keys {
    /// `None`: tokens are only issued elsewhere.
    signing: Option<Signing>,
    ring: Arc<KeyRing>,
    issuer: String,
    audience: String,
}

#[derive(Clone)]
struct Signing {
    key: Arc<EncodingKey>,
    algorithm: Algorithm,
    /// The name of the matching public key.
    id: Option<String>,
}

/// The claims of a token. Unknown claims are ignored. A claim that is present and null is refused, even if it is
/// optional: it would be unclear whether `"partner": null` means staff.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: TokenAudience,
    pub sub: String,
    /// Seconds since 1970, with a fraction if need be (RFC 7519, 2: NumericDate).
    pub exp: f64,
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub nbf: Option<f64>,
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub iat: Option<f64>,
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// The tenant's slug or id.
    pub tenant: String,
    #[serde(default)]
    pub scope: String,
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
}

impl Claims {
    /// When the token expires; `None` if that is out of range.
    pub fn expires_at(&self) -> Option<Timestamp> {
        moment(self.exp)
    }

    /// When the token was issued; `None` if it does not say, or names a time after `now`: such a token would outlive
    /// the next revocation.
    pub fn issued_at(&self, now: Timestamp) -> Option<IssuedAt> {
        let latest = numeric_date(now) + LEEWAY_SECONDS;
        self.iat.filter(|seconds| *seconds <= latest).map(IssuedAt)
    }

    /// The subject as one text: its name alone if `keys` are those of its issuer, or else with the issuer.
    pub fn subject(&self, keys: &Keys) -> String {
        subject::text(&self.iss, &self.sub, &keys.issuer)
    }

    /// Whether the claims are valid at `now`, and their subject can be named: it appears in histories.
    pub(super) fn are_in_force(&self, now: Timestamp) -> bool {
        let now = numeric_date(now);
        let in_force = now < self.exp + LEEWAY_SECONDS && self.nbf.is_none_or(|nbf| nbf <= now + LEEWAY_SECONDS);
        in_force && subject::can_be_shown(&self.sub)
    }
}

/// Reads an optional claim that must not be null if it is present.
pub(super) fn there<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// One audience or several.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum TokenAudience {
    One(String),
    Several(Vec<String>),
}

impl TokenAudience {
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::One(audience) => audience == name,
            Self::Several(audiences) => audiences.iter().any(|audience| audience == name),
        }
    }
}

impl Keys {
    /// Symmetric keys (HS256) for development and single programmes.
    pub fn from_secret(secret: &[u8], issuer: &str, audience: &str) -> Result<Self, KeyError> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err(KeyError::SecretTooShort(secret.len()));
        }
        let algorithm = Algorithm::HS256;
        Ok(Self {
            signing: Some(Signing {
                key: Arc::new(EncodingKey::from_secret(secret)),
                algorithm,
                id: None,
            }),
            ring: Arc::new(KeyRing::One(VerificationKey {
                id: None,
                algorithm,
                decoding: Arc::new(DecodingKey::from_secret(secret)),
            })),
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
        })
    }

    /// No keys: tokens are issued and signed only by the issuers in the settings.
    pub fn none() -> Self {
        Self {
            signing: None,
            ring: Arc::new(KeyRing::Nothing),
            issuer: String::new(),
            audience: String::new(),
        }
    }

    /// Asymmetric keys: a PEM or JWKS file with the keys that verify tokens, and the PEM file of the private key, if
    /// this program issues tokens as well.
    pub fn from_files(public: &Path, private: Option<&Path>, issuer: &str, audience: &str) -> Result<Self, KeyError> {
        let ring = KeyRing::from_file(public)?;
        let signing = private.map(|private| signing(private, &ring)).transpose()?;
        Ok(Self {
            signing,
            ring: Arc::new(ring),
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
        })
    }

    /// Whether this program can issue tokens.
    pub fn can_mint(&self) -> bool {
        self.signing.is_some()
    }

    /// A signed token, valid from `now` to `expires_at`; an error if tokens are only issued elsewhere.
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
            aud: TokenAudience::One(self.audience.clone()),
            sub: subject.to_owned(),
            exp: numeric_date(expires_at),
            nbf: None,
            // With its fraction, so that a token issued right after a reinstatement is not taken for an older one.
            iat: Some(numeric_date(now)),
            jti: Some(format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))),
            tenant: tenant.to_owned(),
            scope: scope.to_owned(),
            partner,
        };
        let signing = self
            .signing
            .as_ref()
            .ok_or(jsonwebtoken::errors::ErrorKind::InvalidKeyFormat)?;
        let header = Header {
            kid: signing.id.clone(),
            ..Header::new(signing.algorithm)
        };
        encode(&header, &claims, &signing.key)
    }

    /// The claims of a token that is genuine and in force at `now`; otherwise `None`: callers do not learn the cause.
    pub(super) fn verify(&self, form: &ParsedToken<'_>, now: Timestamp) -> Option<Claims> {
        let keys = self.ring.find(form.key_id.as_deref(), now);
        if !form.is_signed_by(&keys) {
            return None;
        }
        let claims = Claims::deserialize(&form.claims).ok()?;
        let is_reserved = subject::is_reserved_with_us(&claims.sub, claims.partner.as_deref());
        let for_us = claims.iss == self.issuer && claims.aud.has(&self.audience) && !is_reserved;
        (for_us && claims.are_in_force(now)).then_some(claims)
    }
}

/// Reads a private key and finds the public key that matches it, by signing something.
fn signing(file: &Path, ring: &KeyRing) -> Result<Signing, KeyError> {
    let pem = std::fs::read_to_string(file).map_err(|error| KeyError::Unreadable(file.to_owned(), error))?;
    let (algorithm, private) = private_key::read(&pem).map_err(|reason| KeyError::Unusable(file.to_owned(), reason))?;
    let message = b"a message";
    let fits = |public: &VerificationKey| {
        let signature = crypto::sign(message, &private, algorithm);
        let fits = signature.and_then(|text| crypto::verify(&text, message, &public.decoding, algorithm));
        public.algorithm == algorithm && fits.is_ok_and(|fits| fits)
    };
    let public = ring.all().into_iter().find(fits);
    let public = public.ok_or_else(|| KeyError::NotAPair(file.to_owned()))?;
    Ok(Signing {
        key: Arc::new(private),
        algorithm,
        id: public.id,
    })
}

/// When a token was issued, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct IssuedAt(f64);

impl IssuedAt {
    /// Equal for equal times, for use as a key of hash tables.
    pub fn bits(self) -> u64 {
        self.0.to_bits()
    }

    /// Whether that was at `moment` or later.
    pub fn is_since(self, moment: Timestamp) -> bool {
        self.0 >= numeric_date(moment)
    }
}

/// Seconds since 1970 with microseconds: times are not money, and a double is precise enough for them until the year
/// 2255.
fn numeric_date(moment: Timestamp) -> f64 {
    moment.timestamp_micros() as f64 / 1e6
}

/// The time of a date in seconds since 1970; `None` if it is out of range.
fn moment(date: f64) -> Option<Timestamp> {
    Timestamp::from_timestamp_micros((date * 1e6) as i64)
}
