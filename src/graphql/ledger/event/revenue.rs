//! Changes that tiers made to the revenue of events. Partners never see any of them.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::graphql::error::{ApiError, existing};
use crate::graphql::money::Money;
use crate::graphql::scalar::DateTime;
use crate::graphql::tiered::TieredCommission;
use store::tier_result::TierResult;

/// A retroactive change of an event's revenue. Never changed or taken back.
#[derive(Clone)]
pub struct RevenueAdjustment(Arc<TierResult>);

impl From<Arc<TierResult>> for RevenueAdjustment {
    fn from(result: Arc<TierResult>) -> Self {
        Self(result)
    }
}

/// A retroactive change of an event's revenue, by a tier whose goals were reached later. It is never changed or
/// reversed.
#[Object]
impl RevenueAdjustment {
    /// The change; may be negative.
    async fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// The tiered commission.
    async fn tiered_commission(&self, ctx: &Context<'_>) -> Result<TieredCommission, ApiError> {
        // A tier that has had an effect can only be archived, never deleted.
        let tier = TieredCommission::load(ctx, self.0.tier).await?;
        existing(tier, "tier_result", "tier_id", self.0.tier)
    }

    /// When the goals were reached.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}
