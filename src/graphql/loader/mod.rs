//! Loaders: the lookups of all siblings of one level are batched into one statement. Each request has its own set,
//! which reads within its caller's scope and caches results until a mutation writes.
//!
//! An error elsewhere may cancel any waiting lookup at any moment, including the one that reads the batch for all: that
//! batch is then lost, and the remaining lookups retry.

mod as_of;
mod backtest;
mod by_key;
mod child_lists;
mod children;
mod commission;
mod deal;
mod link;
mod past_tier_progress;
mod payout;
mod payout_run;
mod revenue;
mod terms_in_force;
mod tier_progress;
mod under;

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use dataloader::BatchFn;
use dataloader::cached;
use futures::future::try_join_all;
use tracing::Instrument;

use super::error::ApiError;
use super::rows::LinkedRows;
use auth::Scope;
use store::{Store, StoreError};
use telemetry::metrics::Metrics;

pub use as_of::BalancesAsOf;
pub use backtest::{BacktestCounts, BacktestPages, ByCampaign, ByPartner};
pub use by_key::*;
pub use child_lists::*;
pub use children::{Children, CountsOf};
pub use commission::{CommissionCounts, CommissionTotals, CommissionsUnder};
pub use deal::ForecastOfDeal;
pub use link::PerformanceOfLink;
pub use past_tier_progress::PastTierProgress;
pub use payout::PayoutCounts;
pub use payout_run::PayoutRunLineCounts;
pub use revenue::{FinalRevenueOfEvent, RevenueAdjustmentPages};
pub use terms_in_force::{OffersOfPartner, TermsOfPartner};
pub use tier_progress::{ProgressKey, TierProgress};
pub use under::Under;

/// Reads values for many keys in one statement. Keys of nothing visible to the scope are left out.
pub trait Fetch: 'static {
    type Key: Clone + Debug + Eq + Hash + Send + Sync + 'static;
    type Value: Clone + Send + Sync + 'static;

    fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[Self::Key],
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>, StoreError>> + Send;
}

/// The values that were found, by their keys.
pub type Fetched<F> = Result<HashMap<<F as Fetch>::Key, <F as Fetch>::Value>, StoreError>;

/// The result for one key; all keys of a batch share its error.
type LoadResult<V> = Result<Option<V>, Arc<StoreError>>;

/// What all loaders of a request share.
struct LoaderContext {
    store: Store,
    scope: Scope,
    metrics: Arc<Metrics>,
}

struct Batch<F> {
    context: Arc<LoaderContext>,
    fetch: PhantomData<fn() -> F>,
}

impl<F: Fetch> BatchFn<F::Key, LoadResult<F::Value>> for Batch<F> {
    async fn load(&mut self, keys: &[F::Key]) -> HashMap<F::Key, LoadResult<F::Value>> {
        let LoaderContext { store, scope, metrics } = &*self.context;
        metrics.loader_batches.observe(keys.len() as f64);
        let span = telemetry::batch(std::any::type_name::<F>(), keys.len());
        match F::fetch(store, scope, keys).instrument(span).await {
            // Every key gets a result: the library treats a missing one as an error of the loader.
            Ok(mut found) => keys.iter().map(|key| (key.clone(), Ok(found.remove(key)))).collect(),
            Err(error) => {
                let error = Arc::new(error);
                keys.iter().map(|key| (key.clone(), Err(error.clone()))).collect()
            }
        }
    }
}

type CachedLoader<F> = cached::Loader<<F as Fetch>::Key, LoadResult<<F as Fetch>::Value>, Batch<F>>;

/// Collects the keys of one level and reads them as one batch. Created on first use: a request uses only few of its
/// loaders.
pub struct Loader<F: Fetch> {
    context: Arc<LoaderContext>,
    inner: OnceLock<CachedLoader<F>>,
}

impl<F: Fetch> Loader<F> {
    /// More keys than any page with its aliases can request in one level.
    const MAX_BATCH: usize = 10_000;

    /// How often the first lookup of a batch yields to others before it reads. Siblings that waited for the same batch
    /// resume one after the other: with 3 yields the last of them was sometimes too late and cost an extra statement.
    const YIELDS: usize = 10;

    fn new(context: Arc<LoaderContext>) -> Self {
        let inner = OnceLock::new();
        Self { context, inner }
    }

