//! The keys that tokens are checked by. Each has one algorithm, which its kind decides: never the token.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};

use super::keys::KeyError;

/// A public key, or a secret.
#[derive(Clone)]
pub struct Key {
    /// Its name in a set, by which tokens ask for it.
    pub id: Option<String>,
    pub algorithm: Algorithm,
    pub decoding: Arc<DecodingKey>,
}

/// One key that was configured, or a file of keys that may change while the program runs.
pub enum KeyRing {
    One(Key),
    File(KeyFile),
}

pub struct KeyFile {
    path: PathBuf,
    read: RwLock<Read>,
}

struct Read {
    /// What the file looked like when it was read.
    stamp: Option<Stamp>,
    keys: Arc<Vec<Key>>,
}

#[derive(Clone, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// Differs, too, where a file takes the place of one that was as long and as old.
    file_number: u64,
}

impl KeyRing {
    /// Reads a PEM file with one public key, or a JWKS file, which is read again whenever it changes.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let stamp = stamp(path);
        let text = std::fs::read_to_string(path).map_err(|error| KeyError::Unreadable(path.to_owned(), error))?;
        if text.trim_start().starts_with('{') {
            let keys = Arc::new(read_set(&text).map_err(|reason| KeyError::Unusable(path.to_owned(), reason))?);
            let read = RwLock::new(Read { stamp, keys });
            return Ok(Self::File(KeyFile {
                path: path.to_owned(),
                read,
            }));
        }
        let (algorithm, decoding) = read_pem(&text).ok_or_else(|| {
            KeyError::Unusable(
                path.to_owned(),
                "it is no public key of RSA, P-256 or Ed25519".to_owned(),
            )
        })?;
        Ok(Self::One(Key {
            id: None,
            algorithm,
            decoding: Arc::new(decoding),
        }))
    }

    /// The key that a token asks for by `id`. A single key is meant whatever tokens call it, and in a set of one a token
    /// need not name it.
    pub fn find(&self, id: Option<&str>) -> Option<Key> {
        let keys = match self {
            Self::One(key) => return Some(key.clone()),
            Self::File(file) => file.keys(),
        };
        match id {
            Some(id) => keys.iter().find(|key| key.id.as_deref() == Some(id)).cloned(),
            None => keys.first().filter(|_| keys.len() == 1).cloned(),
        }
    }

    /// All keys of this moment.
    pub fn all(&self) -> Vec<Key> {
        match self {
            Self::One(key) => vec![key.clone()],
            Self::File(file) => file.keys().to_vec(),
        }
    }
}

impl KeyFile {
    /// The keys, read again if the file has changed. A file that cannot be read, such as one half written, leaves the
    /// keys as they are.
    fn keys(&self) -> Arc<Vec<Key>> {
        let now = stamp(&self.path);
        {
            let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
            if read.stamp == now {
                return read.keys.clone();
            }
        }
        let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
        if read.stamp != now {
            let set = std::fs::read_to_string(&self.path)
                .map_err(|error| error.to_string())
                .and_then(|text| read_set(&text));
            match set {
                Ok(keys) => {
                    tracing::info!(path = %self.path.display(), keys = keys.len(), "read the changed keys");
                    read.keys = Arc::new(keys);
                }
                Err(reason) => tracing::error!(path = %self.path.display(), reason, "kept the keys from before"),
            }
            read.stamp = now;
        }
        read.keys.clone()
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let file_number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let file_number = 0;
    Some(Stamp {
        modified: metadata.modified().ok(),
        length: metadata.len(),
        file_number,
    })
}

/// The algorithm is told by the key: RS256, ES256 or EdDSA.
fn read_pem(text: &str) -> Option<(Algorithm, DecodingKey)> {
    // A private key given by mistake would be taken for a public one of nonsense.
    if text.contains("PRIVATE KEY") {
        return None;
    }
    let pem = text.as_bytes();
    let length = |key: &DecodingKey| key.try_get_as_bytes().map_or(0, <[u8]>::len);
    if let Ok(key) = DecodingKey::from_rsa_pem(pem) {
        return Some((Algorithm::RS256, key));
    }
    // An uncompressed point of P-256 has 65 bytes; those of other curves have more.
    if let Ok(key) = DecodingKey::from_ec_pem(pem) {
        return (length(&key) == 65).then_some((Algorithm::ES256, key));
    }
    let key = DecodingKey::from_ed_pem(pem).ok()?;
    (length(&key) == 32).then_some((Algorithm::EdDSA, key))
}

/// The usable keys of a JWKS (RFC 7517). Keys for other purposes are passed over, as the standard asks.
fn read_set(text: &str) -> Result<Vec<Key>, String> {
    let set: JwkSet = serde_json::from_str(text).map_err(|error| format!("it is no JWKS: {error}"))?;
    let keys: Vec<_> = set.keys.iter().filter_map(read_jwk).collect();
    if keys.is_empty() {
        return Err("it has no public key of RSA, P-256 or Ed25519 for signatures".to_owned());
    }
    for (index, key) in keys.iter().enumerate() {
        if keys[..index].iter().any(|earlier| earlier.id == key.id) {
            return Err(format!(
                "two of its keys are called {:?}",
                key.id.as_deref().unwrap_or("")
            ));
        }
    }
    Ok(keys)
}

fn read_jwk(jwk: &Jwk) -> Option<Key> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        // Secrets among them: who can read such a file could sign.
        _ => return None,
    };
    let meant = match algorithm {
        Algorithm::RS256 => KeyAlgorithm::RS256,
        Algorithm::ES256 => KeyAlgorithm::ES256,
        _ => KeyAlgorithm::EdDSA,
    };
    let common = &jwk.common;
    let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let fits = common.key_algorithm.is_none_or(|named| named == meant);
    let decoding = DecodingKey::from_jwk(jwk).ok().filter(|_| signs && fits)?;
    Some(Key {
        id: common.key_id.clone(),
        algorithm,
        decoding: Arc::new(decoding),
    })
}
