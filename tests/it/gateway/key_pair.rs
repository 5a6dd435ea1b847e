//! Fresh keys of each kind, as files and as what signs.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::Value;

pub struct KeyPair {
    pub algorithm: Algorithm,
    pub signing: EncodingKey,
    /// PEM files.
    pub private: String,
    pub public: String,
}

impl KeyPair {
    pub fn generate(algorithm: Algorithm) -> Self {
        let random = SystemRandom::new();
        let (private, public) = match algorithm {
            Algorithm::RS256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
                let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
                let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
                (private.as_ref().to_vec(), public.as_ref().to_vec())
            }
            Algorithm::ES256 => {
                let private = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private.as_ref()).unwrap();
                let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
                (private.as_ref().to_vec(), public.as_ref().to_vec())
            }
            Algorithm::EdDSA => {
                let private = Ed25519KeyPair::generate_pkcs8v1(&random).unwrap();
                let pair = Ed25519KeyPair::from_pkcs8(private.as_ref()).unwrap();
                let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
                (private.as_ref().to_vec(), public.as_ref().to_vec())
            }
            other => unreachable!("no keys for {other:?}"),
        };
        let private = pem("PRIVATE KEY", &private);
        let signing = match algorithm {
            Algorithm::RS256 => EncodingKey::from_rsa_pem(private.as_bytes()),
            Algorithm::ES256 => EncodingKey::from_ec_pem(private.as_bytes()),
            _ => EncodingKey::from_ed_pem(private.as_bytes()),
        };
        Self {
            algorithm,
            signing: signing.unwrap(),
            private,
            public: pem("PUBLIC KEY", &public),
        }
    }

    /// The public key as an entry of a JWKS.
    pub fn jwk(&self, id: &str) -> Value {
        let jwk = Jwk::from_encoding_key(&self.signing, self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = id.into();
        jwk
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        sign(header, claims, &self.signing, self.algorithm)
    }
}

pub fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Signs any header and any claims.
pub fn sign(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    sign_text(&header.to_string(), &claims.to_string(), key, algorithm)
}

/// The same of texts that need not be JSON.
pub fn sign_text(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

pub fn encode(part: impl AsRef<[u8]>) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(part)
}
