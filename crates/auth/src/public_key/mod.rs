//! Public keys from PEM files and key sets. Each key has one algorithm, determined by its kind and, if its kind allows
//! several, by its set: never by the token.

mod read;

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};

pub use read::{read_pem, read_served_set, read_set};

/// A public key, or a secret.
#[derive(Clone)]
pub struct VerificationKey {
    /// Its name in a set, by which tokens refer to it.
    pub id: Option<String>,
    pub algorithm: Algorithm,
    pub decoding: Arc<DecodingKey>,
}

impl VerificationKey {
    /// Whether both are the same key under the same name.
    fn is_same(&self, other: &Self) -> bool {
        use DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
        let same_material = match (self.decoding.kind(), other.decoding.kind()) {
            (SecretOrDer(one), SecretOrDer(two)) => one == two,
            (RsaModulusExponent { n, e }, RsaModulusExponent { n: n2, e: e2 }) => (n, e) == (n2, e2),
            _ => false,
        };
        same_material && (&self.id, self.algorithm) == (&other.id, other.algorithm)
    }
}

/// The keys that a token names by `id`: several may have one name, such as keys of different algorithms. With a set of
/// one key a token need not name it.
pub fn choose(keys: &[VerificationKey], id: Option<&str>) -> Vec<VerificationKey> {
    match id {
        Some(id) => keys
            .iter()
            .filter(|key| key.id.as_deref() == Some(id))
            .cloned()
            .collect(),
        None => keys.first().filter(|_| keys.len() == 1).cloned().into_iter().collect(),
    }
}

/// The contents of a key set.
#[derive(Default)]
pub struct KeySet {
    pub keys: Vec<VerificationKey>,
    /// The keys for signatures that are not accepted, each with the reason.
    pub refused: Vec<String>,
}

/// The algorithms of keys in files.
pub const USUAL: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// All algorithms that can be allowed, none of which uses a secret.
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

#[cfg(test)]
mod tests;
