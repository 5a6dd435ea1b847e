//! The results of backtests by campaign and by partner.

use async_graphql::{Context, Object};
use uuid::Uuid;

use super::difference::BacktestDifference;
use crate::graphql::campaign::Campaign;
use crate::graphql::connection::{Connection, loaded, placed_by_number};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::Under;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::Partner;
use crate::graphql::rows::{Linked, link_to};
use auth::Resource;
use domain::money::Currency;
use store::backtest::{BacktestSum, PartnerResultOrder, PartnerSum};
use store::page::{RowPosition, SortKey};

/// The actual and the proposed amounts of a campaign's events.
#[derive(Clone)]
pub struct BacktestCampaign(BacktestSum);

impl From<BacktestSum> for BacktestCampaign {
    fn from(sum: BacktestSum) -> Self {
        Self(sum)
    }
}

/// The actual and the proposed amounts of a campaign's events.
#[Object]
impl BacktestCampaign {
    /// The campaign; null for events without one.
    async fn campaign(&self) -> Option<Linked<Campaign>> {
        link_to(self.0.campaign)
    }

    /// The difference between the two.
    async fn difference(&self) -> BacktestDifference {
        BacktestDifference::from(&self.0)
    }
}

/// The actual and the proposed amounts of a partner.
#[derive(Clone)]
pub struct BacktestPartner(PartnerSum);

impl From<PartnerSum> for BacktestPartner {
    fn from(sum: PartnerSum) -> Self {
        Self(sum)
    }
}

/// The actual and the proposed amounts of a partner.
#[Object]
impl BacktestPartner {
    /// The partner.
    async fn partner(&self) -> Linked<Partner> {
        Linked::required(self.0.partner)
    }

    /// The difference between the two.
    async fn difference(&self) -> BacktestDifference {
        BacktestDifference::of(self.0.currency, &self.0.difference)
    }
}

/// Identifies the sums of a backtest in one currency.
#[derive(Clone, Copy, Debug)]
pub struct SumsKey {
    pub backtest: Uuid,
    pub currency: Currency,
    /// The order of partners.
    pub order: PartnerResultOrder,
}

/// The results of a backtest by campaign.
pub fn campaigns(
    ctx: &Context<'_>,
    sums: SumsKey,
    page: &PageArguments,
) -> Result<Connection<BacktestCampaign>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Commissions)?;
    let cursors = Cursors::of((scope, "backtest.campaigns", sums));
    let (parent, currency, order) = (sums.backtest, sums.currency, sums.order);
    let of = (currency, order, page.read(&cursors)?);
    Ok(loaded(
        cursors,
        |loaders| &loaders.backtest_campaign_pages,
        Under { parent, of },
        |loaders| &loaders.backtest_campaign_counts,
        Under { parent, of: currency },
        |sum: &BacktestSum| RowPosition {
            key: None,
            id: sum.campaign.map_or_else(Uuid::nil, |id| id.uuid()),
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
    let cursors = placed_by_number((scope, "backtest.partners", sums));
    let (parent, currency, order) = (sums.backtest, sums.currency, sums.order);
    let of = (currency, order, page.read(&cursors)?);
    Ok(loaded(
        cursors,
        |loaders| &loaders.backtest_partner_pages,
        Under { parent, of },
        |loaders| &loaders.backtest_partner_counts,
        Under { parent, of: currency },
        move |sum: &PartnerSum| RowPosition {
            key: Some(SortKey::Integer(order.key(sum))),
            id: sum.partner.uuid(),
        },
    ))
}
