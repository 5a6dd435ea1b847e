//! Caches of limited size that evict what is not requested: of statements here, and of documents in the gateway.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// A cache in two generations: a full young one replaces the old one, which evicts the entries not requested since the
/// previous time.
pub struct Generations<K, V> {
    /// Maximum size of each generation.
    half: usize,
    young: HashMap<K, (V, usize)>,
    young_size: usize,
    old: HashMap<K, (V, usize)>,
}

impl<K: Eq + Hash, V> Generations<K, V> {
    pub fn new(half: usize) -> Self {
        Self {
            half,
            young: HashMap::new(),
            young_size: 0,
            old: HashMap::new(),
        }
    }

    pub fn find<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        if let Some((key, (value, size))) = self.old.remove_entry(key) {
            self.insert(key, value, size);
        }
        self.find_young(key)
    }

    /// Only among those requested recently. Most are, and finding them changes nothing.
    pub fn find_young<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.young.get(key).map(|(value, _)| value)
    }

    /// Does nothing if the entry is larger than a generation, or is young already.
    pub fn insert(&mut self, key: K, value: V, size: usize) {
        if size > self.half || self.young.contains_key(&key) {
            return;
        }
        if self.young_size + size > self.half {
            self.old = std::mem::take(&mut self.young);
            self.young_size = 0;
        }
        self.young_size += size;
        self.young.insert(key, (value, size));
    }
}
