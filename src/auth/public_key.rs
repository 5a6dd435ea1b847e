//! Public keys from PEM files and key sets. Each key has one algorithm, which its kind decides and, of several that its kind
//! could be used with, what its set says of it: never the token.

use std::sync::Arc;

use aws_lc_rs::rsa::PublicKey;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, VerificationAlgorithm,
};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use serde_json::Value;

/// A public key, or a secret.
#[derive(Clone)]
pub struct Key {
    /// Its name in a set, by which tokens ask for it.
    pub id: Option<String>,
    pub algorithm: Algorithm,
    pub decoding: Arc<DecodingKey>,
}

/// The key that a token asks for by `id`. In a set of one a token need not name it.
pub fn choose(keys: &[Key], id: Option<&str>) -> Option<Key> {
    match id {
        Some(id) => keys.iter().find(|key| key.id.as_deref() == Some(id)).cloned(),
        None => keys.first().filter(|_| keys.len() == 1).cloned(),
    }
}

/// What a key set holds.
#[derive(Default)]
pub struct KeySet {
    pub keys: Vec<Key>,
    /// The keys for signatures that are not taken, each with the reason.
    pub refused: Vec<String>,
}

/// The shortest RSA keys that are taken, and the longest that can be used.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// The algorithms of keys in files.
pub const USUAL: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
/// All that can be allowed, none of which takes a secret.
pub const ASYMMETRIC: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// So many keys are read of what an issuer serves.
const MOST_KEYS: usize = 100;

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
        match read_jwk(jwk, &USUAL) {
            Ok(key) if keys.iter().any(|earlier| earlier.id == key.id) => {
                return Err(format!("two of its keys are called {name:?}"));
            }
            Ok(key) => keys.push(key),
            Err(reason) => refused.push(format!("the key {name:?}: {reason}")),
        }
    }
    Ok(KeySet { keys, refused })
}

/// Reads the JWKS of an issuer, of whose keys those are taken that are for one of `algorithms`. An entry that makes no sense
/// is left out like any other that cannot be used, and so are different keys of one name: nobody could say which is meant.
pub fn read_served_set(bytes: &[u8], algorithms: &[Algorithm]) -> Result<KeySet, String> {
    #[derive(serde::Deserialize)]
    struct Served {
        keys: Vec<Value>,
    }
    let Served { keys: entries } = serde_json::from_slice(bytes).map_err(|error| format!("it is no JWKS: {error}"))?;
    if entries.len() > MOST_KEYS {
        return Err(format!("it has {} keys, more than {MOST_KEYS}", entries.len()));
    }
    let (mut set, mut sound) = (KeySet::default(), Vec::<Jwk>::new());
    for entry in entries {
        match serde_json::from_value::<Jwk>(entry) {
            Ok(jwk) if signs(&jwk) && !sound.contains(&jwk) => sound.push(jwk),
            Ok(_) => {}
            Err(error) => set.refused.push(format!("an entry that is no key: {error}")),
        }
    }
    for jwk in &sound {
        let id = &jwk.common.key_id;
        let read = match sound.iter().filter(|other| other.common.key_id == *id).count() {
            1 => read_jwk(jwk, algorithms),
            _ => Err("another key has the same name".to_owned()),
        };
        match read {
            Ok(key) => set.keys.push(key),
            Err(reason) => {
                let name = id.as_deref().unwrap_or_default();
                set.refused.push(format!("the key {name:?}: {reason}"));
            }
        }
    }
    Ok(set)
}

/// Whether a key is for signatures at all.
fn signs(jwk: &Jwk) -> bool {
    let verifies = |operations: &Vec<KeyOperations>| operations.contains(&KeyOperations::Verify);
    matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature))
        && jwk.common.key_operations.as_ref().is_none_or(verifies)
}

