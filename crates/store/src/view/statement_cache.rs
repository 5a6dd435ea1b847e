//! The texts of statements that recur: building one takes more processor time than the round trip to the database. A
//! text belongs to a projection, a list and an order, whatever the document and the caller.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{DbBackend, Statement};

use super::bindings::Bindings;
use crate::template::Template;

/// Approximate number of bytes of cached texts.
const BYTES: u64 = 8 * 1024 * 1024;

/// What an entry takes besides its text.
const BESIDE: usize = 1024;

/// Approximate size of an entry, in bytes.
const ENTRY_BYTES: usize = 2 * BESIDE;

/// Maximum number of values that a cached statement binds, so that all are small.
const MAX_VALUES: usize = 24;

/// The statements of one database. Those that are not requested are evicted.
pub struct StatementCache(Cache<String, Arc<Template>, EntryBytes>);

#[derive(Clone)]
struct EntryBytes;

impl Weighter<String, Arc<Template>> for EntryBytes {
    fn weight(&self, shape: &String, template: &Arc<Template>) -> u64 {
        (template.bytes() + shape.len() + BESIDE) as u64
    }
}

impl Default for StatementCache {
    fn default() -> Self {
        let entries = BYTES as usize / ENTRY_BYTES;
        Self(Cache::with_weighter(entries, BYTES, EntryBytes))
    }
}

impl StatementCache {
    /// The statement that `make` builds for these bindings. `shape` is everything else on which its text depends; `None`:
    /// unlikely to be used twice.
    pub(super) fn statement(
        &self,
        backend: DbBackend,
        shape: Option<String>,
        bindings: &Bindings<'_>,
        make: impl Fn(&Bindings<'_>) -> SelectStatement,
    ) -> Statement {
        let Some(shape) = shape else {
            return backend.build(&make(bindings));
        };
        let values = bindings.values(backend);
        if let Some(template) = self.0.get(&shape) {
            return template.with(&values);
        }
        let stand_in = bindings.stand_in();
        let template = Template::of(backend.build(&make(&stand_in)), &stand_in.values(backend));
        let statement = template.with(&values);
        if statement.values.iter().all(|values| values.0.len() <= MAX_VALUES) {
            self.0.insert(shape, Arc::new(template));
        }
        statement
    }
}
