//! A cache of documents that were already parsed, guarded and validated, by the hash of their text.

use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::ExecutableDocument;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use sha2::{Digest, Sha256};

use super::guard::Merged;

/// SHA-256 of a document's text.
pub type Hash = [u8; 32];

/// Estimated memory of a parsed document, as a multiple of the length of its text.
const GROWTH: usize = 24;

/// Estimated memory of a selection merged for execution, in bytes.
const MERGED_SELECTION: usize = 256;

/// Estimated memory of a typical document with its selection, in bytes.
const TYPICAL_BYTES: usize = 16 * 1024;

/// A parsed document.
pub struct ParsedDocument {
    pub parsed: ExecutableDocument,
    /// Its only operation as it is executed, if that does not depend on the variables.
    merged: OnceLock<MergedDocument>,
}

struct MergedDocument {
    operation: Arc<ExecutableDocument>,
    bytes: usize,
}

impl ParsedDocument {
    pub fn new(parsed: ExecutableDocument) -> Self {
        Self {
            parsed,
            merged: OnceLock::new(),
        }
    }

    /// The operation as it is executed.
    pub fn merged<E>(
        &self,
        merge: impl FnOnce(&ExecutableDocument) -> Result<Merged, E>,
    ) -> Result<Arc<ExecutableDocument>, E> {
        if let Some(same) = self.merged.get() {
            return Ok(same.operation.clone());
        }
        let merged = merge(&self.parsed)?;
        let operation = Arc::new(merged.document);
        if !merged.varies && self.parsed.operations.iter().len() == 1 {
            let bytes = usize::try_from(merged.selections).unwrap_or(usize::MAX);
            self.merged.get_or_init(|| MergedDocument {
                operation: operation.clone(),
                bytes: bytes.saturating_mul(MERGED_SELECTION),
            });
        }
        Ok(operation)
    }

    /// Estimated memory of a document whose text has `text_bytes` bytes.
    fn bytes(&self, text_bytes: usize) -> usize {
        let merged = self.merged.get().map_or(0, |same| same.bytes);
        let parsed = text_bytes.saturating_mul(GROWTH);
        parsed.saturating_add(merged)
    }
}

pub fn hash(text: &str) -> Hash {
    digest(text.as_bytes())
}

pub fn digest(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Reads the hexadecimal form of a hash.
pub fn read_hash(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, place) in hash.iter_mut().zip(0..) {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(hash)
}

/// A document, and its estimated memory when it was cached.
#[derive(Clone)]
struct CachedDocument {
    document: Arc<ParsedDocument>,
    bytes: usize,
}

#[derive(Clone)]
struct DocumentBytes;

impl Weighter<Hash, CachedDocument> for DocumentBytes {
    fn weight(&self, _: &Hash, cached: &CachedDocument) -> u64 {
        cached.bytes as u64
    }
}

/// The cache, within a number of bytes. Documents that are not requested are evicted.
pub struct DocumentCache(Cache<Hash, CachedDocument, DocumentBytes>);

impl DocumentCache {
    pub fn new(bytes: usize) -> Self {
        // In one piece: a piece of a divided cache may be smaller than a large document.
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity(bytes / TYPICAL_BYTES)
            .weight_capacity(bytes as u64)
            .build()
            .expect("both capacities are given");
        Self(Cache::with_options(
            options,
            DocumentBytes,
            DefaultHashBuilder::default(),
            DefaultLifecycle::default(),
        ))
    }

    pub fn find(&self, hash: &Hash) -> Option<Arc<ParsedDocument>> {
        self.0.get(hash).map(|cached| cached.document)
    }

    /// Caches a document whose text has `text_bytes` bytes, unless it is larger than the cache.
    pub fn insert(&self, hash: Hash, document: Arc<ParsedDocument>, text_bytes: usize) {
        let bytes = document.bytes(text_bytes);
        self.0.insert(hash, CachedDocument { document, bytes });
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let document = Arc::new(ParsedDocument::new(parse_query("{ a }").unwrap()));
        // Each takes 24 * 10 bytes.
        let documents = DocumentCache::new(8 * 240);
        let key = |number: u8| [number; 32];
        for number in 0..100 {
            documents.insert(key(number), document.clone(), 10);
            assert!(documents.find(&key(0)).is_some(), "{number}");
        }
        let kept = (0..100)
            .filter(|number| documents.find(&key(*number)).is_some())
            .count();
        assert!((2..=8).contains(&kept), "{kept}");
        documents.insert(key(200), document, 1_000_000);
        assert!(documents.find(&key(200)).is_none(), "larger than the space");
    }

    #[test]
    fn hashes_are_read_as_they_are_written() {
        let text = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";
        assert_eq!(read_hash(text), Some(hash("{__typename}")));
        assert_eq!(read_hash(&text.to_uppercase()), Some(hash("{__typename}")));
        for text in ["", "ecf4", &text[1..], &text.replace('e', "g"), &"é".repeat(32)] {
            assert_eq!(read_hash(text), None, "{text}");
        }
    }
}
