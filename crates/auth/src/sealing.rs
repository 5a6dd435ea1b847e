//! Secrets of tenants that the program itself must know, encrypted in the database: AES-256-GCM under a key from the
//! settings, bound to the tenant and the object that they belong to, so that a secret copied to another row cannot be
//! decrypted.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use domain::id::TenantId;
use domain::webhook::signature::Secret;

/// The encrypted secret, and the id of the key that encrypted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub key: String,
    pub bytes: Vec<u8>,
}

/// The keys from the settings. The first encrypts; the others decrypt what was encrypted before.
pub struct SealingKeys(Vec<SealingKey>);

struct SealingKey {
    id: String,
    seals: LessSafeKey,
    /// Derived from it, for pseudonyms.
    names: hmac::Key,
}

impl SealingKey {
    fn new(id: String, bytes: &[u8]) -> Result<Self, SealingError> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| SealingError::Malformed)?;
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), PSEUDONYMS);
        Ok(Self {
            id,
            seals: LessSafeKey::new(key),
            names: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
        })
    }

    fn pseudonym(&self, tenant: TenantId, external_id: &str) -> String {
        let mut name = hmac::Context::with_key(&self.names);
        name.update(tenant.uuid().as_bytes());
        name.update(external_id.as_bytes());
        let digits = name
            .sign()
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        format!("{ERASED}{}:{digits}", self.id)
    }
}

/// What pseudonyms begin with.
const ERASED: &str = "erased:";

/// Separates the derived keys from everything else that is made with a key.
const PSEUDONYMS: &[u8] = b"tributary pseudonyms of erased external ids";

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealingError {
    #[error("a key for webhook secrets is written ID:BASE64, with 32 bytes in base64")]
    Malformed,
    #[error("two keys for webhook secrets have the id {0:?}")]
    Twice(String),
    #[error("the settings have no key {0:?}, which a secret was encrypted with")]
    UnknownKey(String),
    #[error("cannot decrypt a secret: it was changed, or was encrypted with another key")]
    Closed,
    #[error("the system's random number generator failed")]
    NoRandomness,
}

/// The id of the publicly known key, for trying things out.
const DEVELOPMENT: &str = "development";

impl SealingKeys {
    /// Reads `ID:BASE64`, several separated by commas.
    pub fn parse(text: &str) -> Result<Self, SealingError> {
        let mut keys = Vec::new();
        for (id, key) in Self::read(text)? {
            keys.push(SealingKey::new(id, &key)?);
        }
        Ok(Self(keys))
    }

    /// The ids and the bytes of the keys, for checking how good they are.
    pub fn read(text: &str) -> Result<Vec<(String, Vec<u8>)>, SealingError> {
        let mut keys: Vec<(String, Vec<u8>)> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (id, key) = part.split_once(':').ok_or(SealingError::Malformed)?;
            let key = STANDARD.decode(key).map_err(|_| SealingError::Malformed)?;
            if id.is_empty() || id == DEVELOPMENT {
                return Err(SealingError::Malformed);
            }
            if keys.iter().any(|(known, _)| known == id) {
                return Err(SealingError::Twice(id.to_owned()));
            }
            keys.push((id.to_owned(), key));
        }
        Ok(keys)
    }

    /// A publicly known key, for trying things out.
    pub fn development() -> Self {
        Self(vec![
            SealingKey::new(DEVELOPMENT.to_owned(), &[0; 32]).expect("32 bytes"),
        ])
    }

    /// What stands in the place of an erased external id, and by which it is still found: an HMAC under a key derived
    /// from the first key, with the id of that. A pseudonym stays as it is.
    pub fn pseudonym(&self, tenant: TenantId, external_id: &str) -> String {
        if is_pseudonym(external_id) {
            return external_id.to_owned();
        }
        let key = self.0.first().expect("parsed keys are never none");
        key.pseudonym(tenant, external_id)
    }

    /// Whether one of the keys has this id.
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id == id)
    }

    /// Everything that [`SealingKeys::pseudonym`] may have put in the place of an external id, with any of the keys.
    pub fn pseudonyms(&self, tenant: TenantId, external_id: &str) -> Vec<String> {
        self.0.iter().map(|key| key.pseudonym(tenant, external_id)).collect()
    }

    /// Encrypts the secret of a tenant's object.
    pub fn seal(&self, tenant: TenantId, owner: Uuid, secret: &Secret) -> Result<Sealed, SealingError> {
        let SealingKey { id, seals: key, .. } = self.0.first().expect("parsed keys are never none");
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| SealingError::NoRandomness)?;
        let mut bytes = secret.bytes().to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound_to(tenant, owner), &mut bytes)
            .map_err(|_| SealingError::Closed)?;
        bytes.splice(0..0, nonce);
        Ok(Sealed { key: id.clone(), bytes })
    }

    /// Decrypts what [`SealingKeys::seal`] encrypted for the same object.
    pub fn open(&self, tenant: TenantId, owner: Uuid, sealed: &Sealed) -> Result<Secret, SealingError> {
        let known = self.0.iter().find(|key| key.id == sealed.key);
        let key = known.ok_or_else(|| SealingError::UnknownKey(sealed.key.clone()))?;
        let key = &key.seals;
        let (nonce, rest) = sealed.bytes.split_at_checked(NONCE_LEN).ok_or(SealingError::Closed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealingError::Closed)?;
        let mut bytes = rest.to_vec();
        let opened = key
            .open_in_place(nonce, bound_to(tenant, owner), &mut bytes)
            .map_err(|_| SealingError::Closed)?;
        let opened = <[u8; 32]>::try_from(&*opened).map_err(|_| SealingError::Closed)?;
        Ok(Secret::new(opened))
    }
}

