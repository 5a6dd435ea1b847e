//! The texts of statements that recur: building one takes more processor time than the round trip to the database. A
//! text belongs to a projection, a list and an order, whatever the document and the caller.

use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::sea_query::SelectStatement;
use sea_orm::{DbBackend, Statement};

use super::bindings::Bindings;
use crate::generations::Generations;
use crate::template::Template;

/// Approximate number of bytes of cached texts. Entries that were not used since half of it last filled up are evicted.
const BYTES: usize = 8 * 1024 * 1024;

/// What an entry takes besides its text.
const BESIDE: usize = 1024;

/// Maximum number of values that a cached statement binds, so that all are small.
const MAX_VALUES: usize = 24;

/// The statements of one database.
pub struct StatementCache(RwLock<Generations<String, Arc<Template>>>);

impl Default for StatementCache {
    fn default() -> Self {
        Self(RwLock::new(Generations::new(BYTES / 2)))
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
        if let Some(template) = self.find(&shape) {
            return template.with(&values);
        }
        let stand_in = bindings.stand_in();
        let template = Template::of(backend.build(&make(&stand_in)), &stand_in.values(backend));
        let statement = template.with(&values);
        if statement.values.iter().all(|values| values.0.len() <= MAX_VALUES) {
            self.put(shape, template);
        }
        statement
    }

    fn find(&self, shape: &str) -> Option<Arc<Template>> {
        let young = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .find_young(shape)
            .cloned();
        young.or_else(|| {
            self.0
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .find(shape)
                .cloned()
        })
    }

    fn put(&self, shape: String, template: Template) {
        let bytes = template.bytes() + shape.len() + BESIDE;
        let mut templates = self.0.write().unwrap_or_else(PoisonError::into_inner);
        templates.insert(shape, Arc::new(template), bytes);
    }
}
