//! Reading columns of a row for somebody else than the caller, with a statement that the query needs anyway.

use uuid::Uuid;

use store::StoreError;
use store::view::{Column, Row, Selected};

/// Waits for a row that a query may read anyway.
pub trait RowObserver: Send + Sync {
    /// Adds the columns that it needs to a statement that reads the row whose `column` is this id, and returns what is
    /// to be done with the row; `None`: it does not wait for this one.
    fn observe<'o>(&'o self, column: Column, id: Uuid, selected: &mut Selected) -> Option<Observation<'o>>;
}

/// What an observer does with its row, once that is read.
pub type Observation<'o> = Box<dyn FnOnce(&Row) -> Result<(), StoreError> + Send + 'o>;
