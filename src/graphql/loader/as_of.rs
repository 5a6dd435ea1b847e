//! Partner balances as of a past moment.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::ledger::grouped;
use super::{Fetch, Fetched};
use auth::Scope;
use domain::Timestamp;
use domain::commission::Balance;
use store::Store;
use store::statement::{balances_as_of, wait_for_writers};

/// A partner, and the moment to read its balances at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BalancesKey {
    pub partner: Uuid,
    /// Never in the future.
    pub at: Timestamp,
}

/// The balances of partners before a moment. Each distinct moment costs one wait for concurrent writers and one
/// statement.
pub struct BalancesAsOf;

impl Fetch for BalancesAsOf {
    type Key = BalancesKey;
    type Value = Arc<Vec<Balance>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut found = HashMap::with_capacity(keys.len());
        for (at, partners) in grouped(keys, |key| (key.at, key.partner)) {
            wait_for_writers(store, scope, &partners, at).await?;
            let balances = balances_as_of(store.reader(), scope, &partners, at).await?;
            let balances = balances.into_iter();
            found.extend(balances.map(|(partner, list)| (BalancesKey { partner, at }, Arc::new(list))));
        }
        Ok(found)
    }
}
