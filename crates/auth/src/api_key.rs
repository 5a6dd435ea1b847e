//! API keys: `trib_`, 16 public hexadecimal digits, `_`, and a secret of 256 random bits in 64 more digits. The secret
//! is shown once; its SHA-256 is stored. A slow hash would add nothing: 256 random bits cannot be guessed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Permissions;
use domain::Timestamp;
use domain::audit::{Audited, Fields};
use domain::id::{ApiKeyId, PartnerId, TenantId};

const MARK: &str = "trib_";
const PREFIX_LENGTH: usize = MARK.len() + 16;
const KEY_LENGTH: usize = PREFIX_LENGTH + 1 + 64;

/// A key as its tenant's staff sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The public part that identifies the key.
    pub prefix: String,
    pub permissions: Permissions,
    /// If set, the key only reads, and only what belongs to this partner.
    pub partner_id: Option<PartnerId>,
    pub created_at: Timestamp,
    /// `None`: it does not expire.
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl Audited for ApiKey {
    const TYPE: &'static str = "ApiKey";

    fn object_id(&self) -> String {
        self.id.to_string()
    }

    fn fields(&self) -> Fields {
        let scopes: Vec<_> = self.permissions.list().iter().map(ToString::to_string).collect();
        vec![
            ("name", json!(self.name)),
            ("prefix", json!(self.prefix)),
            ("scopes", json!(scopes)),
            ("partnerId", json!(self.partner_id)),
            ("expiresAt", json!(self.expires_at)),
            ("revokedAt", json!(self.revoked_at)),
        ]
    }
}

/// The stored hash of a key's text.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyHash(Vec<u8>);

impl KeyHash {
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether `text` is the key, compared in constant time.
    pub fn is_of(&self, text: &str) -> bool {
        verify_slices_are_equal(&Sha256::digest(text), &self.0).is_ok()
    }
}

/// A newly generated key. Its text goes only to the caller: it is neither logged nor stored.
pub struct NewKey {
    pub text: String,
    pub prefix: String,
    pub hash: KeyHash,
}

impl NewKey {
    pub fn generate() -> Self {
        let mut random = [0; 40];
        getrandom::fill(&mut random).expect("the system gives randomness");
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let (visible, secret) = digits.split_at(16);
        let prefix = format!("{MARK}{visible}");
        let text = format!("{prefix}_{secret}");
        let hash = KeyHash(Sha256::digest(&text).to_vec());
        Self { text, prefix, hash }
    }
}

/// Whether `text` is meant as an API key rather than a JWT.
pub fn is_marked(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The prefix of a text that has the form of a key.
pub fn prefix(text: &str) -> Option<&str> {
    let digits = text.strip_prefix(MARK)?.bytes().enumerate();
    let has_form = digits.into_iter().all(|(place, byte)| match place {
        16 => byte == b'_',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    });
    (text.len() == KEY_LENGTH && has_form).then(|| &text[..PREFIX_LENGTH])
}

/// When keys were last used, until that is written to the database: a request must not wait for the write. Contains
/// only keys that exist.
#[derive(Default)]
pub struct KeyUses(Mutex<HashMap<ApiKeyId, (TenantId, Timestamp)>>);

impl KeyUses {
    pub fn note(&self, tenant: TenantId, key: ApiKeyId, at: Timestamp) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = uses.entry(key).or_insert((tenant, at));
        latest.1 = latest.1.max(at);
    }

    /// Returns the uses noted so far, and clears them.
    pub fn take(&self) -> HashMap<ApiKeyId, (TenantId, Timestamp)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_has_the_form_and_the_hash_of_itself_only() {
        let (one, other) = (NewKey::generate(), NewKey::generate());
        assert_eq!(prefix(&one.text), Some(one.prefix.as_str()));
        assert!(one.hash.is_of(&one.text) && !one.hash.is_of(&other.text));
        assert!(one.text != other.text && one.prefix != other.prefix);
        assert!(!one.hash.is_of("") && !KeyHash::from_bytes(Vec::new()).is_of(&one.text));
    }

    #[test]
    fn what_is_cut_longer_or_spelt_otherwise_has_no_prefix() {
        let key = NewKey::generate().text;
        for length in 0..key.len() {
            assert_eq!(prefix(&key[..length]), None);
        }
        let dashed = key.replacen('_', "-", 2);
        for wrong in [
            format!("{key}0"),
            key.to_uppercase(),
            format!(" {key}"),
            dashed,
            "trib_ß".repeat(20),
        ] {
            assert_eq!(prefix(&wrong), None, "{wrong}");
        }
    }
}
