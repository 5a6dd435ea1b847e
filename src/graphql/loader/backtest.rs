//! The results of backtests.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use uuid::Uuid;

use super::ledger::grouped;
use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::money::Currency;
use store::backtest::{self, BacktestSum, PartnerResultOrder, PartnerSum, SumsKey};
use store::page::{Page, PageRequest};
use store::{Store, StoreError};

/// The overall totals of backtests.
pub struct BacktestTotals;

impl Fetch for BacktestTotals {
    type Key = Uuid;
    type Value = Arc<Vec<BacktestSum>>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(backtest::totals_of(store.reader(), scope, ids).await?))
    }
}

/// The monthly totals of backtests.
pub struct BacktestMonths;

impl Fetch for BacktestMonths {
    type Key = Uuid;
    type Value = Arc<Vec<BacktestSum>>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(backtest::months_of(store.reader(), scope, ids).await?))
    }
}

/// A page of the sums of a backtest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BacktestPageKey {
    pub sums: SumsKey,
    pub request: PageRequest,
}

/// Splits a key into the part that backtests read by one statement share, and the backtest's id.
fn parted(key: &SumsKey) -> ((Currency, PartnerResultOrder), Uuid) {
    ((key.currency, key.order), key.backtest)
}

fn joined((currency, order): (Currency, PartnerResultOrder), backtest: Uuid) -> SumsKey {
    SumsKey {
        backtest,
        currency,
        order,
    }
}

/// The dimension that lists the sums of backtests in one currency: campaigns or partners.
pub trait SumsBy: 'static {
    type Sum: Clone + Send + Sync + 'static;

    fn pages(
        store: &Store,
        scope: &Scope,
        backtests: &[Uuid],
        of: (Currency, PartnerResultOrder),
        request: &PageRequest,
    ) -> impl Future<Output = Result<HashMap<Uuid, Page<Self::Sum>>, StoreError>> + Send;

    fn counts(
        store: &Store,
        scope: &Scope,
        backtests: &[Uuid],
        currency: Currency,
    ) -> impl Future<Output = Result<HashMap<Uuid, u64>, StoreError>> + Send;
}

/// Sums by campaign. Their order is fixed, so the requested one is ignored.
pub struct ByCampaign;

impl SumsBy for ByCampaign {
    type Sum = BacktestSum;

    async fn pages(
        store: &Store,
        scope: &Scope,
        backtests: &[Uuid],
        (currency, _): (Currency, PartnerResultOrder),
        request: &PageRequest,
    ) -> Result<HashMap<Uuid, Page<BacktestSum>>, StoreError> {
        backtest::campaign_pages(store.reader(), scope, backtests, currency, request).await
    }

    async fn counts(
        store: &Store,
        scope: &Scope,
        backtests: &[Uuid],
        currency: Currency,
    ) -> Result<HashMap<Uuid, u64>, StoreError> {
        backtest::campaign_counts(store.reader(), scope, backtests, currency).await
    }
}

/// Sums by partner.
pub struct ByPartner;

impl SumsBy for ByPartner {
    type Sum = PartnerSum;

    async fn pages(
        store: &Store,
        scope: &Scope,
        backtests: &[Uuid],
        of: (Currency, PartnerResultOrder),
        request: &PageRequest,
    ) -> Result<HashMap<Uuid, Page<PartnerSum>>, StoreError> {
        backtest::partner_pages(store.reader(), scope, backtests, of, request).await
    }

    async fn counts(
        store: &Store,
        scope: &Scope,
        backtests: &[Uuid],
        currency: Currency,
    ) -> Result<HashMap<Uuid, u64>, StoreError> {
        backtest::partner_counts(store.reader(), scope, backtests, currency).await
    }
}

/// Pages of the sums of backtests.
pub struct BacktestPages<L>(PhantomData<fn() -> L>);

impl<L: SumsBy> Fetch for BacktestPages<L> {
    type Key = BacktestPageKey;
    type Value = Page<L::Sum>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut pages = HashMap::with_capacity(keys.len());
        let of = |key: &BacktestPageKey| {
            let (group, backtest) = parted(&key.sums);
            ((group, key.request.clone()), backtest)
        };
        for ((group, request), ids) in grouped(keys, of) {
            let found = L::pages(store, scope, &ids, group, &request).await?;
            pages.extend(found.into_iter().map(|(backtest, page)| {
                let (sums, request) = (joined(group, backtest), request.clone());
                (BacktestPageKey { sums, request }, page)
            }));
        }
        Ok(pages)
    }
}

/// How many sums backtests have.
pub struct BacktestCounts<L>(PhantomData<fn() -> L>);

impl<L: SumsBy> Fetch for BacktestCounts<L> {
    type Key = SumsKey;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut counts = HashMap::with_capacity(keys.len());
        for (group, ids) in grouped(keys, parted) {
            let found = L::counts(store, scope, &ids, group.0).await?;
            let found = found.into_iter();
            counts.extend(found.map(|(backtest, count)| (joined(group, backtest), count)));
        }
        Ok(counts)
    }
}
