//! The texts of statements that recur: building one takes more processor time than the round trip to the database. A
//! text belongs to a projection, a list and an order, whatever the document and the caller.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::sea_query::SelectStatement;
use sea_orm::{DbBackend, Statement};

use super::bindings::Bindings;
use crate::template::Template;

/// Approximate number of bytes of cached texts. Entries that were not used since half of it last filled up are evicted.
const BYTES: usize = 8 * 1024 * 1024;

/// What an entry takes besides its text.
const BESIDE: usize = 1024;

/// Maximum number of values that a cached statement binds, so that all are small.
const MAX_VALUES: usize = 24;

/// The statements of one database.
#[derive(Default)]
pub struct StatementCache(RwLock<StatementGenerations>);

#[derive(Default)]
struct StatementGenerations {
    young: HashMap<String, Arc<Template>>,
    young_bytes: usize,
    old: HashMap<String, Arc<Template>>,
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
            self.put(shape, statement.sql.len(), template);
        }
        statement
    }

    fn find(&self, shape: &str) -> Option<Arc<Template>> {
        let old = {
            let halves = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(template) = halves.young.get(shape) {
                return Some(template.clone());
            }
            halves.old.get(shape)?.clone()
        };
        self.keep_again(shape, &old);
        Some(old)
    }

    fn keep_again(&self, shape: &str, template: &Arc<Template>) {
        let mut halves = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Another request may have moved it already.
        if halves.old.remove(shape).is_some() {
            halves.put(shape.to_owned(), template.bytes(), template.clone());
        }
    }

    fn put(&self, shape: String, bytes: usize, template: Template) {
        let mut halves = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !halves.young.contains_key(&shape) {
            halves.put(shape, bytes, Arc::new(template));
        }
    }
}

impl StatementGenerations {
    fn put(&mut self, shape: String, bytes: usize, template: Arc<Template>) {
        let bytes = bytes + shape.len() + BESIDE;
        if self.young_bytes + bytes > BYTES / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += bytes;
        self.young.insert(shape, template);
    }
}
