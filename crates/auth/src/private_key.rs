//! Private keys from PEM files: PKCS#8, PKCS#1 of RSA, SEC 1 of elliptic curves.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use jsonwebtoken::{Algorithm, EncodingKey};
use rustls_pki_types::PrivateSec1KeyDer;
use rustls_pki_types::pem::{self, PemObject};

const NOT_P256: &str = "it is not a P-256 key, the only curve that ES256 uses";

/// Reads a private key, whose kind determines its algorithm. The error says why it cannot be used.
pub fn read(pem: &str) -> Result<(Algorithm, EncodingKey), String> {
    if pem.contains("ENCRYPTED") {
        return Err(
            "it is encrypted: `openssl pkcs8 -topk8 -nocrypt -in FILE` writes it without a password".to_owned(),
        );
    }
    if let Some(key) = from_sec1(pem) {
        return Ok((Algorithm::ES256, key?));
    }
    let pem = pem.as_bytes();
    if let Ok(key) = EncodingKey::from_rsa_pem(pem) {
        return match RsaKeyPair::from_der(key.as_bytes()) {
            Ok(_) => Ok((Algorithm::RS256, key)),
            Err(_) => Err("it is not a private RSA key of 2048 to 8192 bits".to_owned()),
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
        None => Err("it is not a private RSA, P-256 or Ed25519 key".to_owned()),
    }
}

/// The library reads only PKCS#8, but `openssl ecparam -genkey` writes SEC 1.
fn from_sec1(pem: &str) -> Option<Result<EncodingKey, String>> {
    let der = match PrivateSec1KeyDer::from_pem_slice(pem.as_bytes()) {
        Ok(der) => der,
        Err(pem::Error::NoItemsFound) => return None,
        Err(error) => return Some(Err(format!("it is no PEM: {error}"))),
    };
    let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_sec1_der());
    let document = pair.ok().and_then(|pair| pair.to_pkcs8v1().ok());
    let document = document.ok_or_else(|| NOT_P256.to_owned());
    Some(document.map(|document| EncodingKey::from_ec_der(document.as_ref())))
}
