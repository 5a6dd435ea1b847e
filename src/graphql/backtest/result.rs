//! The results of backtests by campaign and by partner.

use async_graphql::{Context, Object};

use super::difference::BacktestDifference;
use crate::graphql::campaign::Campaign;
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, existing, nullable_link};
use crate::graphql::identity;
use crate::graphql::loader::Under;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::Partner;
use auth::Resource;
use domain::money::Currency;
use store::backtest::{BacktestSum, PartnerResultOrder, PartnerSum, SumsKey};
use store::page::{Page, RowPosition, SortKey};

/// The actual and the proposed amounts of a campaign's events.
#[derive(Clone)]
pub struct BacktestCampaign(BacktestSum);

/// The actual and the proposed amounts of a campaign's events.
#[Object]
impl BacktestCampaign {
    /// The campaign; null for events without one.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.0.campaign, |id| identity::campaign(ctx, id)).await
    }

    /// The difference between the two.
    async fn difference(&self) -> BacktestDifference {
        BacktestDifference::from(&self.0)
    }
}

/// The actual and the proposed amounts of a partner.
#[derive(Clone)]
pub struct BacktestPartner(PartnerSum);

/// The actual and the proposed amounts of a partner.
#[Object]
impl BacktestPartner {
    /// The partner.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner).await?;
        existing(partner, "backtest_partner", "partner_id", self.0.partner)
    }

    /// The difference between the two.
    async fn difference(&self) -> BacktestDifference {
        BacktestDifference::of(self.0.currency, &self.0.difference)
    }
}

/// What is counted of the sums of a backtest.
fn counted(sums: SumsKey) -> Under<(Currency, PartnerResultOrder)> {
    Under {
        parent: sums.backtest,
        of: (sums.currency, sums.order),
    }
}

/// The results of a backtest by campaign.
pub fn campaigns(
    ctx: &Context<'_>,
    sums: SumsKey,
    page: &PageArguments,
) -> Result<Connection<BacktestCampaign>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Commissions)?;
    let cursors = Cursors::of((scope, "backtest.campaigns", sums));
    let page = page.read(&cursors)?;
    Ok(Connection::new(
        cursors,
        move |request| {
            let parent = sums.backtest;
            let of = (sums.currency, sums.order, page.clone());
            Box::pin(async move {
                let page = request
                    .loaders()
                    .backtest_campaign_pages
                    .load(Under { parent, of })
                    .await?;
                let place = |sum: &BacktestSum| RowPosition {
                    key: None,
                    id: sum.campaign.map_or_else(uuid::Uuid::nil, |id| id.uuid()),
                };
                let page = page.unwrap_or_else(Page::empty);
                Ok(page.map(|sum| (place(&sum), BacktestCampaign(sum))))
            })
        },
        move |request| {
            Box::pin(async move {
                Ok(request
                    .loaders()
                    .backtest_campaign_counts
                    .load(counted(sums))
                    .await?
                    .unwrap_or(0))
            })
        },
    ))
}

/// The results of a backtest by partner.
pub fn partners(
    ctx: &Context<'_>,
    sums: SumsKey,
    page: &PageArguments,
) -> Result<Connection<BacktestPartner>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Commissions)?;
    let cursors = Cursors::of((scope, "backtest.partners", sums)).sorted_by(Some(SortKey::Integer(0)));
    let page = page.read(&cursors)?;
    Ok(Connection::new(
        cursors,
        move |request| {
            let parent = sums.backtest;
            let of = (sums.currency, sums.order, page.clone());
            Box::pin(async move {
                let page = request
                    .loaders()
                    .backtest_partner_pages
                    .load(Under { parent, of })
                    .await?;
                let place = |sum: &PartnerSum| RowPosition {
                    key: Some(SortKey::Integer(sums.order.key(sum))),
                    id: sum.partner.uuid(),
                };
                let page = page.unwrap_or_else(Page::empty);
                Ok(page.map(|sum| (place(&sum), BacktestPartner(sum))))
            })
        },
        move |request| {
            Box::pin(async move {
                Ok(request
                    .loaders()
                    .backtest_partner_counts
                    .load(counted(sums))
                    .await?
                    .unwrap_or(0))
            })
        },
    ))
}
