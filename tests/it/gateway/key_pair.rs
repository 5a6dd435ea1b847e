//! Fresh keys of each kind, as files and as what signs.

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::Value;

/// An RSA key of 1024 bits, which the library makes none of: the private one as PKCS#8 and the public one in base 64, and
/// the modulus as a JWK has it.
pub const SHORT_RSA: (&str, &str, &str) = (
    "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAJ5kLvt/9SXKomq3jP/V0sKv5jx5QLbnPHAhlRzRVHpyMw1PHzhP\
     3bZSE2xN3rPg6RWFeA3v2pclRiBqTQXCEDFr1k2nz7TPdyolPsTMNnTBkE9bp49iCBGBjCytHtXxSnwWFTk903gS/W1KTuzIQhnf\
     fAmOXlePKNj1m46ey85RAgMBAAECgYA8TpbY6YJ0ri+jBFoqOsaxm/nEwsISIf8QDqlQvJ82s+6ePab8cORQ+/UrQobt5E+7AwOQ\
     AugurmGCDBdhft9c6IOiMP7QGtBAKmQtf50dMclwfDTjF8Ubjp33Hn/hl+ogyBENPCedsdBNUpHU5Ofo5WW/b7QVnVBBHplsb7I2\
     AQJBAMorRES4H2KnqKSykQ5BoEhaaMcM1Tv1hkGFEVM/3WXxR9AztXm8xNSbHaOnDd9o4bBFA3/mBiunzVasfgR2xiECQQDIkNZk\
     V/2Phjv35pPKpq07k5XyNNGNvZAbBwRoEeBiw/xovmJBzBifHm8t2d6n4OKbyum52zbVZM6xQvmmz6IxAkEAhFwdXwxY6AMyg1mx\
     ZG8M3DHs5Vz+gjn2AxF2zVVDw0lbpfEkwCYZi8RefFWT3I/TKs+UQfk8UvqSkktuWcfVYQJALs7Wqj5618ctMbLnZRE3NsM/6HH5\
     QgoumpAtsBgT9RjmTI+6IL8ANAqHSf0h4K40VMWrfIuzpWPMdUQ7PXoR0QJBAJ/mnQ7fadMTEoEumcVH5PO6r1Gg6cFa0ckWpq0m\
     qpTvqyCUlJwkKHo+UVvLXUZTQB0/sWPqhsFA+PeklEXFIB8=",
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCeZC77f/UlyqJqt4z/1dLCr+Y8eUC25zxwIZUc0VR6cjMNTx84T922UhNsTd6z\
     4OkVhXgN79qXJUYgak0FwhAxa9ZNp8+0z3cqJT7EzDZ0wZBPW6ePYggRgYwsrR7V8Up8FhU5PdN4Ev1tSk7syEIZ33wJjl5XjyjY\
     9ZuOnsvOUQIDAQAB",
    "nmQu-3_1JcqiareM_9XSwq_mPHlAtuc8cCGVHNFUenIzDU8fOE_dtlITbE3es-DpFYV4De_alyVGIGpNBcIQMWvWTafPtM93KiU-\
     xMw2dMGQT1unj2IIEYGMLK0e1fFKfBYVOT3TeBL9bUpO7MhCGd98CY5eV48o2PWbjp7LzlE",
);

pub struct KeyPair {
    pub algorithm: Algorithm,
    pub signing: EncodingKey,
    /// PEM files.
    pub private: String,
    /// The private key as SEC 1 has it; empty where its kind has no such form.
    pub sec1: String,
    pub public: String,
}

impl KeyPair {
    pub fn generate(algorithm: Algorithm) -> Self {
        let random = SystemRandom::new();
        let mut sec1 = String::new();
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
                let private_as_sec1: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().unwrap();
                sec1 = pem("EC PRIVATE KEY", private_as_sec1.as_ref());
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
            sec1,
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
