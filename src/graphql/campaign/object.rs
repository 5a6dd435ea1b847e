//! Campaigns as output types.

use async_graphql::{ComplexObject, Context, Enum};
use paged::paged;

use super::description::CAMPAIGN;
use crate::graphql::connection::{Connection, children};
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::label::Advertiser;
use crate::graphql::ledger::commission::{CommissionConnection, CommissionFilter, commissions_of};
use crate::graphql::loader::PartnersOfCampaign;
use crate::graphql::order::CommissionOrder;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::Partner;
use crate::graphql::shared::row;
use crate::graphql::tenant::audit::{AuditEntry, history};
use auth::Resource;
use domain::campaign;
use store::commission::CommissionParent;

/// Whether the events of a campaign earn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "campaign::CampaignStatus")]
pub enum CampaignStatus {
    /// Its events earn, within its window.
    Active,
    /// Its events keep their attribution and earn nothing.
    Paused,
    /// It has ended: its window ended when it got this status.
    Ended,
}

row! {
    /// An offer that partners promote.
    pub struct Campaign(campaign::Campaign): CAMPAIGN, store::campaign;
}

#[paged]
#[ComplexObject]
impl Campaign {
    /// The advertiser that owns it; null if there is none.
    async fn advertiser(&self, ctx: &Context<'_>) -> Nullable<Advertiser> {
        nullable(async {
            let Some(id) = self.0.advertiser_id else {
                return Ok(None);
            };
            let advertiser = request(ctx).loaders().advertiser.load(id.uuid()).await?;
            Ok(advertiser.map(Advertiser::from))
        })
        .await
    }

    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    async fn history(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<AuditEntry>, ApiError> {
        history(ctx, self.0.id.uuid(), page)
    }

    /// The partners that belong to it, newest first.
    async fn partners(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<Partner>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Partners)?;
        children::<PartnersOfCampaign, _>(scope, self.0.id.uuid(), page)
    }

    /// Its commissions, by default newest first.
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<CommissionFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<CommissionOrder>,
    ) -> Result<CommissionConnection, ApiError> {
        commissions_of(
            ctx,
            CommissionParent::Campaign,
            self.0.id.uuid(),
            &page,
            filter,
            order_by,
        )
    }
}
