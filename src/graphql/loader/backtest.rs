//! The results of backtests.

use std::marker::PhantomData;

use uuid::Uuid;

use super::under::{ReadOfParents, ReadUnder};
use auth::Scope;
use domain::money::Currency;
use store::backtest::{self, BacktestSum, PartnerResultOrder, PartnerSum};
use store::page::{Page, PageRequest};
use store::view::{self, List, Row};
use store::{Store, StoreError};

/// What lists the sums of backtests in one currency: campaigns or partners.
pub trait SumsBy: 'static {
    type Sum: Clone + Send + Sync + 'static;

    fn list(currency: Currency, order: PartnerResultOrder) -> List;

    /// Decodes a sum whose columns were all read under names with this prefix.
    fn whole(row: &Row, prefix: &str) -> Result<Self::Sum, StoreError>;
}

/// Sums by campaign. Their order is fixed, so the requested one is ignored.
pub struct ByCampaign;

impl SumsBy for ByCampaign {
    type Sum = BacktestSum;

    fn list(currency: Currency, _: PartnerResultOrder) -> List {
        backtest::campaigns(currency)
    }

    fn whole(row: &Row, prefix: &str) -> Result<Self::Sum, StoreError> {
        backtest::whole_sum(row, prefix)
    }
}

/// Sums by partner.
pub struct ByPartner;

impl SumsBy for ByPartner {
    type Sum = PartnerSum;

    fn list(currency: Currency, order: PartnerResultOrder) -> List {
        backtest::partner_results(currency, order)
    }

    fn whole(row: &Row, prefix: &str) -> Result<Self::Sum, StoreError> {
        backtest::whole_partner(row, prefix)
    }
}

/// Pages of the sums of backtests.
pub struct BacktestPages<L>(PhantomData<fn() -> L>);

impl<L: SumsBy> ReadUnder for BacktestPages<L> {
    type Of = (Currency, PartnerResultOrder, PageRequest);
    type Value = Page<L::Sum>;

    async fn read(store: &Store, scope: &Scope, backtests: &[Uuid], of: &Self::Of) -> ReadOfParents<Self> {
        let (currency, order, request) = of;
        let list = L::list(*currency, *order);
        view::whole_pages(store, scope, &list, backtests, request, L::whole).await
    }
}

/// How many sums backtests have.
pub struct BacktestCounts<L>(PhantomData<fn() -> L>);

impl<L: SumsBy> ReadUnder for BacktestCounts<L> {
    type Of = Currency;
    type Value = u64;

    async fn read(store: &Store, scope: &Scope, backtests: &[Uuid], currency: &Self::Of) -> ReadOfParents<Self> {
        let list = L::list(*currency, PartnerResultOrder::default());
        view::counts(store, scope, &list, backtests).await
    }
}