/// Reads a key of a set, for the algorithm that the set names, or else the first one that its kind is for.
fn read_jwk(jwk: &Jwk, algorithms: &[Algorithm]) -> Result<Key, String> {
    let of_kind: &[Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => &ASYMMETRIC[..6],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[Algorithm::ES256],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => &[Algorithm::ES384],
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        // Secrets among them: who can read such a file could sign.
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
        format!("it is no public key for {}", names.join(", "))
    })?;
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
        Algorithm::ES256 if parses(&ECDSA_P256_SHA256_FIXED, key) => Ok(()),
        Algorithm::ES256 => Err("it is no point of the curve P-256".to_owned()),
        Algorithm::ES384 if parses(&ECDSA_P384_SHA384_FIXED, key) => Ok(()),
        Algorithm::ES384 => Err("it is no point of the curve P-384".to_owned()),
        Algorithm::EdDSA if parses(&ED25519, key) => Ok(()),
        Algorithm::EdDSA => Err("it is no key of Ed25519".to_owned()),
        _ => match rsa_bits(key.kind()) {
            Some(bits) if RSA_BITS.contains(&bits) => Ok(()),
            Some(bits) => Err(format!(
                "it is an RSA key of {bits} bits: from {} to {} are taken",
                RSA_BITS.start(),
                RSA_BITS.end()
            )),
            None => Err("it is no RSA key".to_owned()),
        },
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 8037, A.2; RFC 7517, A.1 (its elliptic curve and its RSA key).
    const ED25519_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const P256: (&str, &str) = (
        "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    );
    const RSA_N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj\
        hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n\
        91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    fn ed(id: &str) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": ED25519_X, "kid": id })
    }

    fn ec(id: &str) -> Value {
        json!({ "kty": "EC", "crv": "P-256", "x": P256.0, "y": P256.1, "kid": id })
    }

    fn rsa(id: &str, changes: Value) -> Value {
        let mut key = json!({ "kty": "RSA", "n": RSA_N, "e": "AQAB", "kid": id });
        key.as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        key
    }

    /// The names and algorithms that are taken, and how many are refused.
    fn read(keys: &[Value], algorithms: &[Algorithm]) -> (Vec<(String, Algorithm)>, usize) {
        let set = read_served_set(json!({ "keys": keys }).to_string().as_bytes(), algorithms).unwrap();
        let taken = set
            .keys
            .iter()
            .map(|key| (key.id.clone().unwrap_or_default(), key.algorithm));
        (taken.collect(), set.refused.len())
    }

    #[test]
    fn a_key_is_for_the_algorithm_that_it_names_if_that_fits_and_is_allowed() {
        let named = |algorithm: &str| rsa("a", json!({ "alg": algorithm }));
        let a = |algorithm| (vec![("a".to_owned(), algorithm)], 0);
        assert_eq!(read(&[named("RS256")], &USUAL), a(Algorithm::RS256));
        assert_eq!(read(&[rsa("a", json!({}))], &USUAL), a(Algorithm::RS256));
        assert_eq!(read(&[named("PS512")], &ASYMMETRIC), a(Algorithm::PS512));
        assert_eq!(
            read(&[rsa("a", json!({}))], &[Algorithm::PS256, Algorithm::RS256]),
            a(Algorithm::PS256)
        );
        assert_eq!(read(&[ec("a")], &USUAL), a(Algorithm::ES256));
        assert_eq!(read(&[ed("a")], &USUAL), a(Algorithm::EdDSA));
        for unfit in ["RS512", "ES256", "HS256", "EdDSA", "none", "rs256", "RSA-OAEP"] {
            assert_eq!(read(&[named(unfit)], &USUAL), (Vec::new(), 1), "{unfit}");
        }
        assert_eq!(read(&[ec("a"), ed("b")], &[Algorithm::RS256]), (Vec::new(), 2));
    }

    #[test]
    fn keys_that_sign_nothing_are_passed_over() {
        let others = [
            rsa("a", json!({ "use": "enc", "alg": "RSA-OAEP" })),
            rsa("b", json!({ "use": "tls" })),
            rsa("c", json!({ "key_ops": ["encrypt"] })),
        ];
        assert_eq!(read(&others, &USUAL), (Vec::new(), 0));
        let verifies = rsa(
            "d",
            json!({ "key_ops": ["verify"], "use": "sig", "x5c": ["MIIB"], "x5t": "x" }),
        );
        assert_eq!(read(&[verifies], &USUAL).0.len(), 1);
    }

    #[test]
    fn what_is_no_sound_key_is_left_out_and_the_rest_is_good() {
        let good = ed("good");
        for wrong in [
            json!({ "kty": "oct", "k": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", "kid": "s", "alg": "HS256" }),
            json!({ "kty": "EC", "crv": "P-256", "x": P256.0, "y": P256.0, "kid": "off the curve" }),
            json!({ "kty": "EC", "crv": "secp256k1", "x": P256.0, "y": P256.1, "kid": "another curve" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "short" }),
            json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "short" }),
            json!({ "kty": "RSA", "n": "!", "e": "AQAB", "kid": "no base 64" }),
            json!({ "kty": "RSA", "n": RSA_N, "e": "AQAB", "kid": 7 }),
            json!({ "kid": "nothing" }),
            json!("text"),
            json!(null),
        ] {
            let (taken, refused) = read(&[wrong.clone(), good.clone()], &USUAL);
            assert_eq!(
                (taken, refused),
                (vec![("good".to_owned(), Algorithm::EdDSA)], 1),
                "{wrong}"
            );
        }
    }

    #[test]
    fn of_different_keys_of_one_name_none_is_taken() {
        let (taken, refused) = read(&[ed("a"), ec("a"), ed("b")], &USUAL);
        assert_eq!((taken, refused), (vec![("b".to_owned(), Algorithm::EdDSA)], 2));
        let twice = read(&[ed("a"), ed("a")], &USUAL);
        assert_eq!(
            twice,
            (vec![("a".to_owned(), Algorithm::EdDSA)], 0),
            "the same one twice is one"
        );
        // A key that cannot be used has its name, too.
        let (taken, refused) = read(&[ed("a"), rsa("a", json!({ "alg": "RS512" }))], &USUAL);
        assert_eq!((taken, refused), (Vec::new(), 2));
        let other_use = read(&[ed("a"), rsa("a", json!({ "use": "enc" }))], &USUAL);
        assert_eq!(other_use.0.len(), 1);
    }

    #[test]
    fn what_is_no_set_is_an_error_and_an_empty_one_is_none() {
        assert_eq!(read(&[], &USUAL), (Vec::new(), 0));
        let many: Vec<_> = (0..=MOST_KEYS).map(|id| ed(&id.to_string())).collect();
        let many = json!({ "keys": many }).to_string();
        for text in [
            "",
            "{",
            "[]",
            "{}",
            r#"{"keys":null}"#,
            r#"{"keys":{}}"#,
            "<html>",
            &many,
        ] {
            assert!(read_served_set(text.as_bytes(), &USUAL).is_err(), "{text:.20}");
        }
    }
}
