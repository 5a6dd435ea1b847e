//! The document hashes that each tenant has registered. Parsed and validated documents are cached once for all tenants;
//! a hash alone finds only what its own tenant has sent, so that no tenant can run, or learn of, another tenant's
//! documents.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::documents::Hash;
use store::generations::Generations;

/// Half of the maximum number of hashes per tenant, of about 40 bytes each.
const HALF: usize = 2_000;

#[derive(Default)]
pub struct RegisteredHashes(Mutex<HashMap<String, Generations<Hash, ()>>>);

impl RegisteredHashes {
    pub fn add(&self, tenant: &str, hash: Hash) {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hashes = tenants
            .entry(tenant.to_owned())
            .or_insert_with(|| Generations::new(HALF));
        hashes.insert(hash, (), 1);
    }

    pub fn has(&self, tenant: &str, hash: &Hash) -> bool {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tenants
            .get_mut(tenant)
            .is_some_and(|hashes| hashes.find(hash).is_some())
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
        for number in 0..10 * HALF as u32 {
            registered.add("acme", hash(number));
            assert!(registered.has("acme", &hash(0)), "{number}");
        }
        let kept = (0..10 * HALF as u32).filter(|number| registered.has("acme", &hash(*number)));
        assert!(kept.count() <= 2 * HALF);
        assert!(registered.has("zulu", &hash(0)), "one tenant crowds out no other");
    }
}
