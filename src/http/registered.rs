//! The document hashes that each tenant has registered. Parsed and validated documents are cached once for all tenants;
//! a hash alone finds only what its own tenant has sent, so that no tenant can run, or learn of, another tenant's
//! documents.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use quick_cache::unsync::Cache;

use super::documents::Hash;

/// Maximum number of hashes per tenant, of about 40 bytes each. Those that are not asked for are evicted.
const MOST: usize = 4_000;

#[derive(Default)]
pub struct RegisteredHashes(Mutex<HashMap<String, Cache<Hash, ()>>>);

impl RegisteredHashes {
    pub fn add(&self, tenant: &str, hash: Hash) {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hashes = tenants.entry(tenant.to_owned()).or_insert_with(|| Cache::new(MOST));
        hashes.insert(hash, ());
    }

    pub fn has(&self, tenant: &str, hash: &Hash) -> bool {
        let tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.get(tenant).is_some_and(|hashes| hashes.get(hash).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u32) -> Hash {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        hash
    }

    #[test]
    fn a_tenant_finds_what_is_its_own() {
        let registered = RegisteredHashes::default();
        registered.add("acme", hash(1));
        assert!(registered.has("acme", &hash(1)));
        assert!(!registered.has("acme", &hash(2)) && !registered.has("zulu", &hash(1)));
    }

    #[test]
    fn what_is_asked_for_stays_and_a_tenant_takes_so_much_room_only() {
        let registered = RegisteredHashes::default();
        registered.add("zulu", hash(0));
        for number in 0..5 * MOST as u32 {
            registered.add("acme", hash(number));
            assert!(registered.has("acme", &hash(0)), "{number}");
        }
        let kept = (0..5 * MOST as u32).filter(|number| registered.has("acme", &hash(*number)));
        assert!(kept.count() <= MOST);
        assert!(registered.has("zulu", &hash(0)), "one tenant crowds out no other");
    }
}
