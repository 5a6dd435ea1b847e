//! Partner balances as of a past moment.

use std::sync::Arc;

use uuid::Uuid;

use super::shared;
use super::under::{ReadOfParents, ReadUnder};
use auth::Scope;
use domain::Timestamp;
use domain::commission::Balance;
use store::Store;
use store::statement::{balances_as_of, wait_for_writers};

/// The balances of partners before a moment, which is never in the future. Each distinct moment costs one wait for
/// concurrent writers and one statement.
pub struct BalancesAsOf;

impl ReadUnder for BalancesAsOf {
    type Of = Timestamp;
    type Value = Arc<Vec<Balance>>;

    async fn read(store: &Store, scope: &Scope, partners: &[Uuid], at: &Self::Of) -> ReadOfParents<Self> {
        wait_for_writers(store, scope, partners, *at).await?;
        Ok(shared(balances_as_of(store.reader(), scope, partners, *at).await?))
    }
}
