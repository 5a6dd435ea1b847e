//! A transaction of either engine.

use std::sync::Arc;

use super::{postgres, sqlite};

/// Clones are the same transaction.
#[derive(Clone)]
pub enum EngineTransaction {
    Sqlite(Arc<sqlite::Transaction>),
    Postgres(Arc<postgres::Transaction>),
}

impl From<sqlite::Transaction> for EngineTransaction {
    fn from(transaction: sqlite::Transaction) -> Self {
        Self::Sqlite(Arc::new(transaction))
    }
}

impl From<postgres::Transaction> for EngineTransaction {
    fn from(transaction: postgres::Transaction) -> Self {
        Self::Postgres(Arc::new(transaction))
    }
}
