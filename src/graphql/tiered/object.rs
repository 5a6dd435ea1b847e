//! Tiered commissions as output types.

use async_graphql::{ComplexObject, Context, Enum};

use super::description::TIERED_COMMISSION;
use super::goal::{RetroactiveModifier, TierGoal, TierModifier};
use crate::graphql::campaign::Campaign;
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::label::Advertiser;
use crate::graphql::rows::LinkedList;
use crate::graphql::shared::row;
use auth::Resource;
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
    computed: store::tiered_commission::whole;
}

#[ComplexObject]
impl TieredCommission {
    /// The campaigns whose events it counts, each separately.
    async fn campaigns(&self) -> LinkedList<Campaign> {
        LinkedList::to(&self.0.audience.campaign_ids)
    }

    /// The advertisers, all of whose campaigns it counts, each campaign separately.
    async fn advertisers(&self, ctx: &Context<'_>) -> Result<LinkedList<Advertiser>, ApiError> {
        request(ctx).caller.read(Resource::Campaigns)?;
        Ok(LinkedList::to(&self.0.audience.advertiser_ids))
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
}
