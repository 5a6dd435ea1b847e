//! Private keys from PEM files: PKCS#8, PKCS#1 of RSA, SEC 1 of elliptic curves.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey};

const NOT_P256: &str = "it is no key of the curve P-256, and of elliptic curves ES256 takes no other";

/// Reads a private key, whose kind determines its algorithm. The error says why it cannot be used.
pub fn read(pem: &str) -> Result<(Algorithm, EncodingKey), String> {
    if pem.contains("ENCRYPTED") {
        return Err(
            "it is encrypted: `openssl pkcs8 -topk8 -nocrypt -in FILE` writes it without a password".to_owned(),
        );
    }
    if let Some(content) = section(pem, "EC PRIVATE KEY") {
        return Ok((Algorithm::ES256, from_sec1(content)?));
    }
    let pem = pem.as_bytes();
    if let Ok(key) = EncodingKey::from_rsa_pem(pem) {
        return match RsaKeyPair::from_der(key.as_bytes()) {
            Ok(_) => Ok((Algorithm::RS256, key)),
            Err(_) => Err("it is no private RSA key of 2048 to 8192 bits".to_owned()),
        };
    }
    if let Ok(key) = EncodingKey::from_ec_pem(pem) {
        return match EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_bytes()) {
            Ok(_) => Ok((Algorithm::ES256, key)),
            Err(_) => Err(NOT_P256.to_owned()),
        };
    }
    let key = EncodingKey::from_ed_pem(pem).ok();
    match key.filter(|key| Ed25519KeyPair::from_pkcs8(key.as_bytes()).is_ok()) {
        Some(key) => Ok((Algorithm::EdDSA, key)),
        None => Err("it is no private key of RSA, P-256 or Ed25519".to_owned()),
    }
}

/// The library reads only PKCS#8, but `openssl ecparam -genkey` writes SEC 1.
fn from_sec1(content: &str) -> Result<EncodingKey, String> {
    let text: String = content.split_whitespace().collect();
    let der = STANDARD
        .decode(text)
        .map_err(|_| "it is no base 64 between its first and its last line".to_owned())?;
    let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
    let document = pair.ok().and_then(|pair| pair.to_pkcs8v1().ok());
    let document = document.ok_or_else(|| NOT_P256.to_owned())?;
    Ok(EncodingKey::from_ec_der(document.as_ref()))
}

/// The content between the lines that begin and end a section of the file.
fn section<'a>(pem: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (content, _) = rest.split_once(&format!("-----END {label}-----"))?;
    Some(content)
}