/// Whether a text has the form of a pseudonym.
fn is_pseudonym(text: &str) -> bool {
    let digits = text.strip_prefix(ERASED).and_then(|rest| rest.rsplit_once(':'));
    digits.is_some_and(|(_, digits)| digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// A new secret.
pub fn new_secret() -> Result<Secret, SealingError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| SealingError::NoRandomness)?;
    Ok(Secret::new(bytes))
}

fn bound_to(tenant: TenantId, owner: Uuid) -> Aad<[u8; 32]> {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(tenant.uuid().as_bytes());
    bytes[16..].copy_from_slice(owner.as_bytes());
    Aad::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const TWO: &str = "b:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn tenant(number: u128) -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_secret_opens_for_what_it_belongs_to_only() {
        let (keys, owner, secret) = (
            SealingKeys::parse(ONE).unwrap(),
            Uuid::from_u128(1),
            Secret::new([5; 32]),
        );
        let sealed = keys.seal(tenant(1), owner, &secret).unwrap();
        assert_eq!(keys.open(tenant(1), owner, &sealed), Ok(secret.clone()));
        assert_eq!(keys.open(tenant(2), owner, &sealed), Err(SealingError::Closed));
        assert_eq!(
            keys.open(tenant(1), Uuid::from_u128(2), &sealed),
            Err(SealingError::Closed)
        );
        for index in 0..sealed.bytes.len() {
            let mut changed = sealed.clone();
            changed.bytes[index] ^= 1;
            assert_eq!(keys.open(tenant(1), owner, &changed), Err(SealingError::Closed));
        }
        assert!(!sealed.bytes.windows(4).any(|part| part == [5; 4]));
        assert_ne!(keys.seal(tenant(1), owner, &secret).unwrap(), sealed);
    }

    #[test]
    fn a_new_key_encrypts_and_the_old_one_still_opens() {
        let (old, both) = (
            SealingKeys::parse(ONE).unwrap(),
            SealingKeys::parse(&format!("{TWO}, {ONE}")).unwrap(),
        );
        let (owner, secret) = (Uuid::from_u128(1), Secret::new([5; 32]));
        let sealed = old.seal(tenant(1), owner, &secret).unwrap();
        assert_eq!(both.open(tenant(1), owner, &sealed), Ok(secret.clone()));
        let sealed = both.seal(tenant(1), owner, &secret).unwrap();
        assert_eq!(sealed.key, "b");
        assert_eq!(
            old.open(tenant(1), owner, &sealed),
            Err(SealingError::UnknownKey("b".to_owned()))
        );
    }

    #[test]
    fn a_pseudonym_is_found_again_by_the_same_key_of_the_same_tenant_only() {
        let (old, both) = (
            SealingKeys::parse(ONE).unwrap(),
            SealingKeys::parse(&format!("{TWO}, {ONE}")).unwrap(),
        );
        let name = old.pseudonym(tenant(1), "order-1");
        assert!(name.starts_with("erased:a:") && !name.contains("order-1"), "{name}");
        assert!(both.pseudonyms(tenant(1), "order-1").contains(&name));
        assert_ne!(both.pseudonym(tenant(1), "order-1"), name);
        assert!(!both.pseudonyms(tenant(2), "order-1").contains(&name));
        assert!(!both.pseudonyms(tenant(1), "order-2").contains(&name));
        assert_eq!(both.pseudonym(tenant(1), &name), name);
        assert_ne!(both.pseudonym(tenant(1), "erased:a:1"), "erased:a:1");
    }

    #[test]
    fn keys_that_are_no_keys_are_refused() {
        for text in [
            "",
            "a",
            "a:",
            "a:AAEC",
            ":AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "a:!",
        ] {
            assert!(SealingKeys::parse(text).is_err(), "{text}");
        }
        assert!(SealingKeys::parse(&format!("{ONE},{ONE}")).is_err());
    }
}
