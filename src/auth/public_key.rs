//! Public keys from PEM files and key sets. The kind of a key decides its one algorithm: RS256, ES256 or EdDSA.

use std::sync::Arc;

use aws_lc_rs::rsa::PublicKey;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    VerificationAlgorithm,
};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};

/// A public key, or a secret.
#[derive(Clone)]
pub struct Key {
    /// Its name in a set, by which tokens ask for it.
    pub id: Option<String>,
    pub algorithm: Algorithm,
    pub decoding: Arc<DecodingKey>,
}

/// What a key set holds.
pub struct KeySet {
    pub keys: Vec<Key>,
    /// The keys for signatures that are not taken, each with the reason.
    pub refused: Vec<String>,
}

/// The shortest RSA keys that are taken, and the longest that can be used.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Reads a PEM file with one public key. The error says why it cannot be used.
pub fn read_pem(text: &str) -> Result<Key, String> {
    // A private key given by mistake would be taken for a public one of nonsense.
    if text.contains("PRIVATE KEY") {
        return Err("it is a private key: `openssl pkey -in FILE -pubout` writes the public one".to_owned());
    }
    let pem = text.as_bytes();
    let (algorithm, decoding) = if let Ok(key) = DecodingKey::from_rsa_pem(pem) {
        (Algorithm::RS256, key)
    } else if let Ok(key) = DecodingKey::from_ec_pem(pem) {
        (Algorithm::ES256, key)
    } else if let Ok(key) = DecodingKey::from_ed_pem(pem) {
        (Algorithm::EdDSA, key)
    } else {
        return Err("it is no public key of RSA, P-256 or Ed25519".to_owned());
    };
    check(algorithm, &decoding)?;
    Ok(Key {
        id: None,
        algorithm,
        decoding: Arc::new(decoding),
    })
}

/// Reads a JWKS (RFC 7517). Keys for other purposes are passed over, as the standard asks. The error says why the set as a
/// whole cannot be used.
pub fn read_set(text: &str) -> Result<KeySet, String> {
    let set: JwkSet = serde_json::from_str(text).map_err(|error| format!("it is no JWKS: {error}"))?;
    let (mut keys, mut refused) = (Vec::<Key>::new(), Vec::new());
    for jwk in set.keys.iter().filter(|jwk| signs(jwk)) {
        let name = jwk.common.key_id.as_deref().unwrap_or_default();
        match read_jwk(jwk) {
            Ok(key) if keys.iter().any(|earlier| earlier.id == key.id) => {
                return Err(format!("two of its keys are called {name:?}"));
            }
            Ok(key) => keys.push(key),
            Err(reason) => refused.push(format!("the key {name:?}: {reason}")),
        }
    }
    Ok(KeySet { keys, refused })
}

/// Whether a key is for signatures at all.
fn signs(jwk: &Jwk) -> bool {
    matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature))
}

fn read_jwk(jwk: &Jwk) -> Result<Key, String> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        // Secrets among them: who can read such a file could sign.
        _ => return Err("it is no public key of RSA, P-256 or Ed25519".to_owned()),
    };
    let meant = match algorithm {
        Algorithm::RS256 => KeyAlgorithm::RS256,
        Algorithm::ES256 => KeyAlgorithm::ES256,
        _ => KeyAlgorithm::EdDSA,
    };
    if jwk.common.key_algorithm.is_some_and(|named| named != meant) {
        return Err(format!("keys of its kind are for {algorithm:?} only"));
    }
    let decoding = DecodingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
    check(algorithm, &decoding)?;
    Ok(Key {
        id: jwk.common.key_id.clone(),
        algorithm,
        decoding: Arc::new(decoding),
    })
}

/// Whether a key is what its kind must be; the library finds out with the first token only, which it then refuses.
fn check(algorithm: Algorithm, key: &DecodingKey) -> Result<(), String> {
    match algorithm {
        Algorithm::RS256 => match rsa_bits(key.kind()) {
            Some(bits) if RSA_BITS.contains(&bits) => Ok(()),
            Some(bits) => Err(format!(
                "it is an RSA key of {bits} bits: from {} to {} are taken",
                RSA_BITS.start(),
                RSA_BITS.end()
            )),
            None => Err("it is no RSA key".to_owned()),
        },
        Algorithm::ES256 if parses(&ECDSA_P256_SHA256_FIXED, key) => Ok(()),
        Algorithm::ES256 => Err("it is no point of the curve P-256".to_owned()),
        _ if parses(&ED25519, key) => Ok(()),
        _ => Err("it is no key of Ed25519".to_owned()),
    }
}

fn parses(algorithm: &'static dyn VerificationAlgorithm, key: &DecodingKey) -> bool {
    key.try_get_as_bytes()
        .is_ok_and(|bytes| ParsedPublicKey::new(algorithm, bytes).is_ok())
}

/// The length of a sound RSA key's modulus.
fn rsa_bits(kind: &DecodingKeyKind) -> Option<usize> {
    let modulus = match kind {
        DecodingKeyKind::SecretOrDer(der) => {
            let key = PublicKey::from_der(der).ok()?;
            key.modulus().big_endian_without_leading_zero().to_vec()
        }
        DecodingKeyKind::RsaModulusExponent { n, e } => {
            let key = RsaPublicKeyComponents { n, e };
            key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?;
            n.clone()
        }
    };
    let leading_zeros = modulus.first()?.leading_zeros() as usize;
    Some(modulus.len() * 8 - leading_zeros)
}
