//! Forecasts of deals.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use service::deal::forecast::{Forecast, forecasts};
use store::Store;

/// Forecasts of what deals will still pay.
pub struct ForecastOfDeal;

impl Fetch for ForecastOfDeal {
    type Key = Uuid;
    type Value = Arc<Forecast>;

    async fn fetch(store: &Store, scope: &Scope, deals: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(forecasts(store, scope, deals).await?))
    }
}
