//! Deals: creating and changing them, moving them through the pipeline and renewing them, each with the payments that
//! become due.
//!
//! Every write first shares the lock of the pipeline, so that neither rules nor stages change, and locks the deal's
//! partner; the deal, its past payments and the time are read after that. Concurrent moves of one deal are serialised:
//! the second sees the stage that the first has set.

mod checks;
mod create;
pub mod forecast;
mod payments;
mod stages;
mod update;

use serde_json::{Value, json};

use crate::aggregate::aggregate;
use crate::once::Answer;
use crate::stored::id_in;
use auth::Scope;
pub(super) use checks::{field_values, known_fields, locked};
pub use create::{NewDeal, create};
use domain::commission::Commission;
use domain::deal::Deal;
use domain::id;
pub use stages::{move_to, renew};
use store::{Store, StoreError};
pub use update::{DealChange, update};

aggregate!(Deal: Deal, in deal, with external_id);

/// A deal as it is now, and the ledger rows that the operation wrote.
#[derive(Clone, Debug)]
pub struct Done {
    pub deal: Deal,
    pub commissions: Vec<Commission>,
}

impl Answer for Done {
    fn to_stored(&self) -> Value {
        let rows: Vec<_> = self.commissions.iter().map(|row| row.id.to_string()).collect();
        json!({ "deal": self.deal.id.to_string(), "commissions": rows })
    }

    async fn reload(store: &Store, scope: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        let Some(id) = id_in::<id::Deal>(&kept["deal"]) else {
            return Ok(None);
        };
        let Some(deal) = store::deal::find(store.reader(), scope, id).await? else {
            return Ok(None);
        };
        let rows = kept["commissions"].as_array().into_iter().flatten();
        let rows = rows.filter_map(id_in::<id::Commission>);
        let rows: Vec<_> = rows.map(|id| id.uuid()).collect();
        let mut found = store::commission::by_ids(store.reader(), scope, &rows).await?;
        let commissions = rows.iter().filter_map(|id| found.remove(id)).collect();
        Ok(Some(Self { deal, commissions }))
    }
}
