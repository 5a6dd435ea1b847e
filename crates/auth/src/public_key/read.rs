//! Keys from PEM files and JSON Web Key Sets.

use std::sync::Arc;

use aws_lc_rs::rsa::PublicKey;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, VerificationAlgorithm,
};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use serde_json::Value;

use super::{ASYMMETRIC, KeySet, USUAL, VerificationKey};

/// The shortest RSA keys that are accepted, and the longest that can be used, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Maximum number of keys in the set that an issuer serves.
pub(super) const MAX_KEYS: usize = 100;

/// Reads a PEM file with one public key. The error says why it cannot be used.
pub fn read_pem(text: &str) -> Result<VerificationKey, String> {
    // A private key given by mistake would be read as a meaningless public one.
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
        return Err("it is not a public RSA, P-256 or Ed25519 key".to_owned());
    };
    check(algorithm, &decoding)?;
    Ok(VerificationKey {
        id: None,
        algorithm,
        decoding: Arc::new(decoding),
    })
}

/// Reads a JWKS file, and accepts keys for the usual algorithms.
pub fn read_set(text: &str) -> Result<KeySet, String> {
    read_entries(text.as_bytes(), &USUAL, usize::MAX)
}

/// Reads the JWKS of an issuer, and accepts its keys for one of `algorithms`.
pub fn read_served_set(bytes: &[u8], algorithms: &[Algorithm]) -> Result<KeySet, String> {
    read_entries(bytes, algorithms, MAX_KEYS)
}

/// Reads a JWKS (RFC 7517). Keys for other purposes are skipped, as the standard requires, and an entry that cannot be
/// used leaves the others as they are, even those of the same name. The error says why the set as a whole cannot be
/// used.
fn read_entries(bytes: &[u8], algorithms: &[Algorithm], most: usize) -> Result<KeySet, String> {
    #[derive(serde::Deserialize)]
    struct KeyDocument {
        keys: Vec<Value>,
    }
    let KeyDocument { keys: entries } =
        serde_json::from_slice(bytes).map_err(|error| format!("it is not a JWKS: {error}"))?;
    if entries.len() > most {
        return Err(format!("it has {} keys; at most {most} are allowed", entries.len()));
    }
    let mut set = KeySet::default();
    for entry in entries {
        let jwk = match serde_json::from_value::<Jwk>(entry) {
            Ok(jwk) if signs(&jwk) => jwk,
            Ok(_) => continue,
            Err(error) => {
                set.refused.push(format!("an entry is not a key: {error}"));
                continue;
            }
        };
        match read_jwk(&jwk, algorithms) {
            Ok(key) if set.keys.iter().any(|known| known.is_same(&key)) => {}
            Ok(key) => set.keys.push(key),
            Err(reason) => {
                let name = jwk.common.key_id.as_deref().unwrap_or_default();
                set.refused.push(format!("the key {name:?}: {reason}"));
            }
        }
    }
    Ok(set)
}

/// Whether a key is for signatures.
fn signs(jwk: &Jwk) -> bool {
    let verifies = |operations: &Vec<KeyOperations>| operations.contains(&KeyOperations::Verify);
    matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature))
        && jwk.common.key_operations.as_ref().is_none_or(verifies)
}

/// Reads a key of a set, for the algorithm that the set names, or else the first allowed one for its kind.
fn read_jwk(jwk: &Jwk, algorithms: &[Algorithm]) -> Result<VerificationKey, String> {
    let of_kind: &[Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => &ASYMMETRIC[..6],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[Algorithm::ES256],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => &[Algorithm::ES384],
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        // Symmetric secrets among them: anyone who can read such a file could sign.
        _ => &[],
    };
    let mut taken = algorithms
        .iter()
        .copied()
        .filter(|algorithm| of_kind.contains(algorithm));
    let algorithm = match jwk.common.key_algorithm {
        Some(named) => taken.find(|algorithm| KeyAlgorithm::from(*algorithm) == named),
        None => taken.next(),
    };
    let algorithm = algorithm.ok_or_else(|| {
        let names: Vec<_> = algorithms.iter().map(|algorithm| format!("{algorithm:?}")).collect();
        format!("it is not a public key for {}", names.join(", "))
    })?;
    let decoding = DecodingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
    check(algorithm, &decoding)?;
    Ok(VerificationKey {
        id: jwk.common.key_id.clone(),
        algorithm,
        decoding: Arc::new(decoding),
    })
}

/// Checks that a key is valid for its kind; the library would notice only with the first token, and refuse that.
fn check(algorithm: Algorithm, key: &DecodingKey) -> Result<(), String> {
    match algorithm {
        Algorithm::ES256 if parses(&ECDSA_P256_SHA256_FIXED, key) => Ok(()),
        Algorithm::ES256 => Err("it is not a point of the curve P-256".to_owned()),
        Algorithm::ES384 if parses(&ECDSA_P384_SHA384_FIXED, key) => Ok(()),
        Algorithm::ES384 => Err("it is not a point of the curve P-384".to_owned()),
        Algorithm::EdDSA if parses(&ED25519, key) => Ok(()),
        Algorithm::EdDSA => Err("it is not an Ed25519 key".to_owned()),
        _ => match rsa_bits(key.kind()) {
            Some(bits) if RSA_BITS.contains(&bits) => Ok(()),
            Some(bits) => Err(format!(
                "it is an RSA key of {bits} bits: {} to {} bits are allowed",
                RSA_BITS.start(),
                RSA_BITS.end()
            )),
            None => Err("it is not an RSA key".to_owned()),
        },
    }
}

fn parses(algorithm: &'static dyn VerificationAlgorithm, key: &DecodingKey) -> bool {
    key.try_get_as_bytes()
        .is_ok_and(|bytes| ParsedPublicKey::new(algorithm, bytes).is_ok())
}

/// The length in bits of a valid RSA key's modulus.
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
