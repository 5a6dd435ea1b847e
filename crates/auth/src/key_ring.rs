//! The keys that tokens are checked by. Each has one algorithm, which its kind decides: never the token.
//!
//! A file of keys is obeyed as it stands with every token: a key that is no longer in it opens nothing any more, and
//! without the file, or with nothing in it, there are no keys. Only a file that makes no sense is given [`PATIENCE`],
//! because it may be half written.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use chrono::TimeDelta;

use super::keys::KeyError;
pub use super::public_key::VerificationKey;
use super::public_key::{KeySet, choose, read_pem, read_set};
use domain::Timestamp;

/// How long the keys from before are good while their file is there and cannot be read as one of keys.
const PATIENCE: TimeDelta = TimeDelta::seconds(60);

/// One key that was configured, or a file of keys that may change while the program runs, or nothing.
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
    /// What the file looked like when it was read.
    stamp: Option<FileStamp>,
    keys: Arc<Vec<VerificationKey>>,
    /// Since when it makes no sense; it is read again with every token until it does.
    senseless_since: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Eq)]
struct FileStamp {
    modified: Option<SystemTime>,
    length: u64,
    /// The file's number, and when it was changed in any way: they differ, too, where a file takes the place of one that
    /// was as long and as old, and where only the right to read it changes.
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
            return Err(unusable("it has no keys for signatures".to_owned()));
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

    /// The key that a token asks for by `id`. A single key is meant whatever tokens call it, and in a set of one a token
    /// need not name it.
    pub fn find(&self, id: Option<&str>, now: Timestamp) -> Option<VerificationKey> {
        match self {
            Self::Nothing => None,
            Self::One(key) => Some(key.clone()),
            Self::File(file) => choose(&file.keys(now), id),
        }
    }

    /// All keys, as they were read last.
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
                    tracing::info!(path = %self.path.display(), keys = keys.len(), "read the changed keys");
                    read.keys = Arc::new(keys);
                    read.senseless_since = None;
                }
                Err(reason) => self.endure(&mut read, &reason, now),
            }
        }
        read.keys.clone()
    }

    /// What the file holds now; an error where it cannot be told.
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

    /// Keeps the keys from before for a while, although the file makes no sense.
    fn endure(&self, read: &mut LoadedKeys, reason: &str, now: Timestamp) {
        let path = self.path.display();
        let Some(since) = read.senseless_since else {
            let seconds = PATIENCE.num_seconds();
            tracing::error!(%path, reason, "the keys from before are good for {seconds} seconds yet");
            read.senseless_since = Some(now);
            return;
        };
        if (now - since).abs() > PATIENCE && !read.keys.is_empty() {
            tracing::error!(%path, reason, "no token is good any more");
            read.keys = Arc::default();
        }
    }
}

fn warn_of(path: &Path, refused: &[String]) {
    for reason in refused {
        tracing::warn!(path = %path.display(), reason, "a key is not taken");
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
