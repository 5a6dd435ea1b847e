//! Deals of ledger rows, and forecasts of deals.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use service::deal::forecast::{Forecast, forecasts};
use store::{Store, deal_payment};

/// The ids of the deals that created ledger rows, by the rows' ids.
pub struct DealOfCommission;

impl Fetch for DealOfCommission {
    type Key = Uuid;
    type Value = Uuid;

    async fn fetch(store: &Store, scope: &Scope, rows: &[Self::Key]) -> Fetched<Self> {
        let deals = deal_payment::deals_of_commissions(store.reader(), scope, rows).await?;
        Ok(deals.into_iter().map(|(row, deal)| (row, deal.uuid())).collect())
    }
}

/// Forecasts of what deals will still pay.
pub struct ForecastOfDeal;

impl Fetch for ForecastOfDeal {
    type Key = Uuid;
    type Value = Arc<Forecast>;

    async fn fetch(store: &Store, scope: &Scope, deals: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(forecasts(store, scope, deals).await?))
    }
}
