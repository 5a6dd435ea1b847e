//! Tiered commissions as output types.

use async_graphql::{ComplexObject, Context, Enum};
use paged::paged;

use super::description::TIERED_COMMISSION;
use super::goal::{RetroactiveModifier, TierGoal, TierModifier};
use crate::graphql::campaign::Campaign;
use crate::graphql::connection::{Connection, children};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::identity;
use crate::graphql::label::Advertiser;
use crate::graphql::loader::PartnersOfTier;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::Partner;
use crate::graphql::shared::row;
use crate::graphql::tenant::audit::{AuditEntry, history};
use auth::Resource;
use domain::id::TieredCommissionId;
use domain::tiered;

/// The status of a tiered commission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Status")]
pub enum TieredCommissionStatus {
    /// It counts, and changes what conversions pay.
    Active,
    /// It only counts, and changes nothing.
    Inactive,
}

row! {
    /// A tiered commission.
    pub struct TieredCommission(tiered::TieredCommission): TIERED_COMMISSION, store::tiered_commission;
    load: TieredCommissions, tiered_commission, TieredCommissionId;
    computed: store::tiered_commission::whole;
}

#[paged]
#[ComplexObject]
impl TieredCommission {
    /// The campaigns whose events it counts, each separately.
    async fn campaigns(&self, ctx: &Context<'_>) -> Result<Vec<Campaign>, ApiError> {
        let campaigns = self
            .0
            .audience
            .campaign_ids
            .iter()
            .map(|id| identity::campaign(ctx, *id));
        let campaigns = futures::future::try_join_all(campaigns).await?;
        Ok(campaigns.into_iter().flatten().collect())
    }

    /// The advertisers, all of whose campaigns it counts, each campaign separately.
    async fn advertisers(&self, ctx: &Context<'_>) -> Result<Vec<Advertiser>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Campaigns)?;
        let advertisers = self.0.audience.advertiser_ids.iter().map(|id| id.uuid());
        let advertisers = request.loaders().advertiser.load_all(advertisers).await?;
        Ok(advertisers.into_iter().map(Advertiser::from).collect())
    }

    /// The goals, all of which must be reached.
    async fn goals(&self) -> Vec<TierGoal> {
        self.0.tier.goals.iter().map(TierGoal::from).collect()
    }

    /// The change to the payout of conversions while the goals are reached; null if there is none.
    async fn payout(&self) -> Option<TierModifier> {
        self.0.tier.payout.as_ref().map(TierModifier::from)
    }

    /// The change to the revenue of conversions while the goals are reached; null if there is none.
    async fn revenue(&self) -> Option<TierModifier> {
        self.0.tier.revenue.as_ref().map(TierModifier::from)
    }

    /// The change to the payouts of the whole window, once, when the goals are reached; null if there is none. A
    /// percentage acts on each row of a conversion, and is rounded per row.
    async fn retroactive_payout(&self) -> Option<RetroactiveModifier> {
        self.0.tier.retroactive_payout.as_ref().map(RetroactiveModifier::from)
    }

    /// The change to the revenue of the whole window, once, when the goals are reached; null if there is none.
    async fn retroactive_revenue(&self) -> Option<RetroactiveModifier> {
        self.0.tier.retroactive_revenue.as_ref().map(RetroactiveModifier::from)
    }

    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    async fn history(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<AuditEntry>, ApiError> {
        history(ctx, self.0.id.uuid(), page)
    }

    /// The partners that it lists, newest first.
    async fn partners(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<Partner>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Partners)?;
        children::<PartnersOfTier, _>(scope, self.0.id.uuid(), page)
    }
}
