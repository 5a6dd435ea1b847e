//! A cache of documents that were already parsed, guarded and validated, by the hash of their text.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_graphql::parser::types::ExecutableDocument;
use sha2::{Digest, Sha256};

use super::guard::Merged;
use store::generations::Generations;

/// SHA-256 of a document's text.
pub type Hash = [u8; 32];

/// Estimated memory of a parsed document, as a multiple of the length of its text.
const GROWTH: usize = 24;

/// Estimated memory of a selection merged for execution, in bytes.
const MERGED_SELECTION: usize = 256;

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

/// The cache, within a number of bytes.
pub struct DocumentCache(Mutex<Generations<Hash, Arc<ParsedDocument>>>);

impl DocumentCache {
    pub fn new(bytes: usize) -> Self {
        Self(Mutex::new(Generations::new(bytes / 2)))
    }

    pub fn find(&self, hash: &Hash) -> Option<Arc<ParsedDocument>> {
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        documents.find(hash).cloned()
    }

    /// Caches a document whose text has `text_bytes` bytes.
    pub fn insert(&self, hash: Hash, document: Arc<ParsedDocument>, text_bytes: usize) {
        let bytes = document.bytes(text_bytes);
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        documents.insert(hash, document, bytes);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let document = Arc::new(ParsedDocument::new(parse_query("{ a }").unwrap()));
        // Each takes 24 * 10 bytes; a half holds four.
        let documents = DocumentCache::new(2 * 4 * 240);
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
