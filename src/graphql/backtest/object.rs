//! Backtests as output types.

use async_graphql::{ComplexObject, Context, Enum, ID};
use paged::paged;

use super::description::BACKTEST;
use super::difference::{self, BacktestDifference, BacktestMonth, BacktestProgress};
use super::event::{self, BacktestEvent};
use super::result::{self, BacktestCampaign, BacktestPartner, SumsKey};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::order::OrderDirection;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::scalar::CurrencyCode;
use crate::graphql::shared::row;
use auth::Resource;
use domain::backtest;
use domain::id::EventId;
use store::backtest::PartnerResultOrder;

/// The status of a backtest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "backtest::BacktestStatus")]
pub enum BacktestStatus {
    /// It has not been started.
    Queued,
    /// It is being processed, partner by partner.
    Running,
    /// It is finished.
    Done,
    /// It failed; `failure` says why.
    Failed,
    /// It was canceled.
    Canceled,
}

row! {
    /// A backtest: what other rules would have cost, computed from real events.
    pub struct Backtest(backtest::Backtest): BACKTEST, store::backtest;
    computed: store::backtest::whole;
}

#[paged]
#[ComplexObject]
impl Backtest {
    /// Its progress.
    async fn progress(&self) -> BacktestProgress {
        BacktestProgress {
            events: self.0.events,
            of_events: self.0.of_events,
        }
    }

    /// The results, one per currency; while it runs, only of the partners that are finished.
    async fn totals(&self, ctx: &Context<'_>) -> Result<Vec<BacktestDifference>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Commissions)?;
        let sums = request.loaders().backtest_totals.load(self.0.id.uuid()).await?;
        let sums = sums.iter().flat_map(|sums| sums.iter());
        Ok(sums.map(BacktestDifference::from).collect())
    }

    /// The results by the month in which commissions accrued, in the tenant's time zone.
    async fn months(&self, ctx: &Context<'_>) -> Result<Vec<BacktestMonth>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Commissions)?;
        let sums = request.loaders().backtest_months.load(self.0.id.uuid()).await?;
        Ok(sums.map(|sums| difference::months(&sums)).unwrap_or_default())
    }

    /// The results by campaign of the event, in one currency: events without a campaign first, then the oldest campaign
    /// first.
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The currency.")] currency: CurrencyCode,
        page: PageArguments,
    ) -> Result<Connection<BacktestCampaign>, ApiError> {
        result::campaigns(ctx, self.sums(currency, PartnerResultOrder::Magnitude), &page)
    }

    /// The results by partner, in one currency: by default the largest absolute difference first. With `direction`, by
    /// signed difference: ASC starts with the partner that loses most, DESC with the one that gains most.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The currency.")] currency: CurrencyCode,
        #[graphql(desc = "Sorts by signed difference; by default by absolute difference.")] direction: Option<
            OrderDirection,
        >,
        page: PageArguments,
    ) -> Result<Connection<BacktestPartner>, ApiError> {
        let order = match direction {
            None => PartnerResultOrder::Magnitude,
            Some(OrderDirection::Asc) => PartnerResultOrder::Rising,
            Some(OrderDirection::Desc) => PartnerResultOrder::Falling,
        };
        result::partners(ctx, self.sums(currency, order), &page)
    }

    /// The actual and the proposed commissions of one event; null if there is no such event.
    async fn event(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<BacktestEvent> {
        nullable(async {
            let id: EventId = id.parse()?;
            event::event(ctx, &self.0, id).await
        })
        .await
    }
}

impl Backtest {
    fn sums(&self, currency: CurrencyCode, order: PartnerResultOrder) -> SumsKey {
        SumsKey {
            backtest: self.0.id.uuid(),
            currency: currency.0,
            order,
        }
    }
}
