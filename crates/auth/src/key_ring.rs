//! The keys that verify tokens. Each has one algorithm, determined by its kind: never by the token.
//!
//! A key file applies to every token as it is now: a key removed from it verifies nothing any more, and a missing or
//! empty file means that there are no keys. Only a file that cannot be read as keys is given [`GRACE_PERIOD`], because it
//! may be half written.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use chrono::TimeDelta;

use super::key_error::KeyError;
pub use super::public_key::VerificationKey;
use super::public_key::{KeySet, choose, read_pem, read_set};
use domain::Timestamp;

/// How long the previous keys remain valid while their file exists but cannot be read as keys.
const GRACE_PERIOD: TimeDelta = TimeDelta::seconds(60);

/// One configured key, a key file that may change at run time, or no keys.
pub enum KeyRing {
    Nothing,
    One(VerificationKey),
    File(KeyFile),
}

pub struct KeyFile {
    path: PathBuf,
    read: RwLock<LoadedKeys>,
}

struct LoadedKeys {
    /// The file's metadata when it was read.
    stamp: Option<FileStamp>,
    keys: Arc<Vec<VerificationKey>>,
    /// Since when the file cannot be read as keys; until it can, it is read again with every token.
    senseless_since: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Eq)]
struct FileStamp {
    modified: Option<SystemTime>,
    length: u64,
    /// The file's inode number, and when the inode last changed: these also differ if a file replaces one of the same
    /// length and age, or if only its permissions change.
    identity: (u64, i64, i64),
}

impl KeyRing {
    /// Reads a PEM file with one public key, or a JWKS file, which is read again whenever it changes.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let unusable = |reason| KeyError::Unusable(path.to_owned(), reason);
        let stamp = stamp(path);
        let text = std::fs::read_to_string(path).map_err(|error| KeyError::Unreadable(path.to_owned(), error))?;
        if !text.trim_start().starts_with('{') {
            return Ok(Self::One(read_pem(&text).map_err(unusable)?));
        }
        let KeySet { keys, refused } = read_set(&text).map_err(unusable)?;
        if keys.is_empty() && refused.is_empty() {
            return Err(unusable("it has no signature keys".to_owned()));
        }
        if keys.is_empty() {
            return Err(unusable(refused.join("; ")));
        }
        warn_of(path, &refused);
        Ok(Self::File(KeyFile {
            path: path.to_owned(),
            read: RwLock::new(LoadedKeys {
                stamp,
                keys: Arc::new(keys),
                senseless_since: None,
            }),
        }))
    }

    /// The keys that a token names by `id`. A single configured key applies whatever tokens call it, and with a set of
    /// one key a token need not name it.
    pub fn find(&self, id: Option<&str>, now: Timestamp) -> Vec<VerificationKey> {
        match self {
            Self::Nothing => Vec::new(),
            Self::One(key) => vec![key.clone()],
            Self::File(file) => choose(&file.keys(now), id),
        }
    }

    /// All keys as last read.
    pub fn all(&self) -> Vec<VerificationKey> {
        match self {
            Self::Nothing => Vec::new(),
            Self::One(key) => vec![key.clone()],
            Self::File(file) => {
                let read = file.read.read().unwrap_or_else(PoisonError::into_inner);
                read.keys.to_vec()
            }
        }
    }
}

impl KeyFile {
    /// The keys, read again if the file has changed.
    fn keys(&self, now: Timestamp) -> Arc<Vec<VerificationKey>> {
        let stamp = stamp(&self.path);
        {
            let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
            if read.stamp == stamp && read.senseless_since.is_none() {
                return read.keys.clone();
            }
        }
        let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
        if read.stamp != stamp || read.senseless_since.is_some() {
            read.stamp = stamp;
            match self.read_again() {
                Ok(keys) => {
                    tracing::info!(path = %self.path.display(), keys = keys.len(), "reloaded the changed keys");
                    read.keys = Arc::new(keys);
                    read.senseless_since = None;
                }
                Err(reason) => self.endure(&mut read, &reason, now),
            }
        }
        read.keys.clone()
    }

    /// The keys in the file now; the error says why they cannot be read.
    fn read_again(&self) -> Result<Vec<VerificationKey>, String> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) if text.trim().is_empty() => return Ok(Vec::new()),
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.to_string()),
        };
        let KeySet { keys, refused } = read_set(&text)?;
        warn_of(&self.path, &refused);
        Ok(keys)
    }

    /// Keeps the previous keys for a while although the file cannot be read as keys.
    fn endure(&self, read: &mut LoadedKeys, reason: &str, now: Timestamp) {
        let path = self.path.display();
        let Some(since) = read.senseless_since else {
            let seconds = GRACE_PERIOD.num_seconds();
            tracing::error!(%path, reason, "the previous keys stay valid for {seconds} more seconds");
            read.senseless_since = Some(now);
            return;
        };
        if (now - since).abs() > GRACE_PERIOD && !read.keys.is_empty() {
            tracing::error!(%path, reason, "all tokens are refused from now on");
            read.keys = Arc::default();
        }
    }
}

fn warn_of(path: &Path, refused: &[String]) {
    for reason in refused {
        tracing::warn!(path = %path.display(), reason, "ignored a key");
    }
}

fn stamp(path: &Path) -> Option<FileStamp> {
    let metadata = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let identity = {
        use std::os::unix::fs::MetadataExt;
        (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
    };
    #[cfg(not(unix))]
    let identity = (0, 0, 0);
    Some(FileStamp {
        modified: metadata.modified().ok(),
        length: metadata.len(),
        identity,
    })
}
