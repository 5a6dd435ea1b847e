//! What backtests came to.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::ledger::grouped;
use super::{Fetch, shared};
use crate::auth::Scope;
use crate::store::backtest::{self, BacktestSum, PartnerSum, SumsKey};
use crate::store::page::{Page, PageRequest};
use crate::store::{Store, StoreError};

/// What backtests came to in all.
pub struct BacktestTotals;

impl Fetch for BacktestTotals {
    type Key = Uuid;
    type Value = Arc<Vec<BacktestSum>>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        Ok(shared(backtest::totals_of(store.reader(), scope, ids).await?))
    }
}

/// What they came to by month.
pub struct BacktestMonths;

impl Fetch for BacktestMonths {
    type Key = Uuid;
    type Value = Arc<Vec<BacktestSum>>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        Ok(shared(backtest::months_of(store.reader(), scope, ids).await?))
    }
}

/// A page of the sums of a backtest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BacktestPageKey {
    pub sums: SumsKey,
    pub request: PageRequest,
}

/// Pages of the campaigns of backtests.
pub struct BacktestCampaignPages;

impl Fetch for BacktestCampaignPages {
    type Key = BacktestPageKey;
    type Value = Page<BacktestSum>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[BacktestPageKey],
    ) -> Result<HashMap<BacktestPageKey, Self::Value>, StoreError> {
        let mut pages = HashMap::with_capacity(keys.len());
        let of = |key: &BacktestPageKey| {
            let SumsKey { currency, order, .. } = key.sums;
            ((currency, order, key.request.clone()), key.sums.backtest)
        };
        for ((currency, order, request), ids) in grouped(keys, of) {
            let found = backtest::campaign_pages(store.reader(), scope, &ids, currency, &request).await?;
            pages.extend(found.into_iter().map(|(backtest, page)| {
                let sums = SumsKey {
                    backtest,
                    currency,
                    order,
                };
                let request = request.clone();
                (BacktestPageKey { sums, request }, page)
            }));
        }
        Ok(pages)
    }
}

/// How many campaigns backtests list.
pub struct BacktestCampaignCounts;

impl Fetch for BacktestCampaignCounts {
    type Key = SumsKey;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, keys: &[SumsKey]) -> Result<HashMap<SumsKey, u64>, StoreError> {
        let mut counts = HashMap::with_capacity(keys.len());
        for ((currency, order), ids) in grouped(keys, |key| ((key.currency, key.order), key.backtest)) {
            let found = backtest::campaign_counts(store.reader(), scope, &ids, currency).await?;
            counts.extend(found.into_iter().map(|(backtest, count)| {
                let key = SumsKey {
                    backtest,
                    currency,
                    order,
                };
                (key, count)
            }));
        }
        Ok(counts)
    }
}

/// Pages of the partners of backtests.
pub struct BacktestPartnerPages;

impl Fetch for BacktestPartnerPages {
    type Key = BacktestPageKey;
    type Value = Page<PartnerSum>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[BacktestPageKey],
    ) -> Result<HashMap<BacktestPageKey, Self::Value>, StoreError> {
        let mut pages = HashMap::with_capacity(keys.len());
        let of = |key: &BacktestPageKey| {
            let SumsKey { currency, order, .. } = key.sums;
            ((currency, order, key.request.clone()), key.sums.backtest)
        };
        for ((currency, order, request), ids) in grouped(keys, of) {
            let found = backtest::partner_pages(store.reader(), scope, &ids, (currency, order), &request).await?;
            pages.extend(found.into_iter().map(|(backtest, page)| {
                let sums = SumsKey {
                    backtest,
                    currency,
                    order,
                };
                let request = request.clone();
                (BacktestPageKey { sums, request }, page)
            }));
        }
        Ok(pages)
    }
}

/// How many partners backtests list.
pub struct BacktestPartnerCounts;

impl Fetch for BacktestPartnerCounts {
    type Key = SumsKey;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, keys: &[SumsKey]) -> Result<HashMap<SumsKey, u64>, StoreError> {
        let mut counts = HashMap::with_capacity(keys.len());
        for ((currency, order), ids) in grouped(keys, |key| ((key.currency, key.order), key.backtest)) {
            let found = backtest::partner_counts(store.reader(), scope, &ids, currency).await?;
            counts.extend(found.into_iter().map(|(backtest, count)| {
                let key = SumsKey {
                    backtest,
                    currency,
                    order,
                };
                (key, count)
            }));
        }
        Ok(counts)
    }
}