    /// The value of `key`; `None` if there is none that the caller may see.
    pub async fn load(&self, key: F::Key) -> Result<Option<F::Value>, ApiError> {
        let loader = self.inner.get_or_init(|| {
            let batch = Batch {
                context: self.context.clone(),
                fetch: PhantomData,
            };
            cached::Loader::new(batch)
                .with_max_batch_size(Self::MAX_BATCH)
                .with_yield_count(Self::YIELDS)
        });
        loop {
            // A batch gives every key a result. A key without one was in a batch whose reader was cancelled, and is
            // retried.
            if let Ok(answer) = loader.try_load(key.clone()).await {
                return answer.map_err(ApiError::Internal);
            }
        }
    }

    /// The values of these keys, in their order, without those that the caller may not see.
    pub async fn load_all(&self, keys: impl IntoIterator<Item = F::Key>) -> Result<Vec<F::Value>, ApiError> {
        let values = try_join_all(keys.into_iter().map(|key| self.load(key))).await?;
        Ok(values.into_iter().flatten().collect())
    }

    async fn forget(&self) {
        if let Some(loader) = self.inner.get() {
            loader.clear_all().await;
        }
    }
}

/// Wraps each value that a statement found in an `Arc`.
fn shared<K: Eq + Hash, V>(found: HashMap<K, V>) -> HashMap<K, Arc<V>> {
    found.into_iter().map(|(key, value)| (key, Arc::new(value))).collect()
}

/// A loaded list as objects of the schema; empty if nothing was found.
pub fn objects<R: Clone, T: From<R>>(found: Option<Arc<Vec<R>>>) -> Vec<T> {
    let rows = found.map(Arc::unwrap_or_clone).unwrap_or_default();
    rows.into_iter().map(T::from).collect()
}

macro_rules! loaders {
    ($($(#[$meta:meta])* $name:ident: $fetch:ty,)+) => {
        /// The loaders of one request.
        pub struct Loaders {
            $($(#[$meta])* pub $name: Loader<$fetch>,)+
        }

        impl Loaders {
            pub fn new(store: &Store, scope: Scope, metrics: &Arc<Metrics>) -> Self {
                let context = Arc::new(LoaderContext {
                    store: store.clone(),
                    scope,
                    metrics: metrics.clone(),
                });
                Self { $($name: Loader::new(context.clone()),)+ }
            }

            /// Clears the caches of all loaders.
            pub async fn forget(&self) {
                $(self.$name.forget().await;)+
            }
        }
    };
}

loaders! {
    linked_rows: LinkedRows,
    partner_count_of_group: CountsOf<PartnersOfGroup>,
    partner_count_of_campaign: CountsOf<PartnersOfCampaign>,
    campaign_count_of_partner: CountsOf<CampaignsOfPartner>,
    snapshots_of_partner: SnapshotsOfPartner,
    history_count_of_object: CountsOf<HistoryOfObject>,
    partner_count_of_tier: CountsOf<PartnersOfTier>,
    credited_event: CreditedEvent,
    decision_of_event: DecisionOfEvent,
    final_revenue_of_event: FinalRevenueOfEvent,
    revenue_adjustment_pages: RevenueAdjustmentPages,
    revenue_adjustment_count_of_event: CountsOf<RevenueAdjustmentsOfEvent>,
    tier_progress: TierProgress,
    past_tier_progress: PastTierProgress,
    terms_in_force: TermsOfPartner,
    offers: OffersOfPartner,
    event_count_of_customer: CountsOf<EventsOfCustomer>,
    customer_count_of_partner: CountsOf<CustomersOfPartner>,
    coupon_count_of_partner: CountsOf<CouponsOfPartner>,
    link_count_of_partner: CountsOf<LinksOfPartner>,
    link_performance: PerformanceOfLink,
    commission_counts: CommissionCounts,
    commission_totals: CommissionTotals,
    commission_explanation: ExplanationOfCommission,
    payout_run_line_counts: PayoutRunLineCounts,
    payout_run_totals: PayoutRunTotals,
    pending_of_run: PendingOfRun,
    backtest_totals: BacktestTotals,
    backtest_months: BacktestMonths,
    backtest_campaign_pages: BacktestPages<ByCampaign>,
    backtest_campaign_counts: BacktestCounts<ByCampaign>,
    backtest_partner_pages: BacktestPages<ByPartner>,
    backtest_partner_counts: BacktestCounts<ByPartner>,
    payout_counts: PayoutCounts,
    balances_as_of: BalancesAsOf,
    custom_field: CustomFieldById,
    forecast_of_deal: ForecastOfDeal,
    deal_count_of_partner: CountsOf<DealsOfPartner>,
    partner_count_of_rule: CountsOf<PartnersOfRule>,
}
